"""Fingerprints for bench.checks: some made for real, and a crowd that is bred from others.

A bred picture has features each between one that was seen and one of the likest of another
picture, so that keys crowd as real ones do, or more: `crowding` tells it of both. A bred text has
such band keys as several real minutes share as often as they do, and else its own.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

REAL, ASKED = 160, 60
LIKEST = 30
"""A bred feature lies between one that was seen and one of so many that are likest to it."""
MINUTES = 300
Rows = NDArray[np.int64]


def pictures() -> list[Any]:
    """Real ones, and each tampered with."""
    from evidence.prints.sight import Sight  # noqa: PLC0415
    from tests.checks import scenes, tampering  # noqa: PLC0415

    found = []
    hows = list(tampering.TAMPERINGS)
    for n in range(ASKED):
        image = _photo(list(scenes.PHOTOS)[n % 3], n)
        again = tampering.tampered(image, hows[n % len(hows)], n)
        found.append((Sight.of(image), Sight.kept(Sight.of(again).as_bytes())))
    return found


def _photo(kind: str, seed: int) -> Image.Image:
    from tests.checks import scenes  # noqa: PLC0415

    return scenes.photographed(scenes.PHOTOS[kind](seed).resize((800, 600)), seed)


class Crowd:
    """The stored features of other real pictures, and what is bred from them."""

    def __init__(self) -> None:
        from evidence.prints import sight  # noqa: PLC0415
        from evidence.prints.sight import Sight  # noqa: PLC0415

        real = [Sight.of(_other(n)) for n in range(1000, 1000 + REAL)]
        found = [sight.strongest(one, sight.STORED) for one in real]
        self.kept = [(one.as_bytes(), one.features.packed()) for one in real]
        self.words = np.concatenate([words for words, _turns in found])
        self.turns = np.concatenate([turns for _words, turns in found])
        self.of = np.repeat(np.arange(REAL), [len(words) for words, _turns in found])
        self.near = np.concatenate([self._nearest(n) for n in range(REAL)])
        self.dice = np.random.default_rng(1)

    def _nearest(self, n: int) -> NDArray[np.int64]:
        close = self.words[self.of == n] @ self.words.T
        close[:, self.of == n] = -1
        return np.argsort(-close, axis=1)[:, :LIKEST]

    def bred(self, many: int) -> Rows:
        """(key, picture) of so many pictures that never were, in order of their keys."""
        from evidence.prints import sight  # noqa: PLC0415

        parts = [self._some(min(500, many - first), first) for first in range(0, many, 500)]
        words = self.dice.integers(1 << 16, size=(many, sight.BANDS))
        bands = (np.arange(sight.BANDS) << 32) | words
        whole = np.stack([bands.ravel(), np.repeat(np.arange(many), sight.BANDS)], axis=1)
        return np.unique(np.concatenate([*parts, whole]), axis=0)

    def _some(self, many: int, first: int) -> Rows:
        from evidence.prints import sight  # noqa: PLC0415

        one = self.dice.integers(len(self.words), size=many * sight.STORED)
        other = self.near[one, self.dice.integers(LIKEST, size=len(one))]
        share = self.dice.random((len(one), 1), dtype=np.float32)
        words = self.words[one] * (1 - share) + self.words[other] * share
        of = first + np.repeat(np.arange(many), sight.STORED * sight.TABLES)
        return np.stack([sight.keys_of(words, self.turns[one]), of], axis=1)

    @cached_property
    def real(self) -> Rows:
        from evidence.prints import sight  # noqa: PLC0415

        keys = sight.keys_of(self.words, self.turns)
        return np.unique(np.stack([keys, np.repeat(self.of, sight.TABLES)], axis=1), axis=0)


def _other(n: int) -> Image.Image:
    """Scenes by both generators, letters with seven heads, five forms filled in again and again."""
    from tests.checks import scenes, strangers  # noqa: PLC0415

    if n % 8 < 4:  # noqa: PLR2004 -- half of them are photographs of the first kind
        return _photo(list(scenes.PHOTOS)[n % 3], n)
    if n % 8 < 6:  # noqa: PLR2004 -- a quarter, of the second
        return Image.fromarray(strangers.shot(strangers.yard(n, n), n))
    return scenes.paper(n, head=n % 7) if n % 2 else scenes.form(n % 5, filled=n)


def crowding(rows: Rows) -> float:
    """In how many of 10^9 pairs of keys of two pictures the keys are one."""
    _keys, counts = np.unique(rows[:, 0], return_counts=True)
    pairs = (counts * (counts - 1.0) / 2).sum()
    return round(float(pairs / (len(rows) * (len(rows) - 1.0) / 2) * 1e9), 1)


def crowded_out(rows: Rows) -> Rows:
    """As the index does: a key that many have is kept for no more."""
    from evidence.prints.index import CROWDED  # noqa: PLC0415

    _keys, first, counts = np.unique(rows[:, 0], return_index=True, return_counts=True)
    place = np.arange(len(rows)) - np.repeat(first, counts)
    kept: Rows = rows[place < CROWDED]
    return kept


def texts(many: int) -> Rows:
    """(key, text) of so many texts."""
    from evidence.prints import wording  # noqa: PLC0415
    from tests.checks import minutes  # noqa: PLC0415

    dice = np.random.default_rng(2)
    said = [wording.keys(wording.shingles(minutes.minutes(n))) for n in range(1000, 1000 + MINUTES)]
    pool = np.array(said, dtype=np.int64)
    picked = np.take_along_axis(pool, dice.integers(MINUTES, size=(many, wording.BANDS)), axis=0)
    several, counts = np.unique(pool, return_counts=True)
    own = dice.integers(1 << 55, size=picked.shape) | (np.arange(wording.BANDS) << 56)
    keys = np.where(np.isin(picked, several[counts > 1]), picked, own)
    return np.stack([keys.ravel(), np.repeat(np.arange(many), wording.BANDS)], axis=1)
