"""The workbook handed back with every doubt at its cell."""

import io
import warnings
from collections.abc import Iterable

from django.utils.translation import gettext
from openpyxl import load_workbook
from openpyxl.cell.cell import Cell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils.cell import coordinate_from_string, get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from ledger import container, headers
from ledger.draft import Doubt
from ledger.headers import Header
from ledger.scan import column_index
from ledger.sheet import Book, Sheet, address, load, open_book, scanned

_COLOURS = {
    "error": PatternFill("solid", fgColor="FFF4B6B6"),
    "ask": PatternFill("solid", fgColor="FFFFE699"),
}
_WIDTH = 48
_WIDEST_MERGE = 500


def marked_copy(data: bytes, doubts: Iterable[Doubt], *, name: str = "") -> bytes:
    """Colour the cells in doubt, comment them, and gather the sentences in a last column."""
    book = open_book(data, name)
    sheet, header = _ledger(book)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about styles and extensions, which we do not touch
            copy = load_workbook(io.BytesIO(book.packed))
    except Exception as e:  # openpyxl raises whatever it stumbles over
        raise container.damaged(name) from e
    page = copy[sheet.name]
    column = _free_column(page, sheet.facts.columns)
    heading = header.last + 1 if header else 1
    _write(page, heading, column, gettext("Doubts"))
    page.cell(heading, column).font = Font(bold=True)
    page.column_dimensions[get_column_letter(column)].width = _WIDTH
    for row, sentences in _mark(page, sheet, doubts, heading).items():
        if row == heading:
            sentences.insert(0, gettext("Doubts"))
        _write(page, row, column, "\n".join(sentences))
    out = io.BytesIO()
    copy.save(out)
    return out.getvalue()


def _ledger(book: Book) -> tuple[Sheet, Header | None]:
    """The sheet that was read; the first one where none could be."""
    first: Sheet | None = None
    for facts in scanned(book):
        sheet = load(book, facts)
        if header := headers.find(sheet):
            return sheet, header
        first = first or sheet
    if first is None:
        raise container.damaged(book.name)
    return first, None


def _free_column(page: Worksheet, used: int) -> int:
    ends = [int(span.max_col) for span in page.merged_cells.ranges]
    return max([used, *(end for end in ends if end <= _WIDEST_MERGE)]) + 1


def _mark(
    page: Worksheet, sheet: Sheet, doubts: Iterable[Doubt], heading: int
) -> dict[int, list[str]]:
    """Colour and comment; give each row's sentences. What has no cell here goes to the heading."""
    rows: dict[int, list[str]] = {}
    at_cell: dict[str, list[Doubt]] = {}
    for doubt in doubts:
        here = bool(doubt.cell) and "!" not in doubt.cell
        row = coordinate_from_string(doubt.cell)[1] if here else heading
        rows.setdefault(row, []).append(doubt.text)
        if here:
            at_cell.setdefault(_shown(sheet, doubt.cell), []).append(doubt)
    for place, there in at_cell.items():
        cell = page[place]
        worst = min(there, key=lambda doubt: doubt.severity != "error")
        cell.fill = _COLOURS[worst.severity]
        cell.comment = Comment("\n".join(doubt.text for doubt in there), "rectify")
    return rows


def _shown(sheet: Sheet, cell: str) -> str:
    """Only the first cell of a merged range can be seen."""
    letters, row = coordinate_from_string(cell)
    top, left, _bottom, _right = sheet.span(row - 1, column_index(letters))
    return address(top, left)


def _write(page: Worksheet, row: int, column: int, words: str) -> None:
    cell = page.cell(row, column)
    if isinstance(cell, Cell):
        cell.value = words
        cell.data_type = "s"  # never a formula, whatever the workbook said
        cell.alignment = Alignment(wrap_text=True, vertical="top")
