"""The screen's words: time with its colour, states, buttons, and the hidden part of every form."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _

from core.daywords import days_left, days_over
from evidence.inspection.verdict import State as Inspection
from web.diagrams import step_words
from web.holding import outcome_of
from web.ladders import rules_of
from web.purposes import for_hole, for_request
from workflows import deadlines
from workflows.models import EvidenceRequest
from workflows.routing import steps_of
from workflows.states import ENDED, VERBS, State, Track

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from django.utils.safestring import SafeString

    from evidence.models import Upload
    from workflows.models import Duty, Item, Judgement, LadderRule
    from workflows.proof import Line


register = template.Library()
register.filter(days_left)
register.filter(days_over)

SOON = 10
"""Days before the deadline from which an item is amber."""
_STATE_COLOURS = {
    State.DRAFT: "secondary",
    State.ASSIGNED: "azure",
    State.RECTIFYING: "blue",
    State.IN_REVIEW: "purple",
    State.VERIFYING: "indigo",
    State.SUSPENDED: "orange",
    State.CLOSED: "green",
    State.CANCELLED: "secondary",
}


def time_words(
    item: Item, on: date | None = None, ladder: Sequence[LadderRule] = ()
) -> tuple[str, str]:
    """(colour, words) of an item's time: never stored, never colour alone.

    The colour is that of the rung it has reached on the ladder of its round; where no rule of it
    is for this item, a plain one.
    """
    colour, words = _plain(item, on)
    if item.state in ENDED:
        return colour, words
    return deadlines.colour_of(item, ladder, on or timezone.localdate()) or colour, words


def _plain(item: Item, on: date | None) -> tuple[str, str]:
    if item.state in ENDED:
        return "secondary", str(item.get_state_display())
    if item.state == State.SUSPENDED:
        return _resting(item)
    days = item.days_left(on)
    return _without_date(item) if days is None else _days_left(days)


def _days_left(days: int) -> tuple[str, str]:
    if days < 0:
        return "red", days_over(-days)
    if days == 0:
        return "red", _("Due today")
    return ("yellow" if days <= SOON else "green"), days_left(days)


def _resting(item: Item) -> tuple[str, str]:
    if item.suspended_until is None:
        return "orange", str(State.SUSPENDED.label)
    return "orange", _("Suspended until %(day)s") % {"day": date_format(item.suspended_until)}


def _without_date(item: Item) -> tuple[str, str]:
    if item.ongoing:
        return "green", _("Ongoing")
    if item.track == Track.IMMEDIATE:
        return "yellow", str(Track.IMMEDIATE.label)
    return "yellow", _("No deadline")


@register.simple_tag(takes_context=True)
def time_badge(context: dict[str, Any], item: Item) -> SafeString:
    """剩 12 天 (12月31日), in the colour of the ladder; the words say it all."""
    ladder = () if item.state in ENDED else rules_of(context["request"], item.round_id)
    colour, words = time_words(item, ladder=ladder)
    return format_html('<span class="badge bg-{}-lt time-{}">{}</span>', colour, colour, words)


@register.simple_tag
def paper_badge(asked: EvidenceRequest) -> SafeString:
    """How long a paper that was asked for may still take."""
    colour, words = _days_left(asked.days_left())
    return format_html('<span class="badge bg-{}-lt time-{}">{}</span>', colour, colour, words)


@register.simple_tag
def state_badge(state: str) -> SafeString:
    colour = _STATE_COLOURS[State(state)]
    return format_html('<span class="badge bg-{}-lt">{}</span>', colour, State(state).label)


@register.simple_tag
def command(item: Any = None) -> SafeString:
    """The hidden fields that make two clicks one decision: the form's id, the version seen."""
    fields = format_html('<input type="hidden" name="command" value="{}">', uuid4())
    if item is None:
        return fields
    return fields + format_html('<input type="hidden" name="version" value="{}">', item.version)


@register.filter
def button(verb: str) -> str:
    """The words on a verb's button, also of one that moves nothing."""
    return _("Urge") if verb == "urge" else str(VERBS[verb].button)


@register.filter
def step_of(duty: Duty) -> str:
    """The step of the route a duty stands at, in words."""
    return step_words(steps_of(duty.matter)[duty.position])


@register.filter
def outcome_words(duty: Duty) -> str:
    """What was answered, and that it no longer counts where it does not."""
    return outcome_of(duty)


@register.filter
def read_at(reads: dict[int, int], citation_id: int) -> int | None:
    """The number of the submission at which a piece was read, None for one that was not."""
    return reads.get(citation_id)


@register.filter
def found_at(findings: dict[int, Judgement], citation_id: int) -> Judgement | None:
    """What was found of a piece, if anything was."""
    return findings.get(citation_id)


@register.filter
def purpose(aim: Line | EvidenceRequest) -> str:
    """What an upload says that it is for: a hole, or a request for evidence."""
    if isinstance(aim, EvidenceRequest):
        return for_request(aim.pk)
    return for_hole(aim.measure.pk, aim.criterion.pk if aim.criterion else None)


@register.filter
def of_purpose(arrived: dict[str, list[Upload]], said: str) -> list[Upload]:
    """What waits to be handed in for it."""
    return arrived.get(said, [])


@register.filter
def still_kept(waiting: list[Upload]) -> int:
    """How many of them may yet be handed in: of what was refused the bytes are gone."""
    return sum(one.inspection != Inspection.REFUSED for one in waiting)


@register.filter
def ago(day: date) -> str:
    """How long ago a day, or the day of a moment, was."""
    if isinstance(day, datetime):
        day = timezone.localdate(day)
    days = (timezone.localdate() - day).days
    if days <= 0:
        return _("today")
    return _("%(n)s days ago") % {"n": days}


@register.simple_tag(takes_context=True)
def query(context: dict[str, Any], **changes: Any) -> str:
    """The present query string with some parts changed; None takes a part out.

    It names the round the page is about, so that the address shows a colleague the same.
    """
    parts = context["request"].GET.copy()
    parts.pop("page", None)
    if getattr(context.get("round"), "code", ""):
        parts["round"] = context["round"].code
    for name, value in changes.items():
        if value is None or value == "":
            parts.pop(name, None)
        else:
            parts[name] = value
    return f"?{parts.urlencode()}" if parts else "?"
