"""The dates of a round, counted from the feedback: derived each time, stored nowhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils import timezone

from workflows import calendar
from workflows.models import CalendarDay
from workflows.models.round import MONTHS, PLAN_WORKING_DAYS, Period, PlanTerm

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from core.models import Unit
    from workflows.calendar import Local
    from workflows.models import Round


@dataclass(frozen=True, slots=True, kw_only=True)
class Dates:
    """By when the plan is due and the concentrated rectification ends, and the days to each."""

    plan_due: date
    plan_left: int
    ends: date
    left: int
    known: bool
    """Whether the holidays that were counted with are published."""

    @property
    def plan_over(self) -> int:
        """Days past the day the plan was due."""
        return -self.plan_left


def dates_of(round_: Round, *, on: date | None = None, local: Local | None = None) -> Dates:
    """The dates of one round; hand in its unit's local days where many are asked for."""
    today = on or timezone.localdate()
    plan_due = plan_due_of(round_, local=local)
    ends = calendar.months_after(round_.feedback_date, MONTHS[Period(round_.period)])
    return Dates(
        plan_due=plan_due,
        plan_left=(plan_due - today).days,
        ends=ends,
        left=(ends - today).days,
        known=round_.plan_term == PlanTerm.ONE_MONTH or calendar.is_known(plan_due.year),
    )


def dated(rounds: Sequence[Round]) -> list[tuple[Round, Dates]]:
    """Each round, whose unit came with it, and its dates; one query for all local days."""
    local = local_of([round_.unit for round_ in rounds])
    return [(one, dates_of(one, local=local[one.unit_id])) for one in rounds]


def local_of(units: Iterable[Unit]) -> dict[int, Local]:
    """The local days of many units by the unit's id, in one query."""
    wanted = {unit.pk: unit.lineage() for unit in units}
    paths = {path for lineage in wanted.values() for path in lineage}
    days: dict[str, dict[date, bool]] = {path: {} for path in paths}
    rows = CalendarDay.objects.filter(unit__path__in=sorted(paths))
    for path, day, working in rows.values_list("unit__path", "day", "working"):
        days[path][day] = working
    # A lineage runs from the root down, so what is nearer goes above what is further.
    return {
        pk: {day: works for path in lineage for day, works in days[path].items()}
        for pk, lineage in wanted.items()
    }


def plan_due_of(round_: Round, *, local: Local | None = None) -> date:
    if round_.plan_term == PlanTerm.ONE_MONTH:
        return calendar.months_after(round_.feedback_date, 1)
    if local is None:
        local = CalendarDay.objects.local(round_.unit)
    return calendar.add_working_days(round_.feedback_date, PLAN_WORKING_DAYS, local=local)
