"""The ladder of a round on the screen: each rule in one sentence, and its colours for badges.

限期事项超期 1 天时通知承办人；此后每 7 天一次
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from core.daywords import days_left
from workflows import deadlines
from workflows.models.ladder import LadderRule, Paper, Recipient
from workflows.states import Track

if TYPE_CHECKING:
    from django.http import HttpRequest

    from workflows.actions.ladders import Rung


def rules_of(request: HttpRequest, round_id: int) -> list[LadderRule]:
    """The ladder of a round, read once for a page however many of its items are listed."""
    known: dict[int, list[LadderRule]] | None = getattr(request, "_rectify_ladders", None)
    if known is None:
        known = {}
        request._rectify_ladders = known  # type: ignore[attr-defined]  # noqa: SLF001
    if round_id not in known:
        known[round_id] = deadlines.ladder_of(round_id)
    return known[round_id]


def sentence(rule: LadderRule | Rung) -> str:
    people = _(", ").join(str(Recipient(part).label) for part in rule.recipients)
    said = {"items": _items(rule), "when": _when(rule.days), "people": people}
    parts = [_("%(items)s, %(when)s: tell %(people)s") % said]
    if rule.letter != Paper.NONE:
        parts.append(_("with a numbered %(letter)s") % {"letter": Paper(rule.letter).label})
    if rule.repeat_days:
        parts.append(_again(rule.repeat_days))
    return _("; ").join(parts)


def _items(rule: LadderRule | Rung) -> str:
    if not rule.track:
        return _("items of every class")
    return _("items “%(track)s”") % {"track": Track(rule.track).label}


def _when(days: int | None) -> str:
    if days is None:
        return _("without a date, from the feedback on")
    if days == 0:
        return _("on the day they are due")
    if days < 0:
        return (
            _("when a day overdue") if days == -1 else _("when %(n)s days overdue") % {"n": -days}
        )
    return _("with %(left)s") % {"left": days_left(days)}


def _again(days: int) -> str:
    return _("then every day") if days == 1 else _("then every %(n)s days") % {"n": days}
