"""Aspects, problems and items, each with its rows, before their numbers and facts are read."""

from dataclasses import dataclass, field

from django.utils.translation import gettext_noop as _

from ledger import numbers
from ledger.draft import Doubt
from ledger.headers import LEVELS, Header
from ledger.rows import Row, RowKind
from ledger.sheet import Sheet, Value, address, text

WHOLE = "全部问题"
"""The aspect of a ledger that has none."""


@dataclass(slots=True)
class Node:
    row: int
    title: str = ""
    title_cell: str = ""
    number: Value = ""
    number_cell: str = ""
    no: str = ""
    same: bool = False
    """An item that merely repeats its problem."""
    rows: list[int] = field(default_factory=list)
    below: list["Node"] = field(default_factory=list)

    @property
    def cell(self) -> str:
        return self.number_cell or self.title_cell

    @property
    def cells(self) -> dict[str, str]:
        named = {"no": self.number_cell, "title": self.title_cell}
        return {name: cell for name, cell in named.items() if cell}


class Outline:
    """Walks down the rows; a blank cell means the same as above, within its parent."""

    def __init__(self, sheet: Sheet, header: Header) -> None:
        self.sheet, self.columns = sheet, header.columns
        self.aspects: list[Node] = []
        self.doubts: list[Doubt] = []

    def walk(self, rows: list[Row]) -> None:
        for row in rows:
            if row.kind is RowKind.SECTION:
                column, value = self.sheet.own_cells(row.at)[0]
                self._open_section(row.at, column, text(value))
            elif row.kind is RowKind.DATA:
                self._data(row.at)

    def _open_section(self, row: int, column: int, title: str) -> None:
        self.aspects.append(Node(row, title, address(row, column)))

    def _data(self, row: int) -> None:
        opened = self._open("aspect", self.aspects, row, force=False)
        if not self.aspects:
            self.aspects.append(Node(row, WHOLE))
        problems = self.aspects[-1].below
        if not problems and self._only("aspect", row):
            return
        opened = self._open("problem", problems, row, force=opened or not problems)
        items = problems[-1].below
        if "item" in self.columns:
            self._open("item", items, row, force=opened or not items)
        elif opened:
            items.append(Node(row, same=True))
        items[-1].same = items[-1].same or not (items[-1].title or items[-1].number)
        items[-1].rows.append(row)

    def _only(self, level: str, row: int) -> bool:
        mine = {self.columns.get(level), self.columns.get(f"{level}_no")}
        return all(column in mine for column, _value in self.sheet.own_cells(row))

    def _open(self, level: str, nodes: list[Node], row: int, *, force: bool) -> bool:
        """Begin a new node where the row says another number or title than the one above."""
        column, number_column = self.columns.get(level), self.columns.get(f"{level}_no")
        title, number = self._own(row, column), self._own(row, number_column)
        if nodes and not force:
            above = nodes[-1]
            changed = (number and number != above.number) or (title and text(title) != above.title)
            if not changed:
                return False
        elif not (force or title or number):
            return False
        node = Node(row, text(self._filled(row, column)), self._address(row, column))
        node.number = self._filled(row, number_column)
        node.number_cell = self._address(row, number_column)
        nodes.append(node)
        if level == "problem" and not node.title:
            message = _("This row begins a problem that has no title.")
            cell = node.title_cell or node.cell
            self.doubts.append(Doubt(message=message, severity="error", cell=cell, field="title"))
        return True

    def _own(self, row: int, column: int | None) -> Value:
        return "" if column is None else self.sheet.own(row, column)

    def _filled(self, row: int, column: int | None) -> Value:
        return "" if column is None else self.sheet.filled(row, column)

    def _address(self, row: int, column: int | None) -> str:
        if column is None:
            return ""
        top, left, _bottom, _right = self.sheet.span(row, column)
        return address(top, left)


def own_the_numbers(sheet: Sheet, header: Header, rows: list[Row]) -> None:
    """Give each column called just 序号 to the level whose rows it numbers."""
    levels = [level for level in LEVELS if level in header.columns]
    free = [level for level in levels if f"{level}_no" not in header.columns]
    data = [row.at for row in rows if row.kind is RowKind.DATA]
    if len(header.plain_numbers) == 1 and free:
        column = header.plain_numbers[0]
        starts = _starts(sheet, data, column)
        alike = [_alike(starts, _starts(sheet, data, header.columns[level])) for level in free]
        best = max(range(len(free)), key=lambda at: (alike[at], at))
        header.columns[f"{free[best]}_no"] = column
        return
    for column in header.plain_numbers:
        right = [level for level in free if header.columns[level] > column]
        owner = min(right, key=lambda level: header.columns[level], default=None)
        if owner and f"{owner}_no" not in header.columns:
            header.columns[f"{owner}_no"] = column
        elif header.columns.get("measures") == column + 1:
            header.columns["measure_no"] = column
        else:
            header.unread.append((column, text(sheet.filled(header.last, column))))


def _starts(sheet: Sheet, rows: list[int], column: int) -> set[int]:
    starts: set[int] = set()
    above: Value = ""
    for row in rows:
        here = sheet.own(row, column)
        if here not in {"", above}:
            starts.add(row)
            above = here
    return starts


def _alike(one: set[int], other: set[int]) -> float:
    return len(one & other) / max(len(one | other), 1)


def lift_numbered_sections(sheet: Sheet, header: Header, rows: list[Row]) -> list[Doubt]:
    """Without a column for aspects, a 问题 that is numbered （一） every time is one."""
    columns = header.columns
    if not {"problem", "item"} <= columns.keys() or "aspect" in columns:
        return []
    data = [row.at for row in rows if row.kind is RowKind.DATA]
    if any(row.kind is RowKind.SECTION for row in rows):
        return []
    titles = [text(sheet.own(row, columns["problem"])) for row in data]
    named = [title for title in titles if title]
    if not named or not all(numbers.heads_a_section(title) for title in named):
        return []
    at = address(header.last, columns["problem"])
    columns["aspect"], columns["problem"] = columns["problem"], columns.pop("item")
    for above, below in (("aspect", "problem"), ("problem", "item")):
        if f"{below}_no" in columns:
            columns[f"{above}_no"] = columns.pop(f"{below}_no")
    message = _("The entries of this column are numbered like aspects and were read as aspects.")
    return [Doubt(message=message, cell=at, field="aspect")]
