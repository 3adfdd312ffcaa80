"""Statements of somebody with the database in their hands, against the log and its checkpoints."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from audit import sequencer
from audit.models import Checkpoint, Leaf
from tests.audit.chains import write
from tests.audit.logged import sealed

pytestmark = pytest.mark.django_db

# The log holds places 0 to 6 and checkpoints over 3 and 5; two places and an event are not sealed.
FREE = "(SELECT max(id) FROM audit_event)"
HASH = "(SELECT hash FROM audit_event ORDER BY id DESC LIMIT 1)"


def leaf(*, as_: str = "INSERT", index: str = "7", event: str = FREE, told: str = HASH) -> str:
    return f'{as_} INTO audit_leaf ("index", event_id, hash) SELECT {index}, {event}, {told}'


COLUMNS = "size, root, note, code, frontier, algorithm, sealed_at, reason"
VALUES = {
    "size": "7",
    "root": "root",
    "note": "note",
    "code": "'FFFF-FFFF-FFFF'",
    "frontier": "frontier",
    "algorithm": "algorithm",
    "sealed_at": "sealed_at",
    "reason": "'time'",
}


def checkpoint(*, as_: str = "INSERT", then: str = "", **values: str) -> str:
    written = {**VALUES, **values}
    return (
        f"{as_} INTO audit_checkpoint ({', '.join(written)})"
        f" SELECT {', '.join(written.values())} FROM audit_checkpoint WHERE size = 5{then}"
    )


ON_BOTH = {
    "change a place's hash": "UPDATE audit_leaf SET hash = " + HASH + ' WHERE "index" = 2',
    "give an event another place": 'UPDATE audit_leaf SET "index" = 70 WHERE "index" = 6',
    "put another event in a place": f'UPDATE audit_leaf SET event_id = {FREE} WHERE "index" = 6',
    "change nothing in the log": 'UPDATE audit_leaf SET "index" = "index"',
    "delete the last place": 'DELETE FROM audit_leaf WHERE "index" = 6',
    "delete a place in the middle": 'DELETE FROM audit_leaf WHERE "index" = 1',
    "delete the log": "DELETE FROM audit_leaf",
    "leave a gap": leaf(index="8"),
    "go back": leaf(index="-1"),
    "use a place again": leaf(index="6"),
    "place an event twice": leaf(event='(SELECT event_id FROM audit_leaf WHERE "index" = 6)',
                                 told='(SELECT hash FROM audit_leaf WHERE "index" = 6)'),
    "place a hash that is no event's": leaf(told="(SELECT root FROM audit_checkpoint LIMIT 1)"),
    "place an event that is not there": leaf(event="(SELECT max(id) + 1 FROM audit_event)"),
    "update on a conflict of the place": leaf(index="6")
    + ' WHERE true ON CONFLICT ("index") DO UPDATE SET hash = excluded.hash',
    "change a root": "UPDATE audit_checkpoint SET root = frontier WHERE size = 3",
    "change what was signed": "UPDATE audit_checkpoint SET note = 'nothing' WHERE size = 5",
    "change when it was sealed": "UPDATE audit_checkpoint SET sealed_at = '2020-01-01'",
    "delete the last checkpoint": "DELETE FROM audit_checkpoint WHERE size = 5",
    "delete all checkpoints": "DELETE FROM audit_checkpoint",
    "seal less than before": checkpoint(size="4"),
    "seal the same again": checkpoint(size="5"),
    "seal more than there is": checkpoint(size="8"),
    "seal nothing": checkpoint(size="0"),
    "update on a conflict of the size": checkpoint(
        size="5", then=" AND true ON CONFLICT (size) DO UPDATE SET note = excluded.note"
    ),
}  # fmt: skip
ON_SQLITE = {
    "replace a place": leaf(as_="INSERT OR REPLACE", index="6"),
    "replace by event": leaf(
        as_="REPLACE", event='(SELECT event_id FROM audit_leaf WHERE "index" = 6)',
        told='(SELECT hash FROM audit_leaf WHERE "index" = 6)'),
    "update or replace a place": 'UPDATE OR REPLACE audit_leaf SET "index" = 1 WHERE "index" = 6',
    "replace a checkpoint": checkpoint(as_="INSERT OR REPLACE", size="5"),
    "replace by id": checkpoint(as_="REPLACE", id="id"),
    "replace by code": checkpoint(as_="REPLACE", code="code"),
}  # fmt: skip
ON_POSTGRESQL = {
    "truncate the log": "TRUNCATE audit_leaf",
    "truncate the checkpoints": "TRUNCATE audit_checkpoint",
    "truncate events with their places": "TRUNCATE audit_event CASCADE",
    "merge": "MERGE INTO audit_leaf a USING audit_leaf b ON a.index = b.index"
    " WHEN MATCHED THEN UPDATE SET hash = b.hash",
    "as a replica": "SET LOCAL session_replication_role = replica; DELETE FROM audit_leaf",
    "change a checkpoint as a replica": "SET LOCAL session_replication_role = replica;"
    " UPDATE audit_checkpoint SET size = 6 WHERE size = 5",
    "place as a replica": "SET LOCAL session_replication_role = replica; " + leaf(index="9"),
}
OWN = {"sqlite": ON_SQLITE, "postgresql": ON_POSTGRESQL}


def rows() -> list[dict[str, Any]]:
    found = [*Leaf.objects.order_by("index").values(), *Checkpoint.objects.order_by("id").values()]
    return [
        {name: bytes(v) if isinstance(v, memoryview) else v for name, v in row.items()}
        for row in found
    ]


def refused(sql: str) -> bool:
    before = rows()
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    except DatabaseError:
        return rows() == before
    return False


@pytest.fixture(autouse=True)
def _log() -> None:
    sealed(3, 2)
    write("item:9", "a", "b")
    sequencer.hold()
    sequencer.place()
    write("item:9", "c")


def test_every_statement_that_would_rewrite_the_log_is_refused() -> None:
    statements = {**ON_BOTH, **OWN[connection.vendor]}
    assert len(statements) > 20
    assert [name for name, sql in statements.items() if not refused(sql)] == []


def test_the_statements_are_refused_for_what_they_say_and_not_for_their_spelling() -> None:
    """The true next place and a growing seal pass; each refused one differs in one thing."""
    assert not refused(checkpoint())
    assert not refused(leaf())
    assert (Leaf.objects.count(), Checkpoint.objects.count()) == (8, 3)
