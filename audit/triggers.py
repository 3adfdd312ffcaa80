"""Whether the database still refuses to rewrite the record; no writes are served without."""

from __future__ import annotations

import time

from django.db import connection
from django.utils.translation import gettext_lazy as _

from audit import shields
from core.refusals import Unsafe

TABLES = ("audit_event", "audit_leaf", "audit_checkpoint")
_KINDS = {
    "sqlite": ("no_update", "no_delete", "in_sequence"),
    "postgresql": ("no_update", "no_delete", "no_truncate", "in_sequence"),
}
NAMES = {
    vendor: frozenset(f"{table}_{kind}" for table in TABLES for kind in kinds)
    for vendor, kinds in _KINDS.items()
}
_LIST = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    # tgenabled 'A', always: disabled, or passed by in a replica's session, is as good as none.
    "postgresql": "SELECT tgname FROM pg_trigger WHERE tgenabled = 'A'",
}
PAUSE = 5.0
"""Seconds for which one look is believed."""
_seen_at = 0.0


def missing() -> frozenset[str]:
    """The triggers that should stand, on the record, its log and what is shielded, and do not."""
    with connection.cursor() as cursor:
        cursor.execute(_LIST[connection.vendor])
        standing = {row[0] for row in cursor.fetchall()}
    unshielded = {shield.name for shield in shields.missing()}
    return NAMES[connection.vendor] - standing | unshielded


def forget() -> None:
    """Make the next write look again."""
    global _seen_at  # noqa: PLW0603 -- one process, one answer
    _seen_at = 0.0


def insist() -> None:
    """Raise Unsafe unless every trigger was there within the last few seconds."""
    global _seen_at  # noqa: PLW0603 -- one process, one answer
    now = time.monotonic()
    if _seen_at and now - _seen_at < PAUSE:
        return
    if gone := missing():
        raise Unsafe(
            _("The record is not protected: the database has lost its triggers (%(names)s).")
            % {"names": ", ".join(sorted(gone))},
            then=_("Nothing was changed. Ask the system administrator to run “manage.py migrate”."),
        )
    _seen_at = now
