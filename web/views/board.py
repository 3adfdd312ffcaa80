"""The board of a round: one sentence, two pictures, their tables; and the same on a wall."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.html import format_html
from django.utils.translation import gettext as _

from reports.board import board_of
from reports.figures import Time
from web import charts
from web.acting import actor_of
from web.answers import page
from web.rounds import current_round, round_context
from web.templatetags.figures import address
from web.templatetags.words import SOON
from workflows import periods
from workflows.states import ENDED, Asking, State

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from django.http import HttpRequest, HttpResponse
    from django.utils.safestring import SafeString

    from reports.figures import Board, Tally
    from workflows.models import Item

A_SLIDE = 12
"""Items that fit one page of the wall and can be read across a room."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slide:
    """One page of the wall: some items under a title, or a part of many."""

    title: str
    words: str
    items: tuple[Item, ...]
    no: int
    of: int


def board(request: HttpRequest) -> HttpResponse:
    """`?wall=1` is the screen of a meeting room, which asks for its own part again each minute."""
    context: dict[str, Any] = {**round_context(request), "board": None}
    round_ = current_round(request)
    if round_ is not None:
        context |= _figures(board_of(actor_of(request), round_, soon=SOON))
    if request.GET.get("wall") == "1":
        # The wall shows no bar to log out from, and no form.
        return page(
            request, "board_wall.html", {**context, "actor": None}, part="board_slides.html"
        )
    return page(request, "board.html", context)


def _figures(figures: Board) -> dict[str, Any]:
    return {
        "board": figures,
        "dates": periods.dates_of(figures.round),
        "sentence": _sentence(figures),
        "times": _times(figures),
        "requests": _requests(figures),
        "states": [state for state in charts.order() if figures.tally.states[state]],
        "burn_up": charts.burn_up(figures),
        "by_aspect": charts.aspects(figures),
        "slides": list(_wall(figures)),
    }


def _sentence(figures: Board) -> SafeString:
    """The state of the round in one breath; each figure leads to its items."""
    tally, round_ = figures.tally, figures.round

    def led(words: str, **query: str) -> SafeString:
        return format_html('<a href="{}">{}</a>', address(round_, **query), words)

    return format_html(
        _("{total}: {closed}, {overdue}, {today}, {soon}."),
        total=led(_("%(n)s items") % {"n": tally.total}),
        closed=led(_("%(n)s closed out") % {"n": tally.closed}, state=State.CLOSED),
        overdue=led(_("%(n)s overdue") % {"n": tally.overdue}, time=Time.OVERDUE),
        today=led(_("%(n)s due today") % {"n": tally.times[Time.TODAY]}, time=Time.TODAY),
        soon=led(
            _("%(n)s due within %(days)s days") % {"n": tally.times[Time.SOON], "days": SOON},
            time=Time.SOON,
        ),
    )


def _times(figures: Board) -> list[tuple[str, str, str, int]]:
    """(time, colour, words, how many) for each way of standing against a deadline."""
    words = (
        (Time.OVERDUE, "red", _("Overdue")),
        (Time.TODAY, "red", _("Due today")),
        (Time.SOON, "yellow", _("Due within %(n)s days") % {"n": SOON}),
        (Time.LATER, "green", _("Due later")),
        (Time.NONE, "green", _("Ongoing or without a date")),
        (Time.SUSPENDED, "secondary", _("Suspended")),
        (Time.ENDED, "secondary", _("Closed or cancelled")),
    )
    return [(time, colour, text, figures.tally.times[time]) for time, colour, text in words]


def _requests(figures: Board) -> list[tuple[str, str, int]]:
    """(kind, words, how many) of what is asked and waits for a decision."""
    asked = figures.tally.asked
    return [
        (kind.value, _("%(kind)s asked for") % {"kind": kind.label}, asked[kind])
        for kind in Asking
        if asked[kind]
    ]


def _wall(figures: Board) -> Iterator[Slide]:
    """The red items by name, then aspect by aspect."""
    words = _("%(n)s items") % {"n": len(figures.red)}
    yield from _slides(_("Overdue or due today"), words, figures.red)
    for line in figures.aspects:
        # What is still open comes first, by its deadline; what has ended comes last.
        yield from _slides(str(line.aspect), _told(line.tally), sorted(line.items, key=_urgency))


def _slides(title: str, words: str, items: Sequence[Item]) -> Iterator[Slide]:
    parts = [items[at : at + A_SLIDE] for at in range(0, len(items), A_SLIDE)]
    for no, part in enumerate(parts, 1):
        yield Slide(title=title, words=words, items=tuple(part), no=no, of=len(parts))


def _told(tally: Tally) -> str:
    told = {"total": tally.total, "closed": tally.closed, "overdue": tally.overdue}
    if tally.rate is None:
        return _("%(total)s items, %(closed)s closed out, %(overdue)s overdue") % told
    return _(
        "%(total)s items, %(closed)s closed out, %(overdue)s overdue; closing rate %(rate)s%%"
    ) % {**told, "rate": tally.rate}


def _urgency(item: Item) -> tuple[bool, bool, int, int]:
    days = item.days_left()
    return (item.state in ENDED, days is None, days or 0, item.position)
