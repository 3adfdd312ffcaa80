"""A draft beside the rows: what it would enter, what forbids, what asks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from audit.models import Event
from core.models import Section
from core.refusals import NotPermitted, StaleItem, Unmet
from core.roles import Role
from evidence import storage
from evidence.storage.folder import root
from ledger import Deadline, Doubt, Draft, DraftAspect, DraftItem, DraftProblem, from_json, intake
from ledger.lines import lines
from ledger.outlook import Outlook, outlook
from tests import make
from tests.ledger.books import PLAIN_HEADER, PLAIN_ROW, book
from tests.make import House
from workflows.models import Batch, Item, Round

pytestmark = pytest.mark.django_db
S12 = Path(__file__).parent / "data/S12_ledger_merged.xlsx"


def item(of: House, **fields: object) -> DraftItem:
    words: dict[str, object] = {
        "no": "1-1",
        "title": "路灯不亮",
        "measures": ["修复"],
        "deadline": Deadline(raw="2026年12月底前", date=date(2026, 12, 31), precision="month"),
        "lead": [of.section.name],
        "assignees": [of.staff.name],
        "cells": {"no": "A5", "title": "C5", "lead": "G5", "assignees": "H5", "measures": "D5"},
        "row": 5,
    }
    return DraftItem(**{**words, **fields})  # type: ignore[arg-type]  # the caller's business


def draft(*items: DraftItem) -> Draft:
    problem = DraftProblem(no="1", title="照明管护不力", items=list(items), cells={"title": "B5"})
    aspect = DraftAspect(no="（一）", title="公共设施", problems=[problem], cells={"title": "A4"})
    return Draft(aspects=[aspect], header_rows=(1, 2), data_rows=(3, 9))


def raised(seen: Outlook) -> list[tuple[str, str, str]]:
    return [(doubt.severity, doubt.cell, doubt.message) for doubt in seen.raised]


def uploaded(of: House, round_: Round, *rows: Iterable[object]) -> Batch:
    data = book(PLAIN_HEADER, *(rows or [PLAIN_ROW]))
    understood = intake.understood(data, name="台账.xlsx", round_=round_)
    return intake.keep(understood, data, name="台账.xlsx", round_=round_, actor=of.office.actor())


def test_a_draft_becomes_ledger_lines_without_loss() -> None:
    of = make.house()
    several = item(
        of, assignees=["甲", "乙"], leaders=["丙", "丙"], support=["丁科"], status="已完成"
    )
    [aspect] = lines(draft(several))
    [line] = aspect.problems[0].items
    assert (aspect.no, aspect.problems[0].title) == ("（一）", "照明管护不力")
    assert (line.no, line.title, line.measures) == ("1-1", "路灯不亮", ("修复",))
    assert (line.track, line.due, line.precision) == ("dated", date(2026, 12, 31), "month")
    assert (line.assignee, line.leaders, line.support) == ("甲、乙", ("丙",), ("丁科",))
    assert line.status == "已完成"


def test_nothing_is_doubted_where_sections_and_people_are_known() -> None:
    of = make.house()
    seen = outlook(draft(item(of)), make.round_(of))
    assert raised(seen) == []
    assert (len(seen.fresh), seen.unchanged) == (1, 0)


def test_a_section_the_unit_does_not_have_is_asked_about_once_at_its_cell() -> None:
    of = make.house()
    first = item(of, lead=["新科"])
    second = item(of, no="1-2", lead=[of.section.name], support=["新科"])
    seen = outlook(draft(first, second), make.round_(of))
    assert raised(seen) == [
        ("ask", "G5", "The unit has no section “%(name)s” yet; it will be added.")
    ]


def test_a_name_without_an_account_and_one_of_two_people_are_asked_about() -> None:
    of = make.house()
    make.person(Role.STAFF, section=of.section, name="李四")
    make.person(Role.STAFF, section=of.other_section, name="李四")
    rows = [item(of, assignees=["张三"]), item(of, no="1-2", assignees=["李四"])]
    assert raised(outlook(draft(*rows), make.round_(of))) == [
        ("ask", "H5", "“%(name)s” has no account here; the name is kept as it is written."),
        ("ask", "H5", "Several people here are called “%(name)s”; none was chosen."),
    ]


def test_leaders_without_an_account_are_named_together() -> None:
    of = make.house()
    rows = [item(of, leaders=["周明"]), item(of, no="1-2", leaders=["周明", "吴海"])]
    [doubt] = outlook(draft(*rows), make.round_(of)).raised
    assert (doubt.severity, doubt.cell, doubt.values) == ("ask", "", {"names": "周明、吴海"})


def test_what_keeps_an_item_from_being_assigned_is_asked_about() -> None:
    of = make.house()
    bare = item(of, measures=[], lead=[], assignees=["甲", of.staff.name])
    messages = [doubt.message for doubt in outlook(draft(bare), make.round_(of)).raised]
    assert messages == [
        "There is no measure; the item cannot be assigned before it has one.",
        "There is no lead section; the item cannot be assigned before it has one.",
        "Several people are named here; one is chosen when the item is assigned.",
        "“%(name)s” has no account here; the name is kept as it is written.",
    ]


def test_target_criteria_and_remark_come_onto_the_ledger_with_their_item() -> None:
    of = make.house()
    round_ = make.round_(of)
    header = [*PLAIN_HEADER, "整改目标", "完成标准", "备注"]
    row = [*PLAIN_ROW[:3], "1.修灯\n2.建账", *PLAIN_ROW[4:], "全亮", "2.逐月登记", "急"]
    data = book(header, row)
    read = intake.understood(data, name="台账.xlsx", round_=round_)
    batch = intake.keep(read, data, name="台账.xlsx", round_=round_, actor=of.office.actor())
    assert [doubt.field for doubt in outlook(read, round_).asks] == ["sections", ""]
    intake.enter(batch, actor=of.office.actor(), version=0, accepted=True)
    entered = Item.objects.get(round=round_)
    assert (entered.target, entered.remark) == ("全亮", "急")
    assert [(m.text, m.criterion) for m in entered.measures.all()] == [
        ("修灯", ""),
        ("建账", "逐月登记"),
    ]
    told = Event.objects.get(name="item.created").data
    assert (told["target"], told["criteria"], told["remark"]) == ("全亮", ["", "逐月登记"], "急")


def test_what_a_workbook_leaves_out_is_not_told_of_its_item() -> None:
    of = make.house()
    make.entered(of, make.round_(of), make.line(of, criteria=("", "")))
    told = Event.objects.get(name="item.created").data
    assert not {"target", "criteria", "remark"} & told.keys()


@pytest.mark.parametrize(
    ("fields", "part"),
    [
        ({"target": "全亮"}, "整改目标"),
        ({"criterion": "验收"}, "完成标准"),
        ({"remark": "急"}, "备注"),
    ],
)
def test_another_target_criterion_or_remark_must_be_amended_on_the_items_page(
    fields: dict[str, object], part: str
) -> None:
    of = make.house()
    round_ = make.round_(of)
    make.entered(of, round_, lines(draft(item(of)))[0].problems[0].items[0])
    [error] = outlook(draft(item(of, **fields)), round_).errors
    assert (error.cell, error.values) == ("A5", {"no": "1-1", "parts": part})


def test_a_criterion_without_a_measure_is_asked_about_at_its_cell() -> None:
    of = make.house()
    cells = {"no": "A5", "criterion": "K5"}
    bare = item(of, measures=[], criterion="验收", cells=cells)
    seen = outlook(draft(bare), make.round_(of))
    assert [(doubt.severity, doubt.cell) for doubt in seen.raised] == [("ask", "A5"), ("ask", "K5")]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"title": "长" * 501}, "title"),
        ({"no": "1" * 25}, "no"),
        ({"leaders": ["名" * 81]}, "leaders"),
        ({"lead": ["科" * 81]}, "lead"),
        ({"support": ["科" * 81]}, "support"),
        ({"assignees": ["名" * 121]}, "assignees"),
        ({"criterion": "标" * 301}, "criterion"),
        ({"deadline": Deadline(raw="底" * 121)}, "deadline"),
    ],
)
def test_a_text_the_ledger_has_no_room_for_must_be_corrected(
    fields: dict[str, object], field: str
) -> None:
    of = make.house()
    errors = outlook(draft(item(of, **fields)), make.round_(of)).errors
    assert [(doubt.field, doubt.values["limit"] != "") for doubt in errors] == [(field, True)]


def test_an_item_and_an_aspect_without_a_title_must_be_corrected() -> None:
    of = make.house()
    whole = draft(item(of, title=""))
    whole = replace(whole, aspects=[replace(whole.aspects[0], title="")])
    assert [d.cell for d in outlook(whole, make.round_(of)).errors] == ["A4", "C5"]


def test_a_number_used_twice_must_be_corrected_and_is_told_once() -> None:
    of = make.house()
    twice = draft(item(of), item(of, cells={"no": "A6"}))
    known = Doubt(message="told", severity="error", cell="A6", field="no")
    round_ = make.round_(of)
    assert [doubt.cell for doubt in outlook(twice, round_).errors] == ["A6"]
    assert len(outlook(replace(twice, doubts=[known]), round_).errors) == 1


def test_an_item_that_is_on_the_ledger_already_is_left_alone() -> None:
    of = make.house()
    round_ = make.round_(of)
    batch = uploaded(of, round_)
    office = of.office.actor()
    assert intake.enter(batch, actor=office, version=0, accepted=True)[1:] == (1, 0)
    again = uploaded(of, round_)
    seen = outlook(from_json(again.draft), round_)
    assert (raised(seen), seen.fresh, seen.unchanged) == ([], [], 1)
    assert intake.enter(again, actor=office, version=0, accepted=False)[1:] == (0, 1)
    assert Item.objects.filter(round=round_).count() == 1


def test_a_number_with_another_content_must_be_corrected_and_enters_nothing() -> None:
    of = make.house()
    round_ = make.round_(of)
    intake.enter(uploaded(of, round_), actor=of.office.actor(), version=0, accepted=True)
    other = uploaded(
        of, round_, [*PLAIN_ROW[:2], "另一问题", *PLAIN_ROW[3:]], ["2", *PLAIN_ROW[1:]]
    )
    [error] = outlook(from_json(other.draft), round_).errors
    assert (error.cell, error.values["no"]) == ("A2", "1-1")
    with pytest.raises(Unmet):
        intake.enter(other, actor=of.office.actor(), version=0, accepted=True)
    assert Item.objects.filter(round=round_).count() == 1


def test_new_items_under_known_numbers_hear_that_the_known_titles_stay() -> None:
    of = make.house()
    round_ = make.round_(of)
    make.entered(of, round_, make.line(of, no="9-9"))  # （一） Public works, 1 Lighting…
    seen = outlook(draft(item(of)), round_)
    assert [doubt.values for doubt in seen.raised] == [
        {"no": "（一）", "title": "Public works"},
        {"no": "1", "title": "Lighting is neglected"},
    ]


def test_what_is_asked_has_to_be_accepted_by_somebody() -> None:
    of = make.house()
    round_ = make.round_(of)
    batch = uploaded(of, round_)
    with pytest.raises(Unmet) as refused:
        intake.enter(batch, actor=of.office.actor(), version=0, accepted=False)
    assert len(refused.value.holes) == 2
    assert not Item.objects.filter(round=round_).exists()
    assert not Section.objects.filter(name="办公室").exists()


def test_a_batch_that_was_corrected_meanwhile_is_not_entered() -> None:
    of = make.house()
    batch = uploaded(of, make.round_(of))
    with pytest.raises(StaleItem):
        intake.enter(batch, actor=of.office.actor(), version=7, accepted=True)
    assert not batch.items.exists()


def test_only_the_office_keeps_a_workbook_and_no_bytes_stay_of_a_refused_one() -> None:
    of = make.house()
    round_ = make.round_(of)
    data = book(PLAIN_HEADER, PLAIN_ROW, ["2", *PLAIN_ROW[1:]])
    understood = intake.understood(data, name="a.xlsx", round_=round_)
    before = sorted(root().rglob("*"))
    with pytest.raises(NotPermitted):
        intake.keep(understood, data, name="a.xlsx", round_=round_, actor=of.staff.actor())
    assert sorted(root().rglob("*")) == before
    assert not Batch.objects.filter(round=round_).exists()


def test_the_bytes_are_kept_under_the_digest_the_event_tells() -> None:
    of = make.house()
    round_ = make.round_(of)
    batch = uploaded(of, round_)
    assert storage.intact(batch.digest)
    told = Event.objects.get(subject=round_.subject, name="ledger.uploaded").data
    assert told == {"batch": batch.pk, "name": "台账.xlsx", "digest": batch.digest}


def test_a_file_that_is_no_ledger_is_refused_in_the_readers_sentence() -> None:
    with pytest.raises(Unmet) as refused:
        intake.understood(b"hello", name="a.xlsx", round_=make.round_())
    assert "a.xlsx" in str(refused.value)


def test_the_counts_a_title_claims_are_read_and_never_corrected() -> None:
    claimed = replace(Draft(aspects=[]), title="反馈4个方面17个问题41项具体问题整改台账")
    assert intake.stated(claimed) == [(4, "方面"), (17, "问题"), (41, "具体问题")]
    assert intake.stated(Draft(aspects=[], title="2022年整改台账")) == []


def test_s12_enters_whole_with_its_sections() -> None:
    of = make.house()
    round_ = make.round_(of)
    data = S12.read_bytes()
    understood = intake.understood(data, name=S12.name, round_=round_)
    batch = intake.keep(understood, data, name=S12.name, round_=round_, actor=of.office.actor())
    _batch, entered, unchanged = intake.enter(
        batch, actor=of.office.actor(), version=0, accepted=True
    )
    assert (entered, unchanged) == (7, 0)
    second = Item.objects.get(round=round_, no="1-2")
    assert second.measures.get(position=1).text == "完成7处易涝点清淤，累计清淤管网3.2公里"
    assert (str(second.lead_section), second.due) == ("市政科", date(2022, 12, 31))
    assert [leader.name for leader in second.leaders.all()] == ["吴海", "郑岚"]
