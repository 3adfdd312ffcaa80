import io
from typing import Any

import pytest
from openpyxl import load_workbook

from ledger import BadWorkbook, Doubt, marked_copy, read
from tests.ledger.books import PLAIN_HEADER, PLAIN_ROW, archive, book, parts_of

RED, YELLOW = "FFF4B6B6", "FFFFE699"


def page_of(data: bytes) -> Any:
    return load_workbook(io.BytesIO(data)).active


def doubt(cell: str, words: str, severity: Any = "ask") -> Doubt:
    return Doubt(message=words, cell=cell, severity=severity)


def test_every_doubt_is_seen_at_its_cell_and_in_the_last_column() -> None:
    data = book(["整改台账"], PLAIN_HEADER, PLAIN_ROW, merges=["A1:H1"])
    doubts = [
        doubt("G3", "什么时候"),
        doubt("G3", "没有这一天", "error"),
        doubt("E3", "谁"),
        doubt("", "没有方面"),
        doubt("封面!A1", "没有读"),
    ]

    page = page_of(marked_copy(data, doubts))

    assert page["I3"].value == "什么时候\n没有这一天\n谁"
    assert page["I2"].value.splitlines()[1:] == ["没有方面", "没有读"]
    assert (page["G3"].fill.fgColor.rgb, page["E3"].fill.fgColor.rgb) == (RED, YELLOW)
    assert page["G3"].comment.text == "什么时候\n没有这一天"
    assert page["F3"].comment is None
    assert page["D3"].value == "丙"


def test_a_doubt_inside_a_merge_is_shown_at_its_first_cell() -> None:
    data = book(PLAIN_HEADER, PLAIN_ROW, ["", "", "", "丁"], merges=["E2:E3", "H2:J2"])

    page = page_of(marked_copy(data, [doubt("E3", "谁")]))

    assert page["E2"].comment.text == "谁"
    assert page["K3"].value == "谁"


def test_a_doubt_that_looks_like_a_formula_stays_text() -> None:
    page = page_of(marked_copy(book(PLAIN_HEADER, PLAIN_ROW), [doubt("A2", "=1+1")]))

    assert (page["I2"].value, page["I2"].data_type) == ("=1+1", "s")


def test_a_column_beyond_every_merge_that_crosses_the_whole_sheet() -> None:
    data = book(["台账"], PLAIN_HEADER, PLAIN_ROW, merges=["A1:XFD1"])

    page = page_of(marked_copy(data, [doubt("A1", "标题")]))

    assert page["I2"].value
    assert page["A1"].comment.text == "标题"


def test_a_workbook_without_a_ledger_can_be_marked_too() -> None:
    page = page_of(marked_copy(book(["姓名"], ["周明"]), [doubt("", "没有台账")]))

    assert page["B1"].value.endswith("没有台账")


def test_the_marked_copy_still_reads() -> None:
    data = book(PLAIN_HEADER, [*PLAIN_ROW[:6], "2023年2月30日", "未完成"])
    draft = read(data, name="台账.xlsx")

    again = read(marked_copy(data, draft.doubts, name="台账.xlsx"), name="台账.xlsx")

    assert again.items == draft.items


MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


@pytest.mark.parametrize(
    ("part", "content"),
    [
        (
            "xl/styles.xml",
            f"<styleSheet xmlns='{MAIN}'><cellXfs><xf numFmtId='x'/></cellXfs></styleSheet>",
        ),
        ("xl/workbook.xml", "<workbook/>"),
    ],
)
def test_what_cannot_be_opened_is_refused(part: str, content: str) -> None:
    data = archive(parts_of(book(PLAIN_HEADER, PLAIN_ROW)) | {part: content.encode()})

    with pytest.raises(BadWorkbook) as caught:
        marked_copy(data, [], name="台账.xlsx")

    assert "台账.xlsx" in str(caught.value)
