"""A ledger too long to wait for: written by the worker, kept by digest, handed to its asker."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from audit import jobs
from audit.models import Job, JobState
from core.refusals import NotFound
from evidence import storage
from evidence.storage import holders
from ledger import out
from workflows.models import Item, Round

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from django.db.models import QuerySet

    from core.actor import Actor

KIND = "ledger-export"
AT_ONCE = 2000
"""So many items are written while the person waits."""

holders.hold("job-row", "audit.JobRow", "data__digest", size="data__size", only={"job__kind": KIND})


def ask(round_: Round, items: QuerySet[Item], *, actor: Actor, command_id: UUID, name: str) -> Job:
    """Have these items written to a workbook; what the filter shows now is what it will hold."""
    chosen = list(items.order_by("pk").values_list("pk", flat=True))
    params = {"round": round_.pk, "items": chosen, "name": name}
    return jobs.ask(KIND, actor=actor, command_id=command_id, params=params, total=1)


@jobs.job(KIND)
def run(job: Job, actor: Actor) -> Iterator[jobs.Told]:
    """One row: the file. A kill between bytes and row leaves bytes that nobody points at."""
    if job.done_count:
        return
    round_ = Round.objects.visible_to(actor).filter(pk=job.params["round"]).first()
    if round_ is None:
        raise NotFound
    items = Item.objects.visible_to(actor).filter(round=round_, pk__in=job.params["items"])
    stored = storage.keep([out.workbook(round_, items)])
    told = {"digest": stored.digest, "size": stored.size, "items": items.count()}
    yield jobs.Told(ref=round_.subject, label=job.params["name"], data=told)


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """What an export's job left to be fetched."""

    digest: str
    size: int
    name: str
    round_id: int
    items: int


def file_of(job: Job) -> File | None:
    """The workbook of a job that is done, whose bytes are still what they were."""
    row = job.rows.first() if (job.kind, job.state) == (KIND, JobState.DONE) else None
    if row is None or not storage.exists(row.data["digest"]):
        return None
    return File(
        digest=row.data["digest"],
        size=row.data["size"],
        name=row.label,
        round_id=job.params["round"],
        items=row.data["items"],
    )
