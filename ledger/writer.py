"""The ledger out to .xlsx, in a layout that reads back as the same ledger.

Numbers stand in columns of their own and every measure in a row of its own, so that no title and
no measure has to be taken apart again.
"""

import datetime as dt
import io
from collections.abc import Callable
from dataclasses import dataclass, replace

import xlsxwriter
from django.utils.translation import gettext_noop as _

from ledger import deadlines
from ledger.dates import written
from ledger.draft import Deadline, Draft, DraftAspect, DraftItem, DraftProblem, Precision
from ledger.facts import NONE
from ledger.refusals import BadWorkbook

_LONGEST_CELL = 32_767
_TITLE_ROW, _UNIT_ROW, _HEADER_ROW = 0, 1, 2
_A4 = 9
_JUNE = 6
_IMMEDIATE, _ONGOING = "立行立改", "长期坚持"


@dataclass(frozen=True, slots=True)
class _Column:
    title: str
    width: int
    text: Callable[[DraftItem], str]


_ITEM_COLUMNS = (
    _Column("责任领导", 10, lambda item: _names(item.leaders)),
    _Column("牵头科室", 12, lambda item: _names(item.lead)),
    _Column("配合科室", 12, lambda item: _names(item.support)),
    _Column("承办人", 10, lambda item: _names(item.assignees)),
    _Column("整改时限", 14, lambda item: deadline_text(item.deadline)),
    _Column("进展情况", 14, lambda item: item.progress or item.status),
)
_OPTIONAL = (
    _Column("整改目标", 20, lambda item: item.target),
    _Column("完成标准", 20, lambda item: item.criterion),
    _Column("备注", 14, lambda item: item.remark),
)
_DEADLINE = "整改时限"


def write(draft: Draft, *, title: str, unit: str, seal: str = "") -> bytes:
    """Give the workbook; raises BadWorkbook where a text is longer than a cell can be.

    `seal` stands beside the unit: the words of the record's newest seal.
    """
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as book:
        _Page(book, draft).fill(title, f"填报单位：{unit}" + f"    {seal}" * bool(seal))
    return out.getvalue()


class _Page:
    def __init__(self, book: xlsxwriter.Workbook, draft: Draft) -> None:
        self.draft, self.sheet = draft, book.add_worksheet("整改台账")
        self.has_items = draft.has_items
        cell = {"border": 1, "text_wrap": True, "valign": "vcenter", "font_size": 10}
        self.cell = book.add_format(cell)
        self.head = book.add_format(cell | {"bold": True, "align": "center", "bg_color": "#E8EDF3"})
        self.title = book.add_format(
            {"bold": True, "align": "center", "valign": "vcenter", "font_size": 18}
        )
        self.plain = book.add_format({"valign": "vcenter"})
        used = [column for column in _OPTIONAL if any(column.text(item) for item in draft.items)]
        self.facts = (*_ITEM_COLUMNS, *used)
        self.row = _HEADER_ROW + 1

    def fill(self, title: str, beneath: str) -> None:
        titles = ["方面序号", "方面", "问题序号", "问题"]
        widths = [8, 18, 8, 24]
        if self.has_items:
            titles += ["具体问题序号", "具体问题"]
            widths += [8, 24]
        self.measures_at = len(titles) + 1
        titles += ["措施序号", "整改措施", *(column.title for column in self.facts)]
        widths += [5, 46, *(column.width for column in self.facts)]
        self._across(_TITLE_ROW, len(titles), title, self.title)
        self._across(_UNIT_ROW, len(titles), beneath, self.plain)
        for at, (words, width) in enumerate(zip(titles, widths, strict=True)):
            self.sheet.set_column(at, at, width)
            self._text(_HEADER_ROW, at, words, self.head)
        for aspect in self.draft.aspects:
            self._aspect(aspect)
        self._set_up_print(len(titles) - 1)

    def _aspect(self, aspect: DraftAspect) -> None:
        first = self.row
        for problem in aspect.problems:
            self._problem(problem)
        if not aspect.problems:
            self.row += 1
        self._block(first, 0, aspect.no)
        self._block(first, 1, aspect.title)

    def _problem(self, problem: DraftProblem) -> None:
        first = self.row
        for item in problem.items:
            self._item(item)
        self._block(first, 2, problem.no)
        self._block(first, 3, problem.title)

    def _item(self, item: DraftItem) -> None:
        first = self.row
        for at, measure in enumerate(item.measures or [""]):
            self._text(self.row, self.measures_at - 1, str(at + 1) if measure else "", self.cell)
            self._text(self.row, self.measures_at, measure, self.cell)
            self.row += 1
        if self.has_items:
            self._block(first, 4, item.no)
            self._block(first, 5, item.title)
        for at, column in enumerate(self.facts, self.measures_at + 1):
            self._block(first, at, column.text(item))
            if column.title == _DEADLINE:
                self._typed_number(first, at, item.deadline)

    def _block(self, first: int, column: int, words: str) -> None:
        """One cell from `first` down to the last row written."""
        if self.row - first > 1:
            self.sheet.merge_range(first, column, self.row - 1, column, "", self.cell)
        self._text(first, column, words, self.cell)

    def _typed_number(self, row: int, column: int, deadline: Deadline) -> None:
        number = None if _says(deadline.raw, deadline) else _number(deadline)
        if number is not None:
            self.sheet.write_number(row, column, number, self.cell)

    def _across(self, row: int, columns: int, words: str, style: object) -> None:
        self.sheet.merge_range(row, 0, row, columns - 1, "", style)
        self._text(row, 0, words, style)

    def _text(self, row: int, column: int, words: str, style: object) -> None:
        """A string stays a string: =1+1 in a title is not a formula."""
        if len(words.encode("utf-16-le")) // 2 > _LONGEST_CELL:
            message = _("A text is longer than a cell of a workbook can be: “%(start)s…”.")
            raise BadWorkbook(message, start=words[:40])
        if words:
            self.sheet.write_string(row, column, words, style)
        else:
            self.sheet.write_blank(row, column, None, style)

    def _set_up_print(self, last_column: int) -> None:
        sheet = self.sheet
        sheet.set_row(_TITLE_ROW, 36)
        sheet.set_landscape()
        sheet.set_paper(_A4)
        sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
        sheet.repeat_rows(_HEADER_ROW)
        sheet.fit_to_pages(1, 0)
        sheet.freeze_panes(_HEADER_ROW + 1, 0)
        sheet.set_footer("&C&P / &N")
        last = xlsxwriter.utility.xl_range(_HEADER_ROW + 1, 0, max(self.row, 4), last_column)
        sheet.ignore_errors({"number_stored_as_text": last})


def _names(names: list[str]) -> str:
    return "、".join(names) if names else NONE


def deadline_text(deadline: Deadline) -> str:
    """What was written, while it still says what holds; else the date that holds, in words."""
    if deadline == Deadline():
        return NONE
    if _says(deadline.raw, deadline) or _number(deadline) is not None:
        return deadline.raw
    return _in_words(deadline)


def _says(raw: str, deadline: Deadline) -> bool:
    return deadlines.parse(raw)[0] == replace(deadline, raw=raw) and raw != ""


def _number(deadline: Deadline) -> float | None:
    """The number that was typed, where only a number is read so."""
    try:
        number = float(deadline.raw)
    except ValueError:
        return None
    return number if deadlines.parse_number(number)[0] == deadline else None


def _in_words(deadline: Deadline) -> str:
    parts = [_IMMEDIATE] if deadline.kind == "immediate" else []
    if deadline.date:
        parts.append(_due_in_words(deadline.date, deadline.precision))
    if deadline.kind == "dated" and not deadline.date:
        parts.append("限期整改")
    if deadline.ongoing:
        parts.append(_ONGOING)
    return "，".join(parts)


def _due_in_words(day: dt.date, precision: Precision | None) -> str:
    half = "上" if day.month <= _JUNE else "下"
    worded = {
        "month": f"{day.year}年{day.month}月底前",
        "quarter": f"{day.year}年第{day.month // 3}季度",
        "half": f"{day.year}年{half}半年",
        "year": f"{day.year}年底前",
    }.get(precision or "", "")
    same = deadlines.parse(worded)[0].date == day
    return worded if same else f"{written(day)}前"
