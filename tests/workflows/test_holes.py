"""The check of the ledger: each kind of hole made by hand, and gone once it is mended."""

from __future__ import annotations

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from core.actor import Actor
from core.models import Membership, User
from core.roles import Role
from tests import make
from tests.make import House
from tests.workflows.review import leave, review
from workflows import holes, turns
from workflows.models import Duty, Item, Measure
from workflows.models.route import Party, Step
from workflows.states import State, Track

pytestmark = pytest.mark.django_db


def counts(actor: Actor) -> dict[str, int]:
    """The kinds that have a hole."""
    checked = holes.check(actor)
    assert checked is not None
    return {one.kind.key: one.count for one in checked.kinds if one.count}


@pytest.fixture
def house() -> House:
    """Every section has a head, so that nothing is wrong yet."""
    found = make.house()
    make.person(Role.SECTION_HEAD, section=found.other_section)
    return found


def whole(house: House, state: str = State.RECTIFYING) -> Item:
    """An item that lacks nothing."""
    return make.item(state, house=house, criteria=("Lit for a month", "Lit for a month"))


def test_a_ledger_that_lacks_nothing_has_no_holes(house: House) -> None:
    for state in (State.RECTIFYING, State.IN_REVIEW, State.VERIFYING):
        whole(house, state)
    assert counts(house.office.actor()) == {}
    assert holes.count(house.office.actor()) == 0


# Nobody may answer


def test_a_step_of_a_section_without_a_head_is_a_hole_until_one_is_appointed(house: House) -> None:
    item = whole(house, State.IN_REVIEW)
    office = house.office.actor()
    leave(house.head)
    assert counts(office) == {"answer": 1, "head": 1}
    checked = holes.check(office)
    assert checked is not None
    [row] = checked.rows
    assert (row.item, str(row.asks), row.spent) == (item, "牵头科室负责人", False)
    make.person(Role.SECTION_HEAD, section=house.section)
    assert counts(office) == {}


def test_a_step_whose_members_all_had_their_say_is_a_hole(house: House) -> None:
    whole(house, State.VERIFYING)
    office = house.office.actor()
    leave(house.closer)
    Duty.objects.filter(outcome="approve").update(decided_by=house.office)
    assert counts(office) == {"answer": 1}
    checked = holes.check(office)
    assert checked is not None
    assert [row.spent for row in checked.rows] == [True]
    make.person(Role.OFFICE, unit=house.unit)
    assert counts(office) == {}


def test_whom_a_deputy_answered_for_had_their_say_too(house: House) -> None:
    whole(house, State.VERIFYING)
    leave(house.closer)
    Duty.objects.filter(outcome="approve").update(behind=house.office)
    assert counts(house.office.actor()) == {"answer": 1}


def test_a_submitter_who_alone_is_the_office_may_not_answer(house: House) -> None:
    whole(house, State.VERIFYING)
    leave(house.closer)
    leave(house.office)
    make.membership(house.staff, Role.OFFICE, unit=house.unit)
    assert counts(house.staff.actor()) == {"answer": 1}


@pytest.mark.parametrize("shut", [True, False])
def test_a_step_asked_of_somebody_who_is_gone_is_a_hole_until_they_are_back(
    shut: bool,
) -> None:
    route = (Step(party=Party.LEADERS), Step(party=Party.HEAD), Step(party=Party.OFFICE))
    on = review("", *route, criteria=("Lit", "Lit"))
    office = on.actor("office")
    leader = on.people["leader"]
    if shut:
        User.objects.filter(pk=leader.pk).update(is_active=False)
    else:
        leave(leader)
    assert counts(office) == {"answer": 1}
    checked = holes.check(office, key="answer")
    assert checked is not None
    assert [(row.asks, row.spent) for row in checked.rows] == [(leader.name, False)]
    if shut:
        User.objects.filter(pk=leader.pk).update(is_active=True)
    else:
        make.membership(leader, Role.LEADER, unit=on.house.unit)
    assert counts(office) == {}


def test_who_was_asked_by_name_and_submitted_it_may_not_answer_and_the_hole_says_why() -> None:
    on = review("short", criteria=("Lit", "Lit"))
    Duty.objects.update(person=on.people["staff"])
    checked = holes.check(on.actor("office"), key="answer")
    assert checked is not None
    assert [(row.asks, row.spent) for row in checked.rows] == [(on.people["staff"].name, True)]


def test_a_hole_is_where_nobody_has_a_turn() -> None:
    on = review("full")
    leave(on.people["other head"])
    on.approve("head")
    for duty in Duty.objects.filter(state="open"):
        listed = holes.check(on.actor("office"), key="answer")
        assert listed is not None
        assert (turns.turns([duty])[duty.pk] == []) == (duty in [r.duty for r in listed.rows])


def test_a_copy_that_nobody_reads_is_no_hole(house: House) -> None:
    item = whole(house, State.IN_REVIEW)
    duty = item.duties.get(state="open")
    Duty.objects.filter(pk=duty.pk).update(kind="copy", person=make.user())
    assert counts(house.office.actor()) == {}


# What an item lacks


def lacks(item: Item, **fields: object) -> None:
    Item.objects.filter(pk=item.pk).update(**fields)


@pytest.mark.parametrize(
    ("key", "without", "mended"),
    [
        ("owner", {"assignee": None}, None),
        ("date", {"due": None}, {"due": "2026-12-31"}),
        ("date", {"due": None}, {"ongoing": True}),
        ("date", {"due": None}, {"track": Track.IMMEDIATE}),
    ],
)
def test_what_an_item_lacks_is_a_hole_until_it_has_it(
    key: str, without: dict[str, object], mended: dict[str, object] | None, house: House
) -> None:
    item = whole(house)
    lacks(item, **without)
    checked = holes.check(house.office.actor())
    assert checked is not None
    assert (checked.chosen.kind.key, [row.item for row in checked.rows]) == (key, [item])
    lacks(item, **(mended or {"assignee": house.staff}))
    assert counts(house.office.actor()) == {}


def test_a_measure_without_a_criterion_and_an_item_without_a_measure_are_holes(
    house: House,
) -> None:
    item = whole(house)
    first, *_others = item.measures.all()
    make.criterion("", first)
    assert counts(house.office.actor()) == {"criterion": 1}
    make.criterion("Lit", *item.measures.all())
    assert counts(house.office.actor()) == {}
    bare = whole(house)
    Measure.objects.filter(item=bare).update(item=item, position=F("position") + 20)
    assert counts(house.office.actor()) == {"measure": 1}


@pytest.mark.parametrize("shut", [True, False])
def test_an_item_of_somebody_who_is_gone_is_a_hole_until_another_has_it(
    shut: bool, house: House
) -> None:
    item = whole(house)
    if shut:
        User.objects.filter(pk=house.staff.pk).update(is_active=False)
    else:
        leave(house.staff)
    assert counts(house.office.actor()) == {"gone": 1}
    lacks(item, assignee=house.colleague)
    assert counts(house.office.actor()) == {}


@pytest.mark.parametrize("state", [State.CLOSED, State.CANCELLED])
def test_what_has_ended_lacks_nothing(state: str, house: House) -> None:
    lacks(make.item(state, house=house), due=None, assignee=None)
    assert counts(house.office.actor()) == {}


def test_the_holes_of_other_units_are_nobody_elses_business(house: House) -> None:
    lacks(whole(house), due=None)
    stranger = make.house()
    make.person(Role.SECTION_HEAD, section=stranger.other_section)
    assert counts(stranger.office.actor()) == {}
    for who in (house.head, house.staff, make.person(Role.LEADER, unit=house.unit)):
        assert holes.check(who.actor()) is None
        assert holes.count(who.actor()) is None


def test_the_holes_come_in_pages_and_as_many_queries_as_there_are_kinds(house: House) -> None:
    round_ = make.round_(house)
    lines = [make.line(house, due=None, deadline_raw="") for _no in range(holes.PAGE + 1)]
    make.entered(house, round_, *lines)
    make.criterion("Lit", *Measure.objects.all())
    actor = house.office.actor()
    first, last = (holes.check(actor, key="date", page=page) for page in (1, 99))
    assert first is not None
    assert last is not None
    assert (len(first.rows), len(last.rows)) == (holes.PAGE, 1)
    assert (first.pages, last.page) == (2, 2)
    assert not {row.item for row in first.rows} & {row.item for row in last.rows}
    with CaptureQueriesContext(connection) as taken:
        holes.check(actor, key="date")
    assert len(taken) == len(holes.KINDS) + 1


def test_a_section_without_a_head_is_listed_with_its_unit(house: House) -> None:
    Membership.objects.filter(section=house.other_section).update(ends="2020-02-02")
    checked = holes.check(house.office.actor(), key="head")
    assert checked is not None
    assert [row.section for row in checked.rows] == [house.other_section]
