"""Archives as long work: asked for once, made step by step, fetched by whoever asked."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from audit import jobs
from audit.models import Job, JobRow, JobState
from core.refusals import Unmet
from evidence import storage
from evidence.storage import holders
from reports.archive import build, closing, names, seal
from reports.archive.bundle import Bundle
from reports.archive.scope import scope_of
from workflows.actions import archiving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from uuid import UUID

    from core.actor import Actor
    from reports.archive.scope import Scope

KIND = "archive"
holders.hold("archive", "audit.JobRow", "data__digest", size="data__size", only={"job__kind": KIND})


def ask(scope: Scope, *, actor: Actor, command_id: UUID) -> Job:
    """Have it made; the items it holds are those of this moment."""
    items = list(scope.items(actor).values_list("pk", flat=True))
    if not items:
        raise Unmet(_("There is no item to be archived."), then=_("Import the ledger first."))
    params = {
        "scope": scope.subject,
        "no": scope.no,
        "round": scope.round.pk,
        "items": items,
        "name": _name(scope),
    }
    return jobs.ask(KIND, actor=actor, command_id=command_id, params=params, total=len(items) + 1)


def _name(scope: Scope) -> str:
    parts = [scope.round.code, scope.no, "整改归档"]
    return names.plain("-".join(part for part in parts if part)) + ".zip"


@jobs.job(KIND)
def run(job: Job, actor: Actor) -> Iterator[jobs.Told]:
    """A row an item, and one for the end. Steps that were journalled are not taken again."""
    scope = scope_of(job.params["scope"], actor=actor)
    _sweep()
    folders = names.folders(scope.items(actor).values_list("pk", "no"))
    with Bundle(_folder(job)) as bundle:
        for no, _item in enumerate([*job.params["items"], None]):
            if no >= len(bundle.steps):
                _step(no, job, scope, bundle, actor, folders=folders)
            if no >= job.done_count:
                said = bundle.steps[no].said
                yield jobs.Told(ref=said["ref"], label=said["label"], data=said.get("made", {}))
        # Only now is the row of the end written, and with it that the archive is held.
        bundle.discard()


def _step(
    no: int, job: Job, scope: Scope, bundle: Bundle, actor: Actor, *, folders: dict[int, str]
) -> None:
    def hold() -> None:
        jobs.hold(job)

    hold()
    wanted = job.params["items"]
    if no < len(wanted):
        item = wanted[no]
        if item in folders and scope.items(actor).filter(pk=item).exists():
            build.add_item(bundle, item, folders[item], hold=hold)
            return
        raise Unmet(_("An item of this archive is no longer there, or no longer yours to see."))
    manifest = closing.Closing(bundle, scope, actor, hold).write()
    bundle.finish()
    digest = _digest(bundle.chunks(), hold)
    storage.adopt(bundle.path, digest)
    made = {
        "scope": scope.subject,
        "no": scope.no,
        "items": len(wanted),
        "files": sum(step.said["files"] for step in bundle.steps),
        "size": storage.size(digest),
        "digest": digest,
        "manifest": manifest,
    }
    archiving.made(
        scope.round.pk, actor=actor, command_id=job.command, told={**made, "job": job.pk}
    )
    bundle.keep({"ref": scope.subject, "label": str(scope.title), "made": made, "files": 0})


def _digest(chunks: Iterator[bytes], hold: Callable[[], None]) -> str:
    sha = hashlib.sha256()
    for chunk in chunks:
        hold()
        sha.update(chunk)
    return sha.hexdigest()


def _folder(job: Job) -> Path:
    return Path(settings.ARCHIVES_AT_WORK) / str(job.pk)


def _sweep() -> None:
    """What jobs that ended otherwise left lying about."""
    root = Path(settings.ARCHIVES_AT_WORK)
    left = {int(p.name): p for p in root.iterdir() if p.name.isdigit()} if root.exists() else {}
    ended = Job.objects.filter(pk__in=left).exclude(state__in=[JobState.QUEUED, JobState.RUNNING])
    for pk in ended.values_list("pk", flat=True):
        with suppress(OSError):
            Bundle(left[pk]).discard()


def expire(now: datetime | None = None) -> int:
    """Let go of archives that were made long ago; how many. The orphans' sweep takes their bytes.

    An archive is made again of what it was made of; its code and digests stay on the record.
    """
    if not settings.ARCHIVE_DAYS:
        return 0
    before = (now or timezone.now()) - timedelta(days=settings.ARCHIVE_DAYS)
    rows = JobRow.objects.filter(job__kind=KIND, job__finished_at__lt=before)
    old = list(rows.filter(data__has_key="digest"))
    for row in old:
        row.data = {key: told for key, told in row.data.items() if key != "digest"}
        row.save(update_fields=["data"])
    return len(old)


def kept_until(job: Job) -> datetime | None:
    """When the bytes of a finished archive go; None where they stay."""
    if not settings.ARCHIVE_DAYS or job.kind != KIND or job.finished_at is None:
        return None
    return job.finished_at + timedelta(days=settings.ARCHIVE_DAYS)


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """What an archive's job left to be fetched."""

    digest: str
    size: int
    name: str
    round_id: int
    told: dict[str, Any]

    @property
    def code(self) -> str:
        return seal.code_of(self.told["manifest"])


def file_of(job: Job) -> File | None:
    """The archive of a job that is done, whose bytes are still there."""
    if (job.kind, job.state) != (KIND, JobState.DONE):
        return None
    row = job.rows.order_by("-no").first()
    if row is None or "digest" not in row.data or not storage.exists(row.data["digest"]):
        return None
    return File(
        digest=row.data["digest"],
        size=row.data["size"],
        name=job.params["name"],
        round_id=job.params["round"],
        told=row.data,
    )
