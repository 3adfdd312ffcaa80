"""What an archive says of an item: its row and all that hangs on it, as plain values.

People stand as events name them, `person:7`, beside their name: a verifier compares the two.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from django.utils.translation import gettext as _

from core.refusals import Conflict
from evidence.inspection.verdict import State
from reports.archive.names import ending, plain
from workflows import catalogue
from workflows.models import Item, Signature
from workflows.models.content import content_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date, datetime

    from core.models import User
    from workflows.models import Citation, Disclosure, Measure, Request, Submission

Made = TypeVar("Made")
TRIES = 5
"""How often an item that moves while it is read is read again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Bytes that go into an item's folder: a piece of evidence, or the picture of a signature."""

    path: str
    digest: str
    size: int
    name: str
    no: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    item: Item
    told: dict[str, Any]
    """The item's entry in ledger.json."""
    pieces: tuple[Piece, ...]
    citations: tuple[Citation, ...]
    """All that is cited, in the order of the ledger's entry."""


def settled(item_id: int, folder: str, make: Callable[[Facts], Made]) -> tuple[Facts, Made]:
    """An item as it stood at one event, and what was made of it; Conflict if it never rests."""
    related = ("round__unit", "problem__aspect", "lead_section", "assignee", "submission")
    for _try in range(TRIES):
        item = Item.objects.select_related(*related).get(pk=item_id)
        facts = _facts(item, folder)
        made = make(facts)
        if Item.objects.filter(pk=item_id, trail_seq=item.trail_seq).exists():
            return facts, made
    raise Conflict(
        _("Item %(no)s is being changed all the time.")
        % {"no": Item.objects.values_list("no", flat=True).get(pk=item_id)},
        then=_("Make the archive again in a while."),
    )


def _facts(item: Item, folder: str) -> Facts:
    citations = _cited(item)
    evidence, pieces = _evidence(item, folder, citations)
    signatures, pictures = _signatures(item, folder)
    told = {
        "subject": item.subject,
        "folder": folder,
        **_standing(item),
        "measures": [_measure(measure) for measure in item.measures.all()],
        "evidence": evidence,
        "submissions": [_submission(one) for one in _of(item.submissions)],
        "requests": [_request(one) for one in _of(item.requests)],
        "signatures": signatures,
        "disclosures": [_disclosure(one) for one in item.disclosures.all()],
        "content": content_of(item),
        "chain": {
            "file": f"{folder}/events.tsv",
            "events": item.trail_seq,
            "head": bytes(item.trail_head).hex(),
        },
    }
    return Facts(item=item, told=told, pieces=(*pieces, *pictures), citations=citations)


def _of(rows: Any) -> Any:
    found = rows.order_by("no").select_related("decided_by", "decided_behind")
    people = ("submitted_by", "approved_by", "approved_behind")
    return found.select_related(*people) if hasattr(rows.model, "submitted_by") else (
        found.select_related("asked_by", "into")
    )  # fmt: skip


def _standing(item: Item) -> dict[str, Any]:
    problem = item.problem
    return {
        "no": item.no,
        "title": item.title,
        "aspect": {"no": problem.aspect.no, "title": problem.aspect.title},
        "problem": {"no": problem.no, "title": problem.title},
        "state": item.state,
        "version": item.version,
        "cycle": item.cycle,
        "progress": item.progress,
        "result": item.result,
        "effectiveness": item.effectiveness,
        "target": item.target,
        "remark": item.remark,
        "assignee": person(item.assignee),
        "assignee_text": item.assignee_text,
        "leaders": [leader.name for leader in item.leaders.all()],
        "lead_section": item.lead_section.name if item.lead_section else "",
        "other_sections": [
            {"name": other.section.name, "part": other.part}
            for other in item.other_sections.select_related("section")
        ],
        "deadline": {
            "raw": item.deadline_raw,
            "track": item.track,
            "ongoing": item.ongoing,
            "due": day(item.due),
            "first_due": day(item.first_due),
            "precision": item.precision,
        },
        "suspended_until": day(item.suspended_until),
    }


def _measure(measure: Measure) -> dict[str, Any]:
    return {
        "id": measure.pk,
        "no": measure.position,
        "text": measure.text,
        "criterion": measure.criterion,
        "account": measure.account,
        "no_evidence_reason": measure.no_evidence_reason,
        "rule_made": measure.rule_made,
        "loss_recovered": f"{measure.loss_recovered:f}",
        "people_held": measure.people_held,
        "similar_cases": measure.similar_cases,
        "campaign": measure.campaign,
    }


def _cited(item: Item) -> tuple[Citation, ...]:
    """With a row each of the few measures and people, not one of them again for every paper."""
    rows = item.citations.select_related("evidence")
    few = rows.prefetch_related("measure", "cited_by", "withdrawn_by")
    return tuple(few.order_by("measure__position", "measure_id", "pk"))


def _evidence(
    item: Item, folder: str, citations: Iterable[Citation]
) -> tuple[list[dict[str, Any]], list[Piece]]:
    told: list[dict[str, Any]] = []
    pieces: dict[Piece, None] = {}  # one paper may be cited for several things
    for citation in citations:
        piece = _piece(citation, folder, catalogue.number_of(item, citation))
        told.append(_citation(citation, piece))
        if citation.evidence.inspection == State.DESTROYED:
            told[-1]["file"] = ""  # its event says who ended it; the catalogue keeps its digest
        else:
            pieces[piece] = None
    return told, list(pieces)


def _piece(citation: Citation, folder: str, number: str) -> Piece:
    evidence = citation.evidence
    stem = plain(evidence.name.rpartition(".")[0] or evidence.name)
    name = f"{plain(number)} {stem}{ending(evidence.name)}"
    return Piece(
        path=f"{folder}/evidence/{name}",
        digest=evidence.digest,
        size=evidence.size,
        name=evidence.name,
        no=number,
    )


def _citation(citation: Citation, piece: Piece) -> dict[str, Any]:
    evidence = citation.evidence
    return {
        "catalogue": piece.no,
        "citation": citation.pk,
        "measure": citation.measure.position,
        "name": evidence.name,
        "digest": evidence.digest,
        "size": evidence.size,
        "type": evidence.media_type,
        "file": piece.path,
        "claim": citation.claim,
        "pages": citation.pages,
        "formed_on": day(evidence.formed_on),
        "cited_by": person(citation.cited_by),
        "cited_at": moment(citation.cited_at),
        "withdrawn_by": person(citation.withdrawn_by),
        "withdrawn_at": moment(citation.withdrawn_at),
        "withdrawn_reason": citation.withdrawn_reason,
    }


def _submission(one: Submission) -> dict[str, Any]:
    return {
        "no": one.no,
        "cycle": one.cycle,
        "digest": one.digest,
        "submitted_by": person(one.submitted_by),
        "submitted_at": moment(one.submitted_at),
        "approved_by": person(one.approved_by),
        "approved_for": person(one.approved_behind),
        "approved_at": moment(one.approved_at),
        "opinion": one.opinion,
        "outcome": one.outcome,
        "decided_by": person(one.decided_by),
        "decided_for": person(one.decided_behind),
        "decided_at": moment(one.decided_at),
        "requirement": one.requirement,
    }


def _request(one: Request) -> dict[str, Any]:
    return {
        "no": one.no,
        "cycle": one.cycle,
        "kind": one.kind,
        "asked_by": person(one.asked_by),
        "asked_at": moment(one.asked_at),
        "ground": one.ground,
        "reason": one.reason,
        "proposed": day(one.proposed),
        "before": day(one.before),
        "into": one.into.no if one.into else "",
        "basis": one.basis,
        "outcome": one.outcome,
        "decided_by": person(one.decided_by),
        "decided_for": person(one.decided_behind),
        "decided_at": moment(one.decided_at),
        "opinion": one.opinion,
    }


def _signatures(item: Item, folder: str) -> tuple[list[dict[str, Any]], list[Piece]]:
    signed = Signature.objects.filter(acts__item=item).distinct().order_by("pk")
    told: list[dict[str, Any]] = []
    pieces: list[Piece] = []
    for one in signed.select_related("person"):
        path = f"{folder}/signatures/{one.pk}.png" if one.picture else ""
        told.append({**one.told(), "by": person(one.person), "file": path, "strokes": one.points})
        if path:
            name = one.typed_name
            pieces.append(Piece(path=path, digest=one.picture, size=0, name=name, no=item.no))
    return told, pieces


def _disclosure(one: Disclosure) -> dict[str, Any]:
    return {"audience": one.audience, "text": one.text, "ground": one.ground}


def person(user: User | None) -> dict[str, str] | None:
    """Whom events call `person:7`, and what they are called."""
    return {"id": f"person:{user.pk}", "name": user.name} if user else None


def day(value: date | None) -> str | None:
    return value.isoformat() if value else None


def moment(value: datetime | None) -> str | None:
    return value.isoformat() if value else None
