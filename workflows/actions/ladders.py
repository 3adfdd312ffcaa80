"""The office sets the ladder of a round."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from core import fitting
from core.refusals import Conflict, Unmet
from workflows import policy
from workflows.actions import rounds
from workflows.models import LadderRule, Round
from workflows.models.ladder import PRESETS, Paper, Recipient

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from core.actor import Actor

MOST_RULES = 30
FURTHEST = 999
"""Days before or after a deadline that a rung may lie."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """A rule as the office wants it; without an id a new one."""

    id: int | None = None
    track: str = ""
    days: int | None = None
    colour: str
    recipients: tuple[str, ...]
    letter: str = Paper.NONE
    repeat_days: int = 0


def preset() -> list[Rung]:
    """What a new round begins with, as rungs to set."""
    return [Rung(**{**words, "recipients": tuple(words["recipients"])}) for words in PRESETS]


def seen(rules: Iterable[LadderRule]) -> str:
    """Stands for a ladder as somebody saw it; another one means that it was changed since."""
    rows = [(rule.pk, *sorted(_words(rule).items())) for rule in rules]
    return hashlib.sha256(repr(rows).encode()).hexdigest()[:16]


def set_ladder(round_id: int, *, actor: Actor, rungs: Sequence[Rung], saw: str) -> list[LadderRule]:
    """Replace the ladder: rules that stay keep their row, and with it what they already told."""
    with transaction.atomic(durable=True):
        round_ = rounds.held(round_id, actor)
        policy.insist_on_office(actor, round_.unit)
        before = list(round_.ladder.filter(retired=False))
        if saw != seen(before):
            raise Conflict(
                _("Somebody changed this ladder after you opened the page."),
                then=_("Open the page again and look at the ladder as it is now."),
            )
        _insist_on_sense(rungs, before)
        after = _put_all(round_, rungs)
        _retire(before, {rule.pk for rule in after})
        told = {"before": [_words(r) for r in before], "rules": [_words(r) for r in after]}
        if told["before"] == told["rules"]:
            raise Unmet(_("Nothing was changed."), then=_("Change something, or go back."))
        rounds.tell(round_, "round.ladder_set", actor, told)
    return after


def _insist_on_sense(rungs: Sequence[Rung], before: Sequence[LadderRule]) -> None:
    if len(rungs) > MOST_RULES:
        raise Unmet(
            _("A ladder has at most %(n)s rules.") % {"n": MOST_RULES}, then=_("Take some out.")
        )
    known = {rule.pk for rule in before}
    for place, rung in enumerate(rungs, 1):
        fault = _fault(rung, known)
        if fault:
            raise Unmet(_("Rule %(no)s: %(fault)s") % {"no": place, "fault": fault})


def _fault(rung: Rung, known: set[int]) -> str:
    """What is wrong with one rule, or nothing."""
    if rung.id is not None and rung.id not in known:
        return _("it is not of this round.")
    if not rung.recipients or set(rung.recipients) - set(Recipient.values):
        return _("say who is told.")
    if rung.days is not None and abs(rung.days) > FURTHEST:
        return _("at most %(n)s days.") % {"n": FURTHEST}
    if not 0 <= rung.repeat_days <= FURTHEST:
        return _("repeat after 0 to %(n)s days.") % {"n": FURTHEST}
    if rung.days is None and rung.letter != Paper.NONE:
        return _("a letter needs a deadline to speak of.")
    return ""


def _put_all(round_: Round, rungs: Sequence[Rung]) -> list[LadderRule]:
    """A rung without an id that says what an earlier rule said takes up that rule's row.

    What was told by it is not told a second time.
    """
    named = {rung.id for rung in rungs}
    earlier = [rule for rule in round_.ladder.order_by("retired", "pk") if rule.pk not in named]
    after = []
    for place, rung in enumerate(rungs, 1):
        words = _words_of(rung)
        same = next((r for r in earlier if _words(r) == words), None) if rung.id is None else None
        if same is not None:
            earlier.remove(same)
        after.append(_put(round_, words, rung.id or (same.pk if same else None), place))
    return after


def _words_of(rung: Rung) -> dict[str, Any]:
    words = asdict(rung)
    del words["id"]
    chosen = [part for part in Recipient.values if part in rung.recipients]
    return {name: str(v) if isinstance(v, str) else v for name, v in words.items()} | {
        "recipients": chosen
    }


def _put(round_: Round, words: dict[str, Any], pk: int | None, place: int) -> LadderRule:
    words = {**words, "position": place, "retired": False}
    rule = LadderRule(pk=pk, round=round_, **words)
    fitting.insist(rule, "track", "colour", "letter")
    if pk is None:
        rule.save()
    else:
        LadderRule.objects.filter(pk=pk).update(**words)
    return rule


def _retire(before: Iterable[LadderRule], kept: set[int | None]) -> None:
    gone = [rule.pk for rule in before if rule.pk not in kept]
    LadderRule.objects.filter(pk__in=gone).update(retired=True)


def _words(rule: LadderRule) -> dict[str, Any]:
    return {
        "track": str(rule.track),
        "days": rule.days,
        "colour": str(rule.colour),
        "recipients": [str(part) for part in rule.recipients],
        "letter": str(rule.letter),
        "repeat_days": rule.repeat_days,
    }
