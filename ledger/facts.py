"""What the columns say of one item: its measures, people, sections, deadline and progress."""

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from string import ascii_uppercase

from django.utils.translation import gettext_noop as _

from ledger import criteria, deadlines, measures, names, status
from ledger.draft import Deadline, Doubt, DraftItem
from ledger.outline import Node
from ledger.sheet import Sheet, Value, address, text
from workflows.criteria import pieces, told

NONE = "—"
_NOBODY = re.compile(r"[—–\-－/／\\]{1,4}|无")
_DITTO = re.compile(r"同上|[〃″＂\"”]")
_DITTO_COLUMNS = ("leaders", "lead", "support", "sections", "assignees", "deadline", "status")
_HANDED_DOWN = ("leaders", "lead", "sections", "assignees", "deadline")
"""Where blank may mean the same as above."""


@dataclass(slots=True)
class _Cell:
    value: Value
    address: str


@dataclass(slots=True)
class Facts:
    """Reads item after item, so that 同上 and blanks find what stands above them."""

    sheet: Sheet
    columns: dict[str, int]
    year: int | None
    doubts: list[Doubt] = field(default_factory=list)
    _above: dict[str, list[_Cell]] = field(default_factory=dict)
    _problem: Node | None = None

    def begin_aspect(self) -> None:
        """What a person left blank does not reach across aspects."""
        self._above = {}

    def item(self, node: Node, problem: Node) -> DraftItem:
        found = {
            name: self._cells(name, node, same_problem=problem is self._problem)
            for name in self.columns
        }
        self._problem = problem
        self._above = {name: cells or self._above.get(name, []) for name, cells in found.items()}
        item = DraftItem(
            no=node.no,
            title=node.title,
            row=node.row + 1,
            cells=(problem if node.same else node).cells
            | {name: cells[0].address for name, cells in found.items() if cells},
            measures=self._measures(found),
            deadline=self._deadline(node, found.get("deadline", [])),
            leaders=_people(found.get("leaders", [])),
            target=_joined(found.get("target", [])),
            criterion=_criterion(found.get("criterion", []), found.get("measures", [])),
            remark=_joined(found.get("remark", [])),
        )
        return self._progress(_with_sections(item, found), found)

    def _cells(self, name: str, node: Node, *, same_problem: bool) -> list[_Cell]:
        """Take the filled value of the item's first row, and what further rows add of their own."""
        column = self.columns[name]
        found = []
        for row in node.rows:
            read = self.sheet.filled if row == node.row else self.sheet.own
            value = read(row, column)
            if value != "":
                top, left, _bottom, _right = self.sheet.span(row, column)
                found.append(_Cell(value, address(top, left)))
        above = self._above.get(name, [])
        if found and above and name in _DITTO_COLUMNS and _DITTO.fullmatch(text(found[0].value)):
            return [_Cell(cell.value, found[0].address) for cell in above]
        if found or not above or name not in _HANDED_DOWN:
            return found
        here = address(node.row, column)
        if not same_problem:
            self._ask_about_blank(name, here, above)
        return [_Cell(cell.value, here) for cell in above]

    def _ask_about_blank(self, name: str, here: str, above: list[_Cell]) -> None:
        said = "、".join(text(cell.value) for cell in above)
        if _NOBODY.fullmatch(said):
            return
        message = _("This cell is empty; it was read as the same as above: %(above)s.")
        self.doubts.append(Doubt(message=message, values={"above": said}, cell=here, field=name))

    def _measures(self, found: dict[str, list[_Cell]]) -> list[str]:
        cells = [text(cell.value) for cell in found.get("measures", [])]
        if "measure_no" in self.columns:
            return cells
        split: Callable[[str], list[str]] = measures.split
        if len(cells) > 1:
            split = measures.one_of_many
        return [measure for cell in cells for measure in split(cell)]

    def _deadline(self, node: Node, cells: list[_Cell]) -> Deadline:
        if "deadline" not in self.columns:
            return Deadline()
        first = cells[0] if cells else _Cell("", address(node.row, self.columns["deadline"]))
        if _NOBODY.fullmatch(text(first.value)):
            return Deadline()
        deadline, doubts = self._parse(first.value)
        for other in cells[1:]:
            if other.value != first.value:
                message = _("The item already has the deadline %(first)s; this one was not read.")
                values = {"first": text(first.value)}
                cell = other.address
                self.doubts.append(
                    Doubt(message=message, values=values, cell=cell, field="deadline")
                )
        self.doubts += [replace(doubt, cell=first.address, field="deadline") for doubt in doubts]
        return deadline

    def _parse(self, value: Value) -> deadlines.Reading:
        if isinstance(value, dt.date):
            return deadlines.parse_date(value)
        if isinstance(value, float):
            return deadlines.parse_number(value)
        return deadlines.parse(value, year=self.year)

    def _progress(self, item: DraftItem, found: dict[str, list[_Cell]]) -> DraftItem:
        cells = found.get("status", [])
        said = "\n".join(_progress_text(cell.value) for cell in cells)
        if _NOBODY.fullmatch(said):
            return item
        state = status.read(said)
        if state is None:
            message = _("How far the item is could not be told from “%(said)s”.")
            values, cell = {"said": said[:40]}, cells[0].address
            self.doubts.append(Doubt(message=message, values=values, cell=cell, field="status"))
        return replace(item, status=state or "", progress="" if said == state else said)


def _progress_text(value: Value) -> str:
    return status.share(value) if isinstance(value, float) else text(value)


def _joined(cells: list[_Cell]) -> str:
    return "\n".join(text(cell.value) for cell in cells)


def _criterion(cells: list[_Cell], of: list[_Cell]) -> str:
    """Cells that stand each beside a measure of its own are numbered like those measures."""
    beside = {_row(cell): _joined([cell]) for cell in cells}
    rows = [_row(cell) for cell in of]
    if len(cells) == 1 or not beside.keys() <= set(rows):
        return _joined(cells)
    return criteria.joined([told(pieces(beside.get(row, ""))) for row in rows])


def _row(cell: _Cell) -> str:
    return cell.address.lstrip(ascii_uppercase)


def _named(cells: list[_Cell]) -> str:
    said = (text(cell.value) for cell in cells)
    return "\n".join(words for words in said if not _NOBODY.fullmatch(words))


def _people(cells: list[_Cell]) -> list[str]:
    return names.people(_named(cells))


def _with_sections(item: DraftItem, found: dict[str, list[_Cell]]) -> DraftItem:
    """牵头 and 配合 in two columns, or in one with marks; people in brackets become assignees."""
    mixed = names.sections(_named(found.get("sections", [])))
    lead = names.sections(_named(found.get("lead", [])))
    support = names.sections(_named(found.get("support", [])))
    leading = _once(lead.lead + (mixed.lead if not lead.lead else []))
    helping = lead.support + mixed.support + support.lead + support.support
    if lead.lead:
        helping += mixed.lead
    assignees = _people(found.get("assignees", [])) + lead.people + mixed.people + support.people
    return replace(
        item,
        lead=leading,
        support=[name for name in _once(helping) if name not in leading],
        assignees=_once(assignees),
    )


def _once(items: list[str]) -> list[str]:
    return list(dict.fromkeys(items))
