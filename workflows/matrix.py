"""Correspondence at a glance (佐证对应表): criteria down, papers across, and the holes between.

Pure reads. What is missing is `proof`'s and `Measure.objects.without_proof`'s to say; gates, the
ledger's check and this page read the one answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.refusals import NotFound
from workflows import proof
from workflows.models import EvidenceRequest, Item, Round
from workflows.states import State
from workflows.wanted import NAMED

if TYPE_CHECKING:
    from collections.abc import Iterable

    from core.actor import Actor
    from workflows.models import Citation
    from workflows.models.item_query import ItemQuerySet
    from workflows.proof import Line, Proven

_Asked = dict[tuple[int, int | None], list[EvidenceRequest]]
"""(measure, criterion) -> what is asked for there."""
SCOPES = ("item", "problem", "round")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One criterion, and for each paper of the item what it is cited for here, if it is."""

    line: Line
    cells: tuple[Citation | None, ...]
    asked: tuple[EvidenceRequest, ...] = ()
    """What somebody asked for here and is not there."""


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
    def owed(self) -> list[EvidenceRequest]:
        """Papers that were asked for, hole or no hole."""
        return [one for row in self.rows for one in row.asked]

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
    def owed(self) -> int:
        """Papers that somebody asked for: they shut the gates although no hole is left."""
        return sum(len(matrix.owed) for matrix in self.matrices)

    @property
    def asked(self) -> int:
        return sum(matrix.asked for matrix in self.matrices)

    @property
    def shown(self) -> int:
        return self.asked - self.holes

    @property
    def gaps(self) -> list[Matrix]:
        """The items that lack something: the list of who owes what."""
        return [matrix for matrix in self.matrices if matrix.holes or matrix.owed]


def of(items: Iterable[Item]) -> list[Matrix]:
    """In the order given; as many queries for one item as for hundreds."""
    rows = list(items)
    keys = [item.pk for item in rows]
    proven, asked = proof.of(keys), _asked(keys)
    return [_matrix(item, tuple(proven[item.pk]), asked) for item in rows]


def _asked(items: list[int]) -> _Asked:
    found: _Asked = {}
    rows = EvidenceRequest.objects.open().filter(item__in=items).order_by("due", "no")
    for one in rows.select_related(*NAMED):
        found.setdefault((one.measure_id, one.criterion_id), []).append(one)
    return found


def _matrix(item: Item, measures: tuple[Proven, ...], asked: _Asked) -> Matrix:
    papers = tuple(proof.papers(measures))
    rows = tuple(_row(line, papers, asked) for one in measures for line in one.lines)
    return Matrix(item=item, measures=measures, papers=papers, rows=rows)


def _row(line: Line, papers: tuple[Citation, ...], asked: _Asked) -> Row:
    cited = {citation.no: citation for citation in line.standing}
    hole = (line.measure.pk, line.criterion.pk if line.criterion else None)
    cells = tuple(cited.get(paper.no) for paper in papers)
    return Row(line=line, cells=cells, asked=tuple(asked.get(hole, ())))


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
