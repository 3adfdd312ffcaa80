"""The archive pages: asked for by a button, saved by its asker, listed with their codes."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.utils import timezone, translation
from django.utils.formats import date_format
from pytest_django.fixtures import Settings

from audit import jobs
from audit.models import Event, Job
from core.roles import Role
from evidence import orphans, storage
from evidence.storage import holders
from reports.archive import making
from tests import make
from tests.make import House
from tests.reports.archived import asked
from tests.web.filled import at_the_screen
from workflows.models import Item
from workflows.states import State

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _apart(tmp_path: Path, settings: Settings) -> None:
    settings.EVIDENCE_ROOT = tmp_path / "evidence"
    settings.ARCHIVES_AT_WORK = tmp_path / "at-work"


@pytest.fixture
def house() -> House:
    return make.house()


@pytest.fixture
def item(house: House) -> Item:
    return make.item(State.CLOSED, house=house, no="2-3")


def address(item: Item, of: str) -> str:
    return f"/rounds/{item.round_id}/archives/?of={of}"


def test_an_archive_is_asked_for_made_and_saved(house: House, item: Item) -> None:
    client = at_the_screen(house.office)
    page = client.get(address(item, item.subject)).content.decode()
    assert "Archive of item 2-3" in page
    assert "1 items, 1 pieces of evidence" in page
    assert "None was made yet." in page
    answer = client.post(address(item, item.subject), {"command": str(uuid4())})
    [job] = Job.objects.all()
    assert answer["Location"] == f"/jobs/{job.pk}/"
    assert "Archive of item 2-3" in client.get(f"/jobs/{job.pk}/").content.decode()
    assert client.get(f"/jobs/{job.pk}/file/").status_code == 404
    jobs.sweep(60)
    job.refresh_from_db()
    file = making.file_of(job)
    assert file is not None
    page = client.get(f"/jobs/{job.pk}/").content.decode()
    assert "Save the archive" in page
    assert "2 of 2 steps" in page
    assert "skipped" not in page
    assert file.code in page
    assert str(file.told["manifest"]) in page
    saved = client.get(f"/jobs/{job.pk}/file/")
    content = b"".join(saved)
    assert content[:4] == b"PK\x03\x04"
    assert (saved["Content-Type"], saved["Content-Length"]) == ("application/zip", str(file.size))
    assert f'filename="archive-{item.round.code}.zip"' in saved["Content-Disposition"]
    made, taken = Event.objects.filter(name__startswith="archive.").order_by("pk")
    assert (made.name, taken.name) == ("archive.made", "archive.downloaded")
    assert made.subject == taken.subject == item.round.subject
    assert made.data["digest"] == taken.data["digest"] == file.digest
    listed = client.get(address(item, item.subject)).content.decode()
    assert file.code in listed
    assert f'href="/jobs/{job.pk}/"' in listed


def test_others_see_that_it_was_made_and_cannot_fetch_it(house: House, item: Item) -> None:
    job = asked(item.subject, house.office)
    jobs.sweep(60)
    auditor = at_the_screen(make.person(Role.AUDITOR, unit=house.unit))
    page = auditor.get(address(item, item.round.subject)).content.decode()
    file = making.file_of(Job.objects.get())
    assert file is not None
    assert file.code in page
    assert f"/jobs/{job.pk}/" not in page
    assert auditor.get(f"/jobs/{job.pk}/file/").status_code == 404
    assert not Event.objects.filter(name="archive.downloaded").exists()


def test_a_second_click_is_the_same_archive(house: House, item: Item) -> None:
    client, command = at_the_screen(house.office), {"command": str(uuid4())}
    for _click in range(2):
        client.post(address(item, item.subject), command)
    assert Job.objects.count() == 1


def test_the_buttons_stand_where_somebody_may_press_them(house: House, item: Item) -> None:
    of_item = f"/rounds/{item.round_id}/archives/?of=item:{item.pk}"
    of_problem = f"/rounds/{item.round_id}/archives/?of=problem:{item.problem_id}"
    places = (
        (f"/items/{item.pk}/", of_item),
        (f"/ledger/?round={item.round.code}", of_problem),
        ("/rounds/", f'"/rounds/{item.round_id}/archives/"'),
    )
    office, staff = at_the_screen(house.office), at_the_screen(house.staff)
    for place, way in places:
        assert way in office.get(place).content.decode()
        assert "/archives/" not in staff.get(place).content.decode()


def test_an_empty_round_offers_no_button(house: House) -> None:
    round_ = make.round_(house)
    page = at_the_screen(house.office).get(f"/rounds/{round_.pk}/archives/").content.decode()
    assert "There is no item to be archived yet." in page
    assert "Make the archive" not in page


def test_a_scope_of_another_round_is_not_there(house: House, item: Item) -> None:
    other = make.round_(house)
    client = at_the_screen(house.office)
    assert client.get(f"/rounds/{other.pk}/archives/?of={item.subject}").status_code == 404


@pytest.mark.parametrize(
    ("of", "title"),
    [("round", "Archive of the round: 1 items"), ("problem", "Archive of problem 1: 1 items")],
)
def test_a_job_is_called_by_what_it_archives(house: House, item: Item, of: str, title: str) -> None:
    subject = item.round.subject if of == "round" else f"problem:{item.problem_id}"
    job = asked(subject, house.office)
    client = at_the_screen(house.office)
    page = client.get(f"/jobs/{job.pk}/").content.decode()
    assert title in page
    assert f"/rounds/{item.round_id}/archives/?of={of}%3A" in page


def test_an_archive_is_kept_for_its_days_and_then_let_go(
    house: House, item: Item, settings: Settings
) -> None:
    job = asked(item.subject, house.office)
    jobs.sweep(60)
    job.refresh_from_db()
    file = making.file_of(job)
    assert file is not None
    assert job.finished_at is not None
    client = at_the_screen(house.office)
    last = timezone.localtime(job.finished_at + timedelta(days=30))
    with translation.override("en"):
        words = f"It can be saved here until {date_format(last, 'DATE_FORMAT')}"
    assert words in client.get(f"/jobs/{job.pk}/").content.decode()
    assert making.expire(job.finished_at + timedelta(days=29)) == 0
    settings.ARCHIVE_DAYS = 0
    assert making.expire(job.finished_at + timedelta(days=3650)) == 0
    assert "It can be saved here until" not in client.get(f"/jobs/{job.pk}/").content.decode()
    settings.ARCHIVE_DAYS = 30
    over = job.finished_at + timedelta(days=30, seconds=1)
    assert (making.expire(over), making.expire(over)) == (1, 0)
    assert file.digest not in holders.named([file.digest])
    orphans.sweep(now=over)
    assert not storage.exists(file.digest)
    page = client.get(f"/jobs/{job.pk}/").content.decode()
    assert "This archive is no longer kept." in page
    assert client.get(f"/jobs/{job.pk}/file/").status_code == 404
    assert file.code in client.get(address(item, item.subject)).content.decode()
