"""The whole record verified because an auditor asked, as work of the worker."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from audit import jobs, record
from audit.sealing import SUBJECT
from core.refusals import Conflict, NotPermitted
from core.roles import VERIFY_THE_RECORD
from workflows import verified
from workflows.verification import Findings, verify_all

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from uuid import UUID

    from audit.models import Job
    from core.actor import Actor

COUNTED = ("events", "chains", "items", "evidence", "sealed", "copies")
KEPT = 200
"""So many breaks are kept in words; all are counted."""


def ask(*, actor: Actor, command_id: UUID) -> Job:
    if not actor.roles & VERIFY_THE_RECORD:
        raise NotPermitted(
            _("Only auditors have the record verified."),
            then=_("Ask the audit administrator to have it done."),
        )
    under_way = verified.under_way()
    if under_way is not None and under_way.command != command_id:
        raise Conflict(
            _("The record is being verified already: %(who)s asked for it.")
            % {"who": under_way.asked_by},
            then=_("Wait for what it comes to: it will stand on the page of the seals."),
        )
    return jobs.ask(verified.KIND, actor=actor, command_id=command_id, params={}, total=1)


@jobs.job(verified.KIND)
def run(job: Job, actor: Actor) -> Iterator[jobs.Told]:
    """One row: what was walked, and what is broken. Told on the record, too."""
    if job.done_count:
        return
    told = found(lambda: jobs.hold(job)).as_dict()
    breaks = told.pop("breaks")
    counts: dict[str, Any] = {key: told[key] for key in COUNTED}
    with transaction.atomic(durable=True):
        data = {"job": job.pk, **counts, "breaks": len(breaks)}
        record.note("record.verified", subject=SUBJECT, actor=actor, data=data)
    yield jobs.Told(
        ref=SUBJECT, done=told["ok"], data={**told, "breaks": breaks[:KEPT], "broken": len(breaks)}
    )


def found(still: Callable[[], None]) -> Findings:
    """What is broken now. What people do meanwhile can look so once, but not twice alike.

    Where the database's triggers are missing nothing is written, and so nobody can ask for this.
    """
    folder = Path(settings.OUTSIDE_FOLDER) if settings.OUTSIDE_FOLDER else None
    outside = folder if folder and folder.is_dir() else None
    walked = verify_all(outside, still)
    if walked.breaks:
        before = set(walked.breaks)
        walked = verify_all(outside, still)
        walked.breaks = [one for one in walked.breaks if one in before]
    return walked
