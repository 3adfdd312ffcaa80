"""Bytes that a close-out stood on are put under object lock, where the bucket is set to have it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings

from audit import outbox
from evidence import storage

if TYPE_CHECKING:
    from collections.abc import Iterable

NAME = "lock-bytes"
"""Stored with what is owed; its key is `SUBMISSION:DIGEST`."""


def owe(submission: int, digests: Iterable[str]) -> None:
    """In the transaction of the close-out; the bucket is asked after it, again if it is down."""
    if settings.EVIDENCE_S3["endpoint"] and settings.EVIDENCE_S3["lock_mode"]:
        outbox.owe_keyed((NAME, f"{submission}:{digest}") for digest in sorted(set(digests)))


def lock(key: str) -> None:
    """Run at least once: a later lock only lasts longer."""
    storage.lock(key.partition(":")[2])


outbox.delivers(NAME, lock)
