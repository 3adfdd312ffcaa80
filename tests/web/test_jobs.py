"""The pages of long work: one's own alone, stopped by a button, its file fetched by its asker."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from audit import jobs
from audit.models import Event, Job, JobRow
from evidence.storage.folder import path_of
from ledger import exports, read
from tests import make
from tests.make import House
from tests.web.filled import at_the_screen
from workflows.actions import bulk
from workflows.models import Item

pytestmark = pytest.mark.django_db


def scene(drafts: int = 21) -> tuple[House, Job, Client]:
    """The office asked to have so many drafts assigned."""
    of = make.house()
    items = make.entered(of, make.round_(of), *(make.line(of) for _ in range(drafts)))
    job = bulk.ask(
        "assign",
        [(item.pk, 0) for item in items],
        actor=of.office.actor(),
        command_id=uuid4(),
        said={"assignee_id": None, "reason": "As the meeting decided."},
    )
    return of, job, at_the_screen(of.office)


def test_ones_jobs_are_listed_with_how_far_they_are() -> None:
    _of, job, client = scene()
    assert "0 of 21" in client.get("/jobs/").content.decode()
    jobs.sweep()
    page = client.get("/jobs/").content.decode()
    assert "Assign: 21 items" in page
    assert "21 of 21" in page
    assert f'href="/jobs/{job.pk}/"' in page


def test_whoever_asked_for_nothing_reads_what_will_stand_here() -> None:
    assert "You have asked for nothing yet" in at_the_screen(make.house().staff).get(
        "/jobs/"
    ).content.decode()  # fmt: skip


def test_anothers_job_is_not_there() -> None:
    of, job, _client = scene()
    other = at_the_screen(of.closer)
    assert f"/jobs/{job.pk}/" not in other.get("/jobs/").content.decode()
    for address in ("", "file/"):
        assert other.get(f"/jobs/{job.pk}/{address}").status_code == 404
    assert other.post(f"/jobs/{job.pk}/cancel/").status_code == 404
    assert Job.objects.get().state == "queued"


def test_a_job_is_stopped_by_its_button() -> None:
    _of, job, client = scene()
    assert "Stop it" in client.get(f"/jobs/{job.pk}/").content.decode()
    answer = client.post(f"/jobs/{job.pk}/cancel/")
    assert answer["Location"] == f"/jobs/{job.pk}/"
    page = client.get(f"/jobs/{job.pk}/").content.decode()
    assert "Cancelled by the one who asked" in page
    assert "Stop it" not in page
    assert set(Item.objects.values_list("state", flat=True)) == {"draft"}


def test_a_job_that_is_to_stop_says_so_until_it_did() -> None:
    _of, job, client = scene()
    assert jobs.claim()
    client.post(f"/jobs/{job.pk}/cancel/")
    page = client.get(f"/jobs/{job.pk}/").content.decode()
    assert "It stops before the next row." in page


def test_a_fault_is_shown_in_its_words() -> None:
    _of, job, client = scene()
    Job.objects.update(fault="OSError: disk full")
    page = client.get(f"/jobs/{job.pk}/").content.decode()
    assert "It met a fault and is tried again" in page
    assert "OSError: disk full" in page
    Job.objects.update(state="failed")
    assert "What stopped it" in client.get(f"/jobs/{job.pk}/").content.decode()


def test_the_page_asks_the_database_as_often_for_many_rows_as_for_few(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _of, job, client = scene(2)
    few = queries(client, f"/jobs/{job.pk}/")
    _of, job, client = scene(5)
    assert queries(client, f"/jobs/{job.pk}/") == few <= 12
    monkeypatch.setattr("web.views.jobs.A_PAGE", 2)
    assert "Page 1 of 3" in client.get(f"/jobs/{job.pk}/").content.decode()
    assert "Page 3 of 3" in client.get(f"/jobs/{job.pk}/?page=3").content.decode()


def queries(client: Client, address: str) -> int:
    client.get(address)  # what is remembered for good is asked for once
    with CaptureQueriesContext(connection) as caught:
        assert client.get(address).status_code == 200
    return len(caught)


def test_a_kind_without_words_is_shown_by_its_name() -> None:
    of = make.house()
    job = Job(
        kind="count-stars",
        asked_by=of.office,
        command=uuid4(),
        params={},
        total=0,
        created_at=of.office.date_joined,
    )
    job.save()
    assert "count-stars" in at_the_screen(of.office).get("/jobs/").content.decode()


def ledger_of(count: int, monkeypatch: pytest.MonkeyPatch) -> tuple[House, Client]:
    monkeypatch.setattr(exports, "AT_ONCE", 1)
    of = make.house()
    make.entered(of, make.round_(of, code="R-LONG"), *(make.line(of) for _ in range(count)))
    return of, at_the_screen(of.office)


def test_a_long_ledger_is_written_by_the_worker_and_fetched_by_who_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    of, client = ledger_of(3, monkeypatch)
    page = client.get("/ledger/export/?state=draft").content.decode()
    assert "A workbook of 3 items" in page
    answer = client.post("/ledger/export/?state=draft", {"command": str(uuid4())})
    job = Job.objects.get()
    assert answer["Location"] == f"/jobs/{job.pk}/"
    assert client.get(f"/jobs/{job.pk}/file/").status_code == 404
    assert "Ledger as a workbook: 3 items" in client.get(f"/jobs/{job.pk}/").content.decode()
    jobs.sweep()
    assert "Save the workbook" in client.get(f"/jobs/{job.pk}/").content.decode()
    assert not Event.objects.filter(name="ledger.exported").exists()
    sent = client.get(f"/jobs/{job.pk}/file/")
    data = b"".join(sent.streaming_content)  # type: ignore[attr-defined]
    assert len(read(data, name="a.xlsx", year=2026).aspects[0].problems[0].items) == 3
    assert f"ledger-R-LONG-{job.pk}.xlsx" in sent["Content-Disposition"]
    assert sent["Cache-Control"] == "private, no-store"
    event = Event.objects.get(name="ledger.exported")
    assert (event.data, event.actor) == ({"items": 3}, f"person:{of.office.pk}")
    assert at_the_screen(of.closer).get(f"/jobs/{job.pk}/file/").status_code == 404


def test_a_short_ledger_is_answered_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    _of, client = ledger_of(1, monkeypatch)
    assert client.get("/ledger/export/")["Content-Type"].startswith("application/vnd.openxml")
    assert Job.objects.count() == 0


def test_a_workbook_whose_bytes_are_gone_is_not_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    _of, client = ledger_of(2, monkeypatch)
    client.post("/ledger/export/", {"command": str(uuid4())})
    jobs.sweep()
    path_of(JobRow.objects.get().data["digest"]).unlink()
    job = Job.objects.get()
    assert "Save the workbook" not in client.get(f"/jobs/{job.pk}/").content.decode()
    assert client.get(f"/jobs/{job.pk}/file/").status_code == 404


def test_who_may_not_see_the_round_any_more_gets_no_workbook(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    of, client = ledger_of(2, monkeypatch)
    client.post("/ledger/export/", {"command": str(uuid4())})
    of.office.memberships.all().delete()
    make.person("office", unit=make.unit())
    jobs.sweep()
    job = Job.objects.get()
    assert (job.state, job.rows.count()) == ("failed", 0)


def test_a_workbook_is_written_once_however_often_the_worker_came_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _of, client = ledger_of(2, monkeypatch)
    client.post("/ledger/export/", {"command": str(uuid4())})
    jobs.sweep()
    job = Job.objects.get()
    assert list(exports.run(job, job.asked_by.actor())) == []
