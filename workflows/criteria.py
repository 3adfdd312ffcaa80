"""Completion criteria as text: one line of words taken apart, and the parts as one line again."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_OPENING, _CLOSING = "（(《“「『【[", "）)》”」』】]"
_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
_MARKS = (
    re.compile(r"(\d{1,2})(?:[、)）]|[.．](?!\d))\s*"),
    re.compile(r"[（(]\s*(\d{1,2})\s*[)）]\s*"),
    re.compile(rf"([{_CIRCLED}])[.、．]?\s*"),
)


def pieces(text: str) -> tuple[str, ...]:
    """The criteria that a text holds: one a line, or between ；, less the marks that count them.

    Ambiguous stays whole: a ；in brackets or quotes divides nothing, and marks that do not run
    1, 2, 3 … from the first piece to the last are words.
    """
    found = [part for line in text.split("\n") for part in _divided(line)]
    found = _unmarked(found) or found
    # What stood on two lines may belong together once it stands on one: read it as it will be.
    return tuple(found) if told(found) == text else pieces(told(found))


def told(texts: Iterable[str]) -> str:
    """Criteria as one line, which `pieces` takes apart again."""
    return "；".join(texts)


def _divided(line: str) -> list[str]:
    found, depth = [""], 0
    for at, sign in enumerate(line):
        if sign in _OPENING and _CLOSING[_OPENING.index(sign)] in line[at:]:
            depth += 1
        elif sign in _CLOSING and depth:
            depth -= 1
        if sign in "；;" and not depth:
            found.append("")
        else:
            found[-1] += sign
    return [part.strip() for part in found if part.strip()]


def _unmarked(found: list[str]) -> list[str] | None:
    """Without the marks, where all pieces are counted in one style; None where they are not."""
    if len(found) < 2:  # noqa: PLR2004 -- one piece alone counts nothing
        return None
    for mark in _MARKS:
        matches = [mark.match(piece) for piece in found]
        counted = [_value(match[1]) for match in matches if match]
        if counted == list(range(1, len(found) + 1)):
            bare = [piece[m.end() :] for piece, m in zip(found, matches, strict=True) if m]
            return bare if all(bare) else None
    return None


def _value(sign: str) -> int:
    return _CIRCLED.index(sign) + 1 if sign in _CIRCLED else int(sign)
