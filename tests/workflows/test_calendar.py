"""Facts typed by hand from the notices of the State Council on holidays."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.calendar import (
    add_working_days,
    is_exceptional,
    is_known,
    is_working_day,
    months_after,
    working_days_between,
)

DAYS = st.dates(date(2003, 1, 1), date(2030, 12, 31))


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 1, 1), False),  # New Year
        (date(2026, 1, 4), True),  # Sunday, made up
        (date(2026, 2, 14), True),  # Saturday before the Spring Festival, made up
        (date(2026, 2, 15), False),  # nine days of Spring Festival begin on a Sunday
        (date(2026, 2, 17), False),
        (date(2026, 2, 23), False),
        (date(2026, 2, 24), True),
        (date(2026, 2, 28), True),  # Saturday, made up
        (date(2026, 4, 6), False),  # Tomb Sweeping
        (date(2026, 5, 5), False),  # Labour Day
        (date(2026, 5, 9), True),  # Saturday, made up
        (date(2026, 6, 19), False),  # Dragon Boat
        (date(2026, 9, 20), True),  # Sunday before National Day, made up
        (date(2026, 9, 25), False),  # Mid-Autumn
        (date(2026, 9, 30), True),
        (date(2026, 10, 1), False),
        (date(2026, 10, 7), False),
        (date(2026, 10, 8), True),
        (date(2026, 10, 10), True),  # Saturday, made up
        (date(2026, 10, 11), False),
        (date(2025, 9, 28), True),  # Sunday, made up
        (date(2025, 10, 8), False),  # National Day and Mid-Autumn together, eight days
    ],
)
def test_public_holidays_and_the_days_that_make_up_for_them(day: date, *, works: bool) -> None:
    assert is_working_day(day) is works


def test_a_year_that_is_not_published_counts_monday_to_friday() -> None:
    assert is_known(2026)
    assert not is_known(2040)
    assert not is_known(1999)
    assert is_working_day(date(2040, 10, 1))  # a Monday
    assert not is_working_day(date(2040, 10, 6))  # a Saturday
    assert not is_exceptional(date(2040, 10, 1))


def test_what_a_unit_decides_goes_above_what_was_published() -> None:
    local = {date(2026, 10, 8): False, date(2026, 10, 11): True}
    assert not is_working_day(date(2026, 10, 8), local=local)
    assert is_working_day(date(2026, 10, 11), local=local)
    assert add_working_days(date(2026, 9, 30), 2, local=local) == date(2026, 10, 10)


@pytest.mark.parametrize(
    ("day", "n", "then"),
    [
        (date(2026, 9, 30), 1, date(2026, 10, 8)),
        (date(2026, 9, 30), 3, date(2026, 10, 10)),
        (date(2026, 9, 30), 4, date(2026, 10, 12)),
        (date(2026, 3, 2), 15, date(2026, 3, 23)),
        (date(2026, 2, 10), 5, date(2026, 2, 24)),  # 11, 12, 13, the make-up 14, then the 24th
        (date(2026, 10, 8), -1, date(2026, 9, 30)),
        (date(2026, 10, 3), 0, date(2026, 10, 3)),
    ],
)
def test_so_many_working_days_on(day: date, n: int, then: date) -> None:
    assert add_working_days(day, n) == then


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        (date(2026, 9, 30), date(2026, 10, 8), 1),
        (date(2026, 9, 30), date(2026, 10, 10), 3),
        (date(2026, 10, 10), date(2026, 9, 30), -3),
        (date(2026, 10, 1), date(2026, 10, 7), 0),
    ],
)
def test_working_days_between_two_days(start: date, end: date, days: int) -> None:
    assert working_days_between(start, end) == days


@pytest.mark.parametrize(
    ("day", "n", "then"),
    [
        (date(2026, 3, 1), 6, date(2026, 9, 1)),
        (date(2026, 8, 31), 1, date(2026, 9, 30)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
        (date(2026, 1, 31), -2, date(2025, 11, 30)),
        (date(2026, 5, 5), 0, date(2026, 5, 5)),
    ],
)
def test_months_on_end_with_the_month(day: date, n: int, then: date) -> None:
    assert months_after(day, n) == then


@given(day=DAYS, n=st.integers(1, 40))
def test_so_many_on_are_so_many_between(day: date, n: int) -> None:
    then = add_working_days(day, n)
    assert is_working_day(then)
    assert working_days_between(day, then) == n
    assert working_days_between(day, then - timedelta(days=1)) == n - 1
