"""The ledger out, and in again."""

import datetime as dt
import io
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from ledger import (
    BadWorkbook,
    Deadline,
    Draft,
    DraftAspect,
    DraftItem,
    DraftProblem,
    read,
    to_json,
    write,
)
from ledger.deadlines import parse, parse_date, parse_number
from ledger.writer import deadline_text


def content(draft: Draft) -> list[Any]:
    """What a ledger says, without where it stood."""

    def plain(value: Any) -> Any:
        if isinstance(value, dict):
            return {k: plain(v) for k, v in value.items() if k not in {"row", "cells"}}
        return [plain(part) for part in value] if isinstance(value, list) else value

    found = plain(to_json(draft)["aspects"])
    assert isinstance(found, list)
    return found


LETTERS = st.characters(exclude_categories=["C", "Z"])
TITLES = st.builds(
    lambda start, middle, end: f"{start}{middle}{end}".strip(),
    st.sampled_from(
        ["", "1.", "2023年", "（一）", "3.2公里", "=1+1", "“", "'", "@", "+", "_x000D_"]
    ),
    st.text(st.one_of(LETTERS, st.sampled_from(" \n、；。1")), max_size=12),
    st.sampled_from(["甲", "”", "。", "乙\n丙", "10", "合计"]),
)
NAMES = st.lists(
    st.text(st.sampled_from("周明吴海郑岚"), min_size=2, max_size=3), max_size=3, unique=True
)
SECTIONS = ["办公室", "财务科", "市政科", "机关党委（人事科）", "局属各单位"]
DEADLINES = st.sampled_from(
    [
        Deadline(),
        parse("立行立改")[0],
        parse("立行立改并长期坚持")[0],
        parse("2022年12月底前")[0],
        parse("2022年12月底前完成并长期坚持")[0],
        parse("2022.10")[0],
        parse("2023年第三季度")[0],
        parse("尽快")[0],
        parse_number(2022.1)[0],
        parse_number(45107.0)[0],
        parse_date(dt.date(2023, 6, 30))[0],
    ]
)
PROGRESS = st.sampled_from(
    [
        ("", ""),
        ("已完成", ""),
        ("整改中", "整改中（2/3）"),
        ("基本完成", "90%"),
        ("", "印发制度3项"),
    ]
)


@st.composite
def items(draw: st.DrawFn) -> DraftItem:
    sections = draw(st.permutations(SECTIONS))
    leading = draw(st.integers(0, 2))
    status, progress = draw(PROGRESS)
    return DraftItem(
        no="",
        title=draw(TITLES),
        measures=draw(st.lists(TITLES, max_size=3)),
        deadline=draw(DEADLINES),
        leaders=draw(NAMES),
        lead=sections[:leading],
        support=sections[leading : leading + draw(st.integers(0, 2))],
        assignees=draw(NAMES),
        status=status,
        progress=progress,
        target=draw(st.one_of(st.just(""), TITLES)),
        criterion=draw(st.one_of(st.just(""), TITLES)),
        remark=draw(st.one_of(st.just(""), TITLES)),
    )


@st.composite
def ledgers(draw: st.DrawFn) -> Draft:
    """Numbers as a confirmed ledger has them: unique, in any of the styles."""
    style = draw(st.sampled_from(["{}-{}", "（{}）{}", "{}.{}", "{}0{}"]))
    with_items = draw(st.booleans())
    aspects = []
    for first in range(draw(st.integers(1, 3))):
        problems = []
        for second in range(draw(st.integers(1, 3))):
            no, title = style.format(first + 1, second + 8), draw(TITLES)
            found = draw(st.lists(items(), min_size=1, max_size=3 if with_items else 1))
            numbered = [
                replace(item, no=f"{no}-{at}") if with_items else replace(item, no=no, title=title)
                for at, item in enumerate(found)
            ]
            problems.append(DraftProblem(no=no, title=title, items=numbered))
        aspects.append(
            DraftAspect(no=f"（{'一二三'[first]}）", title=draw(TITLES), problems=problems)
        )
    return Draft(aspects=aspects)


@given(ledgers())
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)
def test_export_then_import_changes_nothing(ledger: Draft) -> None:
    data = write(ledger, title="整改台账", unit="某局")

    again = read(data, name="台账.xlsx")

    assert content(again) == content(ledger)
    assert again.title == "整改台账"
    assert again.errors == []


def one(**facts: Any) -> Draft:
    item = DraftItem(**{"no": "1-1", "title": "乙", "measures": ["丙"]} | facts)
    problem = DraftProblem(no=item.no, title=item.title, items=[item])
    return Draft(aspects=[DraftAspect(no="（一）", title="甲", problems=[problem])])


def test_the_page_is_laid_out_for_printing() -> None:
    page = load_workbook(io.BytesIO(write(one(), title="整改台账", unit="某局"))).active
    assert page is not None

    assert [cell.value for cell in page[3]] == [
        "方面序号",
        "方面",
        "问题序号",
        "问题",
        "措施序号",
        "整改措施",
        "责任领导",
        "牵头科室",
        "配合科室",
        "承办人",
        "整改时限",
        "进展情况",
    ]
    assert page["A1"].value == "整改台账"
    assert page["A2"].value == "填报单位：某局"
    assert (page.page_setup.orientation, page.page_setup.paperSize) == ("landscape", 9)
    assert page.sheet_properties.pageSetUpPr is not None
    assert page.sheet_properties.pageSetUpPr.fitToPage
    assert page.page_setup.fitToHeight == 0  # as many pages as it takes
    assert page.print_title_rows == "$3:$3"


def test_cells_of_one_problem_are_merged() -> None:
    ledger = one(measures=["一", "二"], target="清零")
    page = load_workbook(io.BytesIO(write(ledger, title="整改台账", unit="某局"))).active
    assert page is not None

    merged = {str(span) for span in page.merged_cells.ranges}
    assert {"A4:A5", "B4:B5", "C4:C5", "D4:D5", "G4:G5", "M4:M5"} <= merged
    assert "F4:F5" not in merged


@pytest.mark.parametrize(
    "words", ["=1+1", "@SUM(A1)", "+1", "-1", "=cmd|' /C calc'!A0", "http://a"]
)
def test_no_text_becomes_a_formula_or_a_link(words: str) -> None:
    data = write(one(title=words, measures=[words], remark=words), title=words, unit=words)
    page = load_workbook(io.BytesIO(data)).active
    assert page is not None

    for address in ("A1", "D4", "F4", "M4"):
        assert (page[address].value, page[address].data_type) == (words, "s")
        assert page[address].hyperlink is None


@pytest.mark.parametrize(
    ("deadline", "words"),
    [
        (Deadline(), "—"),
        (parse("2023年6月底前")[0], "2023年6月底前"),
        (parse("6月底前", year=2023)[0], "2023年6月底前"),
        (parse("三季度", year=2023)[0], "2023年第3季度"),
        (parse("上半年", year=2023)[0], "2023年上半年"),
        (parse("下半年", year=2023)[0], "2023年下半年"),
        (parse("年底前", year=2023)[0], "2023年底前"),
        (replace(parse("2023年6月")[0], date=dt.date(2023, 8, 15)), "2023年8月15日前"),
        (
            replace(parse("2023年6月")[0], date=dt.date(2023, 8, 15), precision="day"),
            "2023年8月15日前",
        ),
        (Deadline(raw="x", kind="immediate", ongoing=True), "立行立改，长期坚持"),
        (Deadline(raw="", kind="ongoing", ongoing=True), "长期坚持"),
        (Deadline(raw="", kind="dated", ongoing=True), "限期整改，长期坚持"),
    ],
)
def test_a_deadline_is_written_as_it_holds_now(deadline: Deadline, words: str) -> None:
    assert deadline_text(deadline) == words


def test_an_aspect_without_problems_is_written_too() -> None:
    ledger = one()
    ledger.aspects.append(DraftAspect(no="（二）", title="丁", problems=[]))

    again = read(write(ledger, title="整改台账", unit="某局"), name="台账.xlsx")

    assert content(again) == content(ledger)


def test_a_text_that_no_cell_can_hold_is_refused() -> None:
    with pytest.raises(BadWorkbook) as caught:
        write(one(measures=["长" * 32_768]), title="整改台账", unit="某局")

    assert "长长长" in str(caught.value)
