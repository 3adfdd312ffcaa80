"""Which dates and makers a file bears within itself: a camera's, a scanner's, an office program's.

None of it is proof: clocks are wrong, and everything of it can be written anew. It is what a
person should have seen before deciding.
"""

from __future__ import annotations

import re
import zipfile
from contextlib import suppress
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any, BinaryIO

import pypdfium2
from lxml import etree
from PIL import ExifTags, Image

if TYPE_CHECKING:
    from PIL.Image import Exif

LONGEST = 120
_PART = 1 << 20
_PDF_DATE = re.compile(r"D:(\d{14}|\d{12}|\d{8})(?:([+\-Z])(\d{2})?'?(\d{2})?)?")
_CORE = ("docProps/core.xml", "docProps/app.xml")
_NAMES = {
    "created": "created",
    "modified": "modified",
    "lastModifiedBy": "modified_by",
    "creator": "author",
    "Application": "software",
    "CreationDate": "created",
    "ModDate": "modified",
    "Creator": "software",
    "Author": "author",
}


def of_picture(image: Image.Image) -> dict[str, str]:
    """When it was taken, with its offset where the camera told one, and what wrote it last."""
    exif = image.getexif()
    camera = exif.get_ifd(ExifTags.IFD.Exif)
    make = [_text(exif.get(tag)) for tag in (ExifTags.Base.Make, ExifTags.Base.Model)]
    programs = [_text(exif.get(ExifTags.Base.Software)), *_written_by(image)]
    told = {
        "taken": _taken(camera),
        "modified": _exif_time(exif.get(ExifTags.Base.DateTime)),
        "software": ", ".join(dict.fromkeys(filter(None, programs))),
        "camera": " ".join(filter(None, make)),
    }
    return {name: word[:LONGEST] for name, word in told.items() if word}


def _taken(camera: Exif | dict[int, Any]) -> str:
    at = _exif_time(camera.get(ExifTags.Base.DateTimeOriginal))
    offset = _text(camera.get(ExifTags.Base.OffsetTimeOriginal))
    return at + offset if at and re.fullmatch(r"[+-]\d{2}:\d{2}", offset) else at


def _exif_time(value: object) -> str:
    with suppress(ValueError):
        return datetime.strptime(_text(value)[:19], "%Y:%m:%d %H:%M:%S").isoformat()  # noqa: DTZ007 -- a camera's wall clock
    return ""


def _text(value: object) -> str:
    """As it was written: what calls itself ASCII is often UTF-8, read byte by byte."""
    if value is None:
        return ""
    word = value.decode("latin-1") if isinstance(value, bytes) else str(value)
    word = word.replace("\x00", "")
    with suppress(UnicodeError):
        word = word.encode("latin-1").decode("utf-8")
    return word.strip()  # not before: the last byte of a character may look like a blank


def _written_by(image: Image.Image) -> list[str]:
    """A PNG says it in a text; many others in XMP, where a camera's name may come before others."""
    said = image.info.get("Software") or image.info.get("software")
    packet = image.info.get("xmp") or image.info.get("XML:com.adobe.xmp") or b""
    packet = packet.encode() if isinstance(packet, str) else bytes(packet)
    found = re.findall(rb"(?:CreatorTool|softwareAgent)(?:>|=\")([^<\"]{1,120})", packet[:_PART])
    return [_text(name) for name in (said, *found)]


def of_package(file: BinaryIO) -> dict[str, str]:
    """An office paper's or an OFD's own account of itself."""
    with zipfile.ZipFile(file) as package:
        names = set(package.namelist())
        parts = [name for name in _CORE if name in names] or ["OFD.xml"]
        told: dict[str, str] = {}
        for name in parts:
            if name in names and package.getinfo(name).file_size <= _PART:
                told |= _told(package.read(name))
    return told


def _told(xml: bytes) -> dict[str, str]:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    told: dict[str, str] = {}
    for element in etree.fromstring(xml, parser).iter("{*}*"):
        name = _NAMES.get(etree.QName(element).localname)
        word = (element.text or "").strip()[:LONGEST]
        if name in {"created", "modified"}:
            word = _iso(word)
        if name and word and name not in told:
            told[name] = word
    return told


def _iso(word: str) -> str:
    with suppress(ValueError):
        return datetime.fromisoformat(word).isoformat()
    return ""


def of_pdf(document: pypdfium2.PdfDocument) -> dict[str, str]:
    said = document.get_metadata_dict(skip_empty=True)
    told = {
        "created": _pdf_time(said.get("CreationDate", "")),
        "modified": _pdf_time(said.get("ModDate", "")),
        "software": said.get("Creator") or said.get("Producer") or "",
        "author": said.get("Author", ""),
    }
    return {name: word[:LONGEST] for name, word in told.items() if word}


def _pdf_time(word: str) -> str:
    """`D:20260305093000+08'00'` and its shorter forms."""
    found = _PDF_DATE.match(word)
    if not found:
        return ""
    with suppress(ValueError):
        at = datetime.strptime(found[1].ljust(14, "0"), "%Y%m%d%H%M%S")  # noqa: DTZ007 -- its zone follows
        if found[2]:
            ahead = timedelta(hours=int(found[3] or 0), minutes=int(found[4] or 0))
            at = at.replace(tzinfo=timezone(-ahead if found[2] == "-" else ahead))
        return at.isoformat()
    return ""
