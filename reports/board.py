"""The board of a round for one reader: three reads, whatever the number of items."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

from reports.burn_up import burn_up
from reports.figures import AspectFigures, Board, SectionFigures, Tally, Time, time_of
from workflows.models import Item

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from core.actor import Actor
    from workflows.models import Round


def board_of(actor: Actor, round_: Round, *, soon: int, at: datetime | None = None) -> Board:
    """Every figure of the items the actor may see; `soon` days before its deadline one is near."""
    moment = at or timezone.now()
    today = timezone.localdate(moment)
    items = list(
        Item.objects.visible_to(actor)
        .filter(round=round_)
        .select_related("problem__aspect", "lead_section", "assignee", "request")
    )
    return Board(
        round=round_,
        at=moment,
        whole=any(round_.unit.path.startswith(path) for path in actor.unit_paths),
        tally=Tally.of(items, today, soon=soon),
        aspects=tuple(_by_aspect(items, today, soon)),
        sections=tuple(sorted(_by_section(items, today, soon), key=lambda line: line.rank)),
        burn_up=burn_up(items, since=round_.feedback_date, today=today),
        red=tuple(_red(items, today, soon)),
    )


def _by_aspect(items: Iterable[Item], on: date, soon: int) -> Iterable[AspectFigures]:
    grouped: dict[int, list[Item]] = {}
    for item in items:
        grouped.setdefault(item.problem.aspect_id, []).append(item)
    groups = sorted(
        grouped.values(), key=lambda g: (g[0].problem.aspect.position, g[0].problem.aspect_id)
    )
    for group in groups:
        yield AspectFigures(
            aspect=group[0].problem.aspect,
            tally=Tally.of(group, on, soon=soon),
            items=tuple(group),
        )


def _by_section(items: Iterable[Item], on: date, soon: int) -> Iterable[SectionFigures]:
    grouped: dict[int | None, list[Item]] = {}
    for item in items:
        grouped.setdefault(item.lead_section_id, []).append(item)
    for group in grouped.values():
        yield SectionFigures(section=group[0].lead_section, tally=Tally.of(group, on, soon=soon))


def _red(items: Iterable[Item], on: date, soon: int) -> list[Item]:
    reds = {Time.OVERDUE, Time.TODAY}
    late = [item for item in items if time_of(item, on, soon=soon) in reds]
    return sorted(late, key=lambda item: (item.due or on, item.position, item.pk))
