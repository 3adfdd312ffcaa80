from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.utils import timezone, translation

from tests import make
from web import diagrams, holding
from web.drawing import Drawing, Label, Step, Way, lay_out
from web.management.commands.draw_machine import documents
from workflows import machine, queries
from workflows.models import Item, Route
from workflows.models.route import How, Party, as_data
from workflows.models.route import Step as RouteStep
from workflows.states import State


def words(drawing: Drawing, kind: str) -> list[str]:
    return [text.words for text in drawing.texts if text.kind == kind]


def test_the_committed_drawing_of_the_machine_is_current() -> None:
    for name, text in documents().items():
        committed = Path(settings.BASE_DIR) / "docs" / name
        assert committed.read_text(encoding="utf-8") == text, "run manage.py draw_machine"


def test_the_command_writes_both_documents(
    tmp_path: Path, settings: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.BASE_DIR = tmp_path  # type: ignore[attr-defined]  # pytest-django's settings
    call_command("draw_machine")
    assert sorted(path.name for path in (tmp_path / "docs").iterdir()) == [
        "state-machine.md",
        "state-machine.svg",
    ]
    assert "docs/state-machine.md" in capsys.readouterr().out


def test_the_table_of_the_machine_has_a_row_for_every_edge() -> None:
    rows = [line for line in documents()["state-machine.md"].splitlines() if "`item." in line]
    assert len(rows) == len(list(machine.moves(Item)))  # tests/workflows/law.py counts them
    assert any("(voids the approval)" in row and "`attach`" in row for row in rows)


def test_every_state_is_a_box_and_the_present_one_is_lit() -> None:
    with translation.override("en"):
        drawing = diagrams.of_machine(State.IN_REVIEW)
    assert words(drawing, "step") == [
        "Draft",
        "Assigned",
        "Rectifying",
        "In review",
        "Awaiting close-out",
        "Suspended",
        "Closed",
        "Cancelled",
    ]
    assert [box.look for box in drawing.boxes] == ["", "", "", "here", "", "", "", ""]


def test_the_lawful_next_steps_are_lit_and_say_who_may() -> None:
    with translation.override("en"):
        drawing = diagrams.of_machine(State.IN_REVIEW)
    assert sorted(words(drawing, "label lit")) == [
        "Approve",
        "Cancel item",
        "Grant the merger",
        "Return",
        "Withdraw submission",
    ]
    assert sorted(words(drawing, "who lit")) == [
        "the person who submitted it",
        "whoever this request waits for",
        "whoever this request waits for",
        "whoever this step waits for",
        "whoever this step waits for",
    ]
    assert sum(line.lit for line in drawing.lines) == 3


def test_without_a_state_nothing_is_lit() -> None:
    drawing = diagrams.of_machine()
    assert not any(line.lit for line in drawing.lines)
    assert {box.look for box in drawing.boxes} == {""}


def test_no_box_covers_another_and_all_lie_within_the_drawing() -> None:
    for state in ("", *State):
        drawing = diagrams.of_machine(state)
        for upper, lower in zip(drawing.boxes, drawing.boxes[1:], strict=False):
            assert upper.y + upper.height < lower.y
        for text in drawing.texts:
            assert 0 < text.x < drawing.width
            assert 0 < text.y < drawing.height


def test_ways_whose_spans_meet_run_in_different_lanes() -> None:
    steps = [Step(key=key, words=key) for key in "abcd"]
    ways = [
        Way(source="c", target="a", labels=(Label(words="one"),)),
        Way(source="d", target="b", labels=(Label(words="two"),)),
    ]
    lanes = {line.path.split("H")[1].split("V")[0] for line in lay_out(steps, ways).lines}
    assert len(lanes) == 2


@pytest.mark.django_db
def test_the_route_is_lit_where_it_stands_and_marked_where_it_was() -> None:
    item = make.item(State.VERIFYING)
    with translation.override("en"):
        drawing = diagrams.of_route(item)
    looks = dict(zip(words(drawing, "step"), [box.look for box in drawing.boxes], strict=True))
    assert looks == {
        "Submitted": "passed",
        "Head of the lead section": "passed",
        "Rectification office": "here",
        "Closed": "",
        "Returned": "",
    }
    assert sorted(words(drawing, "label lit")) == ["Close out", "Return"]


@pytest.mark.django_db
def test_a_route_of_its_own_is_drawn_with_how_many_must_agree() -> None:
    house = make.house()
    round_ = make.round_(house)
    Route(
        round=round_,
        version=2,
        preset="own",
        data=as_data(
            (
                RouteStep(party=Party.HEAD),
                RouteStep(party=Party.LEADERS, how=How.RATIO, percent=60),
                RouteStep(party=Party.SUPPORT_HEADS, how=How.IN_ORDER),
                RouteStep(party=Party.OFFICE),
            )
        ),
        made_by=house.office,
        made_at=timezone.now(),
    ).save()
    item = make.item(State.RECTIFYING, house=house, round_=round_)
    with translation.override("en"):
        assert words(diagrams.of_route(item), "step") == [
            "Submitted",
            "Head of the lead section",
            "Responsible leaders: 60% of them",
            "Heads of the cooperating sections: all of them, one after another",
            "Rectification office",
            "Closed",
            "Returned",
        ]


@pytest.mark.django_db
def test_a_route_that_nobody_has_begun_is_drawn_unlit() -> None:
    item = make.item(State.RECTIFYING)
    assert {box.look for box in diagrams.of_route(item).boxes} == {""}
    assert (holding.held(item, queries.history(item)), holding.waiting(item)) == ([], [])


@pytest.mark.django_db
def test_it_is_told_who_held_each_step_and_whom_the_open_one_waits_for() -> None:
    house = make.house()
    item = make.item(State.VERIFYING, house=house)
    with translation.override("en"):
        held = holding.held(item, queries.history(item))
        [waits] = holding.waiting(item)
    assert [(one.words, one.who, one.outcome, one.ended is None) for one in held] == [
        ("Submitted", house.staff.name, "", False),
        ("Head of the lead section", house.head.name, "Approve", False),
        ("Rectification office", f"{house.office.name}, {house.closer.name}", "", True),
    ]
    assert (waits.step, waits.why) == ("Rectification office", ())
    assert waits.names == (house.office.name, house.closer.name)
    assert waits.since == held[-1].begun


@pytest.mark.django_db
def test_a_closed_item_has_no_open_step() -> None:
    item = make.item(State.CLOSED)
    assert [one.ended is None for one in holding.held(item, queries.history(item))] == [
        False,
        False,
        False,
    ]
    assert holding.waiting(item) == []
