"""A workbook's way onto the ledger: uploaded, corrected, confirmed or discarded, undone whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit import record
from core.refusals import Conflict, NotFound, StaleItem, Unmet
from workflows import policy
from workflows.actions import indexing, rounds
from workflows.actions.entries import Entries
from workflows.models import Batch, Item, Round
from workflows.states import State

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.actor import Actor
    from workflows.actions.entries import LedgerAspect


def upload(round_id: int, *, actor: Actor, name: str, digest: str, draft: dict[str, Any]) -> Batch:
    """Keep a workbook's draft for preview; `digest` names its bytes in evidence storage."""
    with transaction.atomic(durable=True):
        round_ = _held(round_id, actor)
        batch = Batch(
            round=round_,
            name=name,
            digest=digest,
            draft=draft,
            uploaded_by_id=actor.person_id,
            uploaded_at=timezone.now(),
        )
        batch.save()
        rounds.tell(
            round_, "ledger.uploaded", actor, {"batch": batch.pk, "name": name, "digest": digest}
        )
    return batch


def correct(
    batch_id: int, *, actor: Actor, version: int, draft: dict[str, Any], cell: str, text: str
) -> Batch:
    """Replace the draft after one cell was corrected in the preview."""
    with transaction.atomic(durable=True):
        batch = _open_batch(batch_id, actor, version)
        batch.draft, batch.version = draft, batch.version + 1
        batch.save(update_fields=["draft", "version"])
        told = {"batch": batch.pk, "cell": cell, "text": text}
        rounds.tell(batch.round, "ledger.corrected", actor, told)
    return batch


def confirm(
    batch_id: int, *, actor: Actor, version: int, aspects: Sequence[LedgerAspect]
) -> tuple[Batch, int, int]:
    """Enter every item of a batch, or none. Returns the batch, items entered, items unchanged.

    An item that is on the ledger already, just as the workbook has it, is left
    alone; one that differs refuses the whole batch.
    """
    with transaction.atomic(durable=True):
        batch = _open_batch(batch_id, actor, version)
        entries = Entries(batch, actor)
        entries.enter(aspects)
        if entries.clashes:
            raise Unmet(
                _("Numbers that are on the ledger already say something else in this workbook."),
                then=_("Amend those items on their own pages, or give new ones new numbers."),
                holes=[(f"no-{no}", no) for no in entries.clashes],
            )
        indexing.keep_words(batch.items.iterator())
        batch.confirmed_at = timezone.now()
        batch.save(update_fields=["confirmed_at"])
        told = {"batch": batch.pk, "entered": entries.entered, "unchanged": entries.unchanged}
        rounds.tell(batch.round, "ledger.confirmed", actor, told)
    return batch, entries.entered, entries.unchanged


def discard(batch_id: int, *, actor: Actor, version: int) -> Batch:
    """Put a workbook away that nobody is going to confirm."""
    with transaction.atomic(durable=True):
        batch = _open_batch(batch_id, actor, version)
        batch.undone_at = timezone.now()
        batch.save(update_fields=["undone_at"])
        rounds.tell(batch.round, "ledger.discarded", actor, {"batch": batch.pk})
    return batch


def undo(batch_id: int, *, actor: Actor) -> Batch:
    """Take a whole batch off the ledger again, while none of its items has moved."""
    with transaction.atomic(durable=True):
        batch, items = _unmoved(batch_id, actor)
        for item in items:
            _unload(item, actor)
        batch.undone_at = timezone.now()
        batch.save(update_fields=["undone_at"])
        rounds.tell(batch.round, "ledger.undone", actor, {"batch": batch.pk, "items": len(items)})
    return batch


def insist_on_open(batch_id: int, *, actor: Actor, version: int) -> None:
    """Refuse what `confirm` would refuse before it looks at a single line."""
    with transaction.atomic():
        _open_batch(batch_id, actor, version)


def insist_on_unmoved(batch_id: int, *, actor: Actor) -> None:
    """Refuse what `undo` would refuse."""
    with transaction.atomic():
        _unmoved(batch_id, actor)


def _unmoved(batch_id: int, actor: Actor) -> tuple[Batch, list[Item]]:
    """A batch on the ledger with its items, none of which has moved."""
    batch = _batch(batch_id, actor)
    if batch.confirmed_at is None or batch.undone_at is not None:
        raise Conflict(
            _("This workbook is not on the ledger."),
            then=_("Nothing needs to be undone."),
        )
    items = list(batch.items.order_by("pk"))
    moved = [item.no for item in items if item.version > 0 or item.state != State.DRAFT]
    if moved:
        raise Conflict(
            _("Items of this workbook have moved on: %(numbers)s.")
            % {"numbers": _(", ").join(moved[:10])},
            then=_("Cancel single items on their pages instead."),
        )
    return batch, items


def _unload(item: Item, actor: Actor) -> None:
    record.append("item.unloaded", head=item.head, actor=actor, data={"no": item.no})
    for rows in (item.measures, item.leaders, item.other_sections):
        rows.all().delete()
    problem = item.problem
    item.delete()
    if not problem.items.exists():
        aspect = problem.aspect
        problem.delete()
        if not aspect.problems.exists():
            aspect.delete()


def _held(round_id: int, actor: Actor) -> Round:
    """The round, locked, for an actor of its office."""
    round_ = rounds.held(round_id, actor)
    policy.insist_on_office(actor, round_.unit)
    return round_


def _batch(batch_id: int, actor: Actor) -> Batch:
    batch = Batch.objects.visible_to(actor).filter(pk=batch_id).first()
    if batch is None:
        raise NotFound
    batch.round = _held(batch.round_id, actor)
    return Batch.objects.select_related("round__unit").get(pk=batch_id)


def _open_batch(batch_id: int, actor: Actor, version: int) -> Batch:
    batch = _batch(batch_id, actor)
    if batch.confirmed_at is not None:
        raise Conflict(
            _("This workbook was confirmed already."),
            then=_("Open the ledger; undo the batch there if nothing has moved."),
        )
    if batch.discarded:
        raise Conflict(
            _("This workbook was discarded."),
            then=_("Load it again if it is to go onto the ledger after all."),
        )
    if batch.version != version:
        raise StaleItem([_("The draft was corrected by somebody else.")], state=batch.name)
    return batch
