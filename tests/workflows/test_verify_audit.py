"""Whatever is done to the record behind the application is found, and said in a sentence."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import translation
from pytest_django.fixtures import Settings

from audit import canonical, chain, outbox, sealing, triggers
from audit.models import Event, Leaf, Reason
from core.actor import SYSTEM
from evidence.models import Evidence
from evidence.storage.folder import path_of
from tests import make
from tests.audit.chains import unprotected
from tests.make import House
from workflows.actions import ledgers
from workflows.models import Batch, Citation, Item, Measure
from workflows.states import State

pytestmark = pytest.mark.django_db
NO_COPY = (
    "Not checked: No copy outside was compared: name its folder in the settings, or by --outside.\n"
    "Not checked: Without one, a record cut off or written anew with its keys looks whole.\n"
)
UNEXPLAINED = "The item's row says “{}”, version {}; its events lead to “{}”, version {}."


@pytest.fixture(autouse=True)
def _english(tmp_path: Path, settings: Settings) -> Iterator[None]:
    settings.EVIDENCE_ROOT = tmp_path
    settings.AUDIT_KEYS = {"1": "11" * 32}
    with translation.override("en"):
        yield


@pytest.fixture
def item() -> Item:
    house = make.house()
    return make.item(State.VERIFYING, house=house)


def verified() -> str:
    out = io.StringIO()
    call_command("verify_audit", stdout=out)
    return out.getvalue()


def breaks() -> list[tuple[str, int, str]]:
    """The breaks as the command prints them, having ended with a fault."""
    out = io.StringIO()
    with pytest.raises(CommandError):
        call_command("verify_audit", "--json", stdout=out)
    told = json.loads(out.getvalue())
    assert told["ok"] is False
    return [(b["subject"], b["seq"], b["text"]) for b in told["breaks"]]


def of(item: Item) -> list[Event]:
    return list(Event.objects.filter(subject=item.subject).order_by("seq"))


def test_a_whole_record_is_counted(item: Item) -> None:
    events = Event.objects.count()
    chains = Event.objects.values("subject").distinct().count()
    assert verified() == (
        f"The record is whole: {events} events in {chains} chains, 1 items explained,"
        " 1 files intact.\n"
        "The log is whole: 0 places, 0 sealed, 0 checkpoints, 0 copies outside agree.\n"
        f"Not checked: {events} events wait for the next seal.\n" + NO_COPY
    )


def test_a_sealed_record_is_compared_with_its_copies(
    item: Item, settings: Settings, tmp_path: Path
) -> None:
    settings.OUTSIDE_FOLDER = str(tmp_path)
    settings.OUTSIDE_MAIL = ["witness@example.test"]
    sealing.seal(Reason.TIME, SYSTEM)
    outbox.sweep()
    n = Event.objects.count()
    assert verified().splitlines()[1:] == [
        f"The log is whole: {n} places, {n} sealed, 1 checkpoints, 1 copies outside agree.",
        "Not checked: Letters and receivers outside were not compared: do so by hand.",
    ]


def test_a_folder_that_is_not_there_is_not_taken_for_an_empty_one(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"The folder .*/gone is not there\."):
        call_command("verify_audit", "--outside", str(tmp_path / "gone"))


def test_a_break_of_the_log_is_a_break_of_the_record(item: Item) -> None:
    sealing.seal(Reason.TIME, SYSTEM)
    with unprotected():
        Leaf.objects.filter(index=2).update(hash=bytes(32))
    assert breaks()[0] == (
        "log",
        2,
        "The log holds another hash than the event in this place.",
    )


def test_a_whole_record_is_counted_for_a_program_too(item: Item) -> None:
    out = io.StringIO()
    call_command("verify_audit", "--json", stdout=out)
    told = json.loads(out.getvalue())
    assert (told["ok"], told["breaks"], told["missing_triggers"]) == (True, [], [])
    assert (told["items"], told["evidence"]) == (1, 1)
    assert told["events"] == Event.objects.count()


def test_an_empty_record_is_whole() -> None:
    assert verified().startswith("The record is whole: 0 events in 0 chains")


def test_items_that_were_taken_off_again_with_their_workbook_are_explained() -> None:
    house = make.house()
    make.item(house=house)
    ledgers.undo(Batch.objects.get().pk, actor=house.office.actor())
    assert not Item.objects.exists()
    assert verified().startswith("The record is whole")


def test_a_chain_goes_on_being_whole_in_the_other_hash(item: Item, settings: Settings) -> None:
    settings.AUDIT_HASH = "sm3"
    house = make.house()
    make.item(State.CLOSED, house=house)
    assert verified().startswith("The record is whole")


# Events


def change(event: Event, **columns: object) -> None:
    Event.objects.filter(pk=event.pk).update(**columns)


def rehashed(event: Event, body: bytes, prev: bytes) -> bytes:
    return chain.hash_of(body, prev=prev, algorithm="sha256")


def body_changed(events: list[Event]) -> None:
    body = bytes(events[2].body).replace(b"rectifying", b"cancelled")
    change(events[2], body=body)


def hash_changed(events: list[Event]) -> None:
    change(events[2], hash=bytes(32))


def seal_changed(events: list[Event]) -> None:
    change(events[2], mac=bytes(32))


def body_and_hash_changed(events: list[Event]) -> None:
    body = bytes(events[-1].body).replace(b"Seen on site.", b"Seen by none.")
    change(events[-1], body=body, hash=rehashed(events[-1], body, bytes(events[-1].prev)))


def reordered(events: list[Event]) -> None:
    third, fourth = events[2], events[3]
    change(third, seq=99)
    change(fourth, seq=3)
    change(third, seq=4)


def middle_deleted(events: list[Event]) -> None:
    Event.objects.filter(pk__in=[events[2].pk, events[3].pk])._raw_delete("default")


def first_deleted(events: list[Event]) -> None:
    Event.objects.filter(pk=events[0].pk)._raw_delete("default")


def key_unknown(events: list[Event]) -> None:
    change(events[2], key_id="9")


def algorithm_changed(events: list[Event]) -> None:
    change(events[2], algorithm="sm3")


def subject_changed(events: list[Event]) -> None:
    """The last event is moved to a chain of its own."""
    change(events[-1], subject="item:999999", seq=1)


@pytest.mark.parametrize(
    ("tamper", "seq", "text"),
    [
        (body_changed, 3, "What the event says is not what was hashed."),
        (hash_changed, 3, "What the event says is not what was hashed."),
        (
            seal_changed,
            3,
            "The seal was not made with this deployment's key: the event is forged.",
        ),
        (
            body_and_hash_changed,
            7,
            "The seal was not made with this deployment's key: the event is forged.",
        ),
        (reordered, 3, "The event does not follow the one before it."),
        (middle_deleted, 5, "Events 3 to 4 are missing."),
        (first_deleted, 2, "Events 1 to 1 are missing."),
        (
            key_unknown,
            3,
            "The event names a key (9) that this deployment does not have.",
        ),
        (algorithm_changed, 3, "What the event says is not what was hashed."),
    ],
)
def test_a_changed_event_is_found(
    tamper: Callable[[list[Event]], None], seq: int, text: str, item: Item
) -> None:
    with unprotected():
        forget_what_is_owed()
        tamper(of(item))
    assert breaks() == [(item.subject, seq, text)]


def forget_what_is_owed() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM audit_owed")


@pytest.mark.parametrize(
    ("column", "value", "name"),
    [
        ("name", "item.cancelled", "name"),
        ("at", "2020-01-01T00:00:00Z", "at"),
        ("actor", "person:0", "actor id"),
        ("actor_label", "Nobody", "actor label"),
        ("command", None, "command"),
    ],
)
def test_a_changed_column_is_found(column: str, value: object, name: str, item: Item) -> None:
    with unprotected():
        change(of(item)[3], **{column: value})
    text = f"The column “{name}” says something else than the hashed bytes."
    assert breaks() == [(item.subject, 4, text)]


@pytest.mark.sqlite  # PostgreSQL keeps such values out of its columns
@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("body", "text"),
        ("hash", "text"),
        ("at", "yesterday"),
        ("command", "no uuid"),
    ],
)
def test_a_row_that_cannot_be_read_as_an_event_is_a_break_and_no_crash(
    column: str, value: str, item: Item
) -> None:
    with unprotected(), connection.cursor() as cursor:
        cursor.execute("PRAGMA ignore_check_constraints = 1")
        cursor.execute(
            f"UPDATE audit_event SET {column} = %s WHERE subject = %s AND seq = 2",
            [value, item.subject],
        )
        cursor.execute("PRAGMA ignore_check_constraints = 0")

    [(subject, _seq, text)] = breaks()

    assert subject == item.subject
    assert text == "The event's row cannot be read: a column holds what it cannot hold."


def test_a_cut_tail_is_found_by_the_items_row(item: Item) -> None:
    with unprotected():
        forget_what_is_owed()
        Event.objects.filter(pk=of(item)[-1].pk)._raw_delete("default")
    assert breaks() == [
        (
            item.subject,
            6,
            UNEXPLAINED.format("Awaiting close-out", 6, "In review", 5),
        )
    ]


def test_a_cut_tail_that_moved_nothing_is_found_too(item: Item) -> None:
    """A refused attempt, cut off: state and version agree, the head does not."""
    Item.objects.filter(pk=item.pk).update(trail_seq=8, trail_head=bytes(32))
    assert breaks() == [(item.subject, 7, "The item's row knows of 8 events, the chain has 7.")]


def test_an_event_moved_to_another_chain_is_found_at_both_ends(item: Item) -> None:
    with unprotected():
        subject_changed(of(item))
    assert [(subject, seq) for subject, seq, _text in breaks()] == [
        (item.subject, 6),
        ("item:999999", 1),
    ]


def forged(item: Item, settings: Settings, key: str) -> None:
    """A closing event, canonical and chained to the last one as it should be."""
    last = of(item)[-1]
    told = canonical.decode(bytes(last.body))
    told["seq"], told["name"], told["command"] = last.seq + 1, "item.closed", None
    told["data"] = {"from": "verifying", "to": "closed", "version": item.version + 1}
    body, prev = canonical.encode(told), bytes(last.hash)
    digest = rehashed(last, body, prev)
    settings.AUDIT_KEYS = {"1": key}
    seal = chain.mac_of(digest, key_id="1", algorithm="sha256")
    settings.AUDIT_KEYS = {"1": "11" * 32}
    last.pk, last.seq, last.name, last.command = None, last.seq + 1, "item.closed", None
    last.body, last.prev, last.hash, last.mac = body, prev, digest, seal
    last.save(force_insert=True)
    Item.objects.filter(pk=item.pk).update(
        state="closed", version=item.version + 1, trail_seq=last.seq, trail_head=digest
    )


def test_a_well_chained_event_of_somebody_without_the_key_is_found(
    item: Item, settings: Settings
) -> None:
    """The database itself takes it, triggers and all: only the seal tells."""
    forged(item, settings, key="22" * 32)
    assert breaks() == [
        (
            item.subject,
            8,
            "The seal was not made with this deployment's key: the event is forged.",
        )
    ]


def test_the_same_event_with_the_key_would_pass(item: Item, settings: Settings) -> None:
    """What is tested above is the key and nothing else."""
    forged(item, settings, key="11" * 32)
    assert verified().startswith("The record is whole")


def test_sealed_bytes_that_are_not_canonical_are_found(item: Item) -> None:
    last = of(item)[-1]
    body = bytes(last.body).replace(b'"v":1', b'"v": 1')
    digest = rehashed(last, body, bytes(last.prev))
    seal = chain.mac_of(digest, key_id="1", algorithm="sha256")
    with unprotected():
        change(last, body=body, hash=digest, mac=seal)
    assert breaks() == [(item.subject, 7, "The event's bytes are not canonical.")]


# Rows


def test_a_state_that_no_event_led_to_is_found(item: Item) -> None:
    Item.objects.filter(pk=item.pk).update(state="closed")
    assert breaks() == [
        (
            item.subject,
            7,
            UNEXPLAINED.format("Closed", 6, "Awaiting close-out", 6),
        )
    ]


def test_an_item_without_events_is_found(item: Item) -> None:
    twin = Item.objects.get(pk=item.pk)
    twin.pk, twin.no, twin.submission = None, "99-9", None
    twin._state.adding = True
    twin.save()
    assert breaks() == [(twin.subject, 0, "The item has no events at all.")]


def test_an_item_that_vanished_is_found() -> None:
    item = make.item()
    Measure.objects.filter(item=item).delete()
    Item.objects.filter(pk=item.pk).delete()
    assert breaks() == [(item.subject, 1, "The item is gone, and no event says why.")]


def test_an_event_that_starts_from_another_state_than_the_last_one_led_to_is_found(
    item: Item, settings: Settings
) -> None:
    """With the key: nothing but the story itself gives it away."""
    last = of(item)[-1]
    told = canonical.decode(bytes(last.body))
    told["data"]["from"] = "rectifying"
    body = canonical.encode(told)
    digest = rehashed(last, body, bytes(last.prev))
    seal = chain.mac_of(digest, key_id="1", algorithm="sha256")
    with unprotected():
        change(last, body=body, hash=digest, mac=seal)
    Item.objects.filter(pk=item.pk).update(trail_head=digest)
    assert breaks() == [
        (item.subject, 7, "The event starts from “Rectifying”, but the item stood at “In review”.")
    ]


# Evidence


def test_changed_bytes_and_missing_bytes_of_evidence_are_found(item: Item) -> None:
    text = "The bytes of “proof.pdf” are missing or not what was handed in."
    path = path_of(Evidence.objects.get().digest)
    path.write_bytes(path.read_bytes() + b" ")
    assert breaks() == [(item.subject, 4, text)]
    path.unlink()
    assert breaks() == [(item.subject, 4, text)]


def test_evidence_whose_row_points_to_other_bytes_is_found(item: Item) -> None:
    other = make.paper("other.pdf")
    with unprotected():
        Evidence.objects.update(digest=other.digest)
    assert breaks() == [(item.subject, 4, "The evidence “proof.pdf” was exchanged or taken away.")]


def test_a_citation_that_was_deleted_is_found(item: Item) -> None:
    with unprotected():
        Citation.objects.all().delete()
    assert breaks() == [(item.subject, 4, "The evidence “proof.pdf” was exchanged or taken away.")]


def test_a_citation_that_no_event_tells_of_is_found(item: Item) -> None:
    twin = Citation.objects.get()
    twin.pk = None
    twin._state.adding = True
    twin.save()
    assert breaks() == [(item.subject, 0, "No event tells of the evidence “proof.pdf”.")]


def test_evidence_that_nothing_cites_has_to_have_its_bytes_too(item: Item) -> None:
    row = Evidence.objects.get()
    row.pk, row.digest = None, "0" * 64
    row._state.adding = True
    row.save()
    assert [b[0] for b in breaks()] == [f"evidence:{row.pk}"]


# What is said


def test_the_breaks_are_sentences_one_a_chain() -> None:
    house = make.house()
    first, second = (make.item(State.ASSIGNED, house=house) for _n in range(2))
    Item.objects.update(state="closed")
    out = io.StringIO()
    with pytest.raises(CommandError, match=r"The record is not whole: 2 breaks\."):
        call_command("verify_audit", stdout=out)
    lines = [line for line in out.getvalue().splitlines() if not line.startswith("Not checked")]
    assert [line.split(" ")[0] for line in lines] == [first.subject, second.subject]
    assert "its events lead to" in lines[0]


def test_a_missing_trigger_makes_the_record_unwhole(item: Item) -> None:
    table = " ON audit_event" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER audit_event_no_update{table}")
    out, err = io.StringIO(), io.StringIO()
    with pytest.raises(CommandError):
        call_command("verify_audit", stdout=out, stderr=err)
    assert "The trigger audit_event_no_update is missing." in err.getvalue()
    assert breaks() == []
    triggers.forget()


def test_the_house_of_the_makers_is_what_these_tests_count_on(item: Item) -> None:
    """Seven events: entered, assigned, accepted, attached, told, submitted, approved."""
    assert [e.name for e in of(item)] == [
        "item.created",
        "item.assigned",
        "item.accepted",
        "item.evidence_attached",
        "item.progress_recorded",
        "item.submitted",
        "item.approved",
    ]
    assert isinstance(make.house(), House)
