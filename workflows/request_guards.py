"""Named preconditions of requests, beside those of `guards`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.actor import Kind
from core.refusals import Conflict, NotPermitted, Refusal, Unmet
from workflows import extensions, guards, holders
from workflows.states import ENDED, DutyKind, Standing

if TYPE_CHECKING:
    from datetime import date

    from workflows.guards import Act
    from workflows.models import Item, Request


def no_request_is_open(act: Act) -> Refusal | None:
    """One at a time: what the next one asks may depend on how this one ends."""
    request = act.item.request
    if request is None:
        return None
    return Conflict(
        _("Another request of this item waits for a decision: %(kind)s, asked by %(name)s.")
        % {"kind": request.get_kind_display(), "name": request.asked_by},
        state=act.item.get_state_display(),
        then=_("Wait for the decision, or have the request taken back."),
    )


def may_be_extended(act: Act) -> Refusal | None:
    item = act.item
    if item.due is None:
        return Unmet(
            _("An item without a date cannot be extended."),
            state=item.get_state_display(),
            then=_("Ask the office to set its date first."),
        )
    most = extensions.rule_of(item).times
    if extensions.used(item) < most:
        return None
    return Unmet(
        _("The extensions of this item are used up: at most %(n)s for “%(track)s”.")
        % {"n": most, "track": item.get_track_display()},
        state=item.get_state_display(),
        then=_("Rectify it by its date, or ask the office what else is possible."),
    )


def extension_still_fits(act: Act) -> Refusal | None:
    """Asked again at the grant: the date, the rules or the count may have changed meanwhile."""
    return may_be_extended(act) or misfit(act.item, _asked(act.item).proposed)


def misfit(item: Item, until: date | None) -> Unmet | None:
    """Why a deadline may not be moved to this day; None when it may."""
    hole = [("until", gettext_lazy("the new date"))]
    state = item.get_state_display()
    latest = extensions.latest(item)
    if until is None or item.due is None or latest is None:
        return Unmet(
            _("An extension names its new date."), state=state, then=_("Give a date."), holes=hole
        )
    if until <= item.due:
        return Unmet(
            _("The new date must be later than the present one, %(date)s.")
            % {"date": date_format(item.due)},
            state=state,
            then=_("Choose a later date."),
            holes=hole,
        )
    if until <= latest:
        return None
    return Unmet(
        _("At most until %(date)s: %(n)s days beyond the first date.")
        % {"date": date_format(latest), "n": extensions.rule_of(item).days},
        state=state,
        then=_("Choose an earlier date."),
        holes=hole,
    )


def pause_is_ahead(act: Act) -> Refusal | None:
    return past(act.item, _asked(act.item).proposed)


def past(item: Item, until: date | None) -> Unmet | None:
    """Why an item cannot rest until this day; None when it can."""
    if until is not None and until > timezone.localdate():
        return None
    return Unmet(
        _("A suspension ends on a day that is still to come."),
        state=item.get_state_display(),
        then=_("Choose a later date."),
        holes=[("until", gettext_lazy("the last day of the suspension"))],
    )


def other_item_goes_on(act: Act) -> Refusal | None:
    return no_home(act.item, _asked(act.item).into)


def no_home(item: Item, into: Item | None) -> Unmet | None:
    """Why an item cannot be merged into this one; None when it can."""
    if into is None or into.round_id != item.round_id:
        rule = _("An item is merged into another item of the same round.")
    elif into.pk == item.pk:
        rule = _("An item is not merged into itself.")
    elif into.state in ENDED:
        rule = _("The other item, %(no)s, has ended: nothing is merged into it.") % {"no": into.no}
    else:
        return None
    return Unmet(
        rule,
        state=item.get_state_display(),
        then=_("Choose an item that is still to be closed out."),
        holes=[("into", gettext_lazy("the item that goes on"))],
    )


def nobody_has_answered_it(act: Act) -> Refusal | None:
    """A request is its asker's to take back until somebody has acted on it."""
    answered = _asked(act.item).duties.filter(state=Standing.DONE)
    if not answered.exclude(kind__in=[DutyKind.HELP, DutyKind.COPY]).exists():
        return None
    return Conflict(
        _("Somebody has answered already: the request can no longer be taken back."),
        state=act.item.get_state_display(),
        then=_("Ask them to refuse it."),
    )


def had_no_part_in_the_request(act: Act) -> Refusal | None:
    """Whoever asked decides none of it, and nobody agrees twice; deputies neither."""
    item, actor = act.item, act.actor
    duty = holders.duty_of(item, actor, holders.REQUEST)
    passed_over = holders.passed_over(item, actor, holders.REQUEST)
    if holders.may_answer(duty, actor) if duty else not passed_over:
        return None
    people = {actor.id, holders.behind_whom(duty, actor)[1] if duty else None}
    own = _asked(item).asked_by_id in people
    return NotPermitted(
        _("Nobody decides on their own request.")
        if own
        else _("Nobody agrees twice: this person agreed at an earlier step."),
        state=item.get_state_display(),
        who=guards.another(item, holders.REQUEST),
        then=_("Leave the decision to another person."),
    )


def reason_is_written_by_people(act: Act) -> Refusal | None:
    """The clock's reason is the day itself."""
    return None if act.actor.kind is Kind.SYSTEM else guards.reason_is_written(act)


def _asked(item: Item) -> Request:
    """The request under decision; whoever may answer or take back one has one."""
    request = item.request
    if request is None:
        raise RuntimeError(f"{item.subject} has no request")
    return request
