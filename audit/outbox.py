"""What follows an event: a row written with it, claimed by lease, retried, parked when poisoned."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from audit.models import Event, Owed, Pulse
from core import prepared

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable
    from datetime import datetime

LEASE = timedelta(minutes=2)
TRIES = 8
PULSE = timedelta(seconds=15)
LONGEST_SWEEP = 60.0
"""Seconds after which a sweep lets the clock's other tasks run; what is left waits for the next."""
SWEEP = "sweep"
_log = logging.getLogger(__name__)


class LeaseLost(Exception):
    """Another worker holds the row by now: whatever was done here is undone."""


@dataclass(frozen=True, slots=True)
class Handler:
    run: Callable[[Owed], None]
    events: frozenset[str] = frozenset()
    when: Callable[[Event], bool] = lambda _event: True
    outside: bool = False
    """Reaches out of the database: runs in no transaction, and knows what it has done already."""
    slow: bool = False
    """Thinks for seconds: has a sweep of its own, so that no letter waits for it."""


_handlers: dict[str, Handler] = {}


def follows(
    *events: str,
    name: str,
    when: Callable[[Event], bool] = lambda _event: True,
    slow: bool = False,
) -> Callable[[Callable[[Event], None]], Callable[[Event], None]]:
    """Register what follows some kinds of event; it is run in the transaction that pays it.

    `when` spares the row after an event of that name that nothing follows from. What is `slow`
    runs in no transaction, by a sweep of its own.
    `name` is stored with what is owed, so it is spelled out and not taken from
    the function: a rename must not orphan rows. A handler must be idempotent:
    it is run at least once.
    """

    def register(handler: Callable[[Event], None]) -> Callable[[Event], None]:
        def run(row: Owed) -> None:
            if row.event is None:
                raise TypeError(f"{row} follows no event")
            handler(row.event)

        asked = frozenset(events)
        _register(name, Handler(run=run, events=asked, when=when, outside=slow, slow=slow))
        return handler

    return register


def delivers(name: str, handler: Callable[[str], None]) -> None:
    """Register what takes word out of the house; it is given the key that it is owed by.

    It runs in no transaction: nothing is held while somebody else's server thinks. A worker that
    dies after sending and before saying so sends again, with the same key.
    """
    _register(name, Handler(run=lambda row: handler(row.key), outside=True))


def _register(name: str, handler: Handler) -> None:
    if name in _handlers:
        raise ValueError(f"two handlers are named {name!r}")
    _handlers[name] = handler


def owe(event: Event) -> None:
    """Write what is owed after `event`, in its transaction."""
    for name, handler in _handlers.items():
        if event.name in handler.events and handler.when(event):
            prepared.insert(Owed(event=event, handler=name, due_at=event.at))


def owe_keyed(owed: Iterable[tuple[str, str]], *, event: Event | None = None) -> None:
    """Owe each (handler, key) once, however often this is said."""
    now = timezone.now()
    Owed.objects.bulk_create(
        [Owed(event=event, handler=name, key=key, due_at=now) for name, key in owed],
        ignore_conflicts=True,
    )


def claim(
    limit: int = 20,
    *,
    outside: bool = False,
    slow: bool = False,
    resting: Collection[str] = frozenset(),
) -> list[Owed]:
    """Lease what is due. Compare-and-swap on the lease: one worker wins each row."""
    now = timezone.now()
    due = Owed.objects.filter(paid_at=None, parked_at=None, due_at__lte=now).filter(
        Q(leased_until=None) | Q(leased_until__lt=now)
    )
    far = [name for name, handler in _handlers.items() if handler.outside]
    # A row whose handler is gone counts as ours: it is put off, and parked where it is seen.
    if outside or slow:
        wanted = {name for name in far if _handlers[name].slow is slow}
        due = due.filter(handler__in=wanted - set(resting))
    else:
        due = due.exclude(handler__in=far)
    return [
        row
        for row in due.select_related("event").order_by("due_at", "id")[:limit]
        if _lease(row, now)
    ]


def _lease(row: Owed, now: datetime) -> bool:
    same = Owed.objects.filter(
        pk=row.pk, leased_until=row.leased_until, paid_at=None, parked_at=None
    )
    won = same.update(leased_until=now + LEASE) == 1
    row.leased_until = now + LEASE if won else row.leased_until
    return won


def pay(row: Owed) -> bool:
    """Run what is owed; on a fault put it off with growing pauses, then park it."""
    try:
        handler = _handlers[row.handler]
        if handler.outside:
            # The rows before this one may have taken longer than the lease.
            if not _lease(row, timezone.now()):
                return False
            handler.run(row)
            _settle(row)
        else:
            with transaction.atomic():
                handler.run(row)
                _settle(row)
    except LeaseLost:
        return False
    except Exception as fault:  # noqa: BLE001 -- whatever a handler meets, the next row must go on
        _put_off(row, fault)
        return False
    return True


def _settle(row: Owed) -> None:
    held = Owed.objects.filter(pk=row.pk, leased_until=row.leased_until, paid_at=None)
    if held.update(paid_at=timezone.now(), fault="") != 1:
        raise LeaseLost


def _put_off(row: Owed, fault: Exception) -> None:
    _log.warning("%s failed: %s", row, fault)
    attempts = row.attempts + 1
    now = timezone.now()
    Owed.objects.filter(pk=row.pk, leased_until=row.leased_until, paid_at=None).update(
        attempts=attempts,
        leased_until=None,
        due_at=now + timedelta(seconds=10 * 2**attempts),
        parked_at=now if attempts >= TRIES else None,
        fault=f"{type(fault).__name__}: {fault}".replace("\x00", "")[:300],
    )


def sweep() -> int:
    """Pay what is due now; returns how many were paid.

    What stays in the house goes first. One fault lets a way out of the house rest until the next
    sweep: a server that does not answer must not hold up the others.
    """
    paid = 0
    resting: set[str] = set()
    ends = time.monotonic() + LONGEST_SWEEP
    _beat()
    while rows := claim() or claim(1, outside=True, resting=resting):
        for row in rows:
            if pay(row):
                paid += 1
            else:
                resting.add(row.handler)
        if time.monotonic() > ends:
            break
    return paid


def sweep_slow(seconds: float = 5) -> int:
    """Do what takes its time, for about so long; returns how many were paid.

    A fault puts off its own row alone: each is about a file of its own.
    """
    paid = 0
    ends = time.monotonic() + seconds
    while time.monotonic() < ends and (rows := claim(1, slow=True)):
        paid += sum(pay(row) for row in rows)
    return paid


def _beat() -> None:
    now = timezone.now()
    if not Pulse.objects.filter(name=SWEEP, at__gt=now - PULSE).exists():
        Pulse.objects.update_or_create(name=SWEEP, defaults={"at": now})


def last_sweep() -> datetime | None:
    return Pulse.objects.filter(name=SWEEP).values_list("at", flat=True).first()


def resend(pk: int) -> bool:
    """Make a parked row due again, from its first try; False when it is not parked (any more)."""
    parked = Owed.objects.filter(pk=pk, paid_at=None).exclude(parked_at=None)
    return parked.update(parked_at=None, attempts=0, due_at=timezone.now(), leased_until=None) == 1
