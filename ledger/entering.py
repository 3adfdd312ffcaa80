"""A workbook too long to wait for: entered, or taken off the ledger again, whole, by the worker."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from audit import jobs
from audit.models import Event, Job
from core.refusals import NotFound
from ledger import intake
from ledger.lines import lines
from ledger.shape import from_json
from workflows.actions import ledgers
from workflows.models import Batch

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from core.actor import Actor

CONFIRM, UNDO = "ledger-confirm", "ledger-undo"
AT_ONCE = 300
"""So many items are entered or taken off while the person waits: one to four seconds."""


def items_in(batch: Batch) -> int:
    """How many items the workbook names."""
    return sum(len(p.items) for aspect in lines(from_json(batch.draft)) for p in aspect.problems)


def ask_to_confirm(
    batch: Batch, *, actor: Actor, command_id: UUID, version: int, accepted: bool
) -> Job:
    """Have a batch entered; what would be refused now is refused now."""
    intake.insist_on_answers(batch, accepted=accepted)
    ledgers.insist_on_open(batch.pk, actor=actor, version=version)
    params = {
        "batch": batch.pk,
        "version": version,
        "accepted": accepted,
        "name": batch.name,
        "items": items_in(batch),
    }
    return jobs.ask(CONFIRM, actor=actor, command_id=command_id, params=params, total=1)


def ask_to_undo(batch: Batch, *, actor: Actor, command_id: UUID) -> Job:
    """Have a batch taken off the ledger again; what would be refused now is refused now."""
    ledgers.insist_on_unmoved(batch.pk, actor=actor)
    params = {"batch": batch.pk, "name": batch.name, "items": batch.items.count()}
    return jobs.ask(UNDO, actor=actor, command_id=command_id, params=params, total=1)


@jobs.job(CONFIRM)
def confirm(job: Job, actor: Actor) -> Iterator[jobs.Told]:
    """One row: the whole workbook. After a kill between its entry and that row: as entered."""
    if job.done_count:
        return
    batch = _batch(job, actor)
    told = _told(batch, "ledger.confirmed")
    if told is None:
        _batch_now, entered, unchanged = intake.enter(
            batch, actor=actor, version=job.params["version"], accepted=job.params["accepted"]
        )
        told = {"entered": entered, "unchanged": unchanged}
    yield jobs.Told(ref=f"batch:{batch.pk}", label=batch.name, data=told)


@jobs.job(UNDO)
def undo(job: Job, actor: Actor) -> Iterator[jobs.Told]:
    """One row: the whole workbook, off the ledger."""
    if job.done_count:
        return
    batch = _batch(job, actor)
    told = _told(batch, "ledger.undone")
    if told is None:
        items = batch.items.count()
        ledgers.undo(batch.pk, actor=actor)
        told = {"items": items}
    yield jobs.Told(ref=f"batch:{batch.pk}", label=batch.name, data=told)


def _batch(job: Job, actor: Actor) -> Batch:
    batch = Batch.objects.visible_to(actor).filter(pk=job.params["batch"]).first()
    if batch is None:
        raise NotFound
    return batch


def _told(batch: Batch, name: str) -> dict[str, Any] | None:
    """The counts of the event that says it was done already; None when none does."""
    of_round = Event.objects.filter(subject=batch.round.subject, name=name).order_by("-seq")
    for event in of_round.iterator():
        if event.data["batch"] == batch.pk:
            return {key: n for key, n in event.data.items() if key != "batch"}
    return None
