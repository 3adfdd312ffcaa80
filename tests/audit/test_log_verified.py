"""What is done to the log is found; and by a copy outside, what only that can tell."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import transaction
from django.utils import translation
from pytest_django.fixtures import Settings

from audit import canonical, chain, copies, log_verify, sealing, sequencer, verify
from audit.merkle import leaf_hash
from audit.models import Checkpoint, Event, Leaf, Reason
from tests.audit.chains import run, unprotected, write
from tests.audit.logged import Clock, sealed

pytestmark = pytest.mark.django_db
TIMES = 40
LOTS = (3, 5, 1, 4, 6, 2)


@pytest.fixture(autouse=True)
def _outside(tmp_path: Path, settings: Settings) -> Iterator[None]:
    settings.OUTSIDE_FOLDER = str(tmp_path)
    settings.AUDIT_KEYS = {"1": "11" * 32}
    with translation.override("en"):
        yield


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Six seals over twenty-one events of six chains, and their copies."""
    for checkpoint in sealed(*LOTS):
        copies.keep(checkpoint.size, checkpoint.note)
    return tmp_path


def breaks(outside: Path | None = None) -> list[tuple[int, str]]:
    found = log_verify.walk(outside)
    chains = [walked.broken for walked in verify.chains() if walked.broken]
    return [(one.seq, one.text) for one in [*chains, *found.breaks]]


def test_a_whole_log_is_counted(folder: Path) -> None:
    write("item:1", "later")
    found = log_verify.walk(folder)
    assert found.breaks == []
    counted = (found.places, found.unplaced, found.checkpoints, found.copies, found.sealed)
    assert counted == (21, 1, 6, 6, 21)


def test_a_log_in_sm3_is_whole_too(settings: Settings, tmp_path: Path) -> None:
    settings.AUDIT_HASH = "sm3"
    settings.CHECKPOINT_KEYS = {"ed25519": "33" * 32, "sm2": "44" * 32}
    for checkpoint in sealed(3, 4):
        copies.keep(checkpoint.size, checkpoint.note)
    found = log_verify.walk(tmp_path)
    assert (found.breaks, found.checkpoints, found.copies) == ([], 2, 2)


def leaf_changed() -> None:
    Leaf.objects.filter(index=8).update(hash=bytes(32))


def leaf_gone() -> None:
    Leaf.objects.filter(index=8)._raw_delete("default")


def event_and_leaf_gone() -> None:
    place = Leaf.objects.select_related("event").get(index=20)
    Leaf.objects.filter(index=20)._raw_delete("default")
    Event.objects.filter(pk=place.event_id)._raw_delete("default")


def places_exchanged() -> None:
    first, second = Leaf.objects.filter(index__in=(4, 5)).order_by("index")
    Leaf.objects.filter(index__in=(4, 5))._raw_delete("default")
    for index, other in ((4, second), (5, first)):
        Leaf.objects.create(index=index, event_id=other.event_id, hash=other.hash)


def checkpoint_changed() -> None:
    Checkpoint.objects.filter(size=9).update(root=bytes(32))


def code_changed() -> None:
    Checkpoint.objects.filter(size=9).update(code="0000-0000-0000")


def time_changed() -> None:
    at = Checkpoint.objects.get(size=9).sealed_at
    Checkpoint.objects.filter(size=9).update(sealed_at=at - timedelta(days=1))


def note_changed() -> None:
    note = Checkpoint.objects.get(size=9).note
    Checkpoint.objects.filter(size=9).update(note=note.replace("\ntime 2", "\ntime 1"))


@pytest.mark.parametrize(
    ("tamper", "expected"),
    [
        (leaf_changed, (8, "The log holds another hash than the event in this place.")),
        (leaf_gone, (8, "The places 8 to 8 of the log are missing, or their events are.")),
        (event_and_leaf_gone, (21, "21 events were sealed, and only 20 can be followed.")),
        (places_exchanged, (8, "The events up to here are not those that were sealed.")),
        (checkpoint_changed, (9, "The checkpoint's row does not say what was signed.")),
        (code_changed, (9, "The checkpoint's row does not say what was signed.")),
        (time_changed, (9, "The checkpoint's row does not say what was signed.")),
        (note_changed, (9, "A signature under this checkpoint is not by the key that it names.")),
    ],
)
def test_what_is_done_to_the_log_is_found_without_a_copy(
    tamper: Callable[[], None], expected: tuple[int, str], folder: Path
) -> None:
    # Eight events are sealed by the second checkpoint: the fifth and sixth stand under it.
    with unprotected():
        tamper()
    assert expected in breaks()


@pytest.mark.sqlite  # PostgreSQL keeps such values out of its columns
@pytest.mark.parametrize("value", ["7", "'text'", "99999999999999"])
def test_a_leaf_that_holds_no_bytes_is_a_break_and_no_crash(value: str, folder: Path) -> None:
    with unprotected():
        run(f'UPDATE audit_leaf SET hash = {value} WHERE "index" = 8')
    assert (8, "The log holds another hash than the event in this place.") in breaks()


def test_an_event_that_was_left_out_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch)
    sealed(3)
    with unprotected():
        Leaf.objects.filter(index=2)._raw_delete("default")
        Leaf.objects.filter(index=1)._raw_delete("default")
        Leaf.objects.create(
            index=1,
            event=Event.objects.order_by("pk")[2],
            hash=Event.objects.order_by("pk")[2].hash,
        )
    text = "The event has no place in the log, though later ones have."
    assert (2, text) not in breaks()
    clock.add(hours=2)
    assert (2, text) in breaks()


def test_what_stands_in_the_folder_and_nowhere_else_is_found(folder: Path) -> None:
    with unprotected():
        Checkpoint.objects.filter(size=9)._raw_delete("default")
    [(size, text)] = breaks(folder)
    assert size == 9
    assert text.endswith("000000000009.note holds a checkpoint that the database does not have.")


@pytest.mark.parametrize("spoilt", [b"", b"\xff\xfe", b"anything\n\n\xe2\x80\x94 a AAAAAAAA\n"])
def test_a_copy_that_cannot_be_read_is_a_break_and_no_crash(spoilt: bytes, folder: Path) -> None:
    path = copies.path_of(folder, 9)
    path.chmod(0o644)
    path.write_bytes(spoilt)
    [(_size, text)] = breaks(folder)
    assert f"{path} cannot be believed: " in text


# With everything in their hands: the database, its triggers off, and both keys.


def cut(rng: random.Random) -> None:
    """The end goes, with all that tells of it: events, places, checkpoints."""
    size = rng.randrange(1, 21)
    gone = list(Leaf.objects.filter(index__gte=size).values_list("event_id", flat=True))
    with unprotected():
        Checkpoint.objects.filter(size__gt=size)._raw_delete("default")
        Leaf.objects.filter(index__gte=size)._raw_delete("default")
        Event.objects.filter(pk__in=gone)._raw_delete("default")


def forge_an_end(rng: random.Random) -> None:
    """The end goes, and others are written and sealed in its place, at least as many."""
    lost = Event.objects.count()
    cut(rng)
    lost -= Event.objects.count()
    for n in range(lost + rng.randrange(3)):
        write(f"item:{rng.randrange(1, 9)}", f"forged.{n}")
    sealing.seal_within(Reason.TIME)


def rewrite(rng: random.Random) -> None:
    """One event says something else; its chain, the log and every seal are made anew after it."""
    victim = Event.objects.order_by("pk")[rng.randrange(21)]
    sizes = list(Checkpoint.objects.order_by("size").values_list("size", flat=True))
    with unprotected():
        Checkpoint.objects.all()._raw_delete("default")
        Leaf.objects.all()._raw_delete("default")
        _rechain(victim)
    for size in sizes:
        sequencer.place(size - sequencer.length())
        last = sealing.latest()
        tree = sealing.continued(last, size)
        for told in sealing._after(tree.size):
            tree.add(leaf_hash(told))
        sealing._kept(tree, Reason.TIME, last)


def _rechain(victim: Event) -> None:
    prev = bytes(victim.prev)
    for event in Event.objects.filter(subject=victim.subject, seq__gte=victim.seq).order_by("seq"):
        said = canonical.decode(bytes(event.body))
        said["data"] = {"told": "nothing of the kind"} if event == victim else said["data"]
        body = canonical.encode(said)
        told = chain.hash_of(body, prev=prev, algorithm="sha256")
        mac = chain.mac_of(told, key_id="1", algorithm="sha256")
        Event.objects.filter(pk=event.pk).update(body=body, prev=prev, hash=told, mac=mac)
        prev = told


@pytest.mark.parametrize("tamper", [cut, forge_an_end, rewrite])
def test_only_the_copy_outside_tells_of_a_thief_with_the_keys(
    tamper: Callable[[random.Random], None], folder: Path, settings: Settings
) -> None:
    settings.OUTSIDE_FOLDER = ""
    seen = {"without": 0, "with": 0, "by the alarm": 0}
    for seed in range(TIMES):
        sid = transaction.savepoint()
        tamper(random.Random(seed))
        seen["without"] += bool(breaks())
        seen["with"] += bool(breaks(folder))
        settings.OUTSIDE_FOLDER = str(folder)
        seen["by the alarm"] += bool(copies.disagreement())
        settings.OUTSIDE_FOLDER = ""
        transaction.savepoint_rollback(sid)
    assert seen == {"without": 0, "with": TIMES, "by the alarm": TIMES}
    assert breaks(folder) == []
