"""Weeks of a log at random: acts, ticks, clocks put back, keys changed, drives that go and come.

After every step the whole of it is walked. Faults are then put in, one at a time, and each must be
noticed: by the database, by the seal itself, or by the walk.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from pytest_django.fixtures import Settings

from audit import copies, keys, log_verify, merkle, notes, outbox, outside, sealing, sequencer
from audit.models import Checkpoint, Leaf, Owed, Reason
from core.refusals import Unsafe
from tests.audit.chains import ALICE, write
from tests.audit.logged import Clock

pytestmark = [pytest.mark.django_db, pytest.mark.no_cover]
STEPS, SEEDS = 60, 4
OFTEN = 8
"""How often each kind of step must have come at least."""


class Weeks:
    """One run, and what may happen in it."""

    def __init__(self, seed: int, clock: Clock, settings: Settings, folder: Path) -> None:
        self.chance = random.Random(seed)
        self.clock, self.settings, self.folder = clock, settings, folder
        self.seen: Counter[str] = Counter()

    def step(self) -> None:
        name = self.chance.choice(
            ["act", "act", "act", "tick", "tick", "ask", "close", "kill", "back", "key", "drive"]
        )
        self.seen[name] += 1
        getattr(self, f"_{name}")()
        outbox.sweep()

    def _act(self) -> None:
        subject = f"item:{self.chance.randrange(4)}"
        write(subject, *["a"] * self.chance.randrange(1, 6))

    def _tick(self) -> None:
        self.clock.add(seconds=self.chance.choice([5, 31, 3600, 86400]))
        sealing.tick()

    def _ask(self) -> None:
        sealing.seal(Reason.ASKED, ALICE)

    def _close(self) -> None:
        with transaction.atomic():
            sealing.seal_within(Reason.CLOSE)

    def _kill(self) -> None:
        """After the places were given and before the seal."""
        with transaction.atomic():
            sequencer.hold()
            sequencer.place(self.chance.randrange(1, 4))

    def _back(self) -> None:
        self.clock.add(days=-self.chance.randrange(1, 4))

    def _key(self) -> None:
        old = [key.vkey for key in keys.own()]
        self.settings.CHECKPOINT_OLD_KEYS = [*self.settings.CHECKPOINT_OLD_KEYS, *old]
        schemes = self.chance.choice([("ed25519",), ("sm2",), ("ed25519", "sm2")])
        self.settings.CHECKPOINT_KEYS = {s: self.chance.randbytes(32).hex() for s in schemes}

    def _drive(self) -> None:
        there = self.settings.OUTSIDE_FOLDER
        self.settings.OUTSIDE_FOLDER = "" if there else str(self.folder)

    def end(self) -> None:
        """All that waits is done: the drive is there, a day goes by, what was put off is due."""
        self.settings.OUTSIDE_FOLDER = str(self.folder)
        write("item:9", "last")
        self.clock.add(days=9)
        sealing.tick()
        Owed.objects.filter(paid_at=None).update(
            due_at=self.clock.now, parked_at=None, leased_until=None
        )
        outbox.sweep()

    def wrong(self) -> list[str]:
        found = log_verify.walk(self.folder)
        lacking = [
            f"no copy over {size}"
            for size in Checkpoint.objects.values_list("size", flat=True)
            if not copies.path_of(self.folder, size).exists()
        ]
        return [one.text for one in found.breaks] + lacking + ["unplaced"] * found.unplaced


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    monkeypatch.setattr(sealing, "COUNT", 12)
    settings.OUTSIDE_FOLDER = ""


def test_whatever_happens_the_log_is_whole_and_its_copies_agree(
    clock: Clock, settings: Settings, tmp_path: Path
) -> None:
    seen: Counter[str] = Counter()
    for seed in range(SEEDS):
        folder = tmp_path / str(seed)
        folder.mkdir()
        sid = transaction.savepoint()
        weeks = Weeks(seed, clock, settings, folder)
        for _n in range(STEPS):
            weeks.step()
            assert log_verify.walk(folder).breaks == [], weeks.seen
        weeks.end()
        assert weeks.wrong() == []
        seen += weeks.seen
        transaction.savepoint_rollback(sid)
    assert min(seen.values()) >= OFTEN, seen
    assert len(seen) == 8


# Faults, each as somebody might have written it.

_covered = outside._covered
_text: Callable[[notes.Sealed], str] = vars(notes.Sealed)["text"].fget


def _children_exchanged(self: merkle.Frontier, leaf: bytes) -> None:
    size = self.size + 1
    low = size & -size
    while low > 1:
        leaf = self.digest(b"\x01" + leaf + self.peaks.pop())
        low >>= 1
    self.peaks.append(leaf)
    self.size = size


def _peaks_from_the_left(self: merkle.Frontier, *, after: int = 0) -> bytes:
    found = b""
    for peak in self.peaks:
        found = merkle.node_hash(found, peak, self.digest) if found else peak
    return found or self.digest(b"")


def _one_left_out(limit: int = sequencer.BATCH) -> int:
    """Forgets the first of what waits, wherever there is more than one."""
    rows = list(sequencer._unplaced().values_list("pk", "hash")[1:limit])
    size = sequencer.length()
    for at, (pk, told) in enumerate(rows):
        Leaf.objects.create(index=size + at, event_id=pk, hash=told)
    return len(rows)


def _places_from_one(limit: int = sequencer.BATCH) -> int:
    rows = list(sequencer._unplaced().values_list("pk", "hash")[:limit])
    for at, (pk, told) in enumerate(rows, sequencer.length() + 1):
        Leaf.objects.create(index=at, event_id=pk, hash=told)
    return len(rows)


def _span_begins_too_late(place: Any) -> int:
    covered = _covered(place)
    return covered + 6 if covered else 0


def _leaf_like_a_node(data: bytes, digest: merkle.Digest = merkle.sha256) -> bytes:
    return digest(b"\x01" + data)


def _size_before_the_last(text: notes.Sealed) -> str:
    return _text(text).replace(f"\n{text.size}\n", f"\n{max(1, text.size - 1)}\n", 1)


FAULTS: dict[str, tuple[str, object]] = {
    "children exchanged": ("audit.merkle.Frontier.add", _children_exchanged),
    "peaks from the left": ("audit.merkle.Frontier.root", _peaks_from_the_left),
    "one event left out": ("audit.sequencer.place", _one_left_out),
    "places from one": ("audit.sequencer.place", _places_from_one),
    "a span begins too late": ("audit.outside._covered", _span_begins_too_late),
    "the leaf is hashed like a node": ("audit.sealing.leaf_hash", _leaf_like_a_node),
    "signs a size it does not have": ("audit.notes.Sealed.text", property(_size_before_the_last)),
    "copies go nowhere": ("audit.copies.keep", lambda _size, _note: None),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_is_noticed(
    fault: str,
    clock: Clock,
    settings: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    weeks = Weeks(3, clock, settings, tmp_path)
    path, broken = FAULTS[fault]
    refused = False
    with monkeypatch.context() as patch:
        patch.setattr(path, broken)
        for _n in range(STEPS):
            try:
                weeks.step()
            except (DatabaseError, Unsafe):
                refused = True
                break
        if not refused:
            with suppress(DatabaseError, Unsafe):
                weeks.end()
    # Walked by what is right: a fault on both sides would agree with itself.
    assert refused or weeks.wrong()
