"""A picture drawn anew: upright, no larger than a screen needs, without what it said of itself."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, BinaryIO

import pi_heif
from PIL import Image, ImageOps

from evidence.drawing import sheets

if TYPE_CHECKING:
    from collections.abc import Iterator


def answer(file: BinaryIO, ending: str) -> bytes:
    return sheets.packed(_frames(file, ending))


def _frames(file: BinaryIO, ending: str) -> Iterator[sheets.Sheet]:
    """The pages of a TIFF; of anything that moves the first."""
    pi_heif.register_heif_opener()
    Image.MAX_IMAGE_PIXELS = None  # the inspection has counted them
    warnings.simplefilter("ignore")
    with Image.open(file) as image:
        pages = getattr(image, "n_frames", 1) if ending in {"tif", "tiff"} else 1
        for number in range(min(pages, sheets.MOST)):
            image.seek(number)
            image.draft("RGB", (sheets.LARGEST_SIDE, sheets.LARGEST_SIDE))
            yield sheets.sheet(ImageOps.exif_transpose(image))
