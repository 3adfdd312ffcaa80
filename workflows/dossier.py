"""An item with everything a reader is shown of it: measures, their evidence, the last return."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Prefetch

from audit.models import Event
from workflows.models import Citation, Exhibit
from workflows.models.disclosure import Audience
from workflows.states import EVENTS, Outcome, State

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from typing import Any

    from core.actor import Actor
    from workflows.models import Disclosure, Item, Measure, Submission


@dataclass(frozen=True, slots=True, kw_only=True)
class Proven:
    """A measure beside what is to prove it."""

    measure: Measure
    standing: tuple[Citation, ...]
    withdrawn: tuple[Citation, ...]

    @property
    def answered(self) -> bool:
        """Evidence stands, or it is written why there is none."""
        return bool(self.standing or self.measure.no_evidence_reason)

    @property
    def loss(self) -> str:
        """The amount recovered without the zeros behind it: 3.1, not 3.1000."""
        return f"{self.measure.loss_recovered:f}".rstrip("0").rstrip(".") or "0"


def measures_of(item: Item) -> list[Proven]:
    citations = Citation.objects.select_related("evidence", "cited_by", "withdrawn_by")
    rows = item.measures.order_by("position", "pk").prefetch_related(
        Prefetch("citations", citations.order_by("pk"))
    )
    return [_proven(measure) for measure in rows]


def _proven(measure: Measure) -> Proven:
    """Each piece in its latest version, which knows the earlier ones."""
    citations = {c.pk: c for c in measure.citations.all()}
    for citation in citations.values():
        before = citations.get(citation.replaces_id or 0)
        citation.earlier = (before, *before.earlier) if before else ()
    replaced = {c.replaces_id for c in citations.values()}
    latest = [c for c in citations.values() if c.pk not in replaced]
    return Proven(
        measure=measure,
        standing=tuple(c for c in latest if c.withdrawn_at is None),
        withdrawn=tuple(c for c in latest if c.withdrawn_at is not None),
    )


def decided(item: Item) -> list[Submission]:
    """The submissions that were decided on evidence, the latest first, each with its exhibits."""
    pieces = Exhibit.objects.select_related("citation__evidence", "citation__measure")
    rows = item.submissions.filter(outcome__in=[Outcome.CLOSED, Outcome.RETURNED])
    rows = rows.filter(exhibits__isnull=False).distinct()
    people = ("submitted_by", "decided_by", "decided_behind")
    exhibits = Prefetch("exhibits", pieces.order_by("citation__measure__position", "pk"))
    return list(rows.select_related(*people).prefetch_related(exhibits).order_by("-no"))


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


def read_by(item: Item, actor: Actor, pieces: Iterable[Citation]) -> dict[int, int]:
    """Which pieces this person has opened, each with the submission it was opened at.

    What has the same bytes is the same piece, whatever measure or submission it is cited for.
    """
    known = item.reads.filter(person=actor.id).order_by("submission__no")
    opened = dict(known.values_list("digest", "submission__no"))
    return {p.pk: opened[p.evidence.digest] for p in pieces if p.evidence.digest in opened}
