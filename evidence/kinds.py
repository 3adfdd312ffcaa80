"""The types of file that are taken in: by ending *and* by what the bytes begin with."""

from __future__ import annotations

import unicodedata
from codecs import getincrementaldecoder
from dataclasses import dataclass

from evidence.inspection import words

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
    "dps": Kind("application/vnd.ms-powerpoint", (OLE,)),
    "wps": Kind("application/vnd.ms-works", (OLE,)),
    "et": Kind("application/vnd.ms-excel", (OLE,)),
    "txt": Kind("text/plain", ()),
    "csv": Kind("text/csv", ()),
    "md": Kind("text/plain", ()),
    "mp4": Kind("video/mp4", (b"\x00\x00",), (4, b"ftyp")),
    "mov": Kind("video/quicktime", (b"\x00\x00",)),
    "mp3": Kind("audio/mpeg", (b"ID3", b"\xff\xfb", b"\xff\xfa", b"\xff\xf3", b"\xff\xf2")),
    "m4a": Kind("audio/mp4", (b"\x00\x00",), (4, b"ftyp")),
    "wav": Kind("audio/wav", (b"RIFF",), (8, b"WAVE")),
}
ACCEPT = ",".join(f".{ending}" for ending in KINDS)
# Windows opens these as devices whatever their ending.
DEVICES = frozenset(
    {"con", "prn", "aux", "nul", *(f"{d}{n}" for d in ("com", "lpt") for n in range(1, 10))}
)
# An ending in the middle of a name that would start something, were the last one lost.
PROGRAMS = frozenset(
    "apk app asp aspx bat cgi cmd com cpl dll docm exe hta htm html inf iso jar js jse jsp jspx "  # noqa: SIM905 -- a list of words
    "lnk msi msp php php3 php5 phtml pif pl pptm ps1 py reg scr sh svg sys url vbe vbs wsf wsh "
    "xhtml xlam xlsm xml".split()
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
    stem = _with_one_ending(stem)
    return f"{stem[: LONGEST - len(ending) - 1]}{dot}{ending}"


def name_in_folder(path: str) -> str:
    """The name of a file that came with its folder: `photos/1.jpg` is shown as `photos - 1.jpg`.

    What is too long loses its outer folders first.
    """
    *folders, last = [clean_name(part) for part in path.replace("\\", "/").split("/")]
    shown = last
    for folder in reversed([word for word in folders if word]):
        longer = f"{folder} - {shown}"
        if len(longer) > LONGEST:
            break
        shown = longer
    return shown


def _with_one_ending(stem: str) -> str:
    """`report.exe` before the last ending becomes `report_exe`; dates and versions stay."""
    first, *others = stem.split(".")
    for part in others:
        runs = part.split("%")[0].strip().lower() in PROGRAMS
        first += ("_" if runs else ".") + part
    return first


def ending_of(name: str) -> str:
    """The ending of a cleaned name in lower case; empty when there is none."""
    _stem, dot, ending = name.lower().rpartition(".")
    return ending if dot else ""


def kind_of(name: str, beginning: bytes) -> Kind:
    """The kind of a file, from its cleaned name and its first BEGINNING bytes, or all there are.

    Unmet says what is wrong.
    """
    ending = ending_of(name)
    kind = KINDS.get(ending)
    if kind is None:
        raise words.refusal("type", name)
    if not (_opens_as(kind, beginning) if kind.starts else _is_text(beginning)):
        raise words.refusal("mismatch", name, ending=ending)
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
