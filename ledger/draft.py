"""What a workbook was understood to say, before anybody has confirmed it."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from django.utils.translation import gettext

Kind = Literal["immediate", "dated", "ongoing"]
Precision = Literal["day", "month", "quarter", "half", "year"]
Severity = Literal["ask", "error"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """Something a person must look at: `ask` may be confirmed as it is, `error` may not."""

    message: str
    """The English msgid; `text` is what a person reads, in their own language."""
    values: Mapping[str, str] = field(default_factory=dict)
    severity: Severity = "ask"
    cell: str = ""
    """An address on the ledger sheet (I10), on another (Sheet2!A1), or "" for the whole book."""
    field: str = ""

    @property
    def text(self) -> str:
        return gettext(self.message) % self.values


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """`raw` is kept as the cell reads; `date` is the last day that still is in time."""

    raw: str = ""
    kind: Kind = "dated"
    date: dt.date | None = None
    precision: Precision | None = None
    ongoing: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftItem:
    no: str
    title: str
    measures: list[str] = field(default_factory=list)
    deadline: Deadline = field(default_factory=Deadline)
    leaders: list[str] = field(default_factory=list)
    lead: list[str] = field(default_factory=list)
    support: list[str] = field(default_factory=list)
    assignees: list[str] = field(default_factory=list)
    status: str = ""
    """未完成, 整改中, 基本完成, 已完成, or "" where the workbook does not say."""
    progress: str = ""
    """The progress cell as written, where it says more than `status`."""
    target: str = ""
    criterion: str = ""
    remark: str = ""
    row: int = 0
    cells: dict[str, str] = field(default_factory=dict)
    """Field name -> the address of the cell it was read from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftProblem:
    """`items` is never empty: without an item level it holds one, of the same number and title."""

    no: str
    title: str
    items: list[DraftItem]
    row: int = 0
    cells: dict[str, str] = field(default_factory=dict)

    @property
    def has_items(self) -> bool:
        first = self.items[0]
        return len(self.items) > 1 or (first.no, first.title) != (self.no, self.title)


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftAspect:
    no: str
    title: str
    problems: list[DraftProblem]
    row: int = 0
    cells: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    aspects: list[DraftAspect]
    doubts: list[Doubt] = field(default_factory=list)
    title: str = ""
    sheet: str = ""
    header_rows: tuple[int, int] = (0, 0)
    """First and last row, counted from 1."""
    data_rows: tuple[int, int] = (0, 0)

    @property
    def has_items(self) -> bool:
        return any(problem.has_items for aspect in self.aspects for problem in aspect.problems)

    @property
    def items(self) -> list[DraftItem]:
        return [i for aspect in self.aspects for problem in aspect.problems for i in problem.items]

    @property
    def errors(self) -> list[Doubt]:
        return [doubt for doubt in self.doubts if doubt.severity == "error"]
