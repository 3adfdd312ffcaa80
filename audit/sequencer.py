"""Giving committed events their places in the log, one after another, each exactly once.

Any process may call this at any time: one at a time gets through, and a kill leaves either the
whole batch placed or none of it.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.db import connection, transaction

from audit.models import Event, Leaf

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet

BATCH = 1000
_LOCK = 0x7265637469667921
"""The advisory lock of whoever writes the log; on SQLite a transaction holds everything."""


def hold() -> None:
    """Let nobody else write the log until the transaction ends."""
    if not connection.in_atomic_block:
        raise RuntimeError("the log is held for a transaction")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def place(limit: int = BATCH) -> int:
    """Place up to so many events that have no place yet; returns how many. The log is held."""
    seen = _horizon.look()
    rows = list(_unplaced().values_list("pk", "hash")[:limit])
    size = length()
    Leaf.objects.bulk_create(
        Leaf(index=size + at, event_id=pk, hash=told) for at, (pk, told) in enumerate(rows)
    )
    if len(rows) < limit:
        # Not before it is certain that what was placed stays so.
        transaction.on_commit(partial(_horizon.settle, seen))
    return len(rows)


def waiting(limit: int) -> int:
    """How many events have no place yet, counted no further than the limit."""
    return len(_unplaced().values_list("pk")[:limit])


def oldest_waiting() -> datetime | None:
    """When the first event that has no place yet was written."""
    return _unplaced().values_list("at", flat=True).first()


def length() -> int:
    """How many events have their place."""
    last = Leaf.objects.order_by("-index").values_list("index", flat=True).first()
    return 0 if last is None else last + 1


def _unplaced() -> QuerySet[Event]:
    return Event.objects.filter(pk__gt=_horizon.below(), leaf=None).order_by("pk")


class _Horizon:
    """Below which event there is nothing left to place, so that the log is not searched whole.

    SQLite commits in the order of the ids. On PostgreSQL an event may be committed long after a
    higher one, so a horizon counts only once everybody who was writing events when it was taken
    has ended. Each process finds its own, from a search of everything when it starts.
    """

    def __init__(self) -> None:
        self.floor = 0
        self.next = 0
        self.writers: frozenset[str] = frozenset()

    def below(self) -> int:
        if connection.vendor == "postgresql":
            return self.floor
        last = Leaf.objects.order_by("-index").values_list("event_id", flat=True).first()
        return last or 0

    def look(self) -> tuple[int, frozenset[str]]:
        """The highest id there is, and then who is writing: in this order nobody is missed."""
        if connection.vendor != "postgresql":
            return 0, frozenset()
        last = Event.objects.order_by("-pk").values_list("pk", flat=True).first()
        return last or 0, _writers()

    def settle(self, seen: tuple[int, frozenset[str]]) -> None:
        """After everything above the floor was placed that could be seen."""
        last, writing = seen
        if not self.writers & writing:
            self.floor = self.next
            self.next, self.writers = last, writing


def _writers() -> frozenset[str]:
    """The transactions that have begun to write events: each holds this lock until it ends."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT virtualtransaction FROM pg_locks WHERE relation = 'audit_event'::regclass"
            " AND mode = 'RowExclusiveLock' AND granted"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        )
        return frozenset(row[0] for row in cursor.fetchall())


_horizon = _Horizon()
