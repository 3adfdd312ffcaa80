"""What follows an event: a row written with it, claimed by lease, retried, parked when poisoned."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from audit.models import Event, Owed
from core import prepared

if TYPE_CHECKING:
    from collections.abc import Callable

LEASE = timedelta(minutes=2)
TRIES = 8
_handlers: dict[str, tuple[frozenset[str], Callable[[Event], None]]] = {}
_log = logging.getLogger(__name__)


def follows(
    *events: str, name: str
) -> Callable[[Callable[[Event], None]], Callable[[Event], None]]:
    """Register what follows some kinds of event.

    `name` is stored with what is owed, so it is spelled out and not taken from
    the function: a rename must not orphan rows. A handler must be idempotent:
    it is run at least once.
    """

    def register(handler: Callable[[Event], None]) -> Callable[[Event], None]:
        if name in _handlers:
            raise ValueError(f"two handlers are named {name!r}")
        _handlers[name] = (frozenset(events), handler)
        return handler

    return register


def owe(event: Event) -> None:
    """Write what is owed after `event`, in its transaction."""
    for name, (events, _handler) in _handlers.items():
        if event.name in events:
            prepared.insert(Owed(event=event, handler=name, due_at=event.at))


def claim(limit: int = 20) -> list[Owed]:
    """Lease what is due. Compare-and-swap on the lease: one worker wins each row."""
    now = timezone.now()
    due = Owed.objects.filter(paid_at=None, parked_at=None, due_at__lte=now).filter(
        Q(leased_until=None) | Q(leased_until__lt=now)
    )
    won = []
    for row in due.select_related("event").order_by("due_at", "id")[:limit]:
        same = Owed.objects.filter(pk=row.pk, leased_until=row.leased_until, paid_at=None)
        if same.update(leased_until=now + LEASE) == 1:
            won.append(row)
    return won


def pay(row: Owed) -> bool:
    """Run what is owed; on a fault put it off with growing pauses, then park it."""
    try:
        with transaction.atomic():
            _handlers[row.handler][1](row.event)
            Owed.objects.filter(pk=row.pk).update(paid_at=timezone.now(), fault="")
    except Exception as fault:  # noqa: BLE001 -- whatever a handler meets, the next row must go on
        _put_off(row, fault)
        return False
    return True


def _put_off(row: Owed, fault: Exception) -> None:
    _log.warning("%s after event %s failed: %s", row.handler, row.event_id, fault)
    attempts = row.attempts + 1
    now = timezone.now()
    Owed.objects.filter(pk=row.pk).update(
        attempts=attempts,
        leased_until=None,
        due_at=now + timedelta(seconds=10 * 2**attempts),
        parked_at=now if attempts >= TRIES else None,
        fault=f"{type(fault).__name__}: {fault}"[:300],
    )


def sweep() -> int:
    """Pay all that is due now; returns how many were paid."""
    paid = 0
    while rows := claim():
        paid += sum(pay(row) for row in rows)
    return paid
