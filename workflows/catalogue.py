"""The catalogue of evidence (佐证材料目录): every paper of some items under its number.

A number is the item's and a running one (2-3-07). The running one belongs to the paper, wherever in
the item it is cited, and stays when it is withdrawn: what was printed once remains true.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from workflows.models import Citation
from workflows.models.judgement import fill_verdicts

if TYPE_CHECKING:
    from collections.abc import Iterable

    from workflows.models import Criterion, Item, Judgement, Measure


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One citation: a paper that proves several things has several, all under its one number."""

    number: str
    citation: Citation
    name: str
    digest: str
    measure: Measure
    criterion: Criterion | None
    pages: str
    claim: str

    @property
    def withdrawn(self) -> bool:
        return self.citation.withdrawn_at is not None

    @property
    def verdict(self) -> Judgement | None:
        """What the last decision found of it."""
        return self.citation.verdict

    @property
    def shows(self) -> str:
        return self.citation.shows


def number_of(item: Item, citation: Citation) -> str:
    return f"{item.no}-{citation.no:02}"


def entries(items: Iterable[Item], *, withdrawn: bool = True) -> list[Entry]:
    """In the order of the items given, by number; as many queries, however many items."""
    rows = list(items)
    cited = Citation.objects.filter(item__in=[item.pk for item in rows])
    if not withdrawn:
        cited = cited.standing()
    related = ("evidence", "measure", "criterion", "cited_by", "withdrawn_by")
    under: dict[int, list[Citation]] = {}
    found = list(cited.select_related(*related).order_by("no", "pk"))
    fill_verdicts(found)
    for citation in found:
        under.setdefault(citation.item_id, []).append(citation)
    return [_entry(item, one) for item in rows for one in under.get(item.pk, [])]


def _entry(item: Item, citation: Citation) -> Entry:
    return Entry(
        number=number_of(item, citation),
        citation=citation,
        name=citation.evidence.name,
        digest=citation.evidence.digest,
        measure=citation.measure,
        criterion=citation.criterion,
        pages=citation.pages,
        claim=citation.claim,
    )
