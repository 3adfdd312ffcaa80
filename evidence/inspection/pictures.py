"""Pictures: they end where their structure ends, and every frame of them decodes."""

from __future__ import annotations

import re
import warnings
from typing import TYPE_CHECKING, BinaryIO

import pi_heif
from PIL import Image

from evidence.inspection import boxes, foreign
from evidence.inspection.finding import Fault, Look

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_PIXELS = 120_000_000
"""Of one frame; the best telephones make 50 million, 200 on request."""
MOST_FRAMES = 1000
MOST_PIXELS_IN_ALL = 500_000_000
_DRAFT_ABOVE = 24_000_000
_HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})


def look(file: BinaryIO, ending: str) -> Look:
    foreign.insist_on_one_kind(file)
    formats, insist_on_its_end = _KINDS[ending]
    file.seek(0)
    notes = insist_on_its_end(file)
    file.seek(0)
    return Look(pages=_decode(file, formats), notes=notes)


def _decode(file: BinaryIO, formats: tuple[str, ...]) -> int:
    """Decode every frame, or Fault; answer how many there are."""
    pi_heif.register_heif_opener()
    Image.MAX_IMAGE_PIXELS = None  # ours is asked below, before a pixel is decoded
    warnings.simplefilter("ignore")
    with Image.open(file, formats=formats) as image:
        frames = int(getattr(image, "n_frames", 1))
        if frames > MOST_FRAMES:
            raise Fault("pixels", str(frames))
        total = 0
        for number in range(frames):
            image.seek(number)
            width, height = image.size
            total += width * height
            if width * height > MOST_PIXELS or total > MOST_PIXELS_IN_ALL:
                raise Fault("pixels", f"{width} x {height}")
            if width * height > _DRAFT_ABOVE:
                # Each bit of it is still read, but an eighth of each side is kept.
                image.draft(image.mode, (width // 8, height // 8))
            image.load()
    return frames


def _is_commented_out(start: bytes) -> bool:
    """A header whose sizes read `/*` or `=1;` is the head of a script."""
    return start[:2] == b"/*" or (start.isascii() and start.decode().isprintable())


# --- where each kind ends ---

_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")


def _end_of_jpeg(file: BinaryIO) -> tuple[str, ...]:
    """Behind the picture a telephone may keep a smaller one, or a second of film."""
    data = file.read()
    if data[4:6] == b"/*":
        raise Fault("script", "/*")
    at = _jpeg_from(data, 0)
    while (rest := data[at:].lstrip(b"\x00\r\n")).startswith(b"\xff\xd8\xff"):
        at = _jpeg_from(data, len(data) - len(rest))
    if any(mark in rest for mark in foreign.ARCHIVES):
        raise Fault("two-in-one", "ZIP")
    if not rest:
        return ()
    # A film's first box, less the zeros of its length; or a maker's own trailer.
    if b"ftyp" in rest[:8] or rest.endswith(b"SEFT") or rest.startswith(b"vivo{"):
        return ("motion",)
    raise Fault("appended")


def _jpeg_from(data: bytes, at: int) -> int:
    """Where the JPEG that begins here has ended."""
    at += 2
    while True:
        while data[at : at + 2] == b"\xff\xff":
            at += 1
        if len(data) < at + 2 or data[at] != 0xFF:  # noqa: PLR2004 -- JPEG's own mark
            raise Fault("damaged")
        mark = data[at + 1]
        at += 2
        if mark == 0xD9:  # noqa: PLR2004 -- end of image
            return at
        at += int.from_bytes(data[at : at + 2], "big")
        if mark == 0xDA:  # noqa: PLR2004 -- coded pixels follow, up to the next marker
            found = _MARKER.search(data, at)
            at = found.start() if found else len(data)


def _end_of_png(file: BinaryIO) -> tuple[str, ...]:
    size = foreign.size_of(file)
    at = 8
    kind = b""
    while kind != b"IEND":
        file.seek(at)
        head = file.read(8)
        if len(head) < 8:  # noqa: PLR2004 -- length and kind of a chunk
            raise Fault("damaged")
        kind = head[4:]
        at += 12 + int.from_bytes(head[:4], "big")
    return _insist_on_end(file, at, size)


def _end_of_gif(file: BinaryIO) -> tuple[str, ...]:
    data = file.read()
    if _is_commented_out(data[6:10]):
        raise Fault("script", "/*")
    at = 13 + _colours(data[10])
    while (mark := data[at]) != 0x3B:  # noqa: PLR2004 -- the trailer
        if mark == 0x21:  # noqa: PLR2004 -- an extension
            at += 2
        elif mark == 0x2C:  # noqa: PLR2004 -- a frame
            at += 11 + _colours(data[at + 9])
        else:
            raise Fault("damaged")
        while data[at]:
            at += 1 + data[at]
        at += 1
    return _insist_on_end(file, at + 1, len(data))


def _colours(packed: int) -> int:
    return 3 << ((packed & 7) + 1) if packed & 0x80 else 0


def _end_of_webp(file: BinaryIO) -> tuple[str, ...]:
    return _sized(file, 4, 8)


def _end_of_bmp(file: BinaryIO) -> tuple[str, ...]:
    return _sized(file, 2, 0)


def _sized(file: BinaryIO, at: int, beside: int) -> tuple[str, ...]:
    """The header itself tells the size of the file."""
    file.seek(at)
    told = file.read(4)
    if told[:2] == b"/*":
        raise Fault("script", "/*")
    return _insist_on_end(file, int.from_bytes(told, "little") + beside, foreign.size_of(file))


def _insist_on_end(file: BinaryIO, end: int, size: int) -> tuple[str, ...]:
    if end > size:
        raise Fault("damaged")
    file.seek(end)
    if file.read().strip(b"\x00\r\n"):
        raise Fault("appended")
    return ()


def _end_of_heic(file: BinaryIO) -> tuple[str, ...]:
    brands = boxes.brands_of(boxes.walked(file))
    if not brands & _HEIC_BRANDS:
        raise Fault("mismatch")
    return ()


def _end_of_tiff(file: BinaryIO) -> tuple[str, ...]:
    """A TIFF may keep its parts in any order: no place in it is the end."""
    return ()


_JPEG = (("JPEG", "MPO"), _end_of_jpeg)
_TIFF = (("TIFF",), _end_of_tiff)
_KINDS: dict[str, tuple[tuple[str, ...], Callable[[BinaryIO], tuple[str, ...]]]] = {
    "jpg": _JPEG,
    "jpeg": _JPEG,
    "png": (("PNG",), _end_of_png),
    "gif": (("GIF",), _end_of_gif),
    "webp": (("WEBP",), _end_of_webp),
    "bmp": (("BMP", "DIB"), _end_of_bmp),
    "tif": _TIFF,
    "tiff": _TIFF,
    "heic": (("HEIF",), _end_of_heic),
}
