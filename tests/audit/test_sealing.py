"""When a seal is made, over what, and when it is refused."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
from django.utils import translation
from pytest_django.fixtures import Settings

from audit import keys, merkle, proofs, sealing, seals, sequencer
from audit.models import Checkpoint, Event, Leaf, Reason
from core import crypto
from core.actor import SYSTEM
from core.refusals import Unsafe
from tests.audit.chains import ALICE, run, unprotected, write
from tests.audit.logged import Clock, sealed

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


def root_by_hand(size: int, algorithm: crypto.Algorithm = "sha256") -> bytes:
    digest = crypto.digester(algorithm)
    events = [bytes(e.hash) for e in Event.objects.order_by("pk")[:size]]
    return merkle.root_of([digest(b"\x00" + told) for told in events], digest)


def test_nothing_that_happened_is_nothing_to_seal() -> None:
    assert sealing.seal(Reason.TIME, SYSTEM) is None
    assert sealing.tick() is None
    assert sealing.latest() is None


def test_a_seal_is_the_signed_root_over_every_event(clock: Clock) -> None:
    write("item:1", "a", "b", "c")
    write("item:2", "a", "b")
    kept = sealing.seal(Reason.TIME, SYSTEM)
    assert kept is not None
    assert (kept.size, bytes(kept.root), kept.reason) == (5, root_by_hand(5), "time")
    said = keys.opened(kept.note)
    assert (said.size, said.root, said.at) == (5, root_by_hand(5), clock.now)
    assert (kept.code, kept.sealed_at) == (said.code, clock.now)
    places = list(Leaf.objects.values_list("index", "event_id"))
    assert places == list(enumerate(Event.objects.order_by("pk").values_list("pk", flat=True)))


def test_each_seal_grows_from_the_one_before() -> None:
    first, second, third = sealed(3, 4, 6)
    assert [c.size for c in (first, second, third)] == [3, 7, 13]
    for one in (first, second, third):
        assert bytes(one.root) == root_by_hand(one.size)
    assert sealing.latest() == third


def test_where_nothing_is_new_the_last_seal_is_the_answer() -> None:
    [only] = sealed(3)
    assert sealing.seal(Reason.CLOSE, SYSTEM) == only
    assert Checkpoint.objects.count() == 1


def test_who_asks_for_a_seal_is_on_the_record_and_under_the_seal() -> None:
    write("item:1", "a")
    kept = sealing.seal(Reason.ASKED, ALICE)
    assert kept is not None
    asked = Event.objects.get(name="record.seal_asked")
    assert (asked.subject, asked.actor, asked.data) == ("record", "person:7", {})
    assert asked.pk in proofs.inclusion_of([asked.pk], kept)
    assert kept.size == 2


def test_it_is_sealed_half_a_minute_after_the_last_where_something_is_new(clock: Clock) -> None:
    write("item:1", "a")
    first = sealing.tick()
    assert first is not None
    clock.add(seconds=29)
    write("item:1", "b")
    assert sealing.tick() is None
    clock.add(seconds=1)
    second = sealing.tick()
    assert second is not None
    assert (second.size, second.reason) == (2, "time")
    clock.add(hours=5)
    assert sealing.tick() is None


def test_a_thousand_events_do_not_wait(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "COUNT", 10)
    sealed(1)
    write("item:7", *"abcdefghi")
    assert sealing.tick() is None
    write("item:8", "a")
    kept = sealing.tick()
    assert kept is not None
    assert (kept.size, kept.reason) == (11, "count")


def test_what_was_placed_and_not_sealed_counts_for_the_next(clock: Clock) -> None:
    """A kill between the two leaves places without a seal."""
    sealed(1)
    write("item:7", "a")
    sequencer.hold()
    assert sequencer.place() == 1
    clock.add(seconds=30)
    kept = sealing.tick()
    assert kept is not None
    assert kept.size == 2


def test_more_than_a_batch_is_placed_in_several(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sequencer, "BATCH", 4)
    monkeypatch.setattr(sequencer.place, "__defaults__", (4,))
    [kept] = sealed(9)
    assert (kept.size, bytes(kept.root)) == (9, root_by_hand(9))
    write("item:2", *["a"] * 9)
    closing = sealing.seal_within(Reason.CLOSE)
    assert closing is not None
    assert (closing.size, bytes(closing.root)) == (18, root_by_hand(18))


def test_a_clock_that_was_put_back_breaks_no_order_and_stops_no_seal(clock: Clock) -> None:
    first = sealed(2)[0]
    clock.add(days=-3)
    write("item:9", "a")
    second = sealing.tick()
    assert second is not None
    assert second.size == 3 > first.size
    assert second.sealed_at < first.sealed_at
    assert bytes(second.root) == root_by_hand(3)


def test_the_tree_keeps_its_hash_whatever_events_are_hashed_with_since(settings: Settings) -> None:
    settings.AUDIT_HASH = "sm3"
    first = sealed(3)[0]
    assert "\nhash sm3\n" in first.note
    assert bytes(first.root) == root_by_hand(3, "sm3")
    settings.AUDIT_HASH = "sha256"
    write("item:5", "a")
    second = sealing.seal(Reason.TIME, SYSTEM)
    assert second is not None
    assert (second.algorithm, bytes(second.root)) == ("sm3", root_by_hand(4, "sm3"))


@pytest.mark.django_db(transaction=True)
def test_a_log_is_held_for_a_transaction_only() -> None:
    with pytest.raises(RuntimeError, match="held for a transaction"):
        sequencer.hold()


@pytest.mark.parametrize(
    ("columns", "why"),
    [
        ({"root": bytes(32)}, "Its row does not say what was signed."),
        ({"frontier": bytes(64)}, "Its frontier does not give the root that was signed."),
        ({"frontier": bytes(96)}, "Its frontier does not give the root that was signed."),
        ({"note": "nothing\n\n— a AAAAAAAA\n"}, "This is no checkpoint of a record."),
        ({"size": 1, "frontier": bytes(32)}, "Its row does not say what was signed."),
    ],
)
def test_a_checkpoint_that_was_changed_is_not_continued(
    columns: dict[str, object], why: str, caplog: pytest.LogCaptureFixture
) -> None:
    [only] = sealed(3)
    with unprotected():
        Checkpoint.objects.filter(pk=only.pk).update(**columns)
    write("item:5", "a")
    with caplog.at_level(logging.ERROR), pytest.raises(Unsafe) as refused:
        sealing.seal(Reason.TIME, SYSTEM)
    assert why in str(refused.value)
    assert why in caplog.text
    assert Checkpoint.objects.count() == 1


@pytest.mark.sqlite  # PostgreSQL keeps such values out of its columns
@pytest.mark.parametrize("column", ["root", "frontier"])
def test_a_checkpoint_that_holds_no_bytes_is_not_continued_and_no_crash(column: str) -> None:
    sealed(3)
    with unprotected():
        run(f"UPDATE audit_checkpoint SET {column} = 99999999999999")
    write("item:5", "a")
    with pytest.raises(Unsafe, match="does not continue its last checkpoint"):
        sealing.seal(Reason.TIME, SYSTEM)


def test_the_words_for_a_cell_name_code_size_and_time(clock: Clock) -> None:
    assert seals.latest_words() == ""
    [only] = sealed(3)
    assert seals.latest_words() == (
        f"Record code {only.code}, sealed over 3 events at 2026-11-28 20:00"
    )


def test_a_log_that_became_shorter_is_not_continued() -> None:
    sealed(3)
    with unprotected():
        Leaf.objects.filter(index=2)._raw_delete("default")
        Event.objects.filter(pk=Event.objects.order_by("-pk")[0].pk)._raw_delete("default")
    with pytest.raises(Unsafe, match="3 events were sealed, and the log has 2"):
        sealing.seal(Reason.TIME, SYSTEM)


def test_a_key_changed_without_keeping_the_old_one_stops_the_seals(settings: Settings) -> None:
    sealed(3)
    old = keys.own()[0].vkey
    settings.CHECKPOINT_KEYS = {"ed25519": "77" * 32}
    write("item:5", "a")
    with pytest.raises(Unsafe, match="No key known here has signed"):
        sealing.seal(Reason.TIME, SYSTEM)
    settings.CHECKPOINT_OLD_KEYS = [old]
    kept = sealing.seal(Reason.TIME, SYSTEM)
    assert kept is not None
    assert kept.size == 4


def test_any_number_of_events_is_proven_by_one_walk() -> None:
    first, second = sealed(6, 5)
    events = list(Event.objects.order_by("pk"))
    for checkpoint in (first, second):
        proven = proofs.inclusion_of([e.pk for e in events] + [0], checkpoint)
        assert sorted(proven) == [e.pk for e in events[: checkpoint.size]]
        for event in events[: checkpoint.size]:
            proof = proven[event.pk]
            assert proof.event_hash == bytes(event.hash)
            assert merkle.verify_inclusion(
                merkle.leaf_hash(proof.event_hash),
                proof.index,
                checkpoint.size,
                proof=proof.path,
                root=bytes(checkpoint.root),
            )
    assert proofs.inclusion_of([0], second) == {}
