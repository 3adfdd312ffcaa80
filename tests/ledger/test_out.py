"""A round's items written out, and read in again: nothing changes."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from audit.models import Event
from core.refusals import NotFound
from ledger import from_json, intake, out
from ledger.outlook import outlook
from tests import make
from tests.make import House
from workflows.actions import amendments, reading
from workflows.actions.entries import differing
from workflows.models import Item, Round
from workflows.states import State

pytestmark = pytest.mark.django_db
S12 = Path(__file__).parent / "data/S12_ledger_merged.xlsx"


def imported(of: House, round_: Round, data: bytes) -> tuple[int, int]:
    """(entered, unchanged)"""
    actor = of.office.actor()
    draft = intake.understood(data, name="台账.xlsx", round_=round_)
    batch = intake.keep(draft, data, name="台账.xlsx", round_=round_, actor=actor)
    return intake.enter(batch, actor=actor, version=0, accepted=True)[1:]


def test_s12_goes_out_and_comes_in_unchanged() -> None:
    of = make.house()
    round_ = make.round_(of)
    assert imported(of, round_, S12.read_bytes()) == (7, 0)
    assert imported(of, round_, out.workbook(round_, round_.items.all())) == (0, 7)


def test_items_in_every_state_go_out_and_come_in_unchanged_and_undoubted() -> None:
    of = make.house()
    round_ = make.round_(of)
    for state in State:
        make.item(state, house=of, round_=round_, leaders=("周明",), support=("另科",))
    data = out.workbook(round_, round_.items.all())
    draft = intake.understood(data, name="a.xlsx", round_=round_)
    seen = outlook(draft, round_)
    assert (seen.doubts, seen.fresh, seen.unchanged) == ([], [], 8)
    assert [item.status for item in draft.items] == [
        "未完成",  # draft
        "未完成",  # assigned
        "整改中",  # rectifying
        "已完成",  # in review: so the staff says
        "已完成",  # verifying
        "整改中",  # suspended
        "已完成",  # closed
        "",  # cancelled
    ]
    assert [item.progress for item in draft.items][-2:] == ["已销号", ""]
    assert draft.items[-1].remark == "已取消"


def test_an_amended_item_goes_out_as_it_is_now() -> None:
    of = make.house()
    round_ = make.round_(of)
    item = make.item(house=of, round_=round_)
    first = item.measures.all()[0]
    amendments.amend(
        item.pk,
        actor=of.office.actor(),
        command=make.command(item),
        title="Lamps stay dark in winter",
        deadline=amendments.Deadline(
            raw="", track="dated", due=date(2027, 3, 15), precision="day", ongoing=True
        ),
        measures=[
            amendments.MeasureText(
                id=first.pk, text="Buy lamps", criteria=make.judged_by("All lit", first)
            )
        ],
    )
    assert imported(of, round_, out.workbook(round_, round_.items.all())) == (0, 1)
    [again] = out.draft_of(Item.objects.filter(pk=item.pk)).items
    assert (again.title, again.measures[0], again.criterion) == (
        "Lamps stay dark in winter",
        "Buy lamps",
        "1. All lit",
    )


def test_what_was_extended_goes_out_with_its_present_date_and_comes_in_unchanged() -> None:
    of = make.house()
    round_ = make.round_(of)
    for no, deadline in enumerate(("2026年12月底前", "2026年12月底前，长期坚持"), 1):
        ongoing = "长期" in deadline
        item = make.item(
            State.RECTIFYING,
            house=of,
            round_=round_,
            no=f"{no}",
            deadline_raw=deadline,
            ongoing=ongoing,
        )
        make.take(item, "extend", of)
    data = out.workbook(round_, round_.items.all())
    draft = intake.understood(data, name="a.xlsx", round_=round_)
    seen = outlook(draft, round_)
    assert (seen.doubts, seen.fresh, seen.unchanged) == ([], [], 2)
    assert [(item.deadline.raw, item.deadline.date) for item in draft.items] == [
        ("2027年1月31日前", date(2027, 1, 31)),
        ("2027年1月31日前，长期坚持", date(2027, 1, 31)),
    ]
    assert imported(of, round_, data) == (0, 2)


def test_target_criteria_and_remark_go_out_and_come_in_unchanged_in_every_state() -> None:
    of = make.house()
    round_ = make.round_(of)
    for state in State:
        criteria = ("All lit", "All lit") if state == State.CLOSED else ("", "A page a month")
        facts = {"target": "Light", "criteria": criteria, "remark": "Urgent\nsee 2-1"}
        make.item(state, house=of, round_=round_, **facts)
    data = out.workbook(round_, round_.items.all())
    draft = intake.understood(data, name="a.xlsx", round_=round_)
    seen = outlook(draft, round_)
    assert (seen.doubts, seen.fresh, seen.unchanged) == ([], [], 8)
    closed, cancelled = draft.items[-2:]
    assert (closed.target, closed.criterion, closed.remark) == (
        "Light", "All lit", "Urgent\nsee 2-1",
    )  # fmt: skip
    assert (cancelled.criterion, cancelled.remark) == (
        "2. A page a month",
        "已取消\nUrgent\nsee 2-1",
    )


def test_the_workbook_an_item_came_from_still_says_the_same_once_it_is_cancelled() -> None:
    of = make.house()
    round_ = make.round_(of)
    line = make.line(of, remark="已取消")
    [item] = make.entered(of, round_, line)
    make.take(item, "cancel", of)
    assert differing(line, Item.objects.get(pk=item.pk)) == []
    assert imported(of, round_, out.workbook(round_, round_.items.all())) == (0, 1)
    assert differing(make.line(of, no=item.no), item) == ["remark"]


def test_criteria_are_numbered_as_the_measures_stand_now() -> None:
    of = make.house()
    round_ = make.round_(of)
    line = make.line(of, measures=("a", "b", "c"), criteria=("", "", "All lit"))
    [item] = make.entered(of, round_, line)
    second = item.measures.get(position=2)
    amendments.amend(
        item.pk,
        actor=of.office.actor(),
        command=make.command(item),
        measures=[amendments.MeasureText(id=second.pk, text="")],
    )
    [again] = out.draft_of(round_.items.all()).items
    assert (again.measures, again.criterion) == (["a", "c"], "2. All lit")


def test_the_criterion_of_a_single_measure_stands_alone() -> None:
    item = make.item(measures=("Repair the lamps",))
    make.criterion("All lit", *item.measures.all())
    assert out.draft_of(Item.objects.filter(pk=item.pk)).items[0].criterion == "All lit"


def test_items_stand_under_their_aspects_and_problems_as_on_the_ledger() -> None:
    of = make.house()
    round_ = make.round_(of)
    make.entered(of, round_, make.line(of, no="1-1"))
    make.entered(of, round_, make.line(of, no="1-2", assignee="", lead=()))
    draft = out.draft_of(round_.items.all(), title="t")
    [aspect] = draft.aspects
    assert (draft.title, aspect.no, aspect.title) == ("t", "（一）", "Public works")
    assert [(item.no, item.lead, item.assignees) for item in aspect.problems[0].items] == [
        ("1-1", [of.section.name], [of.staff.name]),
        ("1-2", [], []),
    ]


def test_a_round_without_items_still_gives_a_workbook() -> None:
    round_ = make.round_()
    assert out.workbook(round_, round_.items.all()).startswith(b"PK")


def test_an_export_is_told_on_the_rounds_chain() -> None:
    of = make.house()
    round_ = make.round_(of)
    reading.export_ledger(round_.pk, actor=of.staff.actor(), items=3)
    event = Event.objects.get(name="ledger.exported")
    assert (event.subject, event.data, event.actor) == (
        round_.subject,
        {"items": 3},
        of.staff.actor().subject,
    )


def test_a_round_of_another_unit_is_not_exported() -> None:
    with pytest.raises(NotFound):
        reading.export_ledger(make.round_().pk, actor=make.house().office.actor(), items=0)
    assert not Event.objects.filter(name="ledger.exported").exists()


def test_a_stored_draft_is_what_was_read() -> None:
    of = make.house()
    round_ = make.round_(of)
    data = S12.read_bytes()
    draft = intake.understood(data, name="a.xlsx", round_=round_)
    batch = intake.keep(draft, data, name="a.xlsx", round_=round_, actor=of.office.actor())
    batch.refresh_from_db()
    assert from_json(batch.draft) == draft
