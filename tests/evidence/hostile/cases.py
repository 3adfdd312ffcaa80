"""One hostile file: its name, its bytes, and the one reason it must not be taken in."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Case:
    name: str
    content: bytes
    code: str
    """Why it is refused; `download-only` for old Office files, which are handed out and no more."""
    notes: frozenset[str] = frozenset()
