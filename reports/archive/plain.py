"""Values as JSON: keys in order, nothing to spare, so that the same content is the same bytes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


def told(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def listed(rows: Iterable[Any]) -> bytes:
    return b"".join(lines(rows))


def lines(rows: Iterable[Any]) -> Iterator[bytes]:
    """A list, one of its members a line, as they come."""
    before = b"[\n"
    for row in rows:
        yield before + told(row)
        before = b",\n"
    yield b"\n]\n" if before == b",\n" else b"[]\n"
