from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from core.roles import Role
from reports.board import board_of
from reports.figures import Board, Tally, Time
from tests import make
from workflows.actions import ledgers
from workflows.actions.entries import LedgerAspect, LedgerProblem
from workflows.models import Item, Round
from workflows.states import State

pytestmark = pytest.mark.django_db

SOON = 10


def today() -> date:
    return timezone.localdate()


def due_in(days: int) -> date:
    return today() + timedelta(days=days)


def board(house: make.House, round_: Round) -> Board:
    return board_of(house.office.actor(), round_, soon=SOON)


def test_every_item_is_counted_once_by_its_state_and_once_by_its_time() -> None:
    house = make.house()
    round_ = make.round_(house)
    for state, days in (
        (State.RECTIFYING, -3),
        (State.RECTIFYING, -1),
        (State.ASSIGNED, 0),
        (State.ASSIGNED, 1),
        (State.DRAFT, 10),
        (State.DRAFT, 11),
        (State.CLOSED, -5),
        (State.CANCELLED, -5),
    ):
        make.item(state, house=house, round_=round_, due=due_in(days))
    make.item(house=house, round_=round_, due=None, track="ongoing", ongoing=True)

    tally = board(house, round_).tally

    assert tally.total == 9
    assert dict(tally.states) == {
        "rectifying": 2, "assigned": 2, "draft": 3, "closed": 1, "cancelled": 1
    }  # fmt: skip
    assert dict(tally.times) == {
        Time.OVERDUE: 2, Time.TODAY: 1, Time.SOON: 2, Time.LATER: 1, Time.NONE: 1, Time.ENDED: 2
    }  # fmt: skip
    assert (tally.closed, tally.cancelled, tally.overdue, tally.owed) == (1, 1, 2, 8)
    assert tally.rate == Decimal("12.5")


def test_a_closing_rate_is_100_only_when_every_item_is_closed() -> None:
    assert tally_of(closed=1999, draft=1).rate == Decimal("99.9")
    assert tally_of(closed=2000).rate == Decimal("100.0")
    assert tally_of(closed=2000, cancelled=3).rate == Decimal("100.0")


def test_there_is_no_rate_where_nothing_is_owed() -> None:
    assert tally_of(cancelled=2).rate is None
    assert Tally().rate is None


def tally_of(**states: int) -> Tally:
    tally = Tally()
    tally.states.update(states)
    return tally


def test_aspects_stand_in_the_ledgers_order_each_with_its_own_items() -> None:
    house = make.house()
    round_ = make.round_(house)
    waiting = make.batch(house, round_)
    lines = [make.line(house, no=no) for no in ("1-1", "1-2", "2-1")]
    aspects = [
        LedgerAspect(
            no=no,
            title=title,
            problems=(LedgerProblem(no="1", title="A problem", items=tuple(items)),),
        )
        for no, title, items in (("（一）", "Works", lines[:2]), ("（二）", "Money", lines[2:]))
    ]
    ledgers.confirm(waiting.pk, actor=house.office.actor(), version=0, aspects=aspects)

    found = board(house, round_).aspects

    assert [(str(a.aspect), [i.no for i in a.items], a.tally.total) for a in found] == [
        ("（一）Works", ["1-1", "1-2"], 2),
        ("（二）Money", ["2-1"], 1),
    ]


def test_sections_are_ranked_by_closing_rate_then_by_fewest_overdue() -> None:
    house = make.house()
    round_ = make.round_(house)
    late = {"due": due_in(-1)}
    for name, states in (
        ("Half", [(State.CLOSED, {}), (State.DRAFT, {})]),
        ("None late", [(State.DRAFT, late)]),
        ("None", [(State.DRAFT, {})]),
        ("Cancelled", [(State.CANCELLED, {})]),
    ):
        section = make.section(house.unit, name)
        make.membership(house.staff, Role.STAFF, section=section)
        make.membership(house.head, Role.SECTION_HEAD, section=section)
        for state, fields in states:
            make.item(state, house=house, round_=round_, lead=(name,), **fields)
    make.item(house=house, round_=round_, lead=())

    ranked = board(house, round_).sections

    assert [
        (line.section.name if line.section else None, line.tally.rate, line.tally.overdue)
        for line in ranked
    ] == [
        ("Half", Decimal("50.0"), 0),
        (None, Decimal("0.0"), 0),
        ("None", Decimal("0.0"), 0),
        ("None late", Decimal("0.0"), 1),
        ("Cancelled", None, 0),
    ]


def test_red_items_are_named_the_longest_overdue_first() -> None:
    house = make.house()
    round_ = make.round_(house)
    for no, days, state in (
        ("1-1", 0, State.ASSIGNED),
        ("1-2", -9, State.DRAFT),
        ("1-3", -2, State.CLOSED),
        ("1-4", 1, State.DRAFT),
        ("1-5", -1, State.DRAFT),
    ):
        make.item(state, house=house, round_=round_, no=no, due=due_in(days))

    assert [item.no for item in board(house, round_).red] == ["1-2", "1-5", "1-1"]


def test_a_member_of_a_section_is_shown_its_items_alone_and_told_so() -> None:
    house = make.house()
    round_ = make.round_(house)
    make.item(house=house, round_=round_)
    make.item(house=house, round_=round_, lead=(house.other_section.name,))
    outsider = make.house()

    own = board_of(house.head.actor(), round_, soon=SOON)
    whole = board_of(house.office.actor(), round_, soon=SOON)
    foreign = board_of(outsider.office.actor(), round_, soon=SOON)

    assert (own.tally.total, own.whole) == (1, False)
    assert (whole.tally.total, whole.whole) == (2, True)
    assert (foreign.tally.total, foreign.whole) == (0, False)


def test_another_round_of_the_unit_is_not_counted() -> None:
    house = make.house()
    round_ = make.round_(house)
    make.item(house=house, round_=make.round_(house))
    assert board(house, round_).tally.total == 0
    assert Item.objects.count() == 1


@pytest.mark.parametrize("items", [1, 3])
def test_a_board_takes_as_many_reads_for_three_items_as_for_one(
    items: int, django_assert_num_queries: object
) -> None:
    house = make.house()
    round_ = make.round_(house)
    for _n in range(items):
        make.item(State.CLOSED, house=house, round_=round_)
    actor = house.office.actor()
    # items, close-outs; the third, of reopenings, is asked only when there was one
    with django_assert_num_queries(2):  # type: ignore[operator]  # pytest-django's own
        board_of(actor, round_, soon=SOON)
