"""Bytes are checked and kept before any row speaks of them."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from pytest_django.fixtures import Settings

from core.actor import SYSTEM
from core.refusals import NotPermitted, Unmet, Unsafe
from demo import papers
from evidence import intake, storage
from evidence.intake import Received
from evidence.models import Evidence
from evidence.storage.folder import path_of, root
from tests import make

PDF = papers.pdf(["the lamps are lit"])
DIGEST = hashlib.sha256(PDF).hexdigest()


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, settings: Settings) -> None:
    settings.EVIDENCE_ROOT = tmp_path / "evidence"


def kept() -> list[str]:
    return sorted(p.name for p in root().rglob("*") if p.is_file())


def test_a_file_is_kept_under_what_it_is() -> None:
    received = intake.receive(SimpleUploadedFile("照片.pdf", PDF))
    assert received == Received(DIGEST, len(PDF), "照片.pdf", "application/pdf")
    assert path_of(DIGEST) == root() / DIGEST[:2] / DIGEST
    assert path_of(DIGEST).read_bytes() == PDF
    with storage.opened(DIGEST) as file:
        assert file.read() == PDF
    assert kept() == [DIGEST]


def test_the_same_bytes_are_kept_once_under_whatever_names_they_came() -> None:
    one = intake.receive(SimpleUploadedFile("a.pdf", PDF))
    two = intake.receive(SimpleUploadedFile("b.pdf", PDF))
    assert one.digest == two.digest
    assert kept() == [DIGEST]


def test_what_the_sender_says_about_the_type_is_not_believed() -> None:
    upload = SimpleUploadedFile("a.pdf", PDF, content_type="text/html")
    assert intake.receive(upload).media_type == "application/pdf"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.pdf", b""),
        ("a.pdf", PDF[:-9]),
        ("a.exe", b"MZ"),
        ("a.pdf", b"MZ\x90\x00"),
        ("", PDF),
        ("a.png", PDF),
    ],
)
def test_a_refused_file_leaves_nothing_behind(name: str, content: bytes) -> None:
    with pytest.raises(Unmet):
        intake.receive(Sent(name, content))
    assert kept() == []


def test_a_file_larger_than_the_limit_is_refused_before_a_byte_is_kept(settings: Settings) -> None:
    settings.FORM_LARGEST = 2**20
    with pytest.raises(Unmet) as refused:
        intake.receive(SimpleUploadedFile("a.pdf", PDF + bytes(2**20)))
    assert "2 MB" in str(refused.value)
    assert "1 MB" in str(refused.value)
    assert not root().exists()
    settings.FORM_LARGEST = len(PDF)
    assert intake.receive(SimpleUploadedFile("a.pdf", PDF)).size == len(PDF)


class Sent:
    """An upload with any name; Django's own refuses an empty one."""

    def __init__(self, name: str, content: bytes) -> None:
        self.name, self.content, self.size = name or None, content, len(content)

    def chunks(self) -> Iterator[bytes]:
        yield self.content


class Broken:
    """An upload whose connection breaks off."""

    name = "a.pdf"
    size = 4096

    def chunks(self) -> Iterator[bytes]:
        yield PDF
        raise ConnectionResetError


def test_an_upload_that_breaks_off_leaves_no_temporary_file() -> None:
    with pytest.raises(ConnectionResetError):
        intake.receive(Broken())
    assert kept() == []


@pytest.mark.parametrize("step", ["fsync", "replace", "mkdir"])
@pytest.mark.parametrize(
    ("number", "said"),
    [(errno.ENOSPC, "已满"), (errno.EDQUOT, "已满"), (errno.EIO, "暂无响应")],
)
def test_a_disk_that_fails_says_so_and_leaves_no_temporary_file(
    step: str, number: int, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_args: object, **_named: object) -> None:
        raise OSError(number, "as the disk says it")

    monkeypatch.setattr(os if step == "fsync" else Path, step, fails)
    with pytest.raises(Unsafe, match=said):
        storage.keep([PDF])
    monkeypatch.undo()
    assert kept() == []


def test_bytes_are_on_the_disk_before_they_get_their_name_and_the_name_before_the_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    done: list[str] = []
    fsync, replace = os.fsync, Path.replace

    def syncs(descriptor: int) -> None:
        done.append("folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "bytes")
        fsync(descriptor)

    def renames(self: Path, target: Path) -> Path:
        done.append("name")
        return replace(self, target)

    monkeypatch.setattr(os, "fsync", syncs)
    monkeypatch.setattr(Path, "replace", renames)
    storage.keep([PDF])
    # The folder is new: that it is there must outlast a power cut as well.
    assert done == ["bytes", "folder", "name", "folder"]
    done.clear()
    storage.keep([PDF])
    assert done == ["bytes", "name", "folder"]


def test_bytes_are_intact_while_they_are_what_their_name_says() -> None:
    storage.keep([PDF[:5], PDF[5:]])
    assert storage.intact(DIGEST)
    path_of(DIGEST).write_bytes(PDF + b"!")
    assert not storage.intact(DIGEST)
    path_of(DIGEST).unlink()
    assert not storage.intact(DIGEST)


@pytest.mark.django_db
def test_a_row_is_entered_for_a_person_with_both_dates() -> None:
    staff = make.user()
    received = intake.receive(SimpleUploadedFile("a.pdf", PDF))
    row = intake.enter(received, actor=staff.actor(), formed_on=date(2026, 5, 1))
    assert (row.digest, row.size, row.name) == (DIGEST, len(PDF), "a.pdf")
    assert (row.formed_on, row.received_from) == (date(2026, 5, 1), staff)
    assert row.received_at is not None
    assert str(row) == "a.pdf"


@pytest.mark.django_db
def test_only_a_person_hands_in_evidence_and_not_from_the_future() -> None:
    received = intake.receive(SimpleUploadedFile("a.pdf", PDF))
    with pytest.raises(NotPermitted):
        intake.enter(received, actor=SYSTEM)
    with pytest.raises(Unmet):
        intake.enter(received, actor=make.user().actor(), formed_on=date(2999, 1, 1))
    assert not Evidence.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(("digest", "size"), [("0" * 64, 0), ("z" * 64, 1), ("0" * 63, 1)])
def test_the_database_knows_no_empty_file_and_no_digest_that_is_none(
    digest: str, size: int
) -> None:
    row = Received(digest, size, "a.pdf", "application/pdf")
    with pytest.raises(IntegrityError), transaction.atomic():
        intake.enter(row, actor=make.user().actor())
    assert not Evidence.objects.exists()
