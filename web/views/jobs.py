"""Long work, as its asker sees it: how far it is, what became of each row, and a way to stop it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import FileResponse
from django.urls import reverse

from audit import jobs as work
from audit.models import Job, JobRow, JobState
from core.refusals import NotFound
from evidence import storage
from ledger import entering, exports
from reports.archive import making
from web import selection
from web.acting import actor_of
from web.answers import go, page
from web.workbooks import ZIP, as_workbook, saved
from workflows import verified
from workflows.actions import archiving, reading

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

LISTED = 50
A_PAGE = 200


def jobs(request: HttpRequest) -> HttpResponse:
    mine = Job.objects.visible_to(actor_of(request))
    skipped = Count("rows", filter=Q(rows__done=False))
    return page(request, "jobs/jobs.html", {"jobs": mine.annotate(skipped=skipped)[:LISTED]})


def job(request: HttpRequest, job_id: int) -> HttpResponse:
    """`?show=skipped` leaves out what was done; htmx asks for the part that moves."""
    found = _job(request, job_id)
    rows = JobRow.objects.filter(job=found)
    skipped = rows.filter(done=False).count()
    if request.GET.get("show") == "skipped":
        rows = rows.filter(done=False)
    context: dict[str, Any] = {
        "job": found,
        "rows": Paginator(rows, A_PAGE).get_page(request.GET.get("page")),
        "skipped": skipped,
        "done": found.done_count - skipped,
        "file": exports.file_of(found),
        "archive": (archive := making.file_of(found)),
        "kept_until": making.kept_until(found) if found.ended else None,
        "gone": found.kind == making.KIND and found.state == JobState.DONE and archive is None,
        "whole": found.total == 1,
        **_entry(found),
        "to": _back(request, found),
    }
    return page(request, "jobs/job.html", context, part="jobs/state.html")


def _back(request: HttpRequest, found: Job) -> str:
    if found.kind == verified.KIND:
        return reverse("record")
    if found.kind != making.KIND:
        return selection.back(request.GET)
    query = urlencode({"of": found.params["scope"]})
    return f"{reverse('archives', args=[found.params['round']])}?{query}"


def _entry(found: Job) -> dict[str, Any]:
    """What came of work of one row: of a workbook's way, of verifying; empty for other work."""
    ways = {entering.CONFIRM: "entered", entering.UNDO: "taken_off", verified.KIND: "verified"}
    row = found.rows.first() if found.kind in ways else None
    return {ways[found.kind]: row.data} if row else {}


def job_cancel(request: HttpRequest, job_id: int) -> HttpResponse:
    work.cancel(job_id, actor=actor_of(request))
    return go(request, reverse("job", args=[job_id]))


def job_file(request: HttpRequest, job_id: int) -> HttpResponse | FileResponse:
    """What a job wrote; that it leaves the house is on the record of its round."""
    found = _job(request, job_id)
    if archive := making.file_of(found):
        return _archive(request, archive)
    file = exports.file_of(found)
    if file is None:
        raise NotFound
    round_ = reading.export_ledger(file.round_id, actor=actor_of(request), items=file.items)
    response = FileResponse(storage.opened(file.digest))
    return as_workbook(response, name=file.name, plain=f"ledger-{round_.code}-{job_id}.xlsx")


def _archive(request: HttpRequest, file: making.File) -> FileResponse:
    told = {key: file.told[key] for key in ("scope", "no", "digest", "manifest")}
    round_ = archiving.taken(file.round_id, actor=actor_of(request), told=told)
    response = FileResponse(storage.opened(file.digest))
    response["Content-Length"] = str(file.size)
    return saved(response, name=file.name, plain=f"archive-{round_.code}.zip", kind=ZIP)


def _job(request: HttpRequest, job_id: int) -> Job:
    found = Job.objects.visible_to(actor_of(request)).filter(pk=job_id).first()
    if found is None:
        raise NotFound
    return found
