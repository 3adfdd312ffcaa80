"""Copies out of the house: each checkpoint owed to each place once, and seen when it fails."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core import mail
from django.utils import translation
from pytest_django.fixtures import Settings

from audit import alarms, copies, keys, outbox, outside, sealing
from audit.models import Checkpoint, Owed, Reason
from core.actor import SYSTEM
from tests.audit.chains import unprotected, write
from tests.audit.logged import Clock, sealed
from tests.receivers import Receiver, http_receiver

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english(settings: Settings) -> Iterator[None]:
    settings.LANGUAGE_CODE = "en"
    with translation.override("en"):
        yield


@pytest.fixture
def folder(tmp_path: Path, settings: Settings) -> Path:
    settings.OUTSIDE_FOLDER = str(tmp_path)
    return tmp_path


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


def names(folder: Path) -> list[str]:
    return [str(path.relative_to(folder)) for path in copies.files(folder)]


def test_where_no_place_is_named_nothing_is_owed() -> None:
    sealed(3)
    assert not Owed.objects.exists()
    assert (outside.is_due(), alarms.lacking()) == (False, 2)


def test_each_seal_is_a_file_of_its_own_that_says_what_was_signed(folder: Path) -> None:
    first, second = sealed(3, 4)
    assert outbox.sweep() == 2
    assert names(folder) == ["000000/000000000003.note", "000000/000000000007.note"]
    for checkpoint in (first, second):
        path = copies.path_of(folder, checkpoint.size)
        assert path.read_text(encoding="utf-8") == checkpoint.note
        assert path.stat().st_mode & 0o222 == 0
    assert [path.name for path in folder.rglob("*.new")] == []
    assert copies.path_of(folder, 1_234_567) == folder / "000012/000001234567.note"


def test_a_place_named_later_gets_all_that_was_sealed_before(
    tmp_path: Path, settings: Settings
) -> None:
    sealed(3, 4)
    settings.OUTSIDE_FOLDER = str(tmp_path)
    assert outside.is_due()
    sealing.tick()
    outbox.sweep()
    assert len(names(tmp_path)) == 2
    assert not outside.is_due()


def test_the_same_span_again_changes_nothing(folder: Path) -> None:
    sealed(3)
    outbox.sweep()
    Owed.objects.update(paid_at=None, leased_until=None)
    outbox.sweep()
    assert names(folder) == ["000000/000000000003.note"]
    assert not Owed.objects.filter(paid_at=None).exists()


def test_a_file_that_says_something_else_is_kept_and_told_of(folder: Path) -> None:
    [only] = sealed(3)
    path = copies.path_of(folder, only.size)
    path.parent.mkdir()
    path.write_text("what somebody else wrote")
    outbox.sweep()
    assert path.read_text() == "what somebody else wrote"
    [row] = Owed.objects.all()
    assert row.fault.startswith("Disagreement: ")
    assert "holds another checkpoint over 3 events than the database" in row.fault
    [told] = alarms.alarms()
    assert told == f"{path} cannot be believed: This is no signed note."


def test_a_drive_that_is_not_mounted_is_not_filled_beneath(
    tmp_path: Path, settings: Settings
) -> None:
    settings.OUTSIDE_FOLDER = str(tmp_path / "gone")
    sealed(3)
    outbox.sweep()
    assert not (tmp_path / "gone").exists()
    assert "is not there" in Owed.objects.get().fault
    assert alarms.alarms() == [f"The folder {tmp_path / 'gone'} is not there."]
    (tmp_path / "gone").mkdir()
    assert alarms.alarms() == []


def test_a_copy_that_the_database_contradicts_is_an_alarm(folder: Path) -> None:
    sealed(3, 4)
    outbox.sweep()
    with unprotected():
        Checkpoint.objects.filter(size=7)._raw_delete("default")
    newest = copies.path_of(folder, 7)
    assert alarms.alarms()[0] == f"{newest} holds a checkpoint that the database does not have."
    with pytest.raises(copies.Disagreement):
        copies.insist()


def test_letters_carry_every_seal_since_the_last_one(clock: Clock, settings: Settings) -> None:
    settings.OUTSIDE_MAIL = ["one@example.test", "two@example.test"]
    settings.OUTSIDE_MAIL_MINUTES = 60
    [first] = sealed(3)
    outbox.sweep()
    assert [letter.to for letter in mail.outbox] == [["one@example.test"], ["two@example.test"]]
    letter = mail.outbox[0]
    assert letter.subject == f"Record seal {first.code} over 3 events, rectify/record"
    assert first.note in letter.body
    for _n in range(3):
        clock.add(minutes=10)
        write("item:7", "a")
        sealing.tick()
        outbox.sweep()
    assert len(mail.outbox) == 2
    clock.add(minutes=30)
    assert sealing.tick() is None
    outbox.sweep()
    later = Checkpoint.objects.filter(size__gt=3)
    assert len(mail.outbox) == 4
    assert later.count() == 3
    assert all(one.note in mail.outbox[2].body for one in later)
    assert first.note not in mail.outbox[2].body
    keyed = [str(sent.extra_headers["Message-ID"]).partition("@")[0] for sent in mail.outbox]
    assert keyed == ["<rectify-record-0-3"] * 2 + ["<rectify-record-3-6"] * 2


def test_a_letter_holds_no_more_than_the_newest(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outside, "MOST_IN_A_LETTER", 2)
    first, second, third = sealed(1, 1, 1)
    settings.OUTSIDE_MAIL = ["one@example.test"]
    sealing.tick()
    outbox.sweep()
    [letter] = mail.outbox
    assert first.note not in letter.body
    assert second.note + "\n" + third.note in letter.body


@pytest.fixture
def house(settings: Settings) -> Iterator[Receiver]:
    with http_receiver() as found:
        settings.CALLOUTS = {
            **settings.CALLOUTS,
            "outside": {"url": f"http://{found.host}/seals", "secret": "k" * 16},
        }
        settings.CALLOUT_HOSTS = [found.host]
        yield found


def test_a_receiver_of_the_house_gets_each_seal_signed(house: Receiver) -> None:
    [first] = sealed(3)
    outbox.sweep()
    [got] = house.calls
    body = got.json
    assert body["origin"] == "rectify/record"
    assert [keys.opened(note).size for note in body["checkpoints"]] == [3]
    assert body["checkpoints"] == [first.note]
    assert got.headers["X-Rectify-Signature"].startswith("sha256=")


def test_what_does_not_get_through_is_tried_again_and_then_parked_and_seen(
    clock: Clock, house: Receiver
) -> None:
    house.says({}, status=503)
    sealed(3)
    for _n in range(8):
        outbox.sweep()
        clock.add(hours=1)
    [row] = Owed.objects.all()
    assert row.parked_at is not None
    assert alarms.alarms() == ["Receiver outside: 1 copies did not get through."]
    standing = {str(one.label): one for one in outside.standing()}["Receiver outside"]
    assert (standing.is_set, standing.size, standing.open, standing.parked) == (True, 0, 0, 1)
    assert "503" in standing.fault
    house.says({})
    assert outbox.resend(row.pk)
    outbox.sweep()
    assert alarms.alarms() == []


def test_what_is_owed_to_a_place_no_longer_named_is_not_lost(
    folder: Path, settings: Settings
) -> None:
    sealed(3)
    settings.OUTSIDE_FOLDER = ""
    outbox.sweep()
    assert Owed.objects.get().fault == "Unnamed: The settings name no such place any more."
    assert names(folder) == []


def test_a_clock_that_was_put_back_holds_no_copy_back(clock: Clock, folder: Path) -> None:
    sealed(3)
    outbox.sweep()
    clock.add(days=-3)
    write("item:8", "a")
    sealing.tick()
    outbox.sweep()
    assert len(names(folder)) == 2
    assert alarms.alarms() == [
        "The clock was put back: seals are in order, but their times are not."
    ]


def test_a_clock_far_behind_the_last_seal_is_an_alarm(clock: Clock) -> None:
    sealed(3)
    assert alarms.alarms() == []
    clock.add(minutes=-2)
    assert len(alarms.alarms()) == 1


def test_events_that_nobody_seals_are_an_alarm_after_five_minutes(clock: Clock) -> None:
    write("item:1", "a")
    clock.add(minutes=4)
    assert alarms.alarms() == []
    clock.add(minutes=1)
    assert alarms.alarms() == [
        "Nothing was sealed since 2026-11-28 20:00: the worker does not run, or refuses to seal."
    ]
    sealing.seal(Reason.TIME, SYSTEM)
    assert alarms.alarms() == []


def test_a_checkpoint_that_cannot_be_continued_is_an_alarm() -> None:
    sealed(3)
    with unprotected():
        Checkpoint.objects.update(root=bytes(32))
    assert alarms.alarms() == ["Its row does not say what was signed."]
