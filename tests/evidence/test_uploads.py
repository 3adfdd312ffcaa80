"""Files that arrive in parts: what is acknowledged stays, whatever falls over in between."""

from __future__ import annotations

import errno
import os
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction
from django.db.models.signals import pre_delete
from django.utils import timezone, translation
from pytest_django.fixtures import Settings

from audit.models import Event
from core.models import User
from core.refusals import Conflict, NotFound, Unsafe
from evidence import allowance, arrivals, intake, kinds, parts, storage, uploads
from evidence.inspection.verdict import State
from evidence.models import Evidence, Upload
from tests import make
from tests.evidence.test_scanner import clamd, heard

pytestmark = pytest.mark.django_db

PDF = make.pdf("in parts")
NOBODY_THERE = "tcp://127.0.0.1:9"


@pytest.fixture(autouse=True)
def _folders(tmp_path: Path, settings: Settings) -> None:
    settings.EVIDENCE_ROOT = tmp_path / "evidence"
    settings.RECEIVING_ROOT = tmp_path / "receiving"


@pytest.fixture
def owner() -> User:
    return make.user()


def begun(owner: User, content: bytes = PDF, name: str = "a.pdf") -> Upload:
    return uploads.begin(actor=owner.actor(), name=name, size=len(content), purpose="desk")


def sent(upload: Upload, content: bytes, at: int = 0) -> Upload:
    return uploads.receive(upload, at=at, length=len(content), chunks=[content])


def waiting(owner: User, settings: Settings, content: bytes = PDF) -> Upload:
    """Whole, and not looked into: the scanner is away."""
    settings.SCANNER = NOBODY_THERE
    upload = sent(begun(owner, content), content)
    settings.SCANNER = ""
    assert upload.inspection == State.QUARANTINED
    return upload


@contextmanager
def replaced(thing: object, name: str, by: object) -> Iterator[None]:
    """For a moment only, so that what comes after it is the real thing again."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(thing, name, by)
        yield


def in_english(upload: Upload) -> str:
    with translation.override("en"):
        return str(upload.refusal())


def folder() -> list[str]:
    return sorted(path.name for path in parts.folder().iterdir())


def test_what_is_acknowledged_is_on_the_disk_before_the_row_says_so(
    owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every synced state is a prefix of the file, and the row never is ahead of it."""
    monkeypatch.setattr(parts, "STEP", 100)
    upload = begun(owner)
    seen: list[tuple[int, int]] = []
    fsync = os.fsync

    def syncs(descriptor: int) -> None:
        seen.append((os.fstat(descriptor).st_size, Upload.objects.get().offset))
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", syncs)
    chunks = [PDF[at : at + 60] for at in range(0, 360, 60)]
    uploads.receive(upload, at=0, length=360, chunks=chunks)
    assert seen == [(120, 0), (240, 120), (360, 240)]
    assert (upload.offset, upload.inspection) == (360, State.RECEIVING)


def test_what_was_written_and_never_acknowledged_is_written_anew(owner: User) -> None:
    upload = sent(begun(owner), PDF[:100])
    with parts.path_of(upload.pk).open("ab") as file:
        file.write(b"left by a killed process")
    assert sent(upload, PDF[100:], 100).inspection == State.CLEAN
    with storage.opened(upload.digest) as kept:
        assert kept.read() == PDF


def test_a_process_killed_between_file_and_row_leaves_a_file_that_is_swept(
    owner: User, settings: Settings
) -> None:
    kept = begun(owner)
    stray = parts.folder() / ("f" * 32)
    stray.write_bytes(b"x")
    assert arrivals.expire() == 0
    os.utime(stray, (0, 0))
    os.utime(parts.path_of(kept.pk), (0, 0))
    assert arrivals.expire() == 1
    assert folder() == [kept.pk.hex]
    shutil.rmtree(parts.folder())
    assert arrivals.expire() == 0


def test_what_nobody_went_on_with_goes_after_its_time(owner: User) -> None:
    old, young = begun(owner), begun(owner)
    Upload.objects.filter(pk=old.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    assert arrivals.expire() == 1
    assert list(Upload.objects.all()) == [young]
    assert folder() == [young.pk.hex]


def test_what_is_gone_on_with_at_the_last_moment_stays(owner: User) -> None:
    first, second = begun(owner), begun(owner)
    Upload.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    def goes_on(instance: Upload, **_rest: object) -> None:
        if instance.pk == first.pk:
            sent(second, PDF[:10])

    pre_delete.connect(goes_on, sender=Upload)
    assert arrivals.expire() == 1
    pre_delete.disconnect(goes_on, sender=Upload)
    assert folder() == [second.pk.hex]


def test_what_is_still_arriving_is_not_looked_into(owner: User) -> None:
    upload = begun(owner)
    arrivals.settle(upload)
    assert (upload.inspection, folder()) == (State.RECEIVING, [upload.pk.hex])


def test_a_part_puts_off_the_end(owner: User, settings: Settings) -> None:
    upload = begun(owner)
    Upload.objects.update(expires_at=timezone.now() + timedelta(minutes=1))
    sent(upload, PDF[:10])
    left = Upload.objects.get().expires_at - timezone.now()
    assert left > timedelta(days=settings.UPLOAD_DAYS, minutes=-1)


def test_an_upload_left_out_while_a_part_comes_is_obeyed(owner: User) -> None:
    upload = begun(owner)

    def chunks() -> Iterator[bytes]:
        yield PDF[:50]
        uploads.discard(Upload.objects.get())
        yield PDF[50:]

    with pytest.raises(NotFound):
        uploads.receive(upload, at=0, length=len(PDF), chunks=chunks())
    assert folder() == []
    with pytest.raises(NotFound):
        sent(upload, PDF)


def test_a_full_disk_is_said_and_keeps_what_was_acknowledged(owner: User) -> None:
    upload = sent(begun(owner), PDF[:100])

    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with replaced(os, "fsync", full), pytest.raises(Unsafe):
        sent(upload, PDF[100:], 100)
    assert Upload.objects.get().offset == 100
    assert sent(upload, PDF[100:], 100).inspection == State.CLEAN


def test_no_upload_begins_where_the_disk_could_not_take_what_was_promised(
    owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    free = shutil.disk_usage("/")._replace(free=allowance.ROOM + len(PDF) + 100)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: free)
    begun(owner)
    with pytest.raises(Unsafe):
        begun(owner)
    assert len(folder()) == 1


def test_a_large_file_waits_for_the_worker(owner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[Upload] = []
    hear = lambda upload, **_rest: told.append(upload)  # noqa: E731
    arrivals.waits.connect(hear)
    monkeypatch.setattr(arrivals, "AT_ONCE", len(PDF) - 1)
    upload = sent(begun(owner), PDF)
    arrivals.waits.disconnect(hear)
    assert (told, upload.inspection) == ([upload], State.QUARANTINED)
    assert arrivals.sweep() == 1
    upload.refresh_from_db()
    assert (upload.inspection, upload.page_count) == (State.CLEAN, 1)
    assert folder() == []
    assert arrivals.sweep() == 0


def test_what_waits_for_the_scanner_is_looked_at_again_in_its_own_time(
    owner: User, settings: Settings
) -> None:
    upload = waiting(owner, settings)
    assert upload.finding == "scanner"
    assert (arrivals.sweep(), arrivals.sweep(again=True)) == (0, 1)
    upload.refresh_from_db()
    assert (upload.inspection, upload.finding) == (State.CLEAN, "")


def test_the_sweep_ends_when_its_time_is_up(owner: User, settings: Settings) -> None:
    for words in "ab":
        waiting(owner, settings, make.pdf(words))
    assert arrivals.sweep(again=True, seconds=0) == 1
    assert Upload.objects.filter(inspection=State.CLEAN).count() == 1


def test_what_somebody_else_looks_into_is_left_to_them(owner: User, settings: Settings) -> None:
    upload = waiting(owner, settings)
    with parts.held(upload.pk):
        assert arrivals.settle(upload) is False
    assert arrivals.settle(upload) is True
    assert arrivals.settle(upload) is True


def test_a_worker_killed_between_verdict_and_place_begins_again(
    owner: User, settings: Settings
) -> None:
    upload = waiting(owner, settings)

    def killed(_path: Path, _digest: str) -> None:
        raise KeyboardInterrupt

    with replaced(storage, "adopt", killed), pytest.raises(KeyboardInterrupt):
        arrivals.settle(upload)
    row = Upload.objects.get()
    assert (row.inspection, row.finding, len(row.digest)) == (State.QUARANTINED, "", 64)
    assert arrivals.sweep() == 1
    assert storage.intact(row.digest)


def test_a_worker_killed_between_place_and_row_ends_what_it_began(
    owner: User, settings: Settings
) -> None:
    upload = waiting(owner, settings)
    adopt = storage.adopt

    def killed(path: Path, digest: str) -> None:
        adopt(path, digest)
        raise KeyboardInterrupt

    with replaced(storage, "adopt", killed), pytest.raises(KeyboardInterrupt):
        arrivals.settle(upload)
    assert folder() == []
    assert arrivals.sweep() == 1
    row = Upload.objects.get()
    assert (row.inspection, row.page_count) == (State.CLEAN, 1)
    assert storage.intact(row.digest)


def test_an_upload_whose_file_was_taken_away_is_refused_with_a_sentence(
    owner: User, settings: Settings
) -> None:
    upload = waiting(owner, settings)
    parts.drop(upload.pk)
    assert arrivals.settle(upload) is True
    assert (upload.inspection, upload.finding) == (State.REFUSED, "gone")
    assert arrivals.settle(upload) is True
    assert Event.objects.filter(name="upload.refused").count() == 1


def test_where_the_storage_does_not_answer_the_file_waits(owner: User, settings: Settings) -> None:
    upload = waiting(owner, settings)

    def away(_path: Path, _digest: str) -> None:
        raise Unsafe("away")

    with replaced(storage, "adopt", away):
        assert arrivals.settle(upload) is False
    assert Upload.objects.get().finding == "storage"
    assert "the storage of files" in in_english(upload)
    assert (arrivals.sweep(), arrivals.sweep(again=True)) == (0, 1)


def test_bytes_exchanged_while_they_are_looked_into_are_refused(
    owner: User, settings: Settings, tmp_path: Path
) -> None:
    """The scanner says yes, and meanwhile somebody wrote into the file."""
    upload = waiting(owner, settings)

    def exchanges(line: socket.socket) -> None:
        heard(line)
        parts.path_of(upload.pk).write_bytes(make.pdf("something else"))
        line.sendall(b"stream: OK\0")

    server = socket.socket(socket.AF_UNIX)
    server.bind(str(tmp_path / "clamd"))
    settings.SCANNER = f"unix://{tmp_path / 'clamd'}"
    with clamd(exchanges, server):
        assert arrivals.settle(upload) is True
    assert (upload.inspection, upload.finding) == (State.REFUSED, "inspection")
    assert (folder(), list(storage.everything())) == ([], [])


def test_on_another_file_system_a_finished_file_is_copied(
    owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace = Path.replace

    def across(self: Path, target: Path) -> Path:
        if self.parent == parts.folder():
            raise OSError(errno.EXDEV, "Invalid cross-device link")
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", across)
    upload = sent(begun(owner), PDF)
    assert (upload.inspection, folder()) == (State.CLEAN, [])
    assert storage.intact(upload.digest)


def test_a_place_that_fails_is_not_taken_for_another_file_system(
    owner: User, settings: Settings
) -> None:
    upload = waiting(owner, settings)

    def broken(_self: Path, _target: Path) -> Path:
        raise OSError(errno.EINVAL, "Invalid argument")

    with replaced(Path, "replace", broken), pytest.raises(OSError, match="Invalid argument"):
        arrivals.settle(upload)
    assert folder() == [upload.pk.hex]


def test_an_upload_is_used_once_and_by_its_owner_alone(owner: User) -> None:
    upload = sent(begun(owner), PDF)
    [received] = uploads.received([upload.pk], actor=owner.actor(), purpose="desk")
    with pytest.raises(Conflict), transaction.atomic():
        intake.enter(received, actor=make.user().actor())
    row = intake.enter(received, actor=owner.actor())
    assert (row.digest, row.inspection) == (upload.digest, State.CLEAN)
    with pytest.raises(Conflict), transaction.atomic():
        intake.enter(received, actor=owner.actor())
    assert Evidence.objects.count() == 1
    uploads.discard(upload)
    assert Upload.objects.count() == 1
    for actor, purpose in ((make.user().actor(), "desk"), (owner.actor(), "other")):
        with pytest.raises(NotFound):
            uploads.received([upload.pk], actor=actor, purpose=purpose)


@pytest.mark.parametrize(
    "fields",
    [
        {"offset": -1},
        {"offset": len(PDF) + 1},
        {"size": 0, "offset": 0},
        {"inspection": State.CLEAN},
        {"inspection": State.QUARANTINED},
        {"taken_at": "2026-01-01T00:00Z"},
        {"inspection": State.CLEAN, "offset": len(PDF), "digest": "0" * 64},
    ],
)
def test_the_database_knows_no_upload_that_cannot_be(
    owner: User, fields: dict[str, object]
) -> None:
    begun(owner)
    with pytest.raises(IntegrityError), transaction.atomic():
        Upload.objects.update(**fields)


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("a.pdf", "a.pdf"),
        ("photos/north/1.jpg", "photos - north - 1.jpg"),
        ("photos\\north\\1.jpg", "photos - north - 1.jpg"),
        ("../../etc/1.jpg", "etc - 1.jpg"),
        ("x" * 110 + "/in/1.jpg", "in - 1.jpg"),
    ],
)
def test_a_folder_is_told_in_the_name(path: str, name: str) -> None:
    assert kinds.name_in_folder(path) == name
