"""An item with everything a reader is shown of it: measures, their evidence, the last return."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Prefetch

from audit.models import Event
from workflows import proof
from workflows.models import Exhibit, Judgement
from workflows.models.disclosure import Audience
from workflows.states import EVENTS, Outcome, State

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from core.actor import Actor
    from workflows.models import Citation, Disclosure, Item, Submission
    from workflows.proof import Proven


def measures_of(item: Item) -> list[Proven]:
    return proof.of([item.pk])[item.pk]


def decided(item: Item) -> list[Submission]:
    """The submissions that were decided on evidence, the latest first, each with its exhibits."""
    pieces = Exhibit.objects.select_related("citation__evidence", "citation__measure")
    rows = item.submissions.filter(outcome__in=[Outcome.CLOSED, Outcome.RETURNED])
    rows = rows.filter(exhibits__isnull=False).distinct()
    people = ("submitted_by", "decided_by", "decided_behind")
    exhibits = Prefetch("exhibits", pieces.order_by("citation__measure__position", "pk"))
    return list(rows.select_related(*people).prefetch_related(exhibits).order_by("-no"))


def findings(item: Item, actor: Actor) -> dict[int, Judgement]:
    """What the actor found of each piece in the submission under review, by citation."""
    mine = Judgement.objects.filter(submission=item.submission_id, person=actor.id)
    return {one.citation_id: one for one in mine.order_by("pk")}


def found_before(returned: Submission | None) -> dict[int, Judgement]:
    """What whoever returned it last found wanting, by citation."""
    return {one.citation_id: one for one in wanting(returned)} if returned else {}


def wanting(returned: Submission) -> list[Judgement]:
    """What was found not enough or wrong by whoever returned it, in the order of the pieces."""
    found = returned.judgements.told().filter(person=returned.decided_by_id)
    related = ("citation__evidence", "citation__measure", "citation__criterion")
    last = {one.citation_id: one for one in found.select_related(*related)}
    return sorted((one for one in last.values() if one.wanting), key=lambda one: one.citation.no)


def disclosures(item: Item) -> list[tuple[Audience, Disclosure | None]]:
    """Each audience with what was decided for it, or None while nothing is."""
    decided = {one.audience: one for one in item.disclosures.all()}
    return [(audience, decided.get(audience)) for audience in Audience]


def last_return(item: Item) -> Submission | None:
    """The latest return of this cycle, with its written requirement."""
    returned = item.submissions.filter(outcome=Outcome.RETURNED, cycle=item.cycle)
    return returned.select_related("decided_by", "decided_behind").order_by("-no").first()


def owed_return(item: Item) -> Submission | None:
    """The return that is still to be answered: nothing was submitted since."""
    submission = item.submission
    if submission is None or submission.outcome != Outcome.RETURNED:
        return None
    return last_return(item) if item.state in {State.ASSIGNED, State.RECTIFYING} else None


def reopening(item: Item) -> Event | None:
    """Why this cycle was opened, until its first submission; None in the first cycle."""
    if item.cycle == 1 or item.submission is not None:
        return None
    events = Event.objects.filter(subject=item.subject, name=EVENTS["reopen"])
    return events.order_by("-seq").first()


@dataclass(frozen=True, slots=True, kw_only=True)
class Since:
    """What was done after a moment; the answer to a return."""

    added: tuple[Citation, ...]
    withdrawn: tuple[Citation, ...]
    rewritten: tuple[int, ...]
    """Positions of the measures whose account was changed."""

    def __bool__(self) -> bool:
        return bool(self.added or self.withdrawn or self.rewritten)


def since(item: Item, moment: datetime, measures: list[Proven]) -> Since:
    told = Event.objects.filter(
        subject=item.subject, name=EVENTS["record_progress"], at__gt=moment
    ).order_by("seq")
    positions: set[int] = set()
    for event in told:
        data: dict[str, Any] = event.data
        positions |= {row["no"] for row in data.get("measures", ())}
    return Since(
        added=tuple(c for m in measures for c in m.standing if c.cited_at > moment),
        withdrawn=tuple(
            c for m in measures for c in m.withdrawn if c.withdrawn_at and c.withdrawn_at > moment
        ),
        rewritten=tuple(sorted(positions)),
    )


def cited(measures: Iterable[Proven]) -> list[Citation]:
    """The pieces of evidence that stand, measure by measure."""
    return [citation for measure in measures for citation in measure.standing]


def read_of(pieces: Iterable[Citation], reads: dict[int, int]) -> dict[str, Any]:
    """How many papers there are and how many were read: each once, however often it is cited."""
    pieces = list(pieces)
    return {
        "reads": reads,
        "read_count": len({c.evidence.digest for c in pieces if c.pk in reads}),
        "cited_count": len({c.evidence.digest for c in pieces}),
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a paper stands among those of its item, by their numbers."""

    before: Citation | None
    after: Citation | None
    at: int
    of: int


def place_of(citation: Citation) -> Place | None:
    """None for what no longer stands: it is looked at by itself."""
    if citation.withdrawn_at is not None:
        return None
    rows = citation.item.citations.standing().select_related("evidence").order_by("-pk")
    papers = {one.no: one for one in rows}
    numbers = sorted(papers)
    at = numbers.index(citation.no)
    return Place(
        before=papers[numbers[at - 1]] if at else None,
        after=papers[numbers[at + 1]] if at + 1 < len(numbers) else None,
        at=at + 1,
        of=len(numbers),
    )


def links_of(citation: Citation) -> list[Citation]:
    """All that the same paper is cited for in its item, in the order of the measures."""
    if citation.withdrawn_at is not None:
        return []
    rows = citation.item.citations.standing().filter(no=citation.no)
    rows = rows.select_related("measure", "criterion", "evidence")
    return list(rows.order_by("measure__position", "criterion__number", "pk"))


def read_by(item: Item, actor: Actor, pieces: Iterable[Citation]) -> dict[int, int]:
    """Which pieces this person has opened, each with the submission it was opened at.

    What has the same bytes is the same piece, whatever measure or submission it is cited for.
    """
    known = item.reads.filter(person=actor.id).order_by("submission__no")
    opened = dict(known.values_list("digest", "submission__no"))
    return {p.pk: opened[p.evidence.digest] for p in pieces if p.evidence.digest in opened}
