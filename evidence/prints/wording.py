"""What a text is found again by, and whether two are one: shingles of characters, and MinHash.

Width, case, blanks and punctuation are taken off, numbers are blotted out: minutes that were used
again with another day and another count are then the same text, and `numbers_of` says what differs.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from datasketch import MinHash

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    Shingles = NDArray[np.uint64]

LENGTH = 4
"""Characters of a shingle."""
BANDS, ROWS = 32, 4
"""Two texts that share a third of their shingles meet in some band three times of ten; those that
share half, nearly nine times of ten; those that share two thirds, always."""
LONGEST = 200_000
"""Characters of a text that are looked at."""
_ARABIC = r"\d+(?:[.,:/\-]\d+)*"
_COUNTED = "年月日号时分次个人份项条名场处件起元亩米户台座期轮批%届度"
_SPELT = f"[〇零一二两三四五六七八九十百千万]+(?=[{_COUNTED}])"
_NUMBER = re.compile(f"{_ARABIC}|{_SPELT}")
_NOT_A_SIGN = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Alike:
    """Of the shingles of two texts: in common of all, and in common of the shorter text's."""

    shared: float
    within: float
    shorter: int
    """Shingles of the shorter text, what many say left out."""
    longer: int


NOTHING = Alike(0.0, 0.0, 0, 0)


def plain(text: str) -> str:
    """Only what is said: full and half width are one, numbers are a mark, blanks are gone."""
    flat = unicodedata.normalize("NFKC", text[:LONGEST]).lower()
    return _NOT_A_SIGN.sub("", _NUMBER.sub("0", flat))


def numbers_of(text: str) -> list[str]:
    return _NUMBER.findall(unicodedata.normalize("NFKC", text[:LONGEST]))


def shingles(text: str) -> Shingles:
    """Each once, as the hashes of its characters, in order."""
    said = plain(text)
    found = {said[n : n + LENGTH] for n in range(max(1, len(said) - LENGTH + 1))} if said else set()
    return np.array(sorted(map(_hash, found)), dtype=np.uint64)


def _hash(shingle: str) -> int:
    return int.from_bytes(hashlib.blake2b(shingle.encode(), digest_size=8).digest(), "big")


def keys(of: Shingles) -> list[int]:
    """One key a band: texts that are alike share some."""
    if not len(of):
        return []
    signature = _signature()
    signature.update_batch(of.tolist())
    values = signature.hashvalues.reshape(BANDS, ROWS)
    words = (hashlib.blake2b(band.tobytes(), digest_size=7).digest() for band in values)
    return [(n << 56) | int.from_bytes(word, "big") for n, word in enumerate(words)]


def _signature() -> MinHash:
    """The scheme is named: another would not know the keys that are stored."""
    return MinHash(num_perm=BANDS * ROWS, seed=7, hashfunc=_folded, scheme="affine32")


def _folded(shingle: int) -> int:
    return shingle & 0xFFFFFFFF


def compared(one: Shingles, other: Shingles, *, common: Shingles | None = None) -> Alike:
    """How alike two texts are, what is common left out."""
    if common is not None and len(common):
        one, other = (np.setdiff1d(x, common, assume_unique=True) for x in (one, other))
    shorter, longer = sorted((len(one), len(other)))
    if not shorter:
        return NOTHING
    both = len(np.intersect1d(one, other, assume_unique=True))
    return Alike(both / (shorter + longer - both), both / shorter, shorter, longer)


def common_of(texts: Iterable[Shingles], *, least: int) -> Shingles:
    """What at least so many of these texts say: headings, forms of words."""
    found = list(texts)
    if len(found) < least:
        return np.zeros(0, np.uint64)
    words, counts = np.unique(np.concatenate(found), return_counts=True)
    return words[counts >= least]


_FEWEST = 24
"""Shingles: what is left of a shorter text could be anybody's."""
_LIKE_LENGTHS = 0.4


def is_same(alike: Alike, least: float) -> bool:
    """Whether two texts are all but one: of each other, or the shorter within the longer."""
    if alike.shorter < _FEWEST:
        return False
    held = alike.within if alike.shorter >= _LIKE_LENGTHS * alike.longer else 0.0
    return max(alike.shared, held - _WITHIN_IS_LESS) >= least


def likeness(one: Shingles, other: Shingles, *, common: Shingles, least: float) -> Alike | None:
    """How alike two texts are that are all but one: in what is theirs alone, or as a whole.

    Where everybody writes with the same few phrases nothing is anybody's own, and a text that
    strings the same ones together is still a copy.
    """
    for found in (compared(one, other, common=common), compared(one, other)):
        if is_same(found, least):
            return found
    return None


_WITHIN_IS_LESS = 0.1
"""To stand within another text says less than to be it."""
_ONE = 0.97


def differ_in_numbers(one: str, other: str) -> bool:
    """Whether nothing but numbers differs."""
    if numbers_of(one) == numbers_of(other) or len(plain(one)) < _FEWEST:
        return False
    return plain(one) == plain(other)


def share_of(text: str, *, within: str) -> float:
    """Which share of a text's characters stands in the other, in runs of some length."""
    said, other = plain(text), plain(within)
    covered = [False] * len(said)
    for start in range(len(said) - _RUN + 1):
        if said[start : start + _RUN] in other:
            covered[start : start + _RUN] = [True] * _RUN
    return sum(covered) / len(said) if said else 0.0


_RUN = 3


def says_enough(text: str) -> bool:
    """Whether it is long enough for two people not to have hit upon it by chance."""
    return len(plain(text)) >= _FEWEST + LENGTH
