"""A workbook of more than three hundred items: entered and taken off again by the worker, whole."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.test import Client

from audit import jobs
from audit.models import Event, Job, JobRow
from core.models import Membership
from ledger import entering, intake
from tests import make
from tests.ledger.books import PLAIN_HEADER, PLAIN_ROW, book
from tests.make import House
from tests.web.filled import at_the_screen
from workflows.actions import ledgers
from workflows.models import Batch, Item

pytestmark = pytest.mark.django_db


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Four items are a long workbook, so that most tests are short."""
    monkeypatch.setattr(entering, "AT_ONCE", 3)


def scene(lines: int = 4, **cells: str) -> tuple[House, Batch, Client]:
    of = make.house()
    round_ = make.round_(of)
    row = [cells.get(name, cell) for name, cell in zip(PLAIN_HEADER, PLAIN_ROW, strict=True)]
    data = book(PLAIN_HEADER, *([f"1-{no}", *row[1:]] for no in range(1, lines + 1)))
    draft = intake.understood(data, name="长台账.xlsx", round_=round_)
    batch = intake.keep(draft, data, name="长台账.xlsx", round_=round_, actor=of.office.actor())
    return of, batch, at_the_screen(of.office)


def form(**words: str) -> dict[str, object]:
    return {"command": str(uuid4()), "version": 0, **words}


def asked(batch: Batch, client: Client) -> Job:
    answer = client.post(f"/import/{batch.pk}/confirm/", form(accepted="yes"))
    job = Job.objects.latest("pk")
    assert answer["Location"] == f"/jobs/{job.pk}/?from=import"
    return job


def test_three_hundred_items_are_entered_while_the_person_waits() -> None:
    _of, batch, client = scene(300)
    answer = client.post(f"/import/{batch.pk}/confirm/", form(accepted="yes"))
    assert answer["Location"].startswith("/ledger/")
    assert (Item.objects.count(), Job.objects.count()) == (300, 0)


def test_a_longer_workbook_is_entered_by_the_worker_whole() -> None:
    _of, batch, client = scene(301)
    job = asked(batch, client)
    assert Item.objects.count() == 0
    page = client.get(f"/jobs/{job.pk}/?from=import").content.decode()
    assert "Enter “长台账.xlsx” on the ledger: 301 items" in page
    assert 'href="/import/"' in page
    jobs.sweep()
    assert Item.objects.filter(batch=batch).count() == 301
    page = client.get(f"/jobs/{job.pk}/?from=import").content.decode()
    assert "301 items entered, 0 unchanged." in page


@pytest.mark.usefixtures("few")
def test_what_nobody_accepted_is_refused_at_once() -> None:
    _of, batch, client = scene()
    answer = client.post(f"/import/{batch.pk}/confirm/", form())
    assert answer.status_code == 422
    assert "nobody has accepted yet" in answer.content.decode()
    assert (Job.objects.count(), Item.objects.count()) == (0, 0)


@pytest.mark.usefixtures("few")
def test_a_draft_corrected_meanwhile_is_refused_at_once() -> None:
    _of, batch, client = scene()
    Batch.objects.update(version=1)
    answer = client.post(f"/import/{batch.pk}/confirm/", form(accepted="yes"))
    assert answer.status_code == 409
    assert (Job.objects.count(), Item.objects.count()) == (0, 0)


@pytest.mark.usefixtures("few")
def test_a_draft_corrected_before_the_worker_came_enters_nothing_and_says_so() -> None:
    _of, batch, client = scene()
    job = asked(batch, client)
    Batch.objects.update(version=1)
    jobs.sweep()
    job.refresh_from_db()
    assert (job.state, Item.objects.count()) == ("failed", 0)
    assert job.fault in client.get(f"/jobs/{job.pk}/").content.decode()


@pytest.mark.usefixtures("few")
def test_a_worker_killed_after_the_entry_tells_what_was_entered_and_enters_nothing_twice() -> None:
    of, batch, client = scene()
    job = asked(batch, client)
    intake.enter(batch, actor=of.office.actor(), version=0, accepted=True)
    jobs.sweep()
    job.refresh_from_db()
    assert (job.state, Item.objects.count()) == ("done", 4)
    assert JobRow.objects.get(job=job).data == {"entered": 4, "unchanged": 0}
    assert Event.objects.filter(name="ledger.confirmed").count() == 1


@pytest.mark.usefixtures("few")
def test_a_worker_killed_after_the_last_row_has_nothing_left_to_do() -> None:
    of, batch, client = scene()
    job = asked(batch, client)
    jobs.sweep()
    job.refresh_from_db()
    assert list(entering.confirm(job, of.office.actor())) == []
    assert list(entering.undo(job, of.office.actor())) == []


@pytest.mark.usefixtures("few")
def test_whoever_lost_their_post_meanwhile_enters_nothing() -> None:
    of, batch, client = scene()
    job = asked(batch, client)
    Membership.objects.filter(user=of.office).delete()
    jobs.sweep()
    job.refresh_from_db()
    assert (job.state, Item.objects.count()) == ("failed", 0)


@pytest.mark.usefixtures("few")
def test_a_long_workbook_is_taken_off_by_the_worker_whole() -> None:
    of, batch, client = scene()
    other = make.entered(of, batch.round, make.line(of))[0]
    intake.enter(batch, actor=of.office.actor(), version=0, accepted=True)
    answer = client.post(f"/import/{batch.pk}/undo/", form())
    job = Job.objects.get()
    assert answer["Location"] == f"/jobs/{job.pk}/?from=import"
    assert Item.objects.count() == 5
    jobs.sweep(60)
    assert list(Item.objects.all()) == [other]
    page = client.get(f"/jobs/{job.pk}/").content.decode()
    assert "Take “长台账.xlsx” off the ledger: 4 items" in page
    assert "4 items are off the ledger again." in page


@pytest.mark.usefixtures("few")
def test_a_workbook_whose_items_moved_stays_and_is_refused_at_once() -> None:
    of, batch, client = scene()
    intake.enter(batch, actor=of.office.actor(), version=0, accepted=True)
    Item.objects.filter(no="1-3").update(version=1)
    answer = client.post(f"/import/{batch.pk}/undo/", form())
    assert answer.status_code == 409
    assert "1-3" in answer.content.decode()
    assert (Job.objects.count(), Item.objects.count()) == (0, 4)


@pytest.mark.usefixtures("few")
def test_a_worker_killed_after_taking_them_off_says_how_many_they_were() -> None:
    of, batch, client = scene()
    intake.enter(batch, actor=of.office.actor(), version=0, accepted=True)
    client.post(f"/import/{batch.pk}/undo/", form())
    ledgers.undo(batch.pk, actor=of.office.actor())
    jobs.sweep()
    job = Job.objects.get()
    assert (job.state, JobRow.objects.get(job=job).data) == ("done", {"items": 4})
