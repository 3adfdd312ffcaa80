"""A batch's draft as a tree for the screen: each field with its cell, its doubts and its form."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.refusals import NotFound
from ledger import criteria
from ledger.corrections import OF_A_NODE, as_text
from ledger.draft import Doubt, DraftAspect, DraftItem, DraftProblem
from ledger.outlook import Outlook
from ledger.places import Node, Place, Places, nodes

_WORDS: dict[str, Promise] = {
    "no": _("Number"),
    "title": _("Title"),
    "measures": _("Measures"),
    "deadline": _("Deadline"),
    "leaders": _("Responsible leaders"),
    "sections": _("Responsible sections"),
    "lead": _("Lead section"),
    "support": _("Supporting sections"),
    "assignees": _("Responsible person"),
    "status": _("Progress"),
    "target": _("Target"),
    "criterion": _("Criterion"),
    "remark": _("Remark"),
}
_ALWAYS = ("measures", "deadline", "leaders", "assignees", "status")
_SOMETIMES = ("target", "criterion", "remark")
_LONG = ("measures", *_SOMETIMES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    place: Place
    words: Promise
    text: str
    cell: str
    doubts: Sequence[Doubt]
    edited: bool
    item: DraftItem | None = None
    """For what is shown in more than its text: a list of measures, a deadline understood."""
    shared: int = 0
    """How many other items were read from the same cell."""

    @property
    def worst(self) -> str:
        severities = {doubt.severity for doubt in self.doubts}
        return "error" if "error" in severities else "ask" if severities else ""

    @property
    def long(self) -> bool:
        """Whether it may have several lines."""
        return self.place.field in _LONG

    @property
    def for_all(self) -> bool:
        """Of a criterion: whether every measure has the same."""
        measures = len(self.item.measures) if self.item else 0
        return len(set(criteria.split(self.text, measures))) == 1


@dataclass(slots=True, kw_only=True)
class Line:
    """An aspect, a problem or an item, with its own fields and what lies below it."""

    node: Node
    no: Field
    title: Field
    facts: list[Field] = field(default_factory=list)
    below: list[Line] = field(default_factory=list)
    fresh: bool = True

    @property
    def fields(self) -> list[Field]:
        return [self.no, self.title, *self.facts]

    @property
    def alone(self) -> bool:
        """A problem without an item level: its one item has no heading of its own."""
        return isinstance(self.node, DraftProblem) and not self.node.has_items

    @property
    def doubted(self) -> bool:
        return any(f.doubts or f.edited for f in self.fields) or any(
            line.doubted for line in self.below
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    aspects: list[Line]
    listed: list[tuple[Doubt, Place | None]]
    """Every doubt, the ones that forbid first, and where in the tree it is answered."""


class Tree:
    def __init__(self, seen: Outlook, edited: Place | None) -> None:
        self.seen, self.edited = seen, edited
        self.places = Places(seen.draft)
        self.fresh = {id(item) for item in seen.fresh}
        self.used = [name for name in _SOMETIMES if _has(seen.draft.items, name)]
        self.doubts: dict[Place, list[Doubt]] = defaultdict(list)
        self.listed = [(doubt, self.places.of(doubt)) for doubt in seen.doubts]
        self.listed.sort(key=lambda pair: pair[0].severity != "error")
        for doubt, place in self.listed:
            if place:
                self.doubts[place].append(doubt)

    def preview(self) -> Preview:
        lines: dict[str, Line] = {}
        aspects: list[Line] = []
        for path, node in nodes(self.seen.draft):
            lines[path] = line = self._line(path, node)
            parent = path.rpartition(".")[0]
            (lines[parent].below if parent else aspects).append(line)
        return Preview(aspects=aspects, listed=self.listed)

    def _line(self, path: str, node: Node) -> Line:
        no, title = (self._field(path, node, name) for name in OF_A_NODE)
        if not isinstance(node, DraftItem):
            return Line(node=node, no=no, title=title)
        facts = [self._field(path, node, name) for name in (*_shown(node), *self.used)]
        return Line(node=node, no=no, title=title, facts=facts, fresh=id(node) in self.fresh)

    def _field(self, path: str, node: Node, name: str) -> Field:
        place = Place(path, name)
        return Field(
            place=place,
            words=_WORDS[name],
            text=as_text(node, name),
            cell=node.cells.get(name, ""),
            doubts=self.doubts.get(place, ()),
            edited=place == self.edited,
            item=node if isinstance(node, DraftItem) else None,
            shared=len(self.places.sharing(place)) - 1 if place == self.edited else 0,
        )


def _shown(item: DraftItem) -> list[str]:
    """The facts of an item in the order they are read; 责任科室 as the workbook has it."""
    one_column = "sections" in item.cells and not {"lead", "support"} & item.cells.keys()
    sections = ("sections",) if one_column else ("lead", "support")
    return [*_ALWAYS[:3], *sections, *_ALWAYS[3:]]


def _has(items: Sequence[DraftItem], name: str) -> bool:
    """Whether the workbook has that column at all."""
    return any(name in item.cells or getattr(item, name) for item in items)


def place_of(text: str) -> Place | None:
    """`0.1.2:deadline` as the address and the form name it; None for an empty one."""
    if not text:
        return None
    path, _colon, name = text.partition(":")
    steps = path.split(".")
    if name not in _WORDS or not all(s.isascii() and s.isdigit() and len(s) < 6 for s in steps):  # noqa: PLR2004
        raise NotFound(_("This draft has no such field."))
    return Place(path, name)


def counts(draft_aspects: Sequence[DraftAspect]) -> dict[str, int]:
    problems = [problem for aspect in draft_aspects for problem in aspect.problems]
    items = [item for problem in problems for item in problem.items]
    return {
        "aspects": len(draft_aspects),
        "problems": len(problems),
        "items": len(items),
        "measures": sum(len(item.measures) for item in items),
    }
