"""The page of the seals: what is sealed, where the copies are, whose a code is; and print."""

from __future__ import annotations

import base64
import re
from pathlib import Path
from urllib.parse import unquote
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from pytest_django.fixtures import Settings

from audit import jobs, keys, outbox, sealing
from audit.models import Checkpoint, Event, Job, Owed, Reason
from core.actor import SYSTEM
from core.roles import Role
from reports import seals
from tests import make
from tests.audit.chains import unprotected
from tests.audit.logged import sealed
from tests.web.addresses import client_of
from workflows.actions import verifying
from workflows.models import Item
from workflows.states import State

pytestmark = pytest.mark.django_db


@pytest.fixture
def auditor() -> Client:
    return _client(Role.AUDIT_OFFICER)


def _client(role: Role) -> Client:
    client = client_of(make.person(role, unit=make.house().unit))
    client.cookies["django_language"] = "en"
    return client


def text(client: Client, **asked: str | int) -> str:
    answer = client.get(reverse("record"), asked)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_before_the_first_seal_the_page_says_when_it_comes(auditor: Client) -> None:
    shown = text(auditor)
    assert "Nothing is sealed yet." in shown
    assert "No place outside is named for copies" in shown
    # The frame's own list of places is not that of the copies.
    assert '<a class="nav-link" href="/record/" aria-current="page">Record seals</a>' in shown


def test_the_page_lists_seals_copies_and_keys(
    auditor: Client, settings: Settings, tmp_path: Path
) -> None:
    settings.OUTSIDE_FOLDER = str(tmp_path)
    settings.CHECKPOINT_KEYS = {"ed25519": "33" * 32, "sm2": "44" * 32}
    first, second = sealed(3, 4)
    settings.CHECKPOINT_OLD_KEYS = [key.vkey for key in keys.own()[:1]]
    outbox.sweep()
    shown = text(auditor)
    for checkpoint in (first, second):
        assert checkpoint.code in shown
    assert f"last delivered over {second.size} events" in shown
    assert "One place outside is named for copies; two are wanted." in shown
    assert [shown.count(key.vkey) for key in keys.own()] == [2, 1]
    assert shown.count("BEGIN PUBLIC KEY") == 2


def test_a_code_from_paper_is_found_however_it_is_typed(auditor: Client) -> None:
    [only] = sealed(3)
    shown = text(auditor, code=f" {only.code.lower().replace('-', ' ')} ")
    assert "a true seal of this record." in shown
    assert f"It covers the first {only.size} events" in shown


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("0000-0000-0000", "no seal of this record has this code"),
        ("ask me", "This is no record code"),
        ("<script>", "This is no record code"),
    ],
)
def test_a_code_that_is_none_of_ours_is_said_so(typed: str, said: str, auditor: Client) -> None:
    sealed(3)
    shown = text(auditor, code=typed)
    assert said in shown
    assert "<script>" not in shown.replace("<script>defer", "")


@pytest.mark.parametrize("columns", [{"note": "no note"}, {"root": bytes(32)}])
def test_a_code_whose_seal_was_tampered_with_is_not_believed(
    columns: dict[str, object], auditor: Client
) -> None:
    [only] = sealed(3)
    with unprotected():
        Checkpoint.objects.update(**columns)
    shown = text(auditor, code=only.code)
    assert "a seal has this code, but it is not to be believed." in shown
    assert "a true seal" not in shown
    assert "seals need attention" in shown


def test_a_signed_note_is_handed_out_byte_for_byte(auditor: Client) -> None:
    [only] = sealed(3)
    answer = auditor.get(reverse("record_note", args=[only.size]))
    assert answer.content == only.note.encode()
    assert answer["Content-Disposition"] == f'attachment; filename="{only.size:012d}.note"'
    assert auditor.get(reverse("record_note", args=[99])).status_code == 404


def test_who_may_seal_has_the_button_and_the_act_is_recorded() -> None:
    client = _client(Role.OFFICE)
    [before] = sealed(3)
    assert reverse("record_seal") in text(client)
    answer = client.post(reverse("record_seal"))
    assert (answer.status_code, answer["Location"]) == (302, reverse("record"))
    asked = Event.objects.get(name="record.seal_asked")
    last = sealing.latest()
    assert last is not None
    assert (last.reason, last.size) == ("asked", before.size + 1)
    assert asked.leaf.index < last.size


def test_an_auditor_reads_and_does_not_seal() -> None:
    client = _client(Role.AUDITOR)
    sealed(3)
    assert reverse("record_seal") not in text(client)
    assert client.post(reverse("record_seal")).status_code == 403


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.AUDIT_OFFICER])
def test_an_auditor_has_the_record_verified_and_everybody_of_the_page_reads_it(
    role: Role, settings: Settings, tmp_path: Path
) -> None:
    settings.EVIDENCE_ROOT = tmp_path
    make.item(State.VERIFYING)
    client, office = _client(role), _client(Role.OFFICE)
    shown = text(client)
    assert "Nobody had it verified so far." in shown
    command = re.findall(r'name="command" value="([^"]+)"', shown)[0]
    answer = client.post(reverse("record_verify"), {"command": command})
    job = Job.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, reverse("job", args=[job.pk]))
    assert reverse("record_verify") not in text(client)
    assert "Being verified now:" in text(office)
    assert client.post(reverse("record_verify"), {"command": str(uuid4())}).status_code == 409
    jobs.sweep()
    page = " ".join(client.get(reverse("job", args=[job.pk])).content.decode().split())
    for part in (page, text(client), text(office)):
        assert '<span class="badge bg-green-lt">whole</span>' in part
        assert "1 items explained by them, 1 files read again" in part
    assert "Verification of the whole record" in page
    assert f'href="{reverse("record")}">To the seals of the record</a>' in page
    assert reverse("record_verify") not in text(office)
    assert office.post(reverse("record_verify")).status_code == 403


def test_what_is_broken_is_listed_for_whoever_may_see_it(
    auditor: Client, settings: Settings, tmp_path: Path
) -> None:
    settings.EVIDENCE_ROOT = tmp_path
    house = make.house()
    item = make.item(State.VERIFYING, house=house)
    person = make.person(Role.AUDITOR, unit=house.unit)
    with unprotected():
        Item.objects.filter(pk=item.pk).update(state=State.CLOSED)
    with translation.override("en"):
        verifying.ask(actor=person.actor(), command_id=uuid4())
    jobs.sweep()
    own = client_of(person)
    own.cookies["django_language"] = "en"
    assert f'href="{reverse("item", args=[item.pk])}#timeline">' in text(own)
    assert "its events lead to “Awaiting close-out”, version 6." in text(own)
    for client in (own, auditor):
        assert '<span class="badge bg-red-lt">not whole: 1 breaks</span>' in text(client)
    assert item.title not in text(auditor)
    assert "1 more; “manage.py verify_audit” on the server lists them all." in text(auditor)


def test_a_copy_that_is_stopped_stands_on_the_page_of_faults_and_is_sent_again(
    settings: Settings, tmp_path: Path
) -> None:
    client = _client(Role.SYSTEM_OFFICER)
    settings.OUTSIDE_FOLDER = str(tmp_path / "gone")
    sealed(3)
    outbox.sweep()
    Owed.objects.update(parked_at=timezone.now())
    shown = client.get(reverse("faults")).content.decode()
    assert "Folder outside" in shown
    assert "seals need attention" in shown
    (tmp_path / "gone").mkdir()
    client.post(reverse("resend", args=[Owed.objects.get().pk]))
    outbox.sweep()
    assert Owed.objects.get().paid_at is not None


def test_many_seals_are_paged(auditor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("web.views.record.A_PAGE", 2)
    codes = [one.code for one in sealed(1, 1, 1, 1, 1)]
    assert [code for code in codes if code in text(auditor)] == codes[3:]
    assert [code for code in codes if code in text(auditor, page=3)] == codes[:1]


# On paper


def test_every_paper_bears_the_newest_seal_and_its_picture() -> None:
    house = make.house()
    round_ = make.round_(house)
    letter = make.letter(house, round_)
    item = make.item(State.VERIFYING, house=house, round_=round_)
    client = client_of(house.office)
    pages = [reverse("item", args=[item.pk]), reverse("letter", args=[letter.pk])]
    assert all(b"seal-mark" not in client.get(page).content for page in pages)
    last = sealing.seal(Reason.TIME, SYSTEM)
    assert last is not None
    for page in pages:
        shown = client.get(page).content.decode()
        assert last.code in shown
        assert seals.picture_of(f"http://127.0.0.1:8000/record/?code={last.code}") in shown
    assert "含本事项全部 " in client.get(pages[0]).content.decode()


def test_a_paper_says_how_many_of_its_acts_are_sealed() -> None:
    house = make.house()
    item = make.item(State.RECTIFYING, house=house)
    sealing.seal(Reason.TIME, SYSTEM)
    before = item.trail_seq
    make.prove(item, house)
    item = Item.objects.get(pk=item.pk)
    mark = seals.mark(item.subject, item.trail_seq)
    assert mark is not None
    assert (mark.reaches, mark.acts) == (before, item.trail_seq)
    assert mark.acts > mark.reaches


def test_the_picture_is_an_svg_that_is_part_of_the_page() -> None:
    picture = seals.picture_of("http://127.0.0.1:8000/record/?code=0123-4567-89AB")
    head, _comma, body = picture.partition(",")
    assert head.startswith("data:image/svg+xml")
    drawn = base64.b64decode(body).decode() if "base64" in head else unquote(body)
    assert "<svg" in drawn
    assert "http://127" not in drawn


def test_the_timeline_shows_the_code_at_the_end_of_each_day_that_was_sealed() -> None:
    house = make.house()
    item = make.item(State.ASSIGNED, house=house)
    client = client_of(house.office)
    page = reverse("item", args=[item.pk])
    assert b"seal-of-day" not in client.get(page).content
    first = sealing.seal(Reason.TIME, SYSTEM)
    assert first is not None
    shown = client.get(page).content.decode()
    assert shown.count("seal-of-day") == 1
    assert f">{first.code}</span>" in shown.partition("seal-of-day")[2][:300]
