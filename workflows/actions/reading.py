"""Reads that are acts: a download is recorded before the first byte leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit import record
from core.refusals import NotFound
from evidence import intake, storage
from workflows import holders
from workflows.models import Citation, EvidenceRead, Item, Opening, Round
from workflows.states import UNDER_REVIEW

if TYPE_CHECKING:
    from core.actor import Actor
    from evidence.models import Evidence
    from workflows.holders import On


def download(citation_id: int, *, actor: Actor) -> Evidence:
    """The evidence of a citation the actor may see, with the download on the item's chain."""
    citation = (
        Citation.objects.visible_to(actor).select_related("evidence").filter(pk=citation_id).first()
    )
    if citation is None:
        raise NotFound(_("There is no such evidence here."))
    evidence = citation.evidence
    intake.insist_on_clean(evidence)
    with transaction.atomic(durable=True):
        item = Item.objects.locked(citation.item_id)
        _note_reading(item, citation, actor)
        told = {"citation": citation.pk, "name": evidence.name, "digest": evidence.digest}
        head = record.append("evidence.downloaded", head=item.head, actor=actor, data=told)
        item.trail_seq, item.trail_head = head.seq, head.hash
        item.save(update_fields=["trail_seq", "trail_head"])
    return evidence


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
