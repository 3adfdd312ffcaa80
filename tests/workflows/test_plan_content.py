"""What a plan holds, what is missing in it, and what changed since a version was frozen."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.utils import translation

from core.refusals import Unmet
from tests import make
from tests.workflows.planned import Planned, amend, item, planned, redate, reword
from workflows import plan_changes, plan_content
from workflows.actions import assignments, ledgers
from workflows.actions.amendments import Deadline, MeasureText
from workflows.models import Aspect, Item, Plan, Problem
from workflows.states import State

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


def words(on: Planned) -> list[str]:
    found = plan_content.holes(plan_content.of_round(on.round))
    return [f"{hole.no}: {hole.words}" for hole in found]


def test_each_thing_that_is_missing_is_listed_and_leads_to_where_it_is_mended() -> None:
    house = make.house()
    round_ = make.round_(house)
    line = {"lead": (), "assignee": "", "due": None, "measures": ("Repair", "Log")}
    [bare] = make.entered(house, round_, make.line(house, no="7-1", criteria=("Lit", ""), **line))
    aspect = Aspect.objects.get(round=round_)
    Problem(aspect=aspect, no="9", title="Nobody saw it", position=9).save()
    refused = Planned(house, round_, {"office": house.office})
    refusal = refused.refused(refused.put_forward)
    assert isinstance(refusal, Unmet)
    assert str(refusal) == "The plan is not complete yet: 5 things are missing."
    assert [(at, str(text)) for at, text in refusal.holes] == [
        (f"/items/{bare.pk}/#act-amend", "7-1 Street lamps stay dark: no responsible section"),
        (f"/items/{bare.pk}/#act-assign", "7-1 Street lamps stay dark: no responsible person"),
        (
            f"/items/{bare.pk}/#act-amend",
            "7-1 Street lamps stay dark: no date, and not marked as ongoing",
        ),
        (f"/items/{bare.pk}/#act-amend", "7-1 Street lamps stay dark: measure 2 has no criterion"),
        ("/import/", "9 Nobody saw it: the problem has no item that answers it"),
    ]


@pytest.mark.parametrize(
    ("changed", "missing"),
    [
        ({}, []),
        ({"measures": (), "criteria": ()}, ["no measure"]),
        ({"due": None, "ongoing": True}, []),
        ({"due": None, "track": "ongoing"}, []),
        ({"due": None, "track": "immediate"}, []),
        ({"due": None}, ["no date, and not marked as ongoing"]),
        ({"criteria": ("Lit", " ")}, ["measure 2 has no criterion"]),
        ({"assignee": "Somebody without an account"}, []),
    ],
)
def test_a_measure_needs_owner_date_and_criterion(
    changed: dict[str, Any], missing: list[str]
) -> None:
    house = make.house()
    round_ = make.round_(house)
    make.entered(house, round_, make.line(house, **{"criteria": ("Lit", "Kept"), **changed}))
    found = plan_content.holes(plan_content.of_round(round_))
    assert [hole.words for hole in found] == missing


def test_an_item_that_is_closed_out_is_taken_as_it_is() -> None:
    house = make.house()
    round_ = make.round_(house)
    make.item(State.CLOSED, house=house, round_=round_)
    still = make.item(State.VERIFYING, house=house, round_=round_)
    content, closed = plan_content.of_round(round_), plan_content.closed(round_)
    assert {hole.no for hole in plan_content.holes(content, but=closed)} == {still.no}
    counted = plan_content.meter(content, but=closed)
    assert (counted.measures, counted.whole) == (4, 2)
    on = Planned(house, round_, {"office": house.office})
    refusal = on.refused(on.put_forward)
    assert len(refusal.holes) == 2


def test_the_meter_is_full_only_when_nothing_is_missing() -> None:
    on = planned()
    full = plan_content.meter(plan_content.of_round(on.round))
    assert (full.problems, full.answered, full.items) == (1, 1, 2)
    assert (full.measures, full.whole, full.percent) == (4, 4, 100)
    reword(on, 1, "Repair the lamps", "")
    less = plan_content.meter(plan_content.of_round(on.round))
    assert (less.measures, less.whole, less.percent) == (4, 3, 80)
    empty = plan_content.meter(plan_content.of_round(make.round_(on.house)))
    assert (empty.measures, empty.percent) == (0, 0)


def test_an_empty_ledger_and_one_of_cancelled_items_are_no_plan() -> None:
    on = planned()
    empty = Planned(on.house, make.round_(on.house), on.people)
    assert str(empty.refused(empty.put_forward)).startswith("There is nothing on the ledger")
    for no in ("1-1", "1-2"):
        row = item(on, no)
        assignments.cancel(
            row.pk, actor=on.actor("office"), command=make.command(row), reason=make.REASON
        )
    assert words(on) == ["1: the problem has no item that answers it"]
    assert str(on.refused(on.put_forward)).startswith("There is nothing on the ledger")


def changed(on: Planned) -> list[str]:
    frozen = Plan.objects.get(round=on.round, version=1)
    found = plan_changes.changes(frozen.data, plan_content.of_round(on.round))
    return [f"{one.no}: {one.words}" for one in found]


def test_what_changed_since_a_version_is_said_line_by_line() -> None:
    on = planned()
    on.put_forward()
    assert changed(on) == []
    redate(on, date(2027, 1, 31))
    reword(on, 2, "Keep a register", "An entry a day")
    amend(on, title="Lamps stay dark", target="Light", lead_section_id=on.house.other_section.pk)
    log = item(on).measures.get(position=1)
    amend(
        on,
        measures=[
            MeasureText(id=log.pk, text=""),
            MeasureText(id=None, text="Buy lamps", criteria=make.judged_by("Bought")),
        ],
    )
    before, after = on.house.section.name, on.house.other_section.name
    assert changed(on) == [
        "1-1: title: “Street lamps stay dark” became “Lamps stay dark”",
        "1-1: target: (nothing) became “Light”",
        f"1-1: responsible section: “{before}” became “{after}”",
        "1-1: deadline: “31 December 2026 · 2026年12月底前” became “31 January 2027”",
        "1-1: measure 1: “Keep a log of faults” became “Keep a register”",
        "1-1: criterion of measure 1: “The log has an entry a week” became “An entry a day”",
        "1-1: measure added: “Buy lamps”",
        "1-1: measure taken out: “Repair the lamps”",
    ]


def test_items_problems_people_and_sections_that_came_or_went_are_said() -> None:
    on = planned()
    on.put_forward()
    row = item(on, "1-2")
    office = on.actor("office")
    assignments.cancel(row.pk, actor=office, command=make.command(row), reason=make.REASON)
    row = item(on)
    assignments.assign(
        row.pk, actor=office, command=make.command(row), assignee_id=on.house.colleague.pk
    )
    [added] = make.entered(on.house, on.round, make.line(on.house, no="1-3"))
    problem = Problem(aspect=Aspect.objects.get(round=on.round), no="2", title="New", position=2)
    problem.save()
    row.leaders.all().delete()
    assert changed(on) == [
        "2: problem added",
        f"1-1: responsible person: “{on.house.staff.name}” became “{on.house.colleague.name}”",
        "1-1: responsible leaders: “Leader one” became (nothing)",
        f"{added.no}: item added",
        "1-2: item taken out",
    ]
    Problem.objects.filter(no="1").update(title="Light")
    assert changed(on)[0] == "1: problem: “Lighting is neglected” became “Light”"


def test_a_workbook_that_is_undone_takes_its_problem_out() -> None:
    on = planned()
    on.put_forward()
    ledgers.undo(item(on).batch_id or 0, actor=on.actor("office"))
    assert changed(on) == ["1: problem taken out", "1-1: item taken out", "1-2: item taken out"]


@pytest.mark.parametrize(
    ("deadline", "said"),
    [
        (Deadline(raw="", track="ongoing"), "Ongoing"),
        (Deadline(raw="", track="immediate", ongoing=True), "At once · Ongoing"),
        (Deadline(raw="soon", track="immediate"), "At once · soon"),
    ],
)
def test_a_deadline_is_said_as_people_say_it(deadline: Deadline, said: str) -> None:
    on = planned()
    amend(on, deadline=deadline)
    [problem] = list(plan_content.problems_of(plan_content.of_round(on.round)))
    assert plan_changes.deadline(problem["items"][0]) == said
    assert Item.objects.get(round=on.round, no="1-1").due is None
