"""What a reader of text finds: parts in order, cleaned, and no more than is kept."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST = 1_000_000
"""Characters kept of one file."""
MOST_PARTS = 5_000
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
_ENDS = re.compile(r"\r\n?|[\f\u2028\u2029]")
_BLANKS = re.compile(r"[^\S\n]+(?=\n|$)")
_EMPTY = re.compile(r"\n{3,}")


@dataclass(slots=True)
class Told:
    unit: str
    """What a part is: page, slide, sheet, or whole where the file has no such parts."""
    parts: list[str] = field(default_factory=list)
    cut: bool = False
    """Whether there was more than is kept."""


def told(unit: str, parts: Iterable[str]) -> Told:
    found, left = Told(unit), MOST
    for part in parts:
        if left <= 0 or len(found.parts) >= MOST_PARTS:
            found.cut = True
            break
        text = cleaned(part)
        found.parts.append(text[:left])
        found.cut |= len(text) > left
        left -= len(text)
    return found


def cleaned(text: str) -> str:
    """Lines end in one way, blanks do not pile up, and nothing is there that cannot be seen."""
    text = _CONTROLS.sub("", _ENDS.sub("\n", text))
    return _EMPTY.sub("\n\n", _BLANKS.sub("", text)).strip()
