"""What a piece of evidence is linked to: a criterion, the pages that show it, and the claim."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from core import fitting
from core.refusals import NotFound, Unmet
from evidence import intake
from workflows import pages
from workflows.models import Citation, Measure

if TYPE_CHECKING:
    from datetime import date

    from core.actor import Actor
    from evidence.intake import Received
    from evidence.models import Evidence
    from workflows.models import Criterion, Item


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Of a measure that has no criterion the whole is meant."""

    measure: Measure
    criterion: Criterion | None
    claim: str
    pages: str

    @classmethod
    def of(cls, citation: Citation) -> Link:
        """As a citation is linked now."""
        return cls(
            measure=citation.measure,
            criterion=citation.criterion,
            claim=citation.claim,
            pages=citation.pages,
        )

    @classmethod
    def to(
        cls, item: Item, measure_id: int, criterion_id: int | None, *, claim: str, pages: str
    ) -> Link:
        """A link within an item; Unmet where it leaves open what is meant."""
        measure = measure_of(item, measure_id)
        criterion = _criterion_of(measure, criterion_id)
        return cls(measure=measure, criterion=criterion, claim=claim.strip(), pages=pages)

    def told(self) -> dict[str, Any]:
        """As events say it."""
        told: dict[str, Any] = {"measure": self.measure.position, "claim": self.claim}
        if self.criterion is not None:
            told["criterion"] = self.criterion.number
        return {**told, "pages": self.pages} if self.pages else told


def measure_of(item: Item, measure_id: int) -> Measure:
    measure = item.measures.filter(pk=measure_id).first()
    if measure is None:
        raise NotFound(_("This item has no such measure."))
    return measure


def _criterion_of(measure: Measure, criterion_id: int | None) -> Criterion | None:
    criteria: list[Criterion] = list(measure.criteria.all())
    if criterion_id is None and len(criteria) < 2:  # noqa: PLR2004 -- no choice
        return criteria[0] if criteria else None
    chosen = next((one for one in criteria if one.pk == criterion_id), None)
    if chosen is not None:
        return chosen
    if criterion_id is not None:
        raise NotFound(_("This measure has no such criterion."))
    raise Unmet(
        _("This measure has %(n)s criteria.") % {"n": len(criteria)},
        then=_("Say which of them the evidence shows."),
        holes=[(f"criterion-{one.pk}", one.text) for one in criteria],
    )


def cite(
    item: Item,
    evidence: Evidence,
    link: Link,
    actor: Actor,
    *,
    no: int = 0,
    replaces: Citation | None = None,
) -> Citation:
    """One more citation of the item; a paper that is new here gets the next number."""
    citation = Citation(
        no=no or next_number(item),
        item=item,
        measure=link.measure,
        criterion=link.criterion,
        evidence=evidence,
        claim=link.claim,
        pages=pages.understood(link.pages, of=evidence.page_count, name=evidence.name),
        cited_by_id=actor.person_id,
        cited_at=timezone.now(),
        replaces=replaces,
    )
    fitting.insist(citation, "claim", "pages")
    citation.save()
    return citation


def cite_file(
    item: Item, file: Received, link: Link, actor: Actor, *, formed_on: date | None
) -> Citation:
    """Cite a file that comes in. Bytes that stand in the item are the same paper, by its number."""
    same = item.citations.standing().filter(evidence__digest=file.digest).order_by("pk").first()
    evidence = intake.enter(file, actor=actor, formed_on=formed_on)
    intake.insist_on_clean(evidence)
    citation = cite(item, evidence, link, actor, no=same.no if same else 0)
    insist_on_once(citation)
    return citation


def cite_again(item: Item, evidence_id: int, link: Link, actor: Actor) -> Citation:
    """Cite a paper that stands in this item already, for something else."""
    papers = item.citations.standing().filter(evidence=evidence_id)
    paper = papers.select_related("evidence").order_by("pk").first()
    if paper is None:
        raise NotFound(_("This evidence is not there, or was withdrawn already."))
    intake.insist_on_clean(paper.evidence)
    citation = cite(item, paper.evidence, link, actor, no=paper.no)
    insist_on_once(citation)
    return citation


def insist_on_once(citation: Citation) -> None:
    """That no other citation says of the same bytes, by whatever name, that they prove the same."""
    there = citation.item.citations.standing().filter(
        evidence__digest=citation.evidence.digest,
        measure=citation.measure,
        criterion=citation.criterion,
    )
    if there.exclude(pk=citation.pk).exists():
        raise Unmet(
            _("“%(name)s” is cited for this already.") % {"name": citation.evidence.name},
            then=_("Leave it out, or change the pages or the claim of the one that stands there."),
        )


def told(citation: Citation) -> dict[str, Any]:
    """As events name a piece."""
    evidence = citation.evidence
    return {"citation": citation.pk, "name": evidence.name, "digest": evidence.digest}


def next_number(item: Item) -> int:
    """The next number of the item's catalogue: citations stay, so none is used twice."""
    return (item.citations.aggregate(last=Max("no"))["last"] or 0) + 1
