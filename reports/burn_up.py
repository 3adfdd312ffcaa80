"""Closed items against the plan, day by day; a day that is past is never told differently."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from audit.models import Event
from reports.figures import Standing
from workflows.models import Submission
from workflows.states import EVENTS, Outcome, State

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date, datetime

    from workflows.models import Item

WEEK = timedelta(days=7)
YEAR_OF_WEEKS = 53
"""Beyond so many weeks a point a month is enough to read."""


@dataclass(frozen=True, slots=True)
class Past:
    """What was closed on which day, read from what is written once and never again.

    A reopening takes its item off from the day it was reopened. Days before
    that keep the close-out they were told with.
    """

    closings: list[date]
    """The day of every close-out, in every cycle, oldest first."""
    reopenings: list[date]

    @classmethod
    def of(cls, items: Sequence[Item]) -> Past:
        return cls(closed_on(items), reopened_on(items))

    def closed(self, day: date) -> int:
        """How many were closed out when the day ended."""
        return bisect_right(self.closings, day) - bisect_right(self.reopenings, day)


def burn_up(items: Sequence[Item], *, since: date, today: date) -> tuple[Standing, ...]:
    """The plan is the deadlines as they stand now; what was closed is what was closed then."""
    due = sorted(item.due for item in items if item.due and item.state != State.CANCELLED)
    past = Past.of(items)
    until = max([today, *due])
    return tuple(
        Standing(
            day=day,
            planned=bisect_right(due, day),
            closed=None if day > today else past.closed(day),
        )
        for day in days(min(since, today), until, today)
    )


def closed_on(items: Sequence[Item]) -> list[date]:
    decided = Submission.objects.filter(item__in=items, outcome=Outcome.CLOSED)
    moments = decided.values_list("decided_at", flat=True)
    return sorted(_days(moment for moment in moments if moment is not None))


def reopened_on(items: Sequence[Item]) -> list[date]:
    """Only items past their first cycle have any."""
    subjects = [item.subject for item in items if item.cycle > 1]
    reopened = Event.objects.filter(subject__in=subjects, name=EVENTS["reopen"])
    return sorted(_days(reopened.values_list("at", flat=True)))


def _days(moments: Iterable[datetime]) -> Iterator[date]:
    return map(timezone.localdate, moments)


def days(since: date, until: date, today: date) -> list[date]:
    """The days to show: the first, each week's (or month's) end, today, and the last."""
    weekly = (until - since) <= WEEK * YEAR_OF_WEEKS
    ends = _week_ends(since, until) if weekly else _month_ends(since, until)
    return sorted({since, *ends, today, until})


def _week_ends(since: date, until: date) -> Iterator[date]:
    day = since + timedelta(days=6 - since.weekday())
    while day <= until:
        yield day
        day += WEEK


def _month_ends(since: date, until: date) -> Iterator[date]:
    day = since
    while (day := _last_of_month(day)) <= until:
        yield day
        day += timedelta(days=1)


def _last_of_month(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
