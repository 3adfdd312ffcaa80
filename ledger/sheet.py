"""A sheet as a grid of plain values, with its merges; rows and columns count from 0."""

import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field

from python_calamine import CalamineError, CalamineWorkbook

from ledger import container, scan

Value = str | float | dt.date
Span = tuple[int, int, int, int]
"""First row, first column, last row, last column."""


@dataclass(slots=True)
class Sheet:
    facts: scan.Facts
    grid: list[list[Value]]
    spans: dict[tuple[int, int], Span] = field(default_factory=dict)
    """Every cell of a merged range -> the range."""

    @property
    def name(self) -> str:
        return self.facts.name

    @property
    def height(self) -> int:
        return len(self.grid)

    @property
    def width(self) -> int:
        return len(self.grid[0]) if self.grid else 0

    def own(self, row: int, column: int) -> Value:
        """What stands in this very cell."""
        return self.grid[row][column]

    def filled(self, row: int, column: int) -> Value:
        """What a reader sees here: a merged range shows its first cell everywhere."""
        span = self.spans.get((row, column))
        return self.grid[span[0]][span[1]] if span else self.grid[row][column]

    def span(self, row: int, column: int) -> Span:
        return self.spans.get((row, column), (row, column, row, column))

    def own_cells(self, row: int) -> list[tuple[int, Value]]:
        return [(column, value) for column, value in enumerate(self.grid[row]) if value != ""]


def address(row: int, column: int) -> str:
    letters, column = "", column + 1
    while column:
        column, letter = divmod(column - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return f"{letters}{row + 1}"


def text(value: Value) -> str:
    """A cell as a person reads it, dates in words and numbers without a needless .0."""
    if isinstance(value, dt.date):
        return f"{value.year}年{value.month}月{value.day}日"
    if isinstance(value, float):
        return f"{value:.15g}"
    return value


@dataclass(slots=True)
class Book:
    """A workbook that passed every check of `container`; sheets are read one by one."""

    name: str
    packed: bytes
    sheets: list[scan.Facts]
    linked: bool
    """Whether it draws on other workbooks."""


def open_book(data: bytes, name: str) -> Book:
    packed = container.repacked(data, name)
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        linked = any(part.startswith("xl/externalLinks/") for part in archive.namelist())
        return Book(name, packed, scan.sheets(archive, name), linked)


def scanned(book: Book) -> Iterator[scan.Facts]:
    """Visible sheets first; each is measured before anybody may load its values."""
    with zipfile.ZipFile(io.BytesIO(book.packed)) as archive:
        lengths = scan.text_lengths(archive, book.name)
        for facts in sorted(book.sheets, key=lambda facts: facts.hidden):
            scan.scan(archive, facts, lengths, book.name)
            yield facts


def load(book: Book, facts: scan.Facts) -> Sheet:
    if not facts.rows:
        return Sheet(facts, [])
    try:
        opened = CalamineWorkbook.from_filelike(io.BytesIO(book.packed))
        source = opened.get_sheet_by_name(facts.name)
        rows = source.to_python(skip_empty_area=False, nrows=facts.rows)
        merges = source.merged_cell_ranges or []
    except (CalamineError, ValueError, OSError) as e:
        raise container.damaged(book.name) from e
    grid = [[_plain(value) for value in row] for row in rows]
    # A formula without a cached value is beyond calamine's last cell, but not beyond ours.
    width = max(facts.columns, *map(len, grid)) if grid else facts.columns
    grid += [[] for _row in range(facts.rows - len(grid))]
    for cells in grid:
        cells.extend([""] * (width - len(cells)))
    return Sheet(facts, grid, _spans(merges, grid, book.name))


def _spans(
    merges: list[tuple[tuple[int, int], tuple[int, int]]], grid: list[list[Value]], name: str
) -> dict[tuple[int, int], Span]:
    """Clip every merge to what is used: a merge may reach to the end of the world."""
    spans: dict[tuple[int, int], Span] = {}
    for (top, left), (bottom, right) in merges:
        last_row, last_column = min(bottom, len(grid) - 1), min(right, len(grid[0]) - 1)
        for row in range(top, last_row + 1):
            for column in range(left, last_column + 1):
                if (row, column) in spans:
                    raise container.damaged(name)
                spans[row, column] = (top, left, last_row, last_column)
    return spans


def _plain(value: object) -> Value:
    if isinstance(value, str):
        return re.sub(r"\r\n?", "\n", value).strip()
    if isinstance(value, bool):
        return "√" if value else "×"
    if isinstance(value, int | float):
        return float(value)
    if isinstance(value, dt.datetime):
        return value.date()
    return value if isinstance(value, dt.date) else str(value)
