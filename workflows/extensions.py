"""How often and how far a deadline may be moved: the rules of a round, and what is left of them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from workflows.states import Asking, Ending, Track

if TYPE_CHECKING:
    from datetime import date

    from workflows.models import Item


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtensionRule:
    """For one class of deadline."""

    times: int
    """How often an item may be extended."""
    days: int
    """How many days beyond the first date at most."""


PRESETS: dict[str, ExtensionRule] = {
    Track.IMMEDIATE: ExtensionRule(times=1, days=30),
    Track.DATED: ExtensionRule(times=2, days=90),
    Track.ONGOING: ExtensionRule(times=3, days=180),
}


def presets() -> dict[str, dict[str, int]]:
    return as_data(PRESETS)


def as_data(rules: Any) -> dict[str, dict[str, int]]:
    """As a round keeps them."""
    return {str(track.value): asdict(rules[track]) for track in Track}


def rule_of(item: Item) -> ExtensionRule:
    return ExtensionRule(**item.round.extension_rules[item.track])


def used(item: Item) -> int:
    """How often the item was extended in this cycle."""
    return int(_granted(item).count())


def latest(item: Item) -> date | None:
    """The last day that may be asked for; None for an item without a date."""
    first = _first_date(item)
    return first + timedelta(days=rule_of(item).days) if first else None


def _first_date(item: Item) -> date | None:
    """What the days are counted from: in a later cycle, from the date it began with."""
    if item.cycle == 1:
        return item.first_due
    moved = _granted(item).order_by("no").first()
    return moved.before if moved else item.due


def _granted(item: Item) -> Any:
    return item.requests.filter(kind=Asking.EXTEND, outcome=Ending.GRANTED, cycle=item.cycle)
