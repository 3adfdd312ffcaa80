"""The figures of a board: counts of items, plain and typed, each true of one moment."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from decimal import ROUND_DOWN, Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

from workflows.states import ENDED, State

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from core.models import Section
    from workflows.models import Aspect, Item, Round

TENTH = Decimal("0.1")


class Time(StrEnum):
    """Where an item stands against its deadline; derived on the day, never stored."""

    OVERDUE = "overdue"
    TODAY = "today"
    SOON = "soon"
    LATER = "later"
    NONE = "none"
    SUSPENDED = "suspended"
    ENDED = "ended"


def time_of(item: Item, on: date, *, soon: int) -> Time:
    """`soon` is the number of days before a deadline from which it is near."""
    days = item.days_left(on)
    if item.state in ENDED:
        return Time.ENDED
    if item.state == State.SUSPENDED:
        return Time.SUSPENDED
    if days is None:
        return Time.NONE
    if days < 0:
        return Time.OVERDUE
    if days == 0:
        return Time.TODAY
    return Time.SOON if days <= soon else Time.LATER


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many items are in which state and stand how against their deadlines."""

    states: Counter[str] = field(default_factory=Counter)
    times: Counter[Time] = field(default_factory=Counter)
    asked: Counter[str] = field(default_factory=Counter)
    """By kind: requests that wait for a decision."""

    @classmethod
    def of(cls, items: Iterable[Item], on: date, *, soon: int) -> Tally:
        rows = list(items)
        return cls(
            states=Counter(item.state for item in rows),
            times=Counter(time_of(item, on, soon=soon) for item in rows),
            asked=Counter(item.request.kind for item in rows if item.request is not None),
        )

    @property
    def total(self) -> int:
        return self.states.total()

    @property
    def closed(self) -> int:
        return self.states[State.CLOSED]

    @property
    def cancelled(self) -> int:
        return self.states[State.CANCELLED]

    @property
    def overdue(self) -> int:
        return self.times[Time.OVERDUE]

    @property
    def owed(self) -> int:
        """What is to be closed out: all but what was cancelled."""
        return self.total - self.cancelled

    @property
    def rate(self) -> Decimal | None:
        """Closed per hundred of what is owed, rounded down: 100 only when all are."""
        if not self.owed:
            return None
        return (Decimal(100 * self.closed) / self.owed).quantize(TENTH, ROUND_DOWN)


@dataclass(frozen=True, slots=True, kw_only=True)
class AspectFigures:
    aspect: Aspect
    tally: Tally
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionFigures:
    """`section` is None for items that no section leads yet."""

    section: Section | None
    tally: Tally

    @property
    def rank(self) -> tuple[Decimal, int, str]:
        """Best first: the highest closing rate, then the fewest overdue."""
        rate = self.tally.rate
        name = self.section.name if self.section else ""
        return (Decimal(1) if rate is None else -rate, self.tally.overdue, name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A day of the burn-up: due by then, and closed by its end."""

    day: date
    planned: int
    closed: int | None
    """None for a day that has not come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    round: Round
    at: datetime
    """The moment the figures are true of."""
    whole: bool
    """Whether these are all items of the round, not only those of the reader's own sections."""
    tally: Tally
    aspects: tuple[AspectFigures, ...]
    sections: tuple[SectionFigures, ...]
    burn_up: tuple[Standing, ...]
    red: tuple[Item, ...]
    """Overdue or due today, the longest overdue first."""
