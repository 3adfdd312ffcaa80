"""Text that is text: UTF-8, or else GB18030."""

from __future__ import annotations

from codecs import getincrementaldecoder
from typing import BinaryIO

from evidence.text.told import MOST, Told, told

_BYTES = 4 * MOST + 1
"""More than a text of the length that is kept can take in either encoding."""


def read(file: BinaryIO, _ending: str) -> Told:
    data = file.read(_BYTES)
    try:
        text = _decoded(data, "utf-8-sig")
    except UnicodeDecodeError:
        text = _decoded(data, "gb18030")
    return told("whole", [text])


def _decoded(data: bytes, encoding: str) -> str:
    """Where it was cut, half a character may stand at the end."""
    return getincrementaldecoder(encoding)().decode(data, final=len(data) < _BYTES)
