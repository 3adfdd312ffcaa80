"""A pattern of watermarks over a copy, from edge to edge: found by what it is, and left out.

It only lightens or only darkens, and it comes again and again. What differs between two moments of
one place, or two papers with one head, does neither.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]
    Mask = NDArray[np.bool_]

_SPARSE = 3
"""Light is fitted by every third dot each way."""
_ROUNDS = 4
_LEAST_LIT, _NOISY, _WAYS = 8.0, 4.0, 2.0
"""Grey values, and spreads of what does not differ, by which a dot must differ to be of it; what
differs by less than two spreads is what light is fitted to."""
_FLATTEST = 1.0
_ONE_WAY, _NEARLY_ONE_WAY = 0.93, 0.8
_LEAST_TAKEN, _MOST_TAKEN = 0.02, 0.3
_SIGN, _MOST_THICK = 25, 0.1
"""Dots: small signs, and strokes of large ones, are thinner; another picture in a frame is not."""
_WHITE, _MOSTLY_PAPER = 200, 0.5
_THE_SAME = 0.95
_ABOUT = 15
"""How alike, dot by dot, the two must be all about what lies over them: so many dots wide."""
_COARSER = 2
_AGAIN = 0.5
"""How like the whole pattern is to itself, laid a step aside: of watermarks 0.62 at least was seen,
of what else differs 0.45 at most where it lay on one side of the light."""
_STEP = 12
"""Coarser dots: what lies nearer is a thick stroke, not the next one."""
_OVER = 0.35
"""Of the picture that must still lie over itself when it is laid a step aside."""


def pattern(one: Floats, laid: Floats, inside: Mask) -> tuple[Mask, Floats] | None:
    """Where a pattern lies over one of the two, and `laid` in the light of `one`."""
    sure = cv2.erode(inside.astype(np.uint8), np.ones((5, 5))) > 0
    gain, base = _light(one, laid, sure)
    if not _goes_one_way(one, laid, sure, (gain, base)):
        return None
    lit = (gain * laid + base).astype(np.float32)
    apart = np.where(sure, one - lit, 0).astype(np.float32)
    limit = max(_LEAST_LIT, _NOISY * _spread(apart[::_SPARSE, ::_SPARSE], sure))
    over = np.abs(apart) > limit
    taken = over.sum() / max(int(sure.sum()), 1)
    if gain <= 0 or not _LEAST_TAKEN < taken < _MOST_TAKEN:
        return None
    thick = cv2.morphologyEx(over.astype(np.uint8), cv2.MORPH_OPEN, np.ones((_SIGN, _SIGN)))
    if thick.sum() > _MOST_THICK * over.sum():
        return None
    if _is_writing(one, lit, over):
        return None
    about = cv2.dilate(over.astype(np.uint8), np.ones((_ABOUT, _ABOUT))) > 0
    rest = about & sure & ~over
    if np.corrcoef(one[rest], laid[rest])[0, 1] < _THE_SAME:
        return None
    lighter = float((apart[over] > 0).mean())
    if max(lighter, 1 - lighter) < _ONE_WAY or _comes_again(apart * over, sure) < _AGAIN:
        return None
    return cv2.dilate(over.astype(np.uint8), np.ones((3, 3))) > 0, lit


def _goes_one_way(one: Floats, laid: Floats, sure: Mask, light: tuple[float, float]) -> bool:
    """By few dots, for most of what is compared does not: it costs a tenth of looking at all."""
    few = np.s_[::_SPARSE, ::_SPARSE]
    gain, base = light
    apart = (one[few] - gain * laid[few] - base)[sure[few]]
    over = apart[np.abs(apart) > _LEAST_LIT]
    if not len(over):
        return False
    lighter = float((over > 0).mean())
    return max(lighter, 1 - lighter) > _NEARLY_ONE_WAY


def _is_writing(one: Floats, lit: Floats, over: Mask) -> bool:
    """Dark on white: no watermark on a picture is told from what was filled in on a form."""
    paper = np.maximum(one, lit)[over] > _WHITE
    return float(paper.mean()) > _MOSTLY_PAPER


def _light(one: Floats, laid: Floats, sure: Mask) -> tuple[float, float]:
    """By which gain and base most dots of the two are one, whatever lies over the rest."""
    few = np.s_[::_SPARSE, ::_SPARSE]
    y, x = one[few][sure[few]], laid[few][sure[few]]
    gain, base = 1.0, 0.0
    kept = np.ones(len(x), bool)
    for _round in range(_ROUNDS):
        if kept.sum() < 2 or not (spread := float(x[kept].var())):  # noqa: PLR2004 -- a line has two
            break
        gain = float(((x[kept] - x[kept].mean()) * (y[kept] - y[kept].mean())).mean()) / spread
        base = float(y[kept].mean() - gain * x[kept].mean())
        apart = y - gain * x - base
        apart -= np.median(apart)
        kept = np.abs(apart) <= _WAYS * max(_FLATTEST, 1.5 * float(np.median(np.abs(apart))))
    return gain, base + float(np.median(y - gain * x - base)) if len(x) else base


def _spread(apart: Floats, sure: Mask) -> float:
    dots = apart[sure[::_SPARSE, ::_SPARSE]]
    return max(_FLATTEST, 1.5 * float(np.median(np.abs(dots)))) if len(dots) else _FLATTEST


def _comes_again(apart: Floats, sure: Mask) -> float:
    """How like it is to itself at the likest step aside, 1 when it is the very same."""
    high, wide = (max(side // _COARSER, 1) for side in apart.shape)
    small = cv2.resize(apart, (wide, high), interpolation=cv2.INTER_AREA)
    under = cv2.resize(sure.astype(np.float32), (wide, high), interpolation=cv2.INTER_AREA)
    level = np.float32(small.sum() / max(float(under.sum()), 1.0))
    like = _with_itself((small - under * level).astype(np.float32))
    lying = _with_itself(under.astype(np.float32))
    shares = like / np.maximum(lying, 1) / max(float(like[0, 0] / max(lying[0, 0], 1)), 1e-6)
    down, along = np.ogrid[: like.shape[0], : like.shape[1]]
    down, along = (np.minimum(at, at.max() + 1 - at) for at in (down, along))
    aside = (down**2 + along**2 >= _STEP**2) & (lying > _OVER * lying[0, 0])
    return float(shares[aside].max()) if aside.any() else 0.0


def _with_itself(of: Floats) -> Floats:
    """Products summed at each step, wrapped about a border that is wide enough."""
    high, wide = (cv2.getOptimalDFTSize(2 * side) for side in of.shape)
    padded = np.zeros((high, wide), np.float32)
    padded[: of.shape[0], : of.shape[1]] = of
    waves = cv2.dft(padded, flags=cv2.DFT_COMPLEX_OUTPUT)
    strength = waves[..., 0] ** 2 + waves[..., 1] ** 2
    summed: Floats = cv2.dft(
        strength, flags=cv2.DFT_INVERSE | cv2.DFT_SCALE | cv2.DFT_REAL_OUTPUT
    ).astype(np.float32)
    return summed
