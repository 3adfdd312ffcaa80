"""What each row under the header is: data, a heading across the sheet, or no part of it."""

import re
from dataclasses import dataclass
from enum import Enum

from ledger import numbers
from ledger.headers import LEVELS, Header
from ledger.sheet import Sheet, text

_NOTE = re.compile(r"(?:备?注|说明|填表说明|填报说明|附注|注释)\s*(?:[:：\d]|[一二三1]、)")
_SIGNED = re.compile(
    r"(?:填表|填报|制表|审核|审批|签发)人?.{0,8}[:：].*|.{0,12}(?:签字|签名|签章|盖章|公章).{0,4}[:：）)].*"
)
_SIGNED_TOO = re.compile(r".{0,8}(?:联系人|电话|负责人|领导|日期|时间|单位).{0,8}[:：].*")
_TOTAL = re.compile(r"(?:合\s*计|总\s*计|小\s*计)")
_WIDE = 3


class RowKind(Enum):
    DATA = "data"
    SECTION = "section"
    FOOTER = "footer"
    TOTAL = "total"
    HEADER = "header"
    BLANK = "blank"
    STRAY = "stray"
    """A line across the sheet that heads nothing."""


@dataclass(frozen=True, slots=True)
class Row:
    at: int
    kind: RowKind


def classify(sheet: Sheet, header: Header) -> list[Row]:
    formulas = {row for row, _column in sheet.facts.formulas}
    found = [
        Row(at, RowKind.DATA if at in formulas else _kind(sheet, header, at))
        for at in range(header.last + 1, sheet.height)
    ]
    return _without_strays(found, has_aspects="aspect" in header.columns)


def _without_strays(rows: list[Row], *, has_aspects: bool) -> list[Row]:
    """A heading heads what follows; with a column for aspects there is nothing to head."""
    settled: list[Row] = []
    data_follows = False
    for row in reversed(rows):
        data_follows = data_follows or row.kind is RowKind.DATA
        stray = row.kind is RowKind.SECTION and (has_aspects or not data_follows)
        settled.append(Row(row.at, RowKind.STRAY) if stray else row)
    return settled[::-1]


def _kind(sheet: Sheet, header: Header, at: int) -> RowKind:
    cells = [(column, text(value)) for column, value in sheet.own_cells(at)]
    if not cells:
        return RowKind.BLANK
    first = cells[0][1]
    if len(cells) > 1 and all(words == _title(sheet, header, col) for col, words in cells):
        return RowKind.HEADER
    if _TOTAL.match(first):
        return RowKind.TOTAL
    if _note(sheet, header, at, cells[0]) or _signatures([words for _, words in cells]):
        return RowKind.FOOTER
    if len(cells) == 1 and _across(sheet, header, at, cells[0]):
        return RowKind.SECTION
    return RowKind.DATA


def _note(sheet: Sheet, header: Header, at: int, cell: tuple[int, str]) -> bool:
    """A note stands under the table, not in the column of its measures."""
    column, words = cell
    measures = header.columns.get("measures", sheet.width)
    _top, left, _bottom, right = sheet.span(at, column)
    return bool(_NOTE.match(words)) and (column < measures or right - left + 1 >= _WIDE)


def _signatures(cells: list[str]) -> bool:
    """One cell must name a signature; the others may be a date or a telephone."""
    signed = [words for words in cells if _SIGNED.fullmatch(words)]
    others = [words for words in cells if words not in signed]
    return bool(signed) and all(_SIGNED_TOO.fullmatch(words) for words in others)


def _title(sheet: Sheet, header: Header, column: int) -> str:
    return text(sheet.filled(header.last, column))


def _across(sheet: Sheet, header: Header, at: int, cell: tuple[int, str]) -> bool:
    column, words = cell
    _top, left, _bottom, right = sheet.span(at, column)
    if right - left + 1 >= _WIDE:
        return True
    titles = [header.columns[level] for level in LEVELS if level in header.columns]
    if "aspect" in header.columns or column > min(titles) or not numbers.heads_a_section(words):
        return False
    return not any(sheet.filled(at, other) for other in header.columns.values() if other != column)
