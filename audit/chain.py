"""How one event is bound to the one before it, and to a key the database never sees."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings

from core import crypto

if TYPE_CHECKING:
    from core.crypto import Algorithm

EVENT = b"rectify-event-v1\x00"
SEAL = b"rectify-seal-v1\x00"
GENESIS = bytes(32)


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """Where a subject's chain stands: the next event gets `seq + 1` and follows `hash`."""

    subject: str
    seq: int = 0
    hash: bytes = GENESIS


def hash_of(body: bytes, *, prev: bytes, algorithm: Algorithm) -> bytes:
    """H(tag || prev || body): 32 bytes."""
    return crypto.digest(EVENT + prev + body, algorithm=algorithm)


def mac_of(event_hash: bytes, *, key_id: str, algorithm: Algorithm) -> bytes:
    """The seal over an event's hash. KeyError when this deployment has no such key."""
    return crypto.tag(settings.AUDIT_KEYS[key_id], SEAL + event_hash, algorithm=algorithm)
