"""Opening a round of rectification for a unit, and what it demands and allows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from audit import record
from core import fitting
from core.models import Unit
from core.refusals import Conflict, NotFound, Unmet
from workflows import extensions, policy
from workflows.models import LadderRule, Round, ladder
from workflows.states import Ink, Track

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from core.actor import Actor
    from workflows.extensions import ExtensionRule


def open_round(
    *,
    actor: Actor,
    unit_id: int,
    code: str,
    title: str,
    feedback_date: date,
    inspection_body: str = "",
    starts: date | None = None,
    ends: date | None = None,
    period: str = "6m",
    plan_term: str = "1m",
    demo: bool = False,
) -> Round:
    """Open a round; its code is unique in the deployment and printed on every paper of it."""
    unit = Unit.objects.visible_to(actor).filter(pk=unit_id).first()
    if unit is None:
        raise NotFound
    policy.insist_on_office(actor, unit)
    if starts and ends and ends < starts:
        raise Unmet(_("The inspection ends before it starts."), then=_("Correct the dates."))
    with transaction.atomic(durable=True):
        if Round.objects.filter(code=code).exists():
            raise Unmet(
                _("There is a round with the code “%(code)s” already.") % {"code": code},
                then=_("Choose another code."),
            )
        round_ = Round(
            unit=unit,
            code=code,
            title=title,
            feedback_date=feedback_date,
            inspection_body=inspection_body,
            starts=starts,
            ends=ends,
            period=period,
            plan_term=plan_term,
            demo=demo,
        )
        fitting.insist(round_, "code", "title", "inspection_body", "period", "plan_term")
        round_.save()
        LadderRule.objects.bulk_create(ladder.presets(round_))
        told = {"code": code, "title": title, "feedback_date": feedback_date.isoformat()}
        tell(round_, "round.opened", actor, told)
    return round_


def held(round_id: int, actor: Actor) -> Round:
    """A round that the actor may know of, for one act at a time on what it is as a whole."""
    if not Round.objects.visible_to(actor).filter(pk=round_id).exists():
        raise NotFound
    return Round.objects.locked(round_id)


def tell(round_: Round, name: str, actor: Actor, data: dict[str, Any]) -> None:
    """On the round's own chain."""
    record.append(name, head=record.head_of(round_.subject), actor=actor, data=data)


def set_demands(
    round_id: int, *, actor: Actor, must_read: bool, signature: str = Ink.NONE
) -> Round:
    """What a round demands of whoever approves or closes; holds at once, also in review."""
    with transaction.atomic(durable=True):
        round_ = held(round_id, actor)
        policy.insist_on_office(actor, round_.unit)
        before = {"must_read": round_.must_read, "signature": round_.signature}
        after = {"must_read": must_read, "signature": str(signature)}
        if signature not in Ink.values:
            raise Unmet(_("There is no such way to sign."), then=_("Choose one from the list."))
        if before == after:
            raise Conflict(
                _("This is what the round demands already."), then=_("Nothing needs to be done.")
            )
        round_.must_read, round_.signature = must_read, signature
        round_.save(update_fields=list(after))
        tell(round_, "round.demands_set", actor, {**after, "before": before})
    return round_


MOST_TIMES, MOST_DAYS = 9, 1830


def set_extension_rules(
    round_id: int, *, actor: Actor, rules: Mapping[str, ExtensionRule]
) -> Round:
    """How often and how far items are extended, by class of deadline; for what is asked anew."""
    with transaction.atomic(durable=True):
        round_ = held(round_id, actor)
        policy.insist_on_office(actor, round_.unit)
        _insist_on_rules(rules)
        before, after = round_.extension_rules, extensions.as_data(rules)
        if before == after:
            raise Conflict(
                _("These are the rules of the round already."), then=_("Nothing needs to be done.")
            )
        round_.extension_rules = after
        round_.save(update_fields=["extension_rules"])
        tell(round_, "round.extensions_set", actor, {"before": before, "rules": after})
    return round_


def _insist_on_rules(rules: Mapping[str, ExtensionRule]) -> None:
    holes = [
        (
            f"rule-{track}",
            _("%(track)s: 0 to %(times)s extensions, of at most %(days)s days")
            % {"track": track.label, "times": MOST_TIMES, "days": MOST_DAYS},
        )
        for track in Track
        if track not in rules
        or not 0 <= rules[track].times <= MOST_TIMES
        or not 0 <= rules[track].days <= MOST_DAYS
    ]
    if holes:
        raise Unmet(
            _("These rules cannot be followed."),
            then=_("Correct: %(words)s.") % {"words": _("; ").join(words for _at, words in holes)},
            holes=holes,
        )
