"""Whether two small copies show one picture: laid over each other, then compared patch by patch."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeAlias

import cv2
import numpy as np

from evidence.prints import features, overlaid

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from evidence.prints.features import Rows
    from evidence.prints.sight import Floats, Grey, Sight

    Mask = NDArray[np.bool_]

Box: TypeAlias = tuple[int, int, int, int]

_FEWEST = 6
_NEAR = 2.5
_SMALLEST = 0.2
_TURNED = 8
"""Degrees: a scan lies askew, a screenshot does not lie on its side."""
_CELL = 6
"""Dots: two cells by two are a patch, and patches lie half over each other."""
_FLAT = 7.0
_ALIKE = 0.55
_MUCH_FINER = 0.5
_LEAST_COVERED = 0.3
_WHOLE = 0.93
"""Where each covers so much of the other, neither was cropped or framed."""
_BORDER = 2
"""Cells between a plate and the border at most."""
_LARGEST_PLATE, _ON_A_PLATE, _REST = 0.2, 0.7, 0.97
"""Shares: of the picture a plate takes, of it that differs, of the rest that is the same."""
_HARDLY, _MANY = 10, 200
"""Of so many features of each, so few pairs: nothing of one lies in the other."""
_WORTH_IT, _MOSTLY_SEEN = 0.3, 0.4
"""Where so few patches are alike no watermark is looked for; a patch of which it covers more says
nothing."""
_BEYOND_DOUBT = 0.95
"""Lying so well, it is not laid another way."""
_WHITE, _MOSTLY_WHITE = 215, 0.5
_COARSE, _ABOUT = (32, 32), (9, 9)
_BROADLY = 0.5
"""From afar a copy is alike by 0.7, through watermarks too; of others, one in fifty by 0.5."""
_KEPT = 0.55
"""So much at least of what lies over each other stays when its edges are left out."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """How one picture lies in the other."""

    alike: float
    """Which share of the patches that lie over each other show the same; 0 when none do."""
    covered: float
    """Which share of the smaller of the two lies within the other."""
    patches: int
    """How many patches said anything."""
    close: float = 0.0
    """How alike those are that show the same, the middle of them."""
    paper: bool = False
    """Whether both are mostly white where they lie over each other: a sheet, a chart."""
    in_one: Box = (0, 0, 100, 100)
    in_other: Box = (0, 0, 100, 100)
    """Where each shows what the other shows: left, top, right, bottom in per cent of its sides."""


NONE = Likeness(0.0, 0.0, 0)


def likeness(one: Sight, other: Sight) -> Likeness:
    """How `other` lies over `one`, the better of two ways: by its features, and as a whole."""
    paired = features.pairs(one.features, other.features)
    best = NONE
    if len(paired[0]) < _HARDLY and min(len(x.features.turns) for x in (one, other)) > _MANY:
        return best
    for placed in _placings(one, other, paired):
        found = _compared(one.grey, other.grey, placed)
        if found.alike * found.covered > best.alike * best.covered:
            back = cv2.invertAffineTransform(placed).astype(np.float32)
            best = replace(
                found,
                in_one=_box(placed, other.grey.shape, one.grey.shape),
                in_other=_box(back, one.grey.shape, other.grey.shape),
            )
        if best.alike * best.covered > _BEYOND_DOUBT:
            break
    return best


def _placings(one: Sight, other: Sight, paired: tuple[Rows, Rows]) -> Iterator[Floats]:
    by_features = _by_features(one, other, paired)
    if by_features is not None:
        yield by_features
    as_a_whole = _as_a_whole(one.grey, other.grey)
    if as_a_whole is not None:
        yield as_a_whole


def _box(placed: Floats, laid: tuple[int, ...], under: tuple[int, ...]) -> Box:
    """Where the corners of what is laid come to lie, in per cent of what is under it."""
    (high, wide), (height, width) = laid[:2], under[:2]
    corners = np.array([[0, 0, 1], [wide, 0, 1], [0, high, 1], [wide, high, 1]], np.float32)
    x, y = (placed @ corners.T) * 100 / np.array([[width], [height]])
    left, top, right, bottom = np.clip([x.min(), y.min(), x.max(), y.max()], 0, 100)
    return round(left), round(top), round(right), round(bottom)


def _as_a_whole(one: Grey, other: Grey) -> Floats | None:
    """Where sides and broad light and shade are alike, whatever was drawn over it."""
    (height, width), (high, wide) = one.shape, other.shape
    if abs(width / wide - height / high) >= 0.06 * height / high:
        return None
    a, b = _from_afar(one), _from_afar(other)
    if (a * b).sum() < _BROADLY * np.linalg.norm(a) * np.linalg.norm(b):
        return None
    return np.array([[width / wide, 0, 0], [0, height / high, 0]], np.float32)


def _from_afar(grey: Grey) -> Floats:
    """What is lighter or darker than what lies about it, in coarse dots."""
    few = cv2.resize(grey, _COARSE, interpolation=cv2.INTER_AREA).astype(np.float32)
    return few - cv2.blur(few, _ABOUT)


def _by_features(one: Sight, other: Sight, paired: tuple[Rows, Rows]) -> Floats | None:
    rows, columns = paired
    if len(rows) < _FEWEST:
        return None
    laid: tuple[Any, Any] = cv2.estimateAffinePartial2D(
        other.features.places[columns],
        one.features.places[rows],
        ransacReprojThreshold=_NEAR,
        maxIters=1000,
        confidence=0.995,
    )
    found, inliers = laid
    if found is None or inliers.sum() < _FEWEST:
        return None
    scale = float(np.hypot(found[0, 0], found[1, 0]))
    turned = abs(float(np.degrees(np.arctan2(found[1, 0], found[0, 0]))))
    likely = _SMALLEST < scale < 1 / _SMALLEST and turned < _TURNED
    placed: Floats = found.astype(np.float32)
    return placed if likely else None


def _compared(one: Grey, other: Grey, placed: Floats) -> Likeness:
    """Of the coarser of the two, each patch with what lies there of the finer."""
    scale = float(np.hypot(placed[0, 0], placed[1, 0]))
    if scale > 1:
        return _compared(other, one, cv2.invertAffineTransform(placed).astype(np.float32))
    if scale < _MUCH_FINER:
        other = cv2.GaussianBlur(other, (0, 0), 0.4 / scale).astype(np.uint8)
    size = one.shape[1], one.shape[0]
    laid = cv2.warpAffine(other, placed, size, flags=cv2.INTER_AREA).astype(np.uint8)
    ones = np.full(other.shape, 255, np.uint8)
    inside = cv2.warpAffine(ones, placed, size) > 250  # noqa: PLR2004 -- white, all but its edge
    shares = inside.sum() / inside.size, inside.sum() / (other.size * scale**2)
    if max(shares) < _LEAST_COVERED:
        return NONE
    soft, soft_laid = _soft(one), _soft(laid)
    plain = _told(soft, soft_laid, inside, shares)
    if not _WORTH_IT < plain.alike < _BEYOND_DOUBT:
        return plain
    under = overlaid.pattern(soft, soft_laid, inside)
    if under is None:
        return plain
    over, lit = under
    clear = _told(soft, np.where(over, soft, lit), inside, shares, over)
    return clear if clear.alike > _BEYOND_DOUBT else plain


def _told(
    one: Floats, laid: Floats, inside: Mask, shares: tuple[float, float], over: Mask | None = None
) -> Likeness:
    """How alike they are where they lie over each other, but for what lies over one of them."""
    says, like = _patches(one, laid, inside)
    if over is not None:
        says &= _mean(over.astype(np.float32)) < _MOSTLY_SEEN
    same = like > _ALIKE
    close = float(np.median(like[says & same])) if (says & same).any() else 0.0
    covered = float(max(shares))
    if min(shares) < _WHOLE:
        says, same, kept = _without_edges(says, same)
        covered *= kept
    says &= ~_plate(says, same)
    if not says.any():
        return NONE
    return Likeness(
        float(same[says].mean()),
        min(covered, 1.0),
        int(says.sum()),
        close=min(close, 1.0),
        paper=bool((np.minimum(one, laid)[inside] > _WHITE).mean() > _MOSTLY_WHITE),
    )


def _soft(grey: Grey) -> Floats:
    return cv2.GaussianBlur(grey, (0, 0), 0.8).astype(np.float32)


def _patches(a: Floats, b: Floats, inside: Mask) -> tuple[Mask, Floats]:
    """By patches half over each other: which say anything, and how alike they are."""
    mean_a, mean_b = _mean(a), _mean(b)
    var_a = np.maximum(_mean(a * a) - mean_a**2, 0)
    var_b = np.maximum(_mean(b * b) - mean_b**2, 0)
    both = _mean(a * b) - mean_a * mean_b
    full = _mean(inside.astype(np.float32)) > 0.999  # noqa: PLR2004 -- all of it
    # Light and contrast of the whole may have been changed.
    gain = np.sqrt(var_a[full].sum() / max(float(var_b[full].sum()), 1e-3))
    says = full & (np.sqrt(np.maximum(var_a, var_b * gain**2)) > _FLAT)
    like: Floats = both / np.sqrt(var_a * var_b + 4.0)
    return says, like


def _mean(of: Floats) -> Floats:
    """Of each patch: it is four cells."""
    high, wide = (side // _CELL for side in of.shape)
    cells = cv2.resize(
        of[: high * _CELL, : wide * _CELL], (wide, high), interpolation=cv2.INTER_AREA
    )
    columns = cells[:, 1:] + cells[:, :-1]
    return ((columns[1:] + columns[:-1]) / 4).astype(np.float32)


def _without_edges(says: Mask, same: Mask) -> tuple[Mask, Mask, float]:
    """What was cropped lies on something else in a frame: such edges are left out.

    Only whole lines from outside, and only while most of them differ.
    """
    rows, columns = (np.flatnonzero(says.any(axis=side)) for side in (1, 0))
    if not len(rows):
        return says, same, 1.0
    top, bottom, left, right = rows[0], rows[-1] + 1, columns[0], columns[-1] + 1
    whole = (bottom - top) * (right - left)
    while True:
        lines = {
            "top": (slice(top, top + 1), slice(left, right)),
            "bottom": (slice(bottom - 1, bottom), slice(left, right)),
            "left": (slice(top, bottom), slice(left, left + 1)),
            "right": (slice(top, bottom), slice(right - 1, right)),
        }
        differing = {side: _differing(says[at], same[at]) for side, at in lines.items()}
        worst = max(differing, key=lambda side: differing[side])
        if differing[worst] <= 0.5 or (bottom - top) * (right - left) < _KEPT * whole:  # noqa: PLR2004 -- most
            break
        top, bottom = top + (worst == "top"), bottom - (worst == "bottom")
        left, right = left + (worst == "left"), right - (worst == "right")
    box = (slice(top, bottom), slice(left, right))
    return says[box], same[box], float((bottom - top) * (right - left) / whole)


def _plate(says: Mask, same: Mask) -> Mask:
    """What a camera's app or an office laid over a border of a copy: all else is the very same."""
    inside = np.zeros_like(says)
    spots = cv2.morphologyEx((says & ~same).astype(np.uint8), cv2.MORPH_CLOSE, np.ones((3, 3)))
    many, _labels, boxes, _centres = cv2.connectedComponentsWithStats(spots)
    if many < 2:  # noqa: PLR2004 -- the first is all that does not differ
        return inside
    left, top, wide, high, _area = boxes[1 + boxes[1:, cv2.CC_STAT_AREA].argmax()].tolist()
    height, width = says.shape
    at_border = min(left, top, width - left - wide, height - top - high) <= _BORDER
    if not at_border or wide * high > _LARGEST_PLATE * says.size:
        return inside
    inside[top : top + high, left : left + wide] = True
    rest = says & ~inside
    if _differing(says & inside, same) < _ON_A_PLATE or _differing(rest, same) > 1 - _REST:
        return np.zeros_like(says)
    return inside


def _differing(says: Mask, same: Mask) -> float:
    return float(1 - same[says].mean()) if says.any() else 0.0
