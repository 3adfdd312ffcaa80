"""Every row has its bytes and every byte its row; each kind of damage is found, orphans go."""

from __future__ import annotations

import hashlib
import io
import json
import os
import signal
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.utils import timezone, translation
from pytest_django.fixtures import Settings

from core.refusals import Conflict
from evidence import fsck, intake, orphans, storage
from evidence.fsck import Fault
from evidence.models import Evidence
from evidence.orphans import Swept
from evidence.storage import holders, receiving
from evidence.storage.folder import path_of, root
from tests import make
from tests.audit.chains import unprotected

pytestmark = pytest.mark.django_db
NOTHING = Swept(deleted=0, broken_off=0, locked=0)


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, settings: Settings) -> Iterator[None]:
    settings.EVIDENCE_ROOT = tmp_path / "evidence"
    with translation.override("en"):
        yield


def row(words: str) -> Evidence:
    return intake.enter(make.paper(f"{words}.pdf"), actor=make.user().actor())


def age(path: Path, hours: float) -> None:
    then = (timezone.now() - timedelta(hours=hours)).timestamp()
    os.utime(path, (then, then))


def told(faults: list[Fault]) -> list[tuple[str, str, str]]:
    return [(fault.kind.value, fault.at, fault.text) for fault in faults]


def fsck_says(*words: str) -> tuple[str, bool]:
    """What the command printed, and whether it called the storage damaged."""
    out = io.StringIO()
    try:
        call_command("evidence_fsck", *words, stdout=out, stderr=io.StringIO())
    except CommandError:
        return out.getvalue(), True
    return out.getvalue(), False


def test_a_whole_storage_is_said_to_be_whole() -> None:
    row("one"), row("two")
    assert fsck_says() == ("2 rows and 2 files read; 0 files wait for their row.\n", False)
    assert json.loads(fsck_says("--json")[0]) == {
        "ok": True,
        "rows": 2,
        "files": 2,
        "young": 0,
        "faults": [],
    }


def test_each_kind_of_damage_is_found_and_said_of_its_row() -> None:
    lost, changed, lied, twin = row("lost"), row("changed"), row("lied"), row("lost")
    path_of(lost.digest).unlink()
    path_of(changed.digest).write_bytes(b"%PDF of another")
    with unprotected():
        Evidence.objects.filter(pk=lied.pk).update(size=lied.size + 1)
    found = fsck.check()
    assert found.damaged
    assert told(found.faults) == [
        ("missing", f"evidence:{lost.pk}", "The bytes are missing."),
        ("damaged", f"evidence:{changed.pk}", "The bytes are not what was handed in."),
        (
            "size",
            f"evidence:{lied.pk}",
            f"The row says {lied.size + 1} bytes; there are {lied.size}.",
        ),
        ("missing", f"evidence:{twin.pk}", "The bytes are missing."),
    ]
    said, damaged = fsck_says()
    assert damaged
    assert f"missing: evidence:{lost.pk} {lost.digest} The bytes are missing.\n" in said


def test_bytes_of_nobody_are_young_for_a_day_then_listed_and_only_swept_when_asked() -> None:
    kept = row("kept")
    orphan = storage.keep([b"of nobody"]).digest
    assert (fsck.check().young, fsck.check().faults) == (1, [])
    assert orphans.sweep() == NOTHING
    age(path_of(orphan), 25)
    found = fsck.check()
    assert (found.young, found.damaged) == (0, False)
    assert [(f.kind.value, f.digest) for f in found.faults] == [("orphan", orphan)]
    assert fsck_says()[1] is False
    assert storage.exists(orphan)
    age(path_of(kept.digest), 1000)
    assert json.loads(fsck_says("--sweep", "--json")[0])["deleted"] == 1
    assert not storage.exists(orphan)
    assert storage.exists(kept.digest)


def test_an_upload_that_broke_off_is_listed_and_swept_once_it_is_old() -> None:
    root().mkdir()
    half = root() / f"{receiving.PREFIX}abc"
    half.write_bytes(b"half")
    assert fsck.check().faults == []
    assert orphans.sweep() == NOTHING
    age(half, 25)
    assert told(fsck.check().faults) == [("orphan", half.name, "An upload broke off here.")]
    assert "Swept: 0 files of nobody, 1 broken off; 0 are under lock." in fsck_says("--sweep")[0]
    assert not half.exists()


def test_what_others_put_there_is_said_and_left(tmp_path: Path) -> None:
    digest = hashlib.sha256(b"x").hexdigest()
    for name in ("notes.txt", digest, f"zz/{digest}"):
        path = root() / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
        age(path, 1000)
    found = fsck.check()
    assert sorted(f.at for f in found.faults) == sorted(["notes.txt", digest, f"zz/{digest}"])
    assert {f.kind.value for f in found.faults} == {"strange"}
    assert orphans.sweep() == NOTHING
    assert (root() / "notes.txt").exists()


def test_signatures_workbooks_and_exports_name_bytes_and_are_spared() -> None:
    house = make.house()
    workbook = storage.keep([b"a workbook"])
    batch = make.batch(house, make.round_(house))
    type(batch).objects.filter(pk=batch.pk).update(digest=workbook.digest)
    age(path_of(workbook.digest), 1000)
    assert orphans.sweep() == NOTHING
    assert {"evidence", "signature", "batch", "job-row"} <= holders._holders.keys()
    assert holders.named([workbook.digest, "0" * 64]) == {workbook.digest}


def test_nobody_holds_under_a_name_that_is_taken() -> None:
    with pytest.raises(ValueError, match="two holders"):
        holders.hold("evidence", "evidence.Evidence", "digest")


def test_where_most_would_go_the_database_is_doubted_and_nothing_is_swept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(orphans, "SUSPICIOUS", 1)
    monkeypatch.setattr(orphans, "TOGETHER", 2)
    row("kept")
    lost = [storage.keep([b"of nobody %d" % n]).digest for n in range(3)]
    for digest in lost:
        age(path_of(digest), 25)
    with pytest.raises(Conflict, match="3 of 4"):
        orphans.sweep()
    assert fsck_says("--sweep")[1]
    assert all(map(storage.exists, lost))
    assert orphans.sweep(insist=True).deleted == 3


def test_bytes_kept_anew_while_they_are_swept_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody hands in again what nobody named: between the look and the deletion."""
    orphan = storage.keep([b"again"]).digest
    age(path_of(orphan), 25)
    delete = storage.delete

    def late(digest: str, *, before: datetime | None = None) -> bool:
        storage.keep([b"again"])
        return delete(digest, before=before)

    monkeypatch.setattr(storage, "delete", late)
    assert orphans.sweep() == NOTHING
    assert storage.intact(orphan)
    assert [path.name for path in root().iterdir()] == [orphan[:2]]


def test_a_row_that_came_and_another_sweep_that_was_faster_are_noticed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    named, gone = storage.keep([b"named"]).digest, storage.keep([b"gone"]).digest
    for digest in (named, gone):
        age(path_of(digest), 25)
    asked = holders.named

    def meanwhile(digests: set[str] | list[str]) -> set[str]:
        if len(digests) > 1:
            return set()
        path_of(gone).unlink(missing_ok=True)
        return asked(digests) | ({named} & set(digests))

    monkeypatch.setattr(holders, "named", meanwhile)
    assert orphans.sweep() == NOTHING
    assert storage.exists(named)


# Killed between the bytes and the row


def dies() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def while_sent() -> None:
    def chunks() -> Iterator[bytes]:
        yield b"half of"
        dies()

    storage.keep(chunks())


def while_inspected() -> None:
    storage.keep([b"whole"], lambda _path, _digest: dies())


def before_the_row() -> None:
    intake.receive(SimpleUploadedFile("a.pdf", make.PDF))
    dies()


@pytest.mark.parametrize("work", [while_sent, while_inspected, before_the_row])
def test_a_process_killed_before_its_row_leaves_nothing_that_a_sweep_does_not_take(
    work: Callable[[], None],
) -> None:
    kept = row("kept")
    child = os.fork()
    if child == 0:
        work()
        os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    assert not fsck.check().damaged
    later = timezone.now() + timedelta(hours=25)
    swept = orphans.sweep(now=later)
    assert swept.deleted + swept.broken_off == 1
    assert [found.digest for found in storage.everything()] == [kept.digest]
    assert fsck.check(now=later).faults == []
