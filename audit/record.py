"""Writing an event: with the change it tells of, or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.conf import settings
from django.db import connection
from django.utils import timezone

from audit import canonical, chain, outbox, triggers
from audit.chain import Head
from audit.models import Event
from core import prepared

if TYPE_CHECKING:
    from uuid import UUID

    from core.actor import Actor
    from core.crypto import Algorithm


def append(
    name: str,
    *,
    head: Head,
    actor: Actor,
    data: dict[str, Any],
    command: UUID | None = None,
) -> Head:
    """Record that `name` happened, in the caller's transaction; returns the chain's new head.

    The caller holds whatever lock makes `head` true: the item's row, or `head_of`.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("an event is recorded with its change or not at all")
    triggers.insist()
    at = timezone.now()
    body = canonical.encode(
        {
            "v": 1,
            "subject": head.subject,
            "seq": head.seq + 1,
            "name": name,
            "at": at.isoformat(),
            "actor": {"id": actor.subject, "label": actor.label, "address": actor.address},
            "command": str(command) if command else None,
            "data": data,
        }
    )
    algorithm = cast("Algorithm", settings.AUDIT_HASH)
    key_id = settings.AUDIT_KEY_ID
    digest = chain.hash_of(body, prev=head.hash, algorithm=algorithm)
    event = Event(
        subject=head.subject,
        seq=head.seq + 1,
        name=name,
        at=at,
        actor=actor.subject,
        actor_label=actor.label,
        command=command,
        body=body,
        prev=head.hash,
        hash=digest,
        mac=chain.mac_of(digest, key_id=key_id, algorithm=algorithm),
        key_id=key_id,
        algorithm=algorithm,
    )
    prepared.insert(event)
    outbox.owe(event)
    return Head(subject=head.subject, seq=event.seq, hash=digest)


def head_of(subject: str) -> Head:
    """The head of a chain that has no row of its own to lock; held until the transaction ends."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [subject])
    last = Event.objects.filter(subject=subject).order_by("seq").last()
    if last is None:
        return Head(subject=subject)
    return Head(subject=subject, seq=last.seq, hash=bytes(last.hash))


def note(name: str, *, subject: str, actor: Actor, data: dict[str, Any]) -> None:
    """Record an act that changes nothing else (a login, a download), on a chain of its own."""
    append(name, head=head_of(subject), actor=actor, data=data)
