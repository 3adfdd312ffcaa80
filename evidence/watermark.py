"""Whose copy it is, drawn across a picture: name, account and day, again and again, slanted."""

from __future__ import annotations

import io
from functools import lru_cache

from PIL import Image, ImageDraw

from evidence.drawing import fonts, sheets

SLANT = 25
"""Degrees; level words would hide in the lines of a page."""
INK = (90, 90, 90, 70)


def marked(jpeg: bytes, words: str) -> bytes:
    """One of our own sheets with the words across it."""
    with Image.open(io.BytesIO(jpeg), formats=["JPEG"]) as sheet:
        seen = sheet.convert("RGBA")
    out = io.BytesIO()
    flat = Image.alpha_composite(seen, over(seen.size, words)).convert("RGB")
    flat.save(out, "JPEG", quality=sheets.QUALITY, progressive=True)
    return out.getvalue()


def over(size: tuple[int, int], words: str) -> Image.Image:
    """A clear sheet of this size, with the words in rows across all of it."""
    tile = _tile(words, max(16, min(size) // 36))
    layer = Image.new("RGBA", size, (0, 0, 0, 0))
    for row, y in enumerate(range(-tile.height // 2, size[1], tile.height)):
        for x in range(-(row % 2) * tile.width // 2, size[0], tile.width):
            layer.alpha_composite(tile, _inside(x, y), _cut(x, y))
    return layer


def _inside(x: int, y: int) -> tuple[int, int]:
    return max(0, x), max(0, y)


def _cut(x: int, y: int) -> tuple[int, int]:
    return max(0, -x), max(0, -y)


@lru_cache(maxsize=32)
def _tile(words: str, size: int) -> Image.Image:
    font = fonts.font(size)
    left, top, right, bottom = ImageDraw.Draw(Image.new("L", (1, 1))).textbbox((0, 0), words, font)
    width, height = round(right - left), round(bottom - top)
    line = Image.new("RGBA", (width + 3 * size, height + 2 * size), (0, 0, 0, 0))
    ImageDraw.Draw(line).text((size - left, size - top), words, fill=INK, font=font)
    return line.rotate(SLANT, expand=True, resample=Image.Resampling.BICUBIC)
