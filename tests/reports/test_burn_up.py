from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone

from core.roles import Role
from reports.burn_up import burn_up, days
from reports.figures import Standing
from tests import make
from workflows.actions import decisions
from workflows.models import Item, Submission
from workflows.states import Outcome, State


def at(day: date, hour: int = 12) -> datetime:
    return timezone.make_aware(datetime(day.year, day.month, day.day, hour))  # noqa: DTZ001 -- made aware


def back(days: int) -> date:
    return timezone.localdate() - timedelta(days=days)


def closed_at(item: Item, moment: datetime) -> None:
    """Move the latest close-out of an item into the past, as if it had been decided then."""
    last = Submission.objects.filter(item=item, outcome=Outcome.CLOSED).order_by("no").last()
    assert last is not None
    Submission.objects.filter(pk=last.pk).update(decided_at=moment)


def told(since: date) -> dict[date, int | None]:
    points = burn_up(list(Item.objects.all()), since=since, today=back(0))
    return {point.day: point.closed for point in points}


def past(points: dict[date, int | None]) -> dict[date, int | None]:
    return {day: closed for day, closed in points.items() if day < back(0)}


@pytest.mark.django_db
def test_planned_is_what_is_due_by_the_day_and_closed_what_was_closed_by_its_end() -> None:
    house = make.house()
    round_ = make.round_(house)
    first = make.item(State.CLOSED, house=house, round_=round_, due=date(2026, 3, 10))
    closed_at(first, at(date(2026, 3, 8), hour=23))
    make.item(house=house, round_=round_, due=date(2026, 3, 15))
    make.item(house=house, round_=round_, due=date(2026, 3, 16))
    make.item(house=house, round_=round_, due=None, track="ongoing", ongoing=True)
    make.item(State.CANCELLED, house=house, round_=round_, due=date(2026, 3, 1))

    points = burn_up(list(Item.objects.all()), since=date(2026, 3, 4), today=date(2026, 3, 12))

    assert points == (
        Standing(day=date(2026, 3, 4), planned=0, closed=0),
        Standing(day=date(2026, 3, 8), planned=0, closed=1),
        Standing(day=date(2026, 3, 12), planned=1, closed=1),
        Standing(day=date(2026, 3, 15), planned=2, closed=None),
        Standing(day=date(2026, 3, 16), planned=3, closed=None),
    )


@pytest.mark.django_db
def test_a_past_day_tells_the_same_after_its_item_is_reopened_and_closed_again() -> None:
    house = make.house()
    item = make.item(State.CLOSED, house=house)
    closed_at(item, at(back(20)))
    before = told(back(30))
    assert (before[back(30)], before[back(0)]) == (0, 1)

    make.take(item, "reopen", house)
    reopened = told(back(30))
    assert past(reopened) == past(before)
    assert reopened[back(0)] == 0

    for step in ("prove", "submit", "approve", "close"):
        make.take(item, step, house)
    again = told(back(30))
    assert past(again) == past(before)
    assert again[back(0)] == 1


@pytest.mark.django_db
def test_a_returned_submission_is_no_close_out() -> None:
    house = make.house()
    item = make.item(State.VERIFYING, house=house)
    office = make.person(Role.OFFICE, unit=house.unit)
    decisions.send_back(
        item.pk, actor=office.actor(), command=make.command(item), reason=make.REASON
    )
    assert set(past(told(back(9))).values()) | {told(back(9))[back(0)]} == {0}


@pytest.mark.django_db
def test_a_close_out_of_another_round_is_not_counted() -> None:
    house = make.house()
    make.item(State.CLOSED, house=house)
    item = make.item(house=house)
    points = burn_up([item], since=back(3), today=back(0))
    assert [point.closed for point in points if point.closed] == []


def test_days_are_the_first_each_weeks_end_today_and_the_last() -> None:
    assert days(date(2026, 3, 4), date(2026, 3, 24), date(2026, 3, 12)) == [
        date(2026, 3, 4),
        date(2026, 3, 8),
        date(2026, 3, 12),
        date(2026, 3, 15),
        date(2026, 3, 22),
        date(2026, 3, 24),
    ]


def test_beyond_a_year_a_month_is_a_point() -> None:
    assert days(date(2025, 11, 20), date(2027, 1, 15), date(2026, 3, 12)) == [
        date(2025, 11, 20),
        date(2025, 11, 30),
        date(2025, 12, 31),
        date(2026, 1, 31),
        date(2026, 2, 28),
        date(2026, 3, 12),
        *(date(2026, month, last) for month, last in (
            (3, 31), (4, 30), (5, 31), (6, 30), (7, 31), (8, 31), (9, 30), (10, 31), (11, 30),
            (12, 31),
        )),
        date(2027, 1, 15),
    ]  # fmt: skip


def test_a_round_that_begins_later_begins_its_picture_today() -> None:
    assert days(date(2026, 3, 12), date(2026, 3, 12), date(2026, 3, 12)) == [date(2026, 3, 12)]
