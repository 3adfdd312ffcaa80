"""Where in the tree a doubt belongs: its cell and column, found again among what was read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from ledger.draft import Doubt, Draft, DraftAspect, DraftItem, DraftProblem

Node = DraftAspect | DraftProblem | DraftItem

_LEVEL_OF = {"aspect": 1, "problem": 2, "item": 3}
_ROW = re.compile(r"[A-Z]+(\d+)")


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """`path` counts down the tree from 0: "0.2.1" is the second item of the third problem."""

    path: str
    field: str

    @property
    def anchor(self) -> str:
        return f"at-{self.path.replace('.', '-')}-{self.field}"


def nodes(draft: Draft) -> Iterator[tuple[str, Node]]:
    """Every aspect, problem and item with its path, in the order of the workbook."""
    for a, aspect in enumerate(draft.aspects):
        yield f"{a}", aspect
        for p, problem in enumerate(aspect.problems):
            yield f"{a}.{p}", problem
            for i, item in enumerate(problem.items):
                yield f"{a}.{p}.{i}", item


def node_at(draft: Draft, path: str) -> Node | None:
    return dict(nodes(draft)).get(path)


@dataclass(slots=True)
class Places:
    draft: Draft
    _nodes: dict[str, Node] = field(init=False)

    def __post_init__(self) -> None:
        self._nodes = dict(nodes(self.draft))

    def of(self, doubt: Doubt) -> Place | None:
        """None for what no field of the tree answers for: a column, a sheet, the whole book."""
        found = _ROW.fullmatch(doubt.cell)
        if not found or not doubt.field or int(found[1]) <= self.draft.header_rows[1]:
            return None
        level, name = _meant(doubt.field)
        return self._by_cell(doubt.cell, level, name) or self._by_row(int(found[1]), level, name)

    def sharing(self, place: Place) -> list[str]:
        """The paths of all whose field was read from the same cell as this one's."""
        node = self._nodes[place.path]
        cell = node.cells.get(place.field)
        if not cell or not isinstance(node, DraftItem) or place.field in {"no", "title"}:
            return [place.path]
        return [
            path
            for path, other in self._nodes.items()
            if isinstance(other, DraftItem) and other.cells.get(place.field) == cell
        ]

    def _by_cell(self, cell: str, level: int, name: str) -> Place | None:
        names = ("no", "title") if name == "no" else (name,)
        for wanted in names:
            for path, node in self._nodes.items():
                if node.cells.get(wanted) == cell and level in {0, _depth(path)}:
                    return self._settled(path, name)
        return None

    def _by_row(self, row: int, level: int, name: str) -> Place | None:
        above = [
            path
            for path, node in self._nodes.items()
            if _depth(path) == (level or _LEVEL_OF["item"]) and node.row <= row
        ]
        return self._settled(above[-1], name) if above else None

    def _settled(self, path: str, name: str) -> Place:
        """An item that repeats its problem is corrected there; 责任科室 beside 牵头 is 牵头."""
        node = self._nodes[path]
        if isinstance(node, DraftItem):
            problem = self._nodes[path.rpartition(".")[0]]
            alone = isinstance(problem, DraftProblem) and not problem.has_items
            if alone and name in {"no", "title"}:
                return Place(path.rpartition(".")[0], name)
            if name == "sections" and "sections" not in node.cells:
                return Place(path, "lead")
        return Place(path, name)


def _depth(path: str) -> int:
    return path.count(".") + 1


def _meant(column: str) -> tuple[int, str]:
    """A column's name as (level or 0 for any, field)."""
    if column == "measure_no":
        return _LEVEL_OF["item"], "measures"
    stem, _, number = column.partition("_")
    if stem in _LEVEL_OF:
        return _LEVEL_OF[stem], "no" if number else "title"
    return (0, column) if column in {"no", "title"} else (_LEVEL_OF["item"], column)
