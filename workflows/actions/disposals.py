"""Evidence at the end of its retention: proposed by one person, destroyed by another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit import outbox
from core import fitting
from core.refusals import Conflict, NotFound, NotPermitted, Unmet
from core.roles import Role
from evidence import destruction
from evidence.inspection.verdict import State as Inspection
from evidence.models import Evidence
from workflows import guards, policy, retention
from workflows.actions import rounds
from workflows.actions.holds import tell_item
from workflows.models import Citation, Disposal, DisposalPiece

if TYPE_CHECKING:
    from collections.abc import Collection

    from core.actor import Actor
    from workflows.models import Round
    from workflows.retention import Over

CONFIRMING = (Role.OFFICE, Role.UNIT_HEAD, Role.INSPECTION_OFFICE)
MOST = 200
"""So many items go into one disposal; each has its event."""


def propose(round_id: int, *, actor: Actor, items: Collection[int], basis: str) -> Disposal:
    """Name what is to be destroyed and on which basis; nothing happens to it yet."""
    with transaction.atomic(durable=True):
        round_ = rounds.held(round_id, actor)
        policy.insist_on_office(actor, round_.unit)
        guards.insist_on_reason(basis)
        if round_.disposals.filter(outcome=Disposal.Outcome.OPEN).exists():
            raise Conflict(
                _("A disposal of this round waits for its second person already."),
                then=_("Have it decided, or take it back, before you propose another."),
            )
        chosen = _chosen(round_, items)
        row = Disposal(
            round=round_,
            basis=basis.strip(),
            proposed_by_id=actor.person_id,
            proposed_at=timezone.now(),
        )
        fitting.insist(row, "basis")
        row.save()
        pieces = {piece.pk: one.item for one in chosen for piece in one.pieces}
        DisposalPiece.objects.bulk_create(
            DisposalPiece(disposal=row, item=item, evidence_id=piece)
            for piece, item in pieces.items()
        )
        told = {"disposal": row.pk, "basis": row.basis, "items": len(chosen)}
        rounds.tell(round_, "disposal.proposed", actor, {**told, "pieces": len(pieces)})
    return row


def _chosen(round_: Round, items: Collection[int]) -> list[Over]:
    """Those items as they are on the list now; Unmet where one must not be destroyed."""
    listed = {one.item.pk: one for one in retention.over(round_)}
    chosen = [listed[item] for item in dict.fromkeys(items) if item in listed]
    free = [one for one in chosen if one.pieces and not one.held]
    if not items or len(free) < len(set(items)):
        kept = _(", ").join(one.item.no for one in chosen if one not in free)
        raise Unmet(
            _("Only what is over its time, held by nobody and needed nowhere else is destroyed."),
            state=kept,
            then=_("Choose among the items of the list that may be."),
            holes=[("due", _("the items"))],
        )
    if len(free) > MOST:
        raise Unmet(
            _("At most %(n)s items are destroyed at once.") % {"n": MOST},
            then=_("Choose fewer, and propose the others afterwards."),
        )
    return free


def confirm(disposal_id: int, *, actor: Actor) -> Disposal:
    """The second person: rows, digests and the record stay, the bytes go."""
    with transaction.atomic(durable=True):
        row, round_ = _open(disposal_id, actor)
        _insist_on_another(row, round_, actor)
        pieces = list(row.pieces.select_related("item", "evidence").order_by("item_id", "pk"))
        _insist_on_still_over(round_, pieces)
        _decide(row, Disposal.Outcome.CONFIRMED, actor)
        Evidence.objects.filter(disposals__disposal=row).update(inspection=Inspection.DESTROYED)
        for item_id in dict.fromkeys(piece.item_id for piece in pieces):
            _tell_item(row, item_id, [p.evidence for p in pieces if p.item_id == item_id], actor)
        told = {"disposal": row.pk, "basis": row.basis, "pieces": len(pieces)}
        rounds.tell(
            round_, "disposal.confirmed", actor, {**told, "proposed_by": row.proposed_by.name}
        )
        digests = {piece.evidence.digest for piece in pieces}
        outbox.owe_keyed((destruction.NAME, f"{row.pk}:{digest}") for digest in sorted(digests))
    return row


def _insist_on_another(row: Disposal, round_: Round, actor: Actor) -> None:
    policy.insist_on_one_of(actor, CONFIRMING, round_.unit)
    if row.proposed_by_id == actor.id:
        raise NotPermitted(
            _("Whoever proposed it does not decide on it."),
            who=_("another person of the office, the first responsible person,"
                  " or the inspection office"),
            then=_("Leave the decision to them, or take the proposal back."),
        )  # fmt: skip


def _insist_on_still_over(round_: Round, pieces: Collection[DisposalPiece]) -> None:
    """A hold, a reopening or a new citation may have come since it was proposed."""
    listed = {one.item.pk: one for one in retention.over(round_)}
    kept = [
        piece.item.no
        for piece in pieces
        if (one := listed.get(piece.item_id)) is None
        or one.held
        or piece.evidence not in one.pieces
    ]
    if kept:
        raise Conflict(
            _("Something of it may not be destroyed any more: held, reopened, or cited anew."),
            state=_(", ").join(dict.fromkeys(kept)),
            then=_("Refuse it; what may still be destroyed is proposed again."),
        )


def _tell_item(row: Disposal, item_id: int, gone: Collection[Evidence], actor: Actor) -> None:
    citations = Citation.objects.filter(item=item_id, evidence__in=gone).order_by("pk")
    files = [
        {"citation": c.pk, "name": c.evidence.name, "digest": c.evidence.digest}
        for c in citations.select_related("evidence")
    ]
    told = {"disposal": row.pk, "basis": row.basis, "proposed_by": row.proposed_by.name}
    tell_item(item_id, "item.evidence_destroyed", actor, {**told, "files": files})


def refuse(disposal_id: int, *, actor: Actor, reason: str) -> Disposal:
    """The second person keeps it; the items stay on the list."""
    with transaction.atomic(durable=True):
        row, round_ = _open(disposal_id, actor)
        _insist_on_another(row, round_, actor)
        guards.insist_on_reason(reason)
        _decide(row, Disposal.Outcome.REFUSED, actor, reason)
        rounds.tell(round_, "disposal.refused", actor, {"disposal": row.pk, "reason": row.words})
    return row


def take_back(disposal_id: int, *, actor: Actor) -> Disposal:
    """Whoever proposed it thought better of it."""
    with transaction.atomic(durable=True):
        row, round_ = _open(disposal_id, actor)
        if row.proposed_by_id != actor.id:
            raise NotPermitted(
                _("Only whoever proposed it takes it back."),
                who=row.proposed_by.name,
                then=_("Refuse it, if it must not happen."),
            )
        _decide(row, Disposal.Outcome.TAKEN_BACK, actor)
        rounds.tell(round_, "disposal.taken_back", actor, {"disposal": row.pk})
    return row


def _open(disposal_id: int, actor: Actor) -> tuple[Disposal, Round]:
    known = Disposal.objects.visible_to(actor).filter(pk=disposal_id).first()
    if known is None:
        raise NotFound
    round_ = rounds.held(known.round_id, actor)
    row = Disposal.objects.select_related("proposed_by").get(pk=disposal_id)
    if row.outcome != Disposal.Outcome.OPEN:
        raise Conflict(
            _("This disposal was decided already."),
            state=row.get_outcome_display(),
            then=_("Open the list again: it says by whom."),
        )
    return row, round_


def _decide(row: Disposal, outcome: Disposal.Outcome, actor: Actor, words: str = "") -> None:
    row.outcome, row.words = outcome, words.strip()
    row.decided_by_id, row.decided_at = actor.id, timezone.now()
    fitting.insist(row, "words")
    row.save(update_fields=["outcome", "words", "decided_by", "decided_at"])
