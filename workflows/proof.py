"""Measures beside what is to prove them, criterion by criterion; three queries, however many."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from workflows.models import Citation, Measure
from workflows.models.judgement import fill_verdicts
from workflows.states import Worth

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from workflows.models import Criterion


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A criterion beside what is to prove it; or, without one, a measure as a whole."""

    measure: Measure
    criterion: Criterion | None
    standing: tuple[Citation, ...]
    withdrawn: tuple[Citation, ...]
    judges: bool
    """Whether evidence must stand here: not for the whole of a measure that has criteria."""

    @property
    def key(self) -> str:
        """Its place on the item's page; the same as `Gap.at`."""
        if self.criterion is None:
            return f"measure-{self.measure.pk}"
        return f"criterion-{self.criterion.pk}"

    @property
    def target(self) -> str:
        """As forms say it: the measure, and its criterion behind a point."""
        return ".".join(str(one.pk) for one in (self.measure, self.criterion) if one)

    @property
    def suffix(self) -> str:
        """For the ids of fields that stand once for each line."""
        return f"-{self.key}"

    @property
    def no(self) -> str:
        """As people say it: 2.1 for the first criterion of the second measure."""
        at = str(self.measure.position)
        return f"{at}.{self.criterion.number}" if self.criterion else at

    @property
    def text(self) -> str:
        return self.criterion.text if self.criterion else self.measure.text

    @property
    def proven(self) -> bool:
        return any(one.judged != Worth.WRONG for one in self.standing)

    @property
    def missing(self) -> bool:
        """The same answer as `without_proof`, of rows that are here already."""
        return self.judges and not self.proven and not self.measure.no_evidence_reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Proven:
    """A measure with its lines."""

    measure: Measure
    lines: tuple[Line, ...]

    @property
    def standing(self) -> tuple[Citation, ...]:
        return tuple(one for line in self.lines for one in line.standing)

    @property
    def papers(self) -> int:
        """How many stand, each once however many criteria it is cited for."""
        return len({one.no for one in self.standing})

    @property
    def withdrawn(self) -> tuple[Citation, ...]:
        return tuple(one for line in self.lines for one in line.withdrawn)

    @property
    def answered(self) -> bool:
        """Evidence stands for every criterion, or it is written why there is none."""
        return not any(line.missing for line in self.lines)

    @property
    def loss(self) -> str:
        """The amount recovered without the zeros behind it: 3.1, not 3.1000."""
        return f"{self.measure.loss_recovered:f}".rstrip("0").rstrip(".") or "0"


def of(items: Collection[int]) -> dict[int, list[Proven]]:
    """The measures of each item in their order, with their criteria and all that is cited."""
    rows = Citation.objects.filter(item__in=items).order_by("pk")
    related = ("evidence", "cited_by", "withdrawn_by", "measure", "criterion")
    citations = list(rows.select_related(*related))
    fill_verdicts(citations)
    return arranged(items, citations)


def arranged(items: Collection[int], citations: Iterable[Citation]) -> dict[int, list[Proven]]:
    """The same where all that is cited for them is at hand, in the order of its ids."""
    found: dict[int, list[Proven]] = {item: [] for item in items}
    under: dict[tuple[int, int | None], list[Citation]] = {}
    for citation in _latest(citations):
        under.setdefault((citation.measure_id, citation.criterion_id), []).append(citation)
    rows = Measure.objects.filter(item__in=items).prefetch_related("criteria")
    for measure in rows.order_by("item", "position", "pk"):
        lines = tuple(_lines(measure, under))
        found[measure.item_id].append(Proven(measure=measure, lines=lines))
    return found


def _latest(citations: Iterable[Citation]) -> list[Citation]:
    """Each piece in its latest version, which knows the earlier ones."""
    known = {c.pk: c for c in citations}
    for citation in known.values():
        before = known.get(citation.replaces_id or 0)
        citation.earlier = (before, *before.earlier) if before else ()
    replaced = {c.replaces_id for c in known.values()}
    return [c for c in known.values() if c.pk not in replaced]


def _lines(measure: Measure, under: dict[tuple[int, int | None], list[Citation]]) -> Iterable[Line]:
    """A line for each criterion, and one for what is cited for the measure as a whole."""
    criteria = list(measure.criteria.all())
    whole: list[Criterion | None] = [] if criteria and (measure.pk, None) not in under else [None]
    for criterion in [*criteria, *whole]:
        found = under.get((measure.pk, criterion.pk if criterion else None), [])
        yield Line(
            measure=measure,
            criterion=criterion,
            standing=tuple(c for c in found if c.withdrawn_at is None),
            withdrawn=tuple(c for c in found if c.withdrawn_at is not None),
            judges=criterion is not None or not criteria,
        )


def targets(measures: Iterable[Proven]) -> list[Line]:
    """What evidence may be linked to: every criterion, and every measure that has none."""
    return [line for one in measures for line in one.lines if line.judges]


def papers(measures: Iterable[Proven]) -> list[Citation]:
    """The papers that stand, each once however often it is cited, by their numbers."""
    found = {citation.no: citation for one in measures for citation in reversed(one.standing)}
    return [found[no] for no in sorted(found)]
