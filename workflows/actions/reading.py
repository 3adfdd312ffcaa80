"""Reads that are acts: a view or a download is recorded before the first byte leaves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from audit import record
from core.models import User
from core.refusals import Conflict, NotFound
from evidence import deriving, intake, stamping, storage
from evidence.inspection.verdict import State
from workflows import holders, retention
from workflows.models import Citation, EvidenceRead, Item, Opening, Round
from workflows.states import UNDER_REVIEW, Watermark

if TYPE_CHECKING:
    from core.actor import Actor
    from evidence.models import Evidence
    from evidence.stamping import Copy
    from workflows.holders import On
    from workflows.matrix import Sheet
    from workflows.models import Batch


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """A piece of evidence on its way to somebody, and the words its pages are to bear."""

    citation: Citation
    words: str
    """Empty: the file as it was handed in."""
    copy: Copy | None = None
    """The copy that bears them, where a file leaves the house with them."""

    @property
    def evidence(self) -> Evidence:
        return self.citation.evidence


def download(citation_id: int, *, actor: Actor) -> Handed:
    """The evidence of a citation the actor may see, with the download on the item's chain.

    Conflict where the round demands a marked copy and none can be made; then nothing is told.
    """
    citation = citation_for(citation_id, actor=actor)
    evidence = citation.evidence
    if citation.item.round.watermark != Watermark.COPIES or not stamping.takes(evidence):
        _record(citation, "evidence.downloaded", actor=actor, told={})
        return Handed(citation=citation, words="")
    words = _words(actor)
    copy = stamping.copy_of(evidence, words)
    _record(citation, "evidence.downloaded", actor=actor, told={"stamped": True})
    return Handed(citation=citation, words=words, copy=copy)


def view(citation_id: int, *, actor: Actor) -> Handed:
    """The same for whoever has it shown in a page."""
    citation = citation_for(citation_id, actor=actor)
    _record(citation, "evidence.viewed", actor=actor, told={})
    deriving.hasten([citation.evidence.digest])
    return shown(citation, actor=actor)


def shown(citation: Citation, *, actor: Actor) -> Handed:
    """What pages show of it: under the watermark, where the round has one."""
    marked = citation.item.round.watermark != Watermark.NONE
    return Handed(citation=citation, words=_words(actor) if marked else "")


def citation_for(citation_id: int, *, actor: Actor) -> Citation:
    """A citation of an item that the actor may see, whose bytes were found clean."""
    visible = Citation.objects.visible_to(actor).select_related("evidence", "item__round")
    citation = visible.filter(pk=citation_id).first()
    if citation is None:
        raise NotFound(_("There is no such evidence here."))
    _insist_on_there(citation.evidence)
    intake.insist_on_clean(citation.evidence)
    return citation


def _words(actor: Actor) -> str:
    """Who reads it and on which day; two people may have the same name, never the same account."""
    account = User.objects.values_list("username", flat=True).get(pk=actor.person_id)
    return f"{actor.label} {account} {timezone.localdate():%Y-%m-%d}"


def _record(citation: Citation, name: str, *, actor: Actor, told: dict[str, Any]) -> None:
    evidence = citation.evidence
    with transaction.atomic(durable=True):
        item = Item.objects.locked(citation.item_id)
        _note_reading(item, citation, actor)
        about = {"citation": citation.pk, "name": evidence.name, "digest": evidence.digest}
        head = record.append(name, head=item.head, actor=actor, data={**about, **told})
        item.trail_seq, item.trail_head = head.seq, head.hash
        item.save(update_fields=["trail_seq", "trail_head"])


def _insist_on_there(evidence: Evidence) -> None:
    """What was destroyed says by whom and on which basis."""
    disposal = retention.destroyed(evidence) if evidence.inspection == State.DESTROYED else None
    if disposal is None:
        return
    told = {
        "name": evidence.name,
        "day": date_format(timezone.localtime(disposal.decided_at), "DATE_FORMAT"),
        "one": disposal.proposed_by.name,
        "two": disposal.decided_by.name if disposal.decided_by else "",
        "basis": disposal.basis,
    }
    raise Conflict(
        _("“%(name)s” was destroyed on %(day)s by %(one)s and %(two)s, on the basis of: %(basis)s")
        % told,
        state=State.DESTROYED.label,
        then=_("Its name, its digest and the record of who destroyed it are kept."),
    )


def _note_reading(item: Item, citation: Citation, actor: Actor) -> None:
    """While a submission is under review: that this person opened this piece of it, once."""
    if item.submission_id is None or item.state not in UNDER_REVIEW or citation.withdrawn_at:
        return
    if not storage.exists(citation.evidence.digest):
        return  # nothing will be sent, so nothing was read
    seen = EvidenceRead(
        person_id=actor.person_id,
        item=item,
        submission_id=item.submission_id,
        citation=citation,
        digest=citation.evidence.digest,
        at=timezone.now(),
    )
    EvidenceRead.objects.bulk_create([seen], ignore_conflicts=True)


def export_ledger(round_id: int, *, actor: Actor, items: int) -> Round:
    """The round whose ledger leaves as a workbook of so many items, told on the round's chain."""
    round_ = Round.objects.visible_to(actor).filter(pk=round_id).first()
    if round_ is None:
        raise NotFound
    with transaction.atomic(durable=True):
        head = record.head_of(round_.subject)
        record.append("ledger.exported", head=head, actor=actor, data={"items": items})
    return round_


def export_doubts(batch: Batch, *, actor: Actor, doubts: int) -> None:
    """That a loaded workbook leaves again, so many doubts marked in it, on the round's chain."""
    about = {"batch": batch.pk, "name": batch.name, "digest": batch.digest, "doubts": doubts}
    with transaction.atomic(durable=True):
        record.note("ledger.doubts_exported", subject=batch.round.subject, actor=actor, data=about)


def export_catalogue(sheet: Sheet, *, actor: Actor, kind: str, pieces: int) -> None:
    """That a catalogue of so many pieces leaves as a file of a kind, on the round's chain."""
    told = {"scope": f"{sheet.scope}:{sheet.key}", "kind": kind, "items": len(sheet.matrices)}
    with transaction.atomic(durable=True):
        record.note(
            "catalogue.exported",
            subject=sheet.round.subject,
            actor=actor,
            data={**told, "pieces": pieces},
        )


def open_submission(item: Item, *, actor: Actor) -> None:
    """Note that the submission under review is on this person's screen, at this version."""
    _open(item, holders.REVIEW, actor)


def open_request(item: Item, *, actor: Actor) -> None:
    """Note that the request under decision is on this person's screen, at this version."""
    _open(item, holders.REQUEST, actor)


def _open(item: Item, on: On, actor: Actor) -> None:
    matter = holders.matter_of(item, on)
    if matter is None:
        return
    seen = {"person_id": actor.person_id, f"{on}_id": matter.pk, "version": item.version}
    if not Opening.objects.filter(**seen).exists():
        row = Opening(**seen, at=timezone.now())
        Opening.objects.bulk_create([row], ignore_conflicts=True)
