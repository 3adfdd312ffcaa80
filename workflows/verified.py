"""What it came to when the whole record was last verified, for whoever sees the seals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from audit.log_verify import SUBJECT as LOG
from audit.models import Job, JobRow
from audit.sealing import SUBJECT as RECORD
from workflows.models import Item

if TYPE_CHECKING:
    from datetime import datetime

    from core.actor import Actor

KIND = "verification"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    at: datetime
    by: str
    told: dict[str, Any]
    """The counts, `ok`, and what was not looked at."""
    shown: list[tuple[Item | None, str]]
    """The breaks that this person may read, each with its item; the log is nobody's."""
    hidden: int


def under_way() -> Job | None:
    return Job.objects.open().filter(kind=KIND).select_related("asked_by").first()


def last(actor: Actor) -> Verified | None:
    rows = JobRow.objects.filter(job__kind=KIND).select_related("job__asked_by")
    row = rows.order_by("-job_id").first()
    if row is None:
        return None
    breaks = row.data["breaks"]
    ids = [one["subject"][5:] for one in breaks if one["subject"].startswith("item:")]
    seen = {one.subject: one for one in Item.objects.visible_to(actor).filter(pk__in=ids)}
    shown = [
        (seen.get(one["subject"]), one["text"])
        for one in breaks
        if one["subject"] in seen or one["subject"] in {LOG, RECORD}
    ]
    return Verified(
        at=row.job.finished_at or row.job.created_at,
        by=str(row.job.asked_by),
        told=row.data,
        shown=shown,
        hidden=row.data["broken"] - len(shown),
    )
