"""What a workbook holds besides what is seen."""

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from ledger import read
from tests.ledger.books import (
    PLAIN_HEADER,
    PLAIN_ROW,
    archive,
    book,
    doubted,
    draft,
    parts_of,
    plain,
    saved,
)


def test_a_formula_is_an_error_at_its_cell() -> None:
    item, whole = plain(责任领导='="周"&"明"')

    assert item.leaders == []
    assert doubted(whole.doubts) == [("E2", "error")]


def test_a_formula_in_a_title_or_an_unread_column_is_none_of_our_business() -> None:
    whole = draft(["=TODAY()"], [*PLAIN_HEADER, "合计数"], [*PLAIN_ROW, "=1+1"])

    assert whole.errors == []


def test_a_row_of_formulas_alone_is_not_overlooked() -> None:
    whole = draft(PLAIN_HEADER, PLAIN_ROW, ["", "", "", "=A1"])

    assert doubted(whole.doubts) == [("D3", "error")]
    assert whole.data_rows == (2, 3)


def test_an_error_value_is_an_error_at_its_cell() -> None:
    _item, whole = plain(责任领导="#N/A")

    assert doubted(whole.doubts) == [("E2", "error")]


def test_hidden_rows_and_columns_are_read_and_doubted() -> None:
    def hide(page: Worksheet) -> None:
        page.row_dimensions[2].hidden = True
        page.row_dimensions[9].hidden = True
        page.column_dimensions["E"].hidden = True
        page.column_dimensions["Z"].hidden = True

    whole = draft(PLAIN_HEADER, PLAIN_ROW, also=hide)

    assert whole.items[0].leaders == ["周明"]
    assert doubted(whole.doubts) == [("E1", "ask"), ("A2", "ask")]


def test_the_first_sheet_with_a_header_is_read_and_others_are_named() -> None:
    whole = Workbook()
    cover = whole.active
    assert isinstance(cover, Worksheet)
    cover.title = "封面"
    cover.append(["整改台账"])
    ledger = whole.create_sheet("台账")
    ledger.append(PLAIN_HEADER)
    ledger.append(PLAIN_ROW)
    second = whole.create_sheet("台账（二）")
    second.append(PLAIN_HEADER)
    whole.create_sheet("Sheet4")

    found = read(saved(whole), name="台账.xlsx")

    assert found.sheet == "台账"
    assert doubted(found.doubts) == [("台账（二）!A1", "ask"), ("封面!A1", "ask")]


def test_a_hidden_sheet_is_read_last_and_doubted() -> None:
    whole = Workbook()
    cover = whole.active
    assert isinstance(cover, Worksheet)
    ledger = whole.create_sheet("旧台账", 0)
    ledger.append(PLAIN_HEADER)
    ledger.append(PLAIN_ROW)
    ledger.sheet_state = "hidden"

    found = read(saved(whole), name="台账.xlsx")

    assert found.sheet == "旧台账"
    assert doubted(found.doubts) == [("", "ask")]


def test_links_to_other_workbooks_are_doubted() -> None:
    parts = parts_of(book(PLAIN_HEADER, PLAIN_ROW))
    parts["xl/externalLinks/externalLink1.xml"] = b"<externalLink/>"

    found = read(archive(parts), name="台账.xlsx")

    assert doubted(found.doubts) == [("", "ask")]
