"""An archive and a checkpoint that was kept before it was made: the one must continue the other."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from audit import merkle, record, sealing
from audit.models import Checkpoint, Reason
from core.actor import SYSTEM
from reports.archive import proof, verify
from tests.reports.archived import Known, files_of, furnished, made

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_a_place_of_its_own(tmp_path: Path, settings: Settings) -> None:
    settings.EVIDENCE_ROOT = tmp_path / "evidence"
    settings.ARCHIVES_AT_WORK = tmp_path / "at-work"
    settings.AUDIT_KEYS = {"1": "11" * 32}


def said(archive: bytes, known: Known, outside: str) -> list[tuple[str, list[str]]]:
    """What is found of it, and what was left unchecked of the copies outside."""
    path = known.folder / "asked.zip"
    path.write_bytes(archive)
    done = verify.Verification(verify.Box(str(path)), known.macs, known.pins, outside)
    return [(code, told) for code, _where, told in done.findings if code != "not others"]


def grown(events: int) -> int:
    """So many further events of somebody else, and a seal over them; its size."""
    for _n in range(events):
        record.note("drill.written", subject="drill:1", actor=SYSTEM, data={})
    sealing.seal(Reason.TIME, SYSTEM)
    last = sealing.latest()
    assert last is not None
    return last.size


def test_an_archive_proves_that_it_continues_what_was_kept_before_and_says_what_it_does_not(
    tmp_path: Path,
) -> None:
    sizes = [grown(n) for n in (1, 2, 1, 5)]
    house, round_ = furnished()
    archive = made(round_.subject, house.office)
    newest = grown(3)
    told = json.loads(files_of(archive)["proof.json"])
    assert sizes == [1, 3, 4, 9] == told["older"][:4]
    known = Known.now(tmp_path)
    kept = {one.size: one.note for one in Checkpoint.objects.all()}
    assert said(archive, known, known.outside) == [("not older", ["1"])]
    for size in told["older"]:
        assert said(archive, known, kept[size]) == [("not outside", [str(told["size"])])]
    assert said(archive, known, kept[told["size"]]) == []
    assert said(archive, known, kept[newest]) == [
        ("not outside", [str(told["size"])]),
        ("not older", ["1"]),
    ]
    for size in told["older"]:
        forged = kept[size].replace(kept[size].splitlines()[2], kept[told["size"]].splitlines()[2])
        assert ("outside", [str(size)]) in said(archive, known, forged)


def test_every_beginning_of_every_small_tree_is_proven_by_the_shared_nodes() -> None:
    """All sizes up to 20, each with leaves of its own and every set of ends of two."""
    leaves = [merkle.leaf_hash(bytes([n])) for n in range(20)]
    for size in range(1, 21):
        for first in range(1, size):
            ends = sorted({first, size // 2} - {0, size})
            ranges = proof.between([size // 3], size, ends)
            assert [low for low, _high in ranges] == sorted(low for low, _high in ranges)
            for end in ends:
                assert all(high <= end or low >= end for low, high in ranges)
            found = merkle.nodes(leaves[:size], ranges)
            assert len(found) == len(ranges)


def test_of_many_checkpoints_the_newest_and_the_last_of_each_day_are_proven(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for _n in range(6):
        grown(1)
    every = list(Checkpoint.objects.order_by("size").values_list("size", flat=True))
    last = sealing.latest()
    assert last is not None
    assert proof.older(last) == every[:-1]
    monkeypatch.setattr(proof, "NEWEST", 2)
    assert proof.older(last) == every[-3:-1]
    monkeypatch.setattr(proof, "MOST", 1)
    assert proof.older(last) == every[-2:-1]
