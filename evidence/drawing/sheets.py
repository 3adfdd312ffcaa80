"""Drawn sheets on their way out of the confined process: JPEGs, each behind its length."""

from __future__ import annotations

import io
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Iterable

LARGEST_SIDE = 2000
"""Dots: a scanned A4 page stays legible when it is enlarged."""
QUALITY = 82
MOST = 200
"""Sheets of one file that are drawn; beyond them it is downloaded."""
LONGEST_ANSWER = 192 << 20
_HEAD = struct.Struct(">IHH")


@dataclass(frozen=True, slots=True)
class Sheet:
    jpeg: bytes
    width: int
    height: int


def sheet(image: Image.Image) -> Sheet:
    """The visible dots of an image on white, and none of what else the file said."""
    image.thumbnail((LARGEST_SIDE, LARGEST_SIDE))
    seen = image.convert("RGBA")
    paper = Image.new("RGBA", seen.size, "white")
    flat = Image.alpha_composite(paper, seen).convert("RGB")
    out = io.BytesIO()
    flat.save(out, "JPEG", quality=QUALITY, progressive=True)
    return Sheet(out.getvalue(), *flat.size)


def packed(sheets: Iterable[Sheet]) -> bytes:
    out = bytearray()
    for one in sheets:
        out += _HEAD.pack(len(one.jpeg), one.width, one.height) + one.jpeg
    return bytes(out)


def unpacked(data: bytes) -> list[Sheet]:
    """ValueError where the answer was cut short."""
    found, at = [], 0
    while at < len(data):
        if len(data) - at < _HEAD.size:
            raise ValueError("a sheet was cut short")
        length, width, height = _HEAD.unpack_from(data, at)
        at += _HEAD.size
        jpeg = data[at : at + length]
        if len(jpeg) != length:
            raise ValueError("a sheet was cut short")
        found.append(Sheet(jpeg, width, height))
        at += length
    return found
