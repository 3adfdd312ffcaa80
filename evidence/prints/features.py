"""Local features of a small copy: found once, kept beside it, and paired with another picture's.

To find them takes tens of milliseconds, to pair those of two pictures one: whoever compares a
picture with many reads theirs.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]
    Rows = NDArray[np.intp]

_MOST, _CONTRAST = 400, 0.02
_FEW, _MOST_FAINT, _FAINT = 150, 200, 0.002
"""Where a picture has so few features fainter ones are taken: a wall, a sky have no other."""
_WORD = 128
_LARGEST = 15
"""A value of a descriptor is a byte, and its root is kept in half of one."""
_STRETCHED = 44
"""SIFT cuts values off at a fifth of a descriptor's length: their roots come to a third."""
_FINE = 64
"""A place is kept in 64ths of a dot."""
_CIRCLE = 65536
_EACH = 6 + _WORD // 2
"""Bytes of one feature: two of x, of y and of its turn, and its descriptor."""
_RATIO = 0.85
_SAME_WAY = 20
"""Degrees: a copy is turned by 8 at most, and which way a feature points is known to some 12."""


class Features(NamedTuple):
    """The strongest first."""

    places: Floats
    words: Floats
    """Roots of descriptors, of length one: how close two are is their product."""
    turns: Floats
    """Which way each points, in degrees."""

    def packed(self) -> bytes:
        """What `unpacked` reads, 70 bytes for each."""
        places = np.rint(self.places * _FINE).clip(0, _CIRCLE - 1).astype("<u2")
        turns = (np.rint(self.turns * _CIRCLE / 360) % _CIRCLE).astype("<u2")
        roots = np.rint(self.words * _STRETCHED).clip(0, _LARGEST).astype(np.uint8)
        halves = roots[:, ::2] << 4 | roots[:, 1::2]
        return places.tobytes() + turns.tobytes() + halves.tobytes()


NONE = Features(
    np.zeros((0, 2), np.float32), np.zeros((0, _WORD), np.float32), np.zeros(0, np.float32)
)


def unpacked(data: bytes) -> Features:
    many = len(data) // _EACH
    places = np.frombuffer(data, "<u2", 2 * many).reshape(many, 2)
    turns = np.frombuffer(data, "<u2", many, 4 * many)
    halves = np.frombuffer(data, np.uint8, offset=6 * many).reshape(many, _WORD // 2)
    roots = np.stack([halves >> 4, halves & _LARGEST], axis=2).reshape(many, _WORD)
    return Features(
        places.astype(np.float32) / np.float32(_FINE),
        _of_length_one(roots.astype(np.float32)),
        turns.astype(np.float32) * np.float32(360 / _CIRCLE),
    )


def _of_length_one(roots: Floats) -> Floats:
    lengths = np.linalg.norm(roots, axis=1, keepdims=True).astype(np.float32)
    of_one: Floats = roots / np.maximum(lengths, np.float32(1e-6))
    return of_one


def found_in(grey: NDArray[np.uint8]) -> Features:
    points, words = _detector(_MOST, _CONTRAST).detectAndCompute(grey, None)
    if len(points) < _FEW:
        points, words = _detector(_MOST_FAINT, _FAINT).detectAndCompute(grey, None)
    if not points:
        return NONE
    strength = np.array([p.response * p.size for p in points], np.float32)
    order = np.argsort(-strength, kind="stable")
    places = np.array([p.pt for p in points], np.float32)[order]
    turns = np.array([p.angle for p in points], np.float32)[order]
    return Features(places, _of_length_one(np.sqrt(words[order])), turns)


@lru_cache(maxsize=2)
def _detector(most: int, contrast: float) -> cv2.SIFT:
    return cv2.SIFT.create(nfeatures=most, contrastThreshold=contrast)


def pairs(one: Features, other: Features) -> tuple[Rows, Rows]:
    """Which features of `other` are clearly likest to which of `one`, and point the same way."""
    if min(len(one.turns), len(other.turns)) < 2:  # noqa: PLR2004 -- the likest and the next
        return np.zeros(0, np.intp), np.zeros(0, np.intp)
    close = other.words @ one.words.T
    rows = np.arange(len(close))
    best = close.argmax(axis=1)
    nearest = 1 - close[rows, best]
    close[rows, best] = -1
    clearly = nearest < _RATIO**2 * (1 - close.max(axis=1))
    apart = (other.turns - one.turns[best] + 180) % 360 - 180
    kept = np.flatnonzero(clearly & (np.abs(apart) < _SAME_WAY))
    return best[kept], kept
