"""Statements of somebody with the database in their hands: the database refuses every one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from audit import triggers
from audit.models import Event
from core.refusals import Unsafe
from tests import make
from tests.audit.chains import write
from tests.workflows import scene
from workflows.actions import assignments
from workflows.states import State

pytestmark = pytest.mark.django_db

COLUMNS = (
    "id, subject, seq, name, at, actor, actor_label, command, body, prev, hash, mac, key_id,"
    " algorithm"
)
# An insert whose every value may be given; the others are those of the second event.
COPY = "INSERT INTO audit_event ({columns}) SELECT {values} FROM audit_event WHERE seq = 2"
VALUES = {
    "id": "id + 1000",
    "subject": "subject",
    "seq": "seq",
    "name": "'item.forged'",
    "at": "at",
    "actor": "actor",
    "actor_label": "actor_label",
    "command": "NULL",
    "body": "body",
    "prev": "prev",
    "hash": "hash",
    "mac": "mac",
    "key_id": "key_id",
    "algorithm": "algorithm",
}
HEAD = "(SELECT e.hash FROM audit_event e WHERE e.seq = 3)"
ZERO = {"sqlite": "zeroblob(32)", "postgresql": "decode(repeat('00', 32), 'hex')"}


def insert(*, as_: str = "INSERT", then: str = "", **values: str) -> str:
    written = {**VALUES, **values}
    sql = COPY.format(columns=", ".join(written), values=", ".join(written.values()))
    return sql.replace("INSERT", as_, 1) + then


ON_BOTH = {
    "change a name": "UPDATE audit_event SET name = 'item.closed' WHERE seq = 2",
    "change a body": "UPDATE audit_event SET body = prev WHERE seq = 2",
    "change a seal": "UPDATE audit_event SET mac = prev, hash = prev",
    "change nothing": "UPDATE audit_event SET id = id",
    "change who did it": "UPDATE audit_event SET actor = 'person:8' WHERE actor = 'person:7'",
    "move it to another chain": "UPDATE audit_event SET subject = 'item:2' WHERE seq = 3",
    "delete the last": "DELETE FROM audit_event WHERE seq = 3",
    "delete the middle": "DELETE FROM audit_event WHERE seq = 2",
    "delete all": "DELETE FROM audit_event",
    "delete by a subquery": "DELETE FROM audit_event WHERE id IN (SELECT id FROM audit_event)",
    "leave a gap": insert(seq="5", prev=HEAD),
    "fork the chain": insert(seq="3"),
    "go back to the first": insert(seq="1", prev="{zero}"),
    "go below the first": insert(seq="0"),
    "follow the wrong event": insert(seq="4"),
    "follow nothing": insert(seq="4", prev="{zero}"),
    "start another chain in the middle": insert(subject="'item:2'", seq="2"),
    "start another chain on a foreign head": insert(subject="'item:2'", seq="1", prev=HEAD),
    "use an id again": insert(id="id", seq="4", prev=HEAD),
    "use a command again": insert(seq="4", prev=HEAD, command="command"),
    "update on a conflict of the step": insert(
        seq="2", then=" ON CONFLICT (subject, seq) DO UPDATE SET name = 'item.closed'"
    ).replace("WHERE seq = 2 ", "WHERE seq = 2 AND true "),
    "update on a conflict of the id": insert(
        id="id", then=" ON CONFLICT (id) DO UPDATE SET name = 'item.closed'"
    ).replace("WHERE seq = 2 ", "WHERE seq = 2 AND true "),
}
ON_SQLITE = {
    "replace by id": insert(as_="INSERT OR REPLACE", id="id", seq="4", prev=HEAD),
    "replace by step": insert(as_="INSERT OR REPLACE"),
    "replace by command": insert(as_="REPLACE", seq="4", prev=HEAD, command="command"),
    "replace the same row": insert(as_="REPLACE", id="id"),
    "update or replace": "UPDATE OR REPLACE audit_event SET seq = 1 WHERE seq = 2",
    "update or ignore": "UPDATE OR IGNORE audit_event SET name = 'item.closed'",
    "insert or ignore a fork": insert(as_="INSERT OR IGNORE", seq="3", id="id + 5"),
}
ON_POSTGRESQL = {
    "truncate": "TRUNCATE audit_event",
    "truncate with what hangs on it": "TRUNCATE audit_event CASCADE",
    "delete in a with": "WITH gone AS (DELETE FROM audit_event RETURNING 1) SELECT * FROM gone",
    "merge": "MERGE INTO audit_event e USING audit_event f ON e.id = f.id"
    " WHEN MATCHED THEN UPDATE SET name = 'item.closed'",
    "as a replica": "SET LOCAL session_replication_role = replica;"
    " UPDATE audit_event SET name = 'item.closed'",
    "delete as a replica": "SET LOCAL session_replication_role = replica; DELETE FROM audit_event",
}
OWN = {"sqlite": ON_SQLITE, "postgresql": ON_POSTGRESQL}


@pytest.fixture(autouse=True)
def _look_again() -> Iterator[None]:
    triggers.forget()
    yield
    triggers.forget()


def rows() -> list[dict[str, Any]]:
    return [
        {name: bytes(v) if isinstance(v, memoryview) else v for name, v in row.items()}
        for row in Event.objects.order_by("id").values()
    ]


def refused(sql: str) -> bool:
    """Whether the database refuses the statement and nothing is changed by it."""
    before = rows()
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql.replace("{zero}", ZERO[connection.vendor]))
    except DatabaseError:
        return rows() == before
    return False


def test_every_statement_that_would_rewrite_the_record_is_refused() -> None:
    write("item:1", "a", "b", "c")
    statements = {**ON_BOTH, **OWN[connection.vendor]}
    assert len(statements) > 20
    assert [name for name, sql in statements.items() if not refused(sql)] == []


def test_the_statements_are_refused_for_what_they_say_and_not_for_their_spelling() -> None:
    """The same insert with a true next step passes; each refused one differs in one thing."""
    write("item:1", "a", "b", "c")
    assert not refused(insert(seq="4", prev=HEAD))
    assert not refused(insert(id="id + 2000", subject="'item:2'", seq="1", prev="{zero}"))
    assert Event.objects.count() == 5


def drop(name: str) -> None:
    table = f" ON {'_'.join(name.split('_')[:2])}" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER {name}{table}")


def names() -> list[str]:
    return sorted(triggers.NAMES[connection.vendor])


def test_every_trigger_stands() -> None:
    assert triggers.missing() == frozenset()
    assert len(names()) == {"sqlite": 9, "postgresql": 12}[connection.vendor]


def test_without_a_trigger_nothing_is_written_and_the_probe_says_so(client: Client) -> None:
    house = make.house()
    item = make.item(State.ASSIGNED, house=house)
    assert client.get("/live").status_code == 200
    before, events = scene.everything(item), scene.told()
    for name in names():
        sid = transaction.savepoint()
        drop(name)
        triggers.forget()
        with pytest.raises(Unsafe) as unsafe:
            assignments.accept(item.pk, actor=house.staff.actor(), command=make.command(item))
        assert name in str(unsafe.value)
        assert unsafe.value.status == 503
        assert client.get("/live").status_code == 503
        assert scene.everything(item) == before
        assert scene.told() == events
        transaction.savepoint_rollback(sid)
    triggers.forget()
    assignments.accept(item.pk, actor=house.staff.actor(), command=make.command(item))


@pytest.mark.postgresql
@pytest.mark.parametrize("how", ["DISABLE", "ENABLE", "ENABLE REPLICA"])
def test_a_trigger_that_does_not_always_fire_counts_as_missing(how: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE audit_event {how} TRIGGER audit_event_no_update")
    assert triggers.missing() == {"audit_event_no_update"}


def test_one_look_at_the_triggers_is_believed_for_a_few_seconds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = [1000.0]
    monkeypatch.setattr("audit.triggers.time.monotonic", lambda: now[0])
    triggers.insist()
    drop("audit_event_no_update")
    now[0] += 4.9
    triggers.insist()
    now[0] += 0.2
    with pytest.raises(Unsafe):
        triggers.insist()
