from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from core.refusals import NotFound, Unmet
from ledger import Doubt, Draft, DraftItem
from ledger.corrections import as_text, cell_of, corrected
from ledger.places import Place, Places
from tests.ledger.books import PLAIN_HEADER, PLAIN_ROW, draft, plain

LEVELS = [
    "方面",
    "问题序号",
    "问题",
    "具体问题序号",
    "具体问题",
    "整改措施",
    "责任科室",
    "整改时限",
]


def first(whole: Draft) -> DraftItem:
    return whole.items[0]


def put(field: str, text: str, *, path: str = "0.0.0", **cells: Any) -> Draft:
    _item, whole = plain(**cells)
    return corrected(whole, Place(path, field), text, year=2023)


def test_a_deadline_is_read_anew_and_its_doubt_goes() -> None:
    _item, whole = plain(整改时限=2022.1)
    assert [doubt.cell for doubt in whole.doubts] == ["G2"]
    better = corrected(whole, Place("0.0.0", "deadline"), "2022年10月底前", year=2023)
    assert first(better).deadline.date == date(2022, 10, 31)
    assert better.doubts == []


def test_a_deadline_without_a_year_takes_the_rounds_and_says_so_at_the_cell() -> None:
    better = put("deadline", "9月底前")
    assert first(better).deadline.date == date(2023, 9, 30)
    assert [(d.cell, d.field) for d in better.doubts] == [("G2", "deadline")]


def test_a_formula_is_answered_by_saying_what_is_meant() -> None:
    _item, whole = plain(责任领导="=A1")
    assert [(doubt.cell, doubt.severity) for doubt in whole.doubts] == [("E2", "error")]
    better = corrected(whole, Place("0.0.0", "leaders"), "周明、吴海", year=2023)
    assert (first(better).leaders, better.errors) == (["周明", "吴海"], [])


def test_measures_are_split_as_in_the_workbook() -> None:
    assert first(put("measures", "1. 甲\r\n2. 乙")).measures == ["甲", "乙"]
    assert first(put("measures", "")).measures == []


def test_sections_in_one_column_are_told_apart() -> None:
    better = first(put("sections", "牵头：市政科；配合：规划科、法规科"))
    assert (better.lead, better.support) == (["市政科"], ["规划科", "法规科"])
    assert as_text(better, "sections") == "牵头：市政科；配合：规划科、法规科"
    people = first(put("sections", "市政科（周明）"))
    assert (people.lead, people.assignees) == (["市政科"], ["周明"])


def test_a_section_is_either_lead_or_support() -> None:
    better = first(put("support", "规划科、办公室"))
    assert (better.lead, better.support) == (["办公室"], ["规划科"])
    assert first(put("lead", "市政科（牵头）、规划科（配合）")).support == ["规划科"]


def test_other_fields_are_read_by_their_own_grammar() -> None:
    assert first(put("assignees", "周明（科员）")).assignees == ["周明"]
    assert first(put("status", "√ 已销号")).status == "已完成"
    assert first(put("status", "90%")).progress == "90%"
    assert first(put("remark", " 急 ")).remark == "急"


def test_a_progress_nobody_can_read_is_refused() -> None:
    with pytest.raises(Unmet):
        put("status", "随便")


def test_a_problem_without_items_is_corrected_with_the_item_that_repeats_it() -> None:
    better = put("title", "新标题", path="0.0")
    problem = better.aspects[0].problems[0]
    assert (problem.title, problem.items[0].title, problem.has_items) == ("新标题", "新标题", False)


def test_levels_are_corrected_each_by_itself() -> None:
    whole = draft(LEVELS, ["（一）甲", "1", "乙", "1-1", "丙", "做", "办公室", "2023年6月"])
    better = corrected(whole, Place("0", "title"), "甲 方面", year=2023)
    better = corrected(better, Place("0.0", "title"), "乙二", year=2023)
    better = corrected(better, Place("0.0.0", "no"), "1-9", year=2023)
    aspect = better.aspects[0]
    item = aspect.problems[0].items[0]
    assert (aspect.title, aspect.problems[0].title) == ("甲 方面", "乙二")
    assert (item.no, item.title) == ("1-9", "丙")


def test_a_number_that_was_doubled_is_counted_anew_by_whoever_enters_it() -> None:
    rows = [PLAIN_ROW, [*PLAIN_ROW[:2], "另一", *PLAIN_ROW[3:]]]
    whole = draft(["问题序号", *PLAIN_HEADER[1:]], *rows)
    assert len(whole.errors) == 1
    better = corrected(whole, Place("0.0", "no"), "1-2", year=2023)
    assert better.errors == []
    assert [problem.no for problem in better.aspects[0].problems] == ["1-2", "1-1"]


def test_a_merged_cell_is_corrected_for_all_it_stands_for() -> None:
    second = ["1-2", "", "丁", "戊", "", "", "", ""]
    whole = draft(PLAIN_HEADER, PLAIN_ROW, second, merges=["G2:G3"])
    better = corrected(whole, Place("0.1.0", "deadline"), "2024年1月", year=2023)
    assert [item.deadline.date for item in better.items] == [date(2024, 1, 31)] * 2


@pytest.mark.parametrize("field", ["no", "title"])
def test_numbers_and_titles_are_never_emptied(field: str) -> None:
    with pytest.raises(Unmet):
        put(field, "  ", path="0")


@pytest.mark.parametrize(
    ("path", "field"), [("7", "title"), ("0", "deadline"), ("0.0.0", "cells"), ("0.0.0.0", "no")]
)
def test_a_field_that_is_not_there_is_not_found(path: str, field: str) -> None:
    with pytest.raises(NotFound):
        put(field, "x", path=path)


def test_every_field_says_its_cell_and_its_text() -> None:
    item, whole = plain(完成情况="基本完成")
    assert cell_of(whole, Place("0.0.0", "deadline")) == "G2"
    assert cell_of(whole, Place("9", "deadline")) == ""
    assert as_text(item, "deadline") == "2023年6月"
    assert as_text(item, "measures") == "1. 丙"
    assert as_text(item, "leaders") == "周明"
    assert as_text(item, "sections") == "办公室"
    assert as_text(item, "status") == "基本完成"
    assert as_text(item, "remark") == ""


def test_a_doubt_finds_its_field_by_its_cell_or_by_its_row() -> None:
    whole = draft(LEVELS, ["（一）甲", "1", "乙", "1-1", "丙", "做", "办公室", "2023年6月"])
    places = Places(whole)
    doubt = replace(_doubt(), cell="B2", field="problem_no")
    assert places.of(doubt) == Place("0.0", "no")
    assert places.of(replace(doubt, cell="A2", field="aspect")) == Place("0", "title")
    assert places.of(replace(doubt, cell="F2", field="measure_no")) == Place("0.0.0", "measures")
    assert places.of(replace(doubt, cell="F9", field="measures")) == Place("0.0.0", "measures")
    assert places.of(replace(doubt, cell="D2", field="no")) == Place("0.0.0", "no")
    for nowhere in ("", "F1", "Sheet2!A4"):
        assert places.of(replace(doubt, cell=nowhere, field="measures")) is None


def test_a_doubt_about_an_item_that_repeats_its_problem_is_the_problems() -> None:
    _item, whole = plain()
    places = Places(whole)
    assert places.of(replace(_doubt(), cell="C2", field="item")) == Place("0.0", "title")
    assert places.of(replace(_doubt(), cell="F2", field="sections")) == Place("0.0.0", "sections")


def test_a_doubt_about_sections_stands_at_the_lead_where_there_are_two_columns() -> None:
    header = ["问题", "整改措施", "牵头科室", "配合科室"]
    places = Places(draft(header, ["1、甲", "乙", "办公室", "规划科"]))
    assert places.of(replace(_doubt(), cell="C2", field="sections")) == Place("0.0.0", "lead")


def _doubt() -> Doubt:
    return Doubt(message="made by hand", cell="A2", field="no")
