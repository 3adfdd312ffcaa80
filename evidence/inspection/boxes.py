"""Films and recordings in boxes (ISO 14496-12, QuickTime): whole boxes to the very end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from evidence.inspection import foreign
from evidence.inspection.finding import Fault, Look

if TYPE_CHECKING:
    from collections.abc import Iterator

_HEAD = 8
_LARGEST_READ = 64 << 20
_QUICKTIME = b"qt  "
# What an old QuickTime film begins with, which has no `ftyp`.
_OLD = frozenset({b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"})


@dataclass(frozen=True, slots=True)
class Box:
    kind: bytes
    body: bytes
    """Empty for the coded film itself, which nobody here reads."""


def look(file: BinaryIO, ending: str) -> Look:
    foreign.insist_on_no_archive_behind(file)
    found = walked(file)
    brands, tracks = brands_of(found), _tracks(found)
    if (_QUICKTIME in brands or not brands) is not (ending == "mov"):
        raise Fault("mismatch")
    if b"vide" in tracks:
        if ending == "m4a":
            raise Fault("mismatch")
    elif b"soun" not in tracks or ending != "m4a":
        raise Fault("mismatch")
    return Look()


def walked(file: BinaryIO) -> list[Box]:
    """The outer boxes; Fault where they do not fill the file."""
    size, at = foreign.size_of(file), 0
    found: list[Box] = []
    while at < size:
        file.seek(at)
        head = file.read(16)
        length, kind, start = _measured(head, size - at)
        if at + length > size or not (kind.isascii() and kind.decode("latin-1").isprintable()):
            raise Fault("appended" if found else "damaged")
        body = b""
        if kind in {b"ftyp", b"moov"}:
            if length > _LARGEST_READ:
                raise Fault("heavy")
            file.seek(at + start)
            body = file.read(length - start)
        found.append(Box(kind, body))
        at += length
    return found


def _measured(head: bytes, left: int) -> tuple[int, bytes, int]:
    """Length and kind of the box, and where in it the body starts."""
    length, kind, start = int.from_bytes(head[:4], "big"), head[4:8], _HEAD
    if length == 1:
        length, start = int.from_bytes(head[8:16], "big"), 16
    elif length == 0 and kind == b"mdat":
        length = left
    if length < start:
        raise Fault("appended")
    return length, kind, start


def brands_of(found: list[Box]) -> frozenset[bytes]:
    """The brands of the first box; none for an old QuickTime film."""
    first = found[0] if found else Box(b"", b"")
    if first.kind in _OLD:
        return frozenset()
    if first.kind != b"ftyp":
        raise Fault("mismatch")
    words = [first.body[n : n + 4] for n in range(0, len(first.body), 4)]
    return frozenset(words[:1] + words[2:])


def _tracks(found: list[Box]) -> set[bytes]:
    """What the tracks hold: b"vide", b"soun" and others."""
    kinds: set[bytes] = set()
    for box in found:
        if box.kind == b"moov":
            for media in _within(box.body, b"trak", b"mdia", b"hdlr"):
                kinds.add(media[8:12])
    return kinds


def _within(body: bytes, *path: bytes) -> Iterator[bytes]:
    """The bodies of the boxes on this path inside a body."""
    if not path:
        yield body
        return
    at = 0
    while at + _HEAD <= len(body):
        length, kind, start = _measured(body[at : at + 16], len(body) - at)
        if at + length > len(body):
            raise Fault("damaged")
        if kind == path[0]:
            yield from _within(body[at + start : at + length], *path[1:])
        at += length
