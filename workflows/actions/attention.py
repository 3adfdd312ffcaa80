"""Urging an item on (催办), and keeping it on a list of one's own (督办)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from audit import record
from audit.models import Event
from core import fitting
from core.models import User
from core.refusals import Conflict, NotFound, Unmet
from workflows import deadlines, holders, notices, policy, queries, request_policy, turns
from workflows.models import Item, Supervision, Urge
from workflows.notices import notify
from workflows.states import ENDED, EVENTS

if TYPE_CHECKING:
    from core.actor import Actor
    from workflows.holders import On


def urge(item_id: int, *, actor: Actor, reason: str = "", on: On = holders.REVIEW) -> Item:
    """Remind whoever has the item now, or whoever its request waits for; each once a day."""
    with transaction.atomic(durable=True):
        item = _held(item_id, actor)
        of_request = on == holders.REQUEST
        if refused := policy.refusal(item, actor, _URGERS[on]):
            raise refused
        people = _asked(item, actor) if of_request else _urged(item, actor)
        row = Urge(item=item, person_id=actor.person_id, day=timezone.localdate())
        row.request, row.reason = item.request if of_request else None, reason.strip()
        _insist_on_once_a_day(row)
        fitting.insist(row, "reason")
        row.save()
        told: dict[str, Any] = {"people": [person.name for person in people], "reason": row.reason}
        if row.request is not None:
            told |= {"no": row.request.no, "kind": row.request.kind}
        _record(item, actor, "item.urged", told)
        notify(
            people,
            kind="urged",
            key=f"urge:{row.pk}",
            item=item,
            params={"who": actor.label, "reason": row.reason},
            url=notices.request_to_decide(row.request_id)
            if of_request
            else notices.page_to_decide(item),
        )
    return item


_URGERS = {holders.REVIEW: policy.urger, holders.REQUEST: request_policy.urger}


def _insist_on_once_a_day(row: Urge) -> None:
    same = Urge.objects.filter(
        item=row.item, request=row.request, person=row.person_id, day=row.day
    )
    if same.exists():
        tomorrow = date_format(row.day + timedelta(days=1), "DATE_FORMAT")
        raise Conflict(
            _("You urged this item today already."),
            state=row.item.get_state_display(),
            then=_("You may urge it again from %(day)s on.") % {"day": tomorrow},
        )


def _asked(item: Item, actor: Actor) -> list[User]:
    """Those whose answer the item's request waits for, but for whoever urges."""
    if item.request is None:
        raise NotFound(_("This item has no open request."))
    found = turns.people(holders.open_duties(item, holders.REQUEST))
    return _others(item, found, actor)


def _others(item: Item, people: list[User], actor: Actor) -> list[User]:
    found = [person for person in people if person.pk != actor.id]
    if not found:
        raise Unmet(
            _("The item is in nobody else's hands: there is nobody to urge."),
            state=item.get_state_display(),
            then=_("Have somebody appointed, or do the next step yourself."),
        )
    return found


def _urged(item: Item, actor: Actor) -> list[User]:
    """Those in whose hands the item is, but for whoever urges."""
    if item.state not in deadlines.TICKING:
        raise Conflict(
            _("“%(state)s”: there is nobody to urge.") % {"state": item.get_state_display()},
            state=item.get_state_display(),
            then=_("An item is urged from its assignment until it is closed out."),
        )
    hands = deadlines.in_hands(item, on=timezone.localdate())
    return _others(item, list(User.objects.filter(pk__in=hands).order_by("pk")), actor)


def supervise(item_id: int, *, actor: Actor) -> Supervision:
    """Put an item on one's own list; a second time changes nothing."""
    with transaction.atomic(durable=True):
        item = _held(item_id, actor)
        if refused := policy.refusal(item, actor, policy.supervisor):
            raise refused
        present = Supervision.objects.filter(item=item, person_id=actor.person_id).first()
        if present is not None:
            return present
        if item.state in ENDED:
            raise Conflict(
                _("An item that has ended needs no supervision."),
                state=item.get_state_display(),
                then=_("Reopen it first, if it has to go on."),
            )
        _record(item, actor, "item.supervised", {})
        row = Supervision(
            item=item, person_id=actor.person_id, since=timezone.now(), told_seq=item.trail_seq
        )
        row.save()
    return row


def release(item_id: int, *, actor: Actor) -> Item:
    """Take an item off one's own list."""
    with transaction.atomic(durable=True):
        item = _held(item_id, actor)
        mine = Supervision.objects.filter(item=item, person_id=actor.person_id)
        if mine.exists():
            mine.delete()
            _record(item, actor, "item.supervision_ended", {})
    return item


def tell_supervisors() -> int:
    """Word of each step to whoever supervises its item; how many steps were told.

    Swept like the outbox, so that the verbs themselves pay nothing for it: a
    row says how far its person was told, and moves on with what they are told.
    """
    behind = Supervision.objects.filter(item__trail_seq__gt=F("told_seq"))
    return sum(_catch_up(pk) for pk in behind.values_list("pk", flat=True))


def _catch_up(supervision_id: int) -> int:
    with transaction.atomic(durable=True):
        rows = Supervision.objects.select_for_update(of=("self",))
        row = rows.select_related("item", "person").filter(pk=supervision_id).first()
        if row is None:
            return 0
        steps = _steps_since(row)
        if policy.sees(row.item, row.person.actor()):
            for step in steps:
                _tell(row, step)
        row.told_seq = row.item.trail_seq
        row.save(update_fields=["told_seq"])
    return len(steps)


def _steps_since(row: Supervision) -> list[Event]:
    """The verbs of the item that somebody else did since its supervisor was told."""
    events = Event.objects.filter(
        subject=row.item.subject,
        seq__gt=row.told_seq,
        seq__lte=row.item.trail_seq,
        name__in=EVENTS.values(),
    )
    return list(events.exclude(actor=f"person:{row.person_id}").order_by("seq"))


def _tell(row: Supervision, step: Event) -> None:
    notify(
        [row.person],
        kind=f"step-{queries.VERB_OF[step.name]}",
        key=f"supervised:{step.pk}",
        item=row.item,
        params={"who": step.actor_label},
        event=step,
    )


def _held(item_id: int, actor: Actor) -> Item:
    item = Item.objects.locked(item_id)
    if not policy.sees(item, actor):
        raise NotFound
    return item


def _record(item: Item, actor: Actor, name: str, data: dict[str, Any]) -> None:
    head = record.append(name, head=item.head, actor=actor, data=data)
    item.trail_seq, item.trail_head = head.seq, head.hash
    item.save(update_fields=["trail_seq", "trail_head"])
