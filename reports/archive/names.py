"""Names of folders and files inside an archive: such that every system can unpack them."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_ODD = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]')
_DEVICES = re.compile(r"(?i)^(con|prn|aux|nul|com\d|lpt\d)(\.|$)")
LONGEST = 48


def plain(text: str, *, longest: int = LONGEST) -> str:
    """A file's name without what Windows, a shell or a reader's eye would trip over."""
    words = _ODD.sub("_", unicodedata.normalize("NFC", text))[:longest].strip(" .")
    return f"_{words}" if not words or _DEVICES.match(words) else words


def folders(items: Iterable[tuple[int, str]]) -> dict[int, str]:
    """The folder of each (id, number); where two would be the same, both bear their id."""
    wanted = {pk: plain(no) for pk, no in items}
    seen: dict[str, int] = {}
    for name in wanted.values():
        seen[name.casefold()] = seen.get(name.casefold(), 0) + 1
    return {
        pk: f"items/{name}" if seen[name.casefold()] == 1 else f"items/{name}-{pk}"
        for pk, name in wanted.items()
    }


def ending(name: str) -> str:
    """`.pdf` of `a.PDF`; nothing where there is none worth keeping."""
    _stem, dot, last = name.rpartition(".")
    return f".{last.lower()}" if dot and last.isascii() and last.isalnum() else ""
