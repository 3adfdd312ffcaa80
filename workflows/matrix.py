"""Correspondence at a glance (佐证对应表): criteria down, papers across, and the holes between.

Pure reads. What is missing is `proof`'s and `Measure.objects.without_proof`'s to say; gates, the
ledger's check and this page read the one answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.refusals import NotFound
from workflows import proof
from workflows.models import Item, Round
from workflows.states import State

if TYPE_CHECKING:
    from collections.abc import Iterable

    from core.actor import Actor
    from workflows.models import Citation
    from workflows.models.item_query import ItemQuerySet
    from workflows.proof import Line, Proven

SCOPES = ("item", "problem", "round")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One criterion, and for each paper of the item what it is cited for here, if it is."""

    line: Line
    cells: tuple[Citation | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """One item."""

    item: Item
    measures: tuple[Proven, ...]
    papers: tuple[Citation, ...]
    """The columns: each paper once, whatever it is cited for."""
    rows: tuple[Row, ...]

    @property
    def holes(self) -> list[Line]:
        return [row.line for row in self.rows if row.line.missing]

    @property
    def asked(self) -> int:
        """How many criteria, and measures without one, are to be shown."""
        return sum(row.line.judges for row in self.rows)

    @property
    def shown(self) -> int:
        return self.asked - len(self.holes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """The matrices of an item, of a problem or of a round, as far as somebody may see them."""

    scope: str
    key: int
    round: Round
    title: str
    matrices: tuple[Matrix, ...]

    @property
    def holes(self) -> int:
        return sum(len(matrix.holes) for matrix in self.matrices)

    @property
    def asked(self) -> int:
        return sum(matrix.asked for matrix in self.matrices)

    @property
    def shown(self) -> int:
        return self.asked - self.holes

    @property
    def gaps(self) -> list[Matrix]:
        """The items that lack something: the list of who owes what."""
        return [matrix for matrix in self.matrices if matrix.holes]


def of(items: Iterable[Item]) -> list[Matrix]:
    """In the order given; as many queries for one item as for hundreds."""
    rows = list(items)
    proven = proof.of([item.pk for item in rows])
    return [_matrix(item, tuple(proven[item.pk])) for item in rows]


def _matrix(item: Item, measures: tuple[Proven, ...]) -> Matrix:
    papers = tuple(proof.papers(measures))
    rows = tuple(_row(line, papers) for one in measures for line in one.lines)
    return Matrix(item=item, measures=measures, papers=papers, rows=rows)


def _row(line: Line, papers: tuple[Citation, ...]) -> Row:
    cited = {citation.no: citation for citation in line.standing}
    return Row(line=line, cells=tuple(cited.get(paper.no) for paper in papers))


def sheet(actor: Actor, scope: str, key: int) -> Sheet:
    """What the actor may see of it; NotFound where that is nothing."""
    items = items_of(actor, scope, key)
    if not items:
        raise NotFound
    first = items[0]
    titles = {"item": str(first), "problem": str(first.problem), "round": first.round.title}
    return Sheet(
        scope=scope,
        key=key,
        round=first.round,
        title=titles[scope],
        matrices=tuple(of(items)),
    )


def items_of(actor: Actor, scope: str, key: int) -> list[Item]:
    """What of it the actor may see, in the order of the ledger; what is cancelled owes nothing."""
    found: ItemQuerySet = Item.objects.visible_to(actor)
    match scope:
        case "item":
            found = found.filter(pk=key)
        case "problem":
            found = found.filter(problem=key).exclude(state=State.CANCELLED)
        case "round":
            found = found.filter(round=key).exclude(state=State.CANCELLED)
        case _:
            raise NotFound
    related = ("round__unit", "problem__aspect", "lead_section", "assignee")
    return list(
        found.select_related(*related).order_by(
            "problem__aspect__position", "problem__position", "position", "pk"
        )
    )
