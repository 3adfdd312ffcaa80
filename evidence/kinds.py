"""The types of file that are taken in: by ending *and* by what the bytes begin with."""

from __future__ import annotations

import unicodedata
from codecs import getincrementaldecoder
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from core.refusals import Unmet

ZIP = b"PK\x03\x04"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@dataclass(frozen=True, slots=True)
class Kind:
    media_type: str
    """What the file is served as; never what the sender claimed."""
    starts: tuple[bytes, ...]
    """One of these opens the file; empty for text, which is decoded instead."""
    then: tuple[int, bytes] = (0, b"")
    """What stands further on, and where, when the opening is shared with other types."""


_OOXML = "application/vnd.openxmlformats-officedocument."
KINDS: dict[str, Kind] = {
    "jpg": Kind("image/jpeg", (b"\xff\xd8\xff",)),
    "jpeg": Kind("image/jpeg", (b"\xff\xd8\xff",)),
    "png": Kind("image/png", (b"\x89PNG\r\n\x1a\n",)),
    "gif": Kind("image/gif", (b"GIF87a", b"GIF89a")),
    "webp": Kind("image/webp", (b"RIFF",), (8, b"WEBP")),
    "heic": Kind("image/heic", (b"\x00\x00\x00",), (4, b"ftyp")),
    "bmp": Kind("image/bmp", (b"BM",)),
    "tif": Kind("image/tiff", (b"II*\x00", b"MM\x00*")),
    "tiff": Kind("image/tiff", (b"II*\x00", b"MM\x00*")),
    "pdf": Kind("application/pdf", (b"%PDF-",)),
    "docx": Kind(_OOXML + "wordprocessingml.document", (ZIP,)),
    "xlsx": Kind(_OOXML + "spreadsheetml.sheet", (ZIP,)),
    "pptx": Kind(_OOXML + "presentationml.presentation", (ZIP,)),
    "ofd": Kind("application/ofd", (ZIP,)),
    "doc": Kind("application/msword", (OLE,)),
    "xls": Kind("application/vnd.ms-excel", (OLE,)),
    "ppt": Kind("application/vnd.ms-powerpoint", (OLE,)),
    "wps": Kind("application/vnd.ms-works", (OLE,)),
    "et": Kind("application/vnd.ms-excel", (OLE,)),
    "txt": Kind("text/plain", ()),
    "csv": Kind("text/csv", ()),
    "md": Kind("text/plain", ()),
}
ACCEPT = ",".join(f".{ending}" for ending in KINDS)
# Windows opens these as devices whatever their ending.
DEVICES = frozenset(
    {"con", "prn", "aux", "nul", *(f"{d}{n}" for d in ("com", "lpt") for n in range(1, 10))}
)
LONGEST = 120
BEGINNING = 4096
# No text holds these bytes in either encoding; tab, line feed, form feed and return it may.
CONTROLS = frozenset(range(32)) - frozenset(b"\t\n\f\r")


def clean_name(name: str) -> str:
    """The file's own name, safe to show and to save under: NFKC, one part, no controls or bidi."""
    flat = unicodedata.normalize("NFKC", name).replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(c for c in flat if unicodedata.category(c) not in {"Cc", "Cf", "Co", "Cs"})
    kept = kept.translate({ord(c): "_" for c in ':*?"<>|'}).strip(" .")
    stem, dot, ending = kept.rpartition(".")
    if not dot:
        stem, ending = ending, ""
    if stem.lower().split(".")[0].strip() in DEVICES:
        stem = f"_{stem}"
    return f"{stem[: LONGEST - len(ending) - 1]}{dot}{ending}"


def kind_of(name: str, beginning: bytes) -> Kind:
    """The kind of a file, from its cleaned name and its first BEGINNING bytes, or all there are.

    Unmet says what is wrong.
    """
    _stem, dot, ending = name.lower().rpartition(".")
    kind = KINDS.get(ending) if dot else None
    if kind is None:
        raise Unmet(
            _("“%(name)s” is not a type of file that evidence can be.") % {"name": name},
            then=_("Hand in pictures, PDF, Office, OFD or text files."),
        )
    if not (_opens_as(kind, beginning) if kind.starts else _is_text(beginning)):
        raise Unmet(
            _("“%(name)s” is called .%(ending)s but its content is something else.")
            % {"name": name, "ending": ending},
            then=_("Open the file, save it again as what it is, and hand in that one."),
        )
    return kind


def _opens_as(kind: Kind, beginning: bytes) -> bool:
    at, mark = kind.then
    return beginning.startswith(kind.starts) and beginning.startswith(mark, at)


def _is_text(beginning: bytes) -> bool:
    """UTF-8 or GB18030 without control characters; where it is cut, half a character may stand."""
    if CONTROLS.intersection(beginning):
        return False
    whole = len(beginning) < BEGINNING
    for encoding in ("utf-8", "gb18030"):
        try:
            getincrementaldecoder(encoding)().decode(beginning, final=whole)
        except UnicodeDecodeError:
            continue
        return True
    return False
