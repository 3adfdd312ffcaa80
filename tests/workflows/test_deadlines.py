"""The ladder by hand: which rung an item has reached on each day, and on which it is told."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from workflows.deadlines import Due, reached
from workflows.models import Item, LadderRule, Round
from workflows.models.ladder import presets
from workflows.states import State, Track

ROUND = Round(pk=1, feedback_date=date(2026, 3, 2))
SOON, NEAR, LATE_AT_ONCE, LATE, LATE_ONGOING, AT_ONCE, ONGOING = range(1, 8)


def ladder() -> list[LadderRule]:
    """The usual rules, numbered as the names above."""
    rules = list(presets(ROUND))
    for number, rule in enumerate(rules, 1):
        rule.pk = number
    return rules


def item(state: str = State.RECTIFYING, *, due: date | None, track: str = Track.DATED) -> Item:
    return Item(pk=9, round=ROUND, state=state, due=due, track=track, due_version=3)


def told(of: Item, first: date, last: date) -> list[tuple[date, int]]:
    """(day, rule) for every new occasion, with a run each morning."""
    found: dict[tuple[int, date], date] = {}
    for n in range((last - first).days + 1):
        day = first + timedelta(days=n)
        due = reached(of, ladder(), day)
        if due is not None:
            found.setdefault((due.rule_id, due.occasion), day)
    return [(day, rule) for (rule, _occasion), day in found.items()]


def test_a_dated_item_is_told_at_twenty_and_ten_days_and_then_weekly() -> None:
    assert told(item(due=date(2026, 6, 30)), date(2026, 6, 1), date(2026, 7, 31)) == [
        (date(2026, 6, 10), SOON),
        (date(2026, 6, 20), NEAR),
        (date(2026, 7, 1), LATE),
        (date(2026, 7, 8), LATE),
        (date(2026, 7, 15), LATE),
        (date(2026, 7, 22), LATE),
        (date(2026, 7, 29), LATE),
    ]


def test_an_item_to_do_at_once_is_told_daily_when_overdue() -> None:
    at_once = item(due=date(2026, 6, 30), track=Track.IMMEDIATE)
    assert told(at_once, date(2026, 6, 29), date(2026, 7, 3)) == [
        (date(2026, 6, 29), NEAR),  # its day was the 20th, nobody ran then
        (date(2026, 7, 1), LATE_AT_ONCE),
        (date(2026, 7, 2), LATE_AT_ONCE),
        (date(2026, 7, 3), LATE_AT_ONCE),
    ]


def test_an_ongoing_item_is_told_monthly_when_overdue() -> None:
    ongoing = item(due=date(2026, 6, 30), track=Track.ONGOING)
    assert told(ongoing, date(2026, 7, 1), date(2026, 8, 31)) == [
        (date(2026, 7, 1), LATE_ONGOING),
        (date(2026, 7, 31), LATE_ONGOING),
        (date(2026, 8, 30), LATE_ONGOING),
    ]


def test_items_without_a_date_are_told_by_their_class_from_the_feedback_on() -> None:
    days = (date(2026, 3, 1), date(2026, 5, 5))
    assert told(item(due=None, track=Track.ONGOING), *days) == [
        (date(2026, 3, 2), ONGOING),
        (date(2026, 4, 1), ONGOING),
        (date(2026, 5, 1), ONGOING),
    ]
    at_once = item(due=None, track=Track.IMMEDIATE)
    assert told(at_once, date(2026, 3, 1), date(2026, 3, 4)) == [
        (date(2026, 3, 2), AT_ONCE),
        (date(2026, 3, 3), AT_ONCE),
        (date(2026, 3, 4), AT_ONCE),
    ]


def test_after_missed_mornings_only_the_highest_rung_is_told() -> None:
    of = item(due=date(2026, 6, 30))
    assert reached(of, ladder(), date(2026, 7, 12)) == Due(
        item_id=9, rule_id=LATE, due_version=3, occasion=date(2026, 7, 8), days=-12
    )


@pytest.mark.parametrize("state", [State.DRAFT, State.CLOSED, State.CANCELLED])
def test_who_owes_nothing_is_told_nothing(state: str) -> None:
    assert reached(item(state, due=date(2026, 6, 30)), ladder(), date(2026, 7, 12)) is None


@pytest.mark.parametrize(
    "state", [State.ASSIGNED, State.RECTIFYING, State.IN_REVIEW, State.VERIFYING]
)
def test_an_item_stays_overdue_until_it_is_closed_out(state: str) -> None:
    assert reached(item(state, due=date(2026, 6, 30)), ladder(), date(2026, 7, 1)) is not None


def test_the_rule_made_for_a_class_goes_before_the_one_for_all_on_the_same_day() -> None:
    rules = [
        LadderRule(pk=1, round=ROUND, position=2, days=5),
        LadderRule(pk=2, round=ROUND, position=1, days=5, track=Track.DATED),
    ]
    due = reached(item(due=date(2026, 6, 30)), rules, date(2026, 6, 25))
    assert due is not None
    assert due.rule_id == 2


def test_below_the_lowest_rung_nothing_is_told() -> None:
    assert reached(item(due=date(2026, 6, 30)), ladder(), date(2026, 6, 9)) is None
    assert reached(item(due=date(2026, 6, 30)), [], date(2026, 7, 9)) is None
    assert reached(item(due=None), ladder(), date(2026, 7, 9)) is None  # dated, its date missing
