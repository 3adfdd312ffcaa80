"""Reads one file for its fingerprint, in a process that may fall over it: see `evidence.confined`.

The answer is JSON: `pictures` (page, size, small copy, keys, features), and `facts` (dates,
makers, pages).
"""

from __future__ import annotations

import base64
import io
import re
import warnings
import zipfile
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, BinaryIO

import orjson
import pi_heif
import pypdfium2
import pypdfium2.raw as pdfium
from PIL import Image, ImageOps, UnidentifiedImageError

from evidence.prints import bearing, endings, sight
from evidence.prints.sight import Sight

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_PICTURES, MOST_PAGES = 40, 60
SMALLEST = 120
"""Dots of the shorter side: what is smaller is a sign or a line, not a picture."""
_LARGEST_WITHIN = 40 << 20
_MOST_PIXELS = 120_000_000
_DRAFT = (800, 800)
_MEDIA = re.compile(r"^(?!docProps/).*\.(jpe?g|png|bmp|gif|webp|tiff?)$", re.IGNORECASE)
_FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "BMP", "DIB", "TIFF", "HEIF")
_FEW_WORDS = 12
_PAGE_SIDE = 1000
_WIDEST_SHAPE = 3.5
_BROKEN = (
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
    KeyError,
    MemoryError,
    UnidentifiedImageError,
)


@dataclass(slots=True)
class Found:
    """What was read so far."""

    pictures: list[dict[str, Any]] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)

    def picture(self, image: Image.Image, page: int) -> None:
        if min(image.size) < SMALLEST or len(self.pictures) >= MOST_PICTURES:
            return
        seen = Sight.of(image)
        ink = sight.ink(seen)
        shows = ink >= sight.LEAST_INK
        self.pictures.append(
            {
                "page": page,
                "size": image.size,
                "ink": round(ink, 5),
                "copy": base64.b64encode(seen.as_bytes()).decode(),
                "keys": sight.stored_keys(seen) if shows else [],
                "features": base64.b64encode(seen.features.packed() if shows else b"").decode(),
            }
        )

    def blank(self, page: int) -> None:
        self.facts.setdefault("blank", []).append(page)


def answer(file: BinaryIO, ending: str) -> bytes:
    found = Found()
    _READERS[ending](file, found)
    return orjson.dumps({"pictures": found.pictures, "facts": found.facts})


def _of_picture(file: BinaryIO, found: Found) -> None:
    pi_heif.register_heif_opener()
    Image.init()
    Image.MAX_IMAGE_PIXELS = None  # the inspection asked before
    warnings.simplefilter("ignore")
    with Image.open(file, formats=_FORMATS) as image:
        found.facts |= bearing.of_picture(image)
        frames = min(int(getattr(image, "n_frames", 1)), MOST_PAGES)
        # A TIFF holds pages; what else has frames moves, and its first is it.
        for page in range(frames if image.format == "TIFF" else 1):
            image.seek(page)
            small = _upright(image)
            found.picture(small, page + 1)
            if found.pictures and found.pictures[-1]["ink"] < sight.LEAST_INK:
                found.blank(page + 1)
        found.facts["pages"] = frames if image.format == "TIFF" else 1


def _upright(image: Image.Image) -> Image.Image:
    """A copy of about the size that is looked at, as the camera was held."""
    image.draft("RGB", _DRAFT)
    return ImageOps.exif_transpose(image)


def _of_package(file: BinaryIO, found: Found) -> None:
    with suppress(*_BROKEN):
        found.facts |= bearing.of_package(file)
    file.seek(0)
    with zipfile.ZipFile(file) as package:
        for entry in package.infolist():
            if not _MEDIA.search(entry.filename) or entry.file_size > _LARGEST_WITHIN:
                continue
            with suppress(*_BROKEN), Image.open(io.BytesIO(package.read(entry))) as image:
                if image.width * image.height <= _MOST_PIXELS and not _is_ornament(image):
                    found.picture(_upright(image), 0)


def _is_ornament(image: Image.Image) -> bool:
    """A banner, or a sign on one flat colour: every paper of a unit carries the same."""
    short, long = sorted(image.size)
    if long > _WIDEST_SHAPE * short:
        return True
    if long >= _PAGE_SIDE * 7 // 10:
        return False
    shades = _upright(image).convert("RGBA").convert("L").histogram()
    return max(shades) > sum(shades) // 2


def _of_pdf(file: BinaryIO, found: Found) -> None:
    document = pypdfium2.PdfDocument(file, autoclose=False)
    try:
        found.facts |= bearing.of_pdf(document)
        found.facts["pages"] = len(document)
        scanned = [
            _of_page(document[n], n + 1, found) for n in range(min(len(document), MOST_PAGES))
        ]
        found.facts["scanned"] = bool(scanned) and all(scanned)
    finally:
        document.close()


def _of_page(page: pypdfium2.PdfPage, no: int, found: Found) -> bool:
    """Whether the page is a picture of a page: it shows something, and says next to nothing."""
    images = list(page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=3))
    if page.get_textpage().count_chars() > _FEW_WORDS:
        for image in images:
            _is_taken_out(image, no, found)
        return False
    scale = _PAGE_SIDE / max(page.get_size())
    whole = page.render(scale=scale).to_pil()
    if sight.ink(Sight.of(whole)) < sight.LEAST_INK:
        found.blank(no)
        return False
    if len(images) == 1 and _is_taken_out(images[0], no, found):
        return True
    if images:
        found.picture(whole, no)
    return bool(images)


def _is_taken_out(image: pypdfium2.PdfImage, no: int, found: Found) -> bool:
    try:
        found.picture(image.get_bitmap().to_pil(), no)
    except (*_BROKEN, pypdfium2.PdfiumError):
        return False
    return True


_READERS: dict[str, Callable[[BinaryIO, Found], None]] = {
    **dict.fromkeys(endings.PICTURES, _of_picture),
    **dict.fromkeys(endings.PACKAGES, _of_package),
    "pdf": _of_pdf,
}
