"""What is written for an act, and how it is chained and sealed."""

from __future__ import annotations

import json
from datetime import datetime
from uuid import UUID

import pytest
from django.db import connection, transaction
from pytest_django.fixtures import Settings

from audit import chain, record, verify
from audit.chain import GENESIS, Head
from audit.models import Event
from core import crypto
from core.actor import SYSTEM
from tests.audit.chains import ALICE, write

pytestmark = pytest.mark.django_db
COMMAND = UUID("12345678-1234-5678-1234-567812345678")


def test_an_event_is_its_canonical_bytes_and_its_columns_copy_them() -> None:
    record.append(
        "item.moved", head=Head(subject="item:1"), actor=ALICE, data={"a": "路"}, command=COMMAND
    )
    event = Event.objects.get()
    body = json.loads(bytes(event.body))
    at = body.pop("at")
    assert body == {
        "v": 1,
        "subject": "item:1",
        "seq": 1,
        "name": "item.moved",
        "actor": {"id": "person:7", "label": "Alice", "address": "192.0.2.7"},
        "command": "12345678-1234-5678-1234-567812345678",
        "data": {"a": "路"},
    }
    assert datetime.fromisoformat(at) == event.at
    assert (event.actor, event.actor_label, event.command) == ("person:7", "Alice", COMMAND)
    assert event.data == {"a": "路"}
    assert str(event) == "item:1#1 item.moved"


def test_an_act_of_the_system_has_no_command_and_no_address() -> None:
    record.append("clock.ticked", head=Head(subject="system"), actor=SYSTEM, data={})
    body = json.loads(bytes(Event.objects.get().body))
    assert body["actor"] == {"id": "system", "label": "system", "address": ""}
    assert body["command"] is None


@pytest.mark.parametrize("algorithm", ["sha256", "sm3"])
def test_each_event_is_bound_to_the_one_before_and_sealed(
    algorithm: crypto.Algorithm, settings: Settings
) -> None:
    settings.AUDIT_HASH = algorithm
    settings.AUDIT_KEYS = {"1": "11" * 32}
    first, second = write("item:1", "a", "b")
    assert bytes(first.prev) == bytes(32) == GENESIS
    assert bytes(second.prev) == bytes(first.hash)
    for event in (first, second):
        whole = b"rectify-event-v1\x00" + bytes(event.prev) + bytes(event.body)
        assert bytes(event.hash) == crypto.digest(whole, algorithm=algorithm)
        sealed = b"rectify-seal-v1\x00" + bytes(event.hash)
        assert bytes(event.mac) == crypto.tag("11" * 32, sealed, algorithm=algorithm)
        assert (event.algorithm, event.key_id) == (algorithm, "1")


def test_hash_and_seal_have_known_answers(settings: Settings) -> None:
    """Typed in: computed with the openssl command over the bytes that are written down here."""
    settings.AUDIT_KEYS = {"1": "11" * 32}
    body = b'{"v":1}'
    digest = chain.hash_of(body, prev=bytes(32), algorithm="sha256")
    assert digest.hex() == "893736faa7ea984c7f2f9faba3fc3b9c7771a2b61216caad9228ad13da006387"
    assert (
        chain.hash_of(body, prev=bytes(32), algorithm="sm3").hex()
        == "75c75d0eb6355ca607afbeefb9889555c0222dbca198a2d478358e39e2495eb4"
    )
    seal = chain.mac_of(digest, key_id="1", algorithm="sha256")
    assert seal.hex() == "dc4cec69af301b262b367bb7733900ca228e86b4ce05a5680a5753b38387590c"


def test_without_the_key_nothing_is_written(settings: Settings) -> None:
    settings.AUDIT_KEY_ID = "gone"
    with pytest.raises(KeyError):
        write("item:1", "a")
    assert not Event.objects.exists()


def test_a_chain_goes_on_after_the_key_and_the_hash_were_changed(
    settings: Settings,
) -> None:
    write("item:1", "a")
    settings.AUDIT_KEYS = {**settings.AUDIT_KEYS, "2": "22" * 32}
    settings.AUDIT_KEY_ID, settings.AUDIT_HASH = "2", "sm3"
    write("item:1", "b")
    [walked] = verify.chains()
    assert walked.broken is None
    assert walked.head.seq == 2


def test_what_cannot_be_written_canonically_is_not_written_at_all() -> None:
    with pytest.raises(ValueError), transaction.atomic():
        record.append("a", head=Head(subject="item:1"), actor=ALICE, data={"share": 0.5})
    assert not Event.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_an_event_is_written_in_the_transaction_of_its_change_or_not_at_all() -> None:
    with pytest.raises(RuntimeError, match="with its change"):
        record.append("a", head=Head(subject="item:1"), actor=ALICE, data={})
    with transaction.atomic():
        record.note("a", subject="item:1", actor=ALICE, data={})
        transaction.set_rollback(True)
    assert not Event.objects.exists()


def test_the_head_of_a_chain_is_its_last_event_or_the_beginning() -> None:
    assert record.head_of("unit:1") == Head(subject="unit:1", seq=0, hash=bytes(32))
    _first, last = write("unit:1", "a", "b")
    assert record.head_of("unit:1") == Head(subject="unit:1", seq=2, hash=bytes(last.hash))


@pytest.mark.postgresql
def test_the_head_of_a_chain_without_a_row_is_held_until_the_transaction_ends() -> None:
    record.head_of("unit:1")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks"
            " WHERE locktype = 'advisory' AND granted AND pid = pg_backend_pid()"
        )
        assert cursor.fetchone()[0] == 1
