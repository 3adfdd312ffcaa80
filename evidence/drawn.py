"""A drawn signature as a browser hands it in: a small picture, and the strokes it came from.

Neither is trusted. The picture is decoded under narrow limits and drawn anew, so that nothing but
its grey values is kept; the strokes are whole numbers within the pad, in the order of time.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import io
import struct
import zlib
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import orjson
from django.utils.translation import gettext_lazy as _
from PIL import Image

from audit import canonical
from core.refusals import Unmet
from evidence import storage

LARGEST = 256 * 1024
"""Bytes of the picture as it arrives."""
WIDEST, HIGHEST = 1600, 800
LONGEST = 256 * 1024
"""Characters of the strokes as they arrive."""
MOST_STROKES, MOST_POINTS = 300, 6000
LONGEST_TIME = 3_600_000
"""Milliseconds from the first point to the last."""
_PREFIX = "data:image/png;base64,"
_OPENING = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
_WHITE = 255
# What Pillow meets in a file that only pretends.
_BROKEN = (OSError, SyntaxError, ValueError, EOFError, struct.error, zlib.error)


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    digest: str
    """Of the picture as it is kept."""
    points_digest: str
    points: list[list[list[int]]] = field(repr=False)
    """Strokes of [across, down, milliseconds since the first point], in the picture's own dots."""
    png: bytes = field(repr=False)

    def keep(self) -> None:
        """Write the bytes durably, before any row speaks of them."""
        storage.keep([self.png])


def drawn(picture: str, points: str) -> Drawn:
    """Read both as the form sent them; Unmet says what is wrong."""
    if not picture:
        raise _unfit(_("The signature is missing: nothing was drawn."))
    strokes = _strokes(points)
    png = _anew(_bytes_of(picture))
    return Drawn(
        digest=hashlib.sha256(png).hexdigest(),
        points_digest=digest_of(strokes),
        points=strokes,
        png=png,
    )


def digest_of(strokes: list[list[list[int]]]) -> str:
    return hashlib.sha256(canonical.encode({"strokes": strokes})).hexdigest()


def _unfit(rule: Any) -> Unmet:
    return Unmet(
        rule,
        then=_("Clear the pad and draw your signature again."),
        holes=[("drawing", _("the drawn signature"))],
    )


def _bytes_of(picture: str) -> bytes:
    if len(picture) > LARGEST * 4 // 3 + len(_PREFIX) + 4:
        raise _unfit(_("The drawn signature is too large."))
    try:
        data = base64.b64decode(picture.removeprefix(_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        data = b""
    if not picture.startswith(_PREFIX) or not data.startswith(_OPENING):
        raise _unfit(_("The drawn signature is not a picture."))
    return data


def _anew(data: bytes) -> bytes:
    """The same strokes in grey on white, and none of what else the file held."""
    # Read off the header: a bomb is turned away before anything is unpacked.
    width, height = struct.unpack(">II", data[16:24].ljust(8, b"\0"))
    if not (0 < width <= WIDEST and 0 < height <= HIGHEST):
        raise _unfit(_("The drawn signature is too large."))
    try:
        with Image.open(io.BytesIO(data), formats=["PNG"]) as picture:
            ink = picture.convert("RGBA")
    except _BROKEN:
        raise _unfit(_("The drawn signature is not a picture.")) from None
    paper = Image.new("RGBA", ink.size, "white")
    grey = Image.alpha_composite(paper, ink).convert("L")
    if grey.getextrema() == (_WHITE, _WHITE):
        raise _unfit(_("The signature is missing: nothing was drawn."))
    out = io.BytesIO()
    grey.save(out, "PNG", optimize=True)
    return out.getvalue()


def _strokes(text: str) -> list[list[list[int]]]:
    if len(text) > LONGEST:
        raise _unfit(_("The drawn signature is too large."))
    try:
        read = orjson.loads(text)
    except orjson.JSONDecodeError:
        read = None
    if not isinstance(read, list) or not all(isinstance(s, list) and s for s in read) or not read:
        raise _unfit(_("The strokes of the signature cannot be read."))
    points = [point for stroke in read for point in stroke]
    if len(read) > MOST_STROKES or len(points) > MOST_POINTS:
        raise _unfit(_("The drawn signature is too large."))
    if not all(map(_is_point, points)) or any(
        later[2] < earlier[2] for earlier, later in pairwise(points)
    ):
        raise _unfit(_("The strokes of the signature cannot be read."))
    strokes: list[list[list[int]]] = read
    return strokes


def _is_point(point: object) -> bool:
    match point:
        case [int(x), int(y), int(t)]:
            whole = not any(isinstance(n, bool) for n in (x, y, t))
            return whole and 0 <= x <= WIDEST and 0 <= y <= HIGHEST and 0 <= t <= LONGEST_TIME
    return False
