"""A PDF with words across every page, over what the page shows."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, BinaryIO

import pikepdf
from pikepdf import Name, Stream

from evidence import watermark

if TYPE_CHECKING:
    from PIL import Image

WIDTH = 900
"""Dots across the mark of a page: words, not photographs."""
TALLEST = 4
"""Times as high as wide, or the reverse: beyond it a page gets the mark of this shape."""


def answer(file: BinaryIO, _ending: str, words: str) -> bytes:
    marks: dict[tuple[int, int], Stream] = {}
    out = io.BytesIO()
    with pikepdf.open(file) as paper:
        for page in paper.pages:
            left, bottom, right, top = (float(edge) for edge in page.cropbox)
            width, height = abs(right - left) or 1.0, abs(top - bottom) or 1.0
            high = round(WIDTH * min(TALLEST, max(1 / TALLEST, height / width)))
            if (WIDTH, high) not in marks:
                marks[WIDTH, high] = _mark(paper, watermark.over((WIDTH, high), words))
            name = page.add_resource(marks[WIDTH, high], Name.XObject, prefix="Mark")
            place = f"{width:.2f} 0 0 {height:.2f} {min(left, right):.2f} {min(bottom, top):.2f} cm"
            # What the page itself says may leave its state turned or shifted: it is put back first.
            page.contents_add(b"q\n", prepend=True)
            page.contents_add(f"\nQ\nq {place} {name} Do Q\n".encode())
        paper.save(out)
    return out.getvalue()


def _mark(paper: pikepdf.Pdf, layer: Image.Image) -> Stream:
    """An even grey that is as thick as the layer is opaque."""
    clear = _image(paper, layer.getchannel("A").tobytes(), layer.size, Name.DeviceGray)
    ink = _image(paper, bytes(watermark.INK[:3]), (1, 1), Name.DeviceRGB)
    ink[Name.SMask] = clear
    return ink


def _image(paper: pikepdf.Pdf, dots: bytes, size: tuple[int, int], colours: Name) -> Stream:
    return Stream(
        paper,
        dots,
        Type=Name.XObject,
        Subtype=Name.Image,
        Width=size[0],
        Height=size[1],
        BitsPerComponent=8,
        ColorSpace=colours,
    )
