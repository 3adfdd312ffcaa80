"""The bytes an event is: canonical JSON, so that any JSON library agrees on the hash."""

from __future__ import annotations

from typing import Any

import orjson

# Beyond 2^53 JavaScript and jq round integers; a verifier elsewhere must read what we wrote.
LARGEST = 2**53


def encode(value: dict[str, Any]) -> bytes:
    """Sorted keys, no spaces, UTF-8 as it is; floats and odd keys raise ValueError."""
    _insist(value)
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def decode(data: bytes) -> dict[str, Any]:
    """The value, if `data` is canonical and an object; otherwise ValueError."""
    value = orjson.loads(data)
    if not isinstance(value, dict) or encode(value) != bytes(data):
        raise ValueError("these bytes are not the canonical form of what they say")
    return value


def _insist(value: object) -> None:
    match value:
        case None | bool() | str():
            return
        case int():
            if abs(value) >= LARGEST:
                raise ValueError(f"{value} does not fit 2^53")
        case list() | tuple():
            for part in value:
                _insist(part)
        case dict():
            for key, part in value.items():
                if not (isinstance(key, str) and key.isascii()):
                    raise ValueError(f"{key!r} is not an ASCII key")
                _insist(part)
        case _:
            raise ValueError(f"a {type(value).__name__} has no canonical form")
