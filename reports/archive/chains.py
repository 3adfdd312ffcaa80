"""The chain of a subject as lines of text: the row's columns, a tab between them, the body last.

What a column says is copied from the database, not from the body: a verifier compares the two. The
body stands as it was hashed; canonical JSON has neither tab nor line break in it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from audit.models import Event

if TYPE_CHECKING:
    from collections.abc import Iterator

COLUMNS = (
    "subject",
    "seq",
    "name",
    "at",
    "actor",
    "actor_label",
    "command",
    "prev",
    "hash",
    "mac",
    "key_id",
    "algorithm",
    "body",
)
HEAD = ("#" + "\t".join(COLUMNS) + "\n").encode()
SLICE = 500


def events_of(subject: str, *, up_to: int) -> Iterator[Event]:
    chain = Event.objects.filter(subject=subject, seq__lte=up_to).order_by("seq")
    return chain.iterator(chunk_size=SLICE)


def line_of(event: Event) -> bytes:
    columns = (
        event.subject,
        str(event.seq),
        event.name,
        event.at.isoformat(),
        event.actor,
        json.dumps(event.actor_label, ensure_ascii=False),
        str(event.command or ""),
        *(bytes(field).hex() for field in (event.prev, event.hash, event.mac)),
        event.key_id,
        event.algorithm,
    )
    return "\t".join(columns).encode() + b"\t" + bytes(event.body) + b"\n"


def head_of(last: Event) -> dict[str, Any]:
    """How a chain ends, as ledger.json says it."""
    return {"events": last.seq, "head": bytes(last.hash).hex()}
