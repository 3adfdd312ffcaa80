"""What a picture is found again by, and whether two are one: from a small grey copy alone.

A picture that was cropped, framed or put on a screen shares no whole-picture hash with the
original, so the index holds two kinds of keys: bands of a perceptual hash of the whole, for what
was only saved anew or resized, and quantised local features, for what lost its edges or got new
ones. Whatever shares keys is then laid over the other and compared patch by patch: that, and not
the keys, decides.
"""

from __future__ import annotations

import io
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import cv2
import numpy as np
from PIL import Image

from evidence.prints import features

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from evidence.prints.features import Features

    Grey = NDArray[np.uint8]
    Floats = NDArray[np.float32]
    Keys = NDArray[np.int64]

SIDE = 400
"""Dots of the longer side of the small copy."""
QUALITY = 85
STORED, ASKED = 64, 96
"""Local features that are indexed of a picture, and asked about of a new one."""
TABLES, BITS = 2, 28
_WAVERING = 2
"""So many of the least certain bits of a key are asked about both ways."""
BANDS = 4
SECTORS, _ASKEW = 8, 9
"""A key says which way its feature points, for a copy is not turned: into one of so many sectors,
and within so many degrees of its edge the next one is asked about too."""
_FIRST = 16
"""Heads of keys below it are of the bands, and of what was indexed otherwise before."""
_FLAT = 6.0
"""Grey values by which a patch must vary before it says anything."""
_PATCH = 9
_LEAST = 8
LEAST_INK = 0.012
"""What shows less is blank, or nearly so: a page number, a line of a scanner."""


class Sight:
    """One picture as it is compared: its small copy and its features, each read when asked for."""

    def __init__(self, *, grey: Grey | None = None, copy: bytes = b"", kept: bytes = b"") -> None:
        self._copy, self._kept = copy, kept
        if grey is not None:
            self.grey = grey

    @classmethod
    def of(cls, image: Image.Image) -> Sight:
        small = image.convert("RGBA") if _has_alpha(image) else image.convert("RGB")
        if small.mode == "RGBA":
            paper = Image.new("RGBA", small.size, "white")
            small = Image.alpha_composite(paper, small)
        small = small.convert("L")
        scale = SIDE / max(small.size)
        width, height = (max(_LEAST, round(side * scale)) for side in small.size)
        shrunk = small.resize((width, height), Image.Resampling.LANCZOS)
        return cls(grey=np.asarray(shrunk, dtype=np.uint8))

    @classmethod
    def kept(cls, copy: bytes, features: bytes = b"") -> Sight:
        """As it was kept; features are found anew where none were kept with the copy."""
        return cls(copy=copy, kept=features)

    def as_bytes(self) -> bytes:
        out = io.BytesIO()
        Image.fromarray(self.grey).save(out, "JPEG", quality=QUALITY)
        return out.getvalue()

    @cached_property
    def grey(self) -> Grey:
        with Image.open(io.BytesIO(self._copy), formats=["JPEG"]) as image:
            return np.asarray(image.convert("L"), dtype=np.uint8)

    @cached_property
    def features(self) -> Features:
        return features.unpacked(self._kept) if self._kept else features.found_in(self.grey)


def _has_alpha(image: Image.Image) -> bool:
    return "A" in image.getbands() or "transparency" in image.info


@lru_cache(maxsize=1)
def planes() -> Floats:
    dice = np.random.default_rng(20260301)
    planes = dice.standard_normal((TABLES * BITS, 128)).astype(np.float32)
    planes -= planes.mean(axis=1, keepdims=True)
    return planes


def ink(sight: Sight) -> float:
    """Which share of its patches shows anything at all."""
    grey = sight.grey.astype(np.float32)
    mean = cv2.blur(grey, (_PATCH, _PATCH))
    spread = np.sqrt(np.maximum(cv2.blur(grey * grey, (_PATCH, _PATCH)) - mean * mean, 0))
    return float((spread > _FLAT).mean())


def stored_keys(sight: Sight) -> list[int]:
    """What the index keeps of a picture."""
    return sorted({*_bands(sight.grey), *_feature_keys(sight, STORED, wavering=0, askew=0)})


def asked_keys(sight: Sight) -> list[int]:
    """What a new picture is looked up by: more features, and what is doubtful of them both ways."""
    return sorted(
        {*_bands(sight.grey), *_feature_keys(sight, ASKED, wavering=_WAVERING, askew=_ASKEW)}
    )


def is_of_whole(key: int) -> bool:
    """Whether a key is of the whole picture, and not of one spot."""
    return key >> 32 < BANDS


def _bands(grey: Grey) -> list[int]:
    """Bands of sixteen bits of a 64-bit perceptual hash; none of what is all but flat."""
    if grey.std() < _FLAT:
        return []
    small = cv2.resize(grey, (32, 32), interpolation=cv2.INTER_AREA).astype(np.float32)
    slow = cv2.dct(small)[:8, :8]
    words = np.packbits(slow.flatten() > np.median(slow)).view(">u2")
    return [(n << 32) | int(word) for n, word in enumerate(words)]


def _feature_keys(sight: Sight, most: int, *, wavering: int, askew: int) -> list[int]:
    keys: list[int] = keys_of(*strongest(sight, most), wavering=wavering, askew=askew).tolist()
    return keys


def strongest(sight: Sight, most: int) -> tuple[Floats, Floats]:
    """Descriptors and turns of the strongest features that do not crowd one spot."""
    places, words, turns = sight.features
    taken: set[tuple[int, int]] = set()
    chosen = []
    for n, (x, y) in enumerate(places):
        cell = (int(x) // 8, int(y) // 8)
        if cell not in taken:
            taken.add(cell)
            chosen.append(n)
        if len(chosen) == most:
            break
    return words[chosen], turns[chosen]


def keys_of(words: Floats, turns: Floats, *, wavering: int = 0, askew: int = 0) -> Keys:
    """Of features, one behind the other: a key a table, and those that doubt makes of it."""
    sides = words @ planes().T
    found = []
    for by in {-askew, askew}:
        sectors = ((turns + by) * SECTORS / 360 + 0.5).astype(np.int64) % SECTORS
        for table in range(TABLES):
            heads = (_FIRST + table * SECTORS + sectors) << 32
            quantised = _quantised(sides[:, table * BITS : (table + 1) * BITS], wavering)
            found.append(heads[:, None] | quantised)
    return np.hstack(found).ravel()


def _quantised(sides: Floats, wavering: int) -> Keys:
    """Of each feature its word, and the words that its least certain bits would make of it."""
    powers = 1 << np.arange(BITS - 1, -1, -1, dtype=np.int64)
    words = ((sides > 0) @ powers)[:, None]
    doubtful = powers[np.argsort(np.abs(sides), axis=1)[:, :wavering]]
    for bit in range(wavering):
        words = np.hstack([words, words ^ doubtful[:, bit : bit + 1]])
    return words
