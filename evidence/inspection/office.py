"""OOXML: the parts an office document is made of, none that runs, none fetched from elsewhere."""

from __future__ import annotations

import re
from io import BytesIO
from typing import BinaryIO

from evidence.inspection import fields, foreign, markup
from evidence.inspection.finding import Fault, Look
from evidence.inspection.packages import Package

_MAIN = {
    "docx": "wordprocessingml.document.main+xml",
    "xlsx": "spreadsheetml.sheet.main+xml",
    "pptx": "presentationml.presentation.main+xml",
}
_MARKUP = frozenset({"xml", "rels", "vml", "svg"})
_PICTURES = frozenset(
    "png jpg jpeg jpe jfif gif bmp dib tif tiff webp emf wmf wdp hdp ico".split()  # noqa: SIM905
)
_FONTS = frozenset({"odttf", "fntdata"})
"""Fonts with their first bytes garbled on purpose, so those tell nothing."""
_MEDIA = frozenset({"mp3", "mp4", "m4a", "m4v", "mov", "wav"})
# What a path of the package may not contain, and what that would be.
_PLACES = {
    "vbaproject": "macros",
    "vbadata": "macros",
    "macrosheets/": "macros",
    "activex/": "activex",
    "oleobject": "embedded",
    "externallinks/": "external",
    "connections.xml": "external",
    "querytables/": "external",
    "afchunk": "embedded",
}
_CONTENT_TYPES = {
    "macroenabled": "macros",
    "vbaproject": "macros",
    "macrosheet": "macros",
    "activex": "activex",
    "oleobject": "embedded",
}
_RELATIONS = {
    "vbaproject": "macros",
    "control": "activex",
    "activexcontrolbinary": "activex",
    "oleobject": "embedded",
    "afchunk": "embedded",
    "subdocument": "external",
    "attachedtemplate": "external",
    "externallink": "external",
    "externallinkpath": "external",
    "frame": "external",
    "connections": "external",
    "querytable": "external",
}
_SCHEMES = ("http:", "https:", "mailto:", "tel:", "file:", "ftp:", "onenote:")
# One letter alone is a drive.
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]+:")
_ORIGINS = frozenset({"origin.sigs"})


def look(file: BinaryIO, ending: str) -> Look:
    _look_into(file, ending, inside=False)
    return Look()


def _look_into(file: BinaryIO, ending: str, *, inside: bool) -> None:
    if _is_locked(file):
        raise Fault("encrypted")
    package = Package(file)
    if "[Content_Types].xml" not in package.entries:
        raise Fault("mismatch")
    if _MAIN[ending] not in _main_types(package):
        raise Fault("mismatch")
    for name in package.entries:
        _insist_on_a_part(package, name, inside=inside)


def _is_locked(file: BinaryIO) -> bool:
    """Under a password the package is wrapped into an old Office file."""
    file.seek(0)
    return file.read(len(foreign.OLE)) == foreign.OLE


def _main_types(package: Package) -> set[str]:
    """The content types told, by what stands behind the vendor's prefix."""
    types: set[str] = set()

    def start(name: str, attributes: dict[str, str]) -> None:
        told = attributes.get("ContentType", "")
        for mark, code in _CONTENT_TYPES.items():
            if mark in told.lower():
                raise Fault(code, told)
        types.add(told.rpartition("openxmlformats-officedocument.")[2])

    name = "[Content_Types].xml"
    markup.read(package.chunks(name), name, on_start=start)
    return types


def _insist_on_a_part(package: Package, name: str, *, inside: bool) -> None:
    plain = f"/{name.lower()}"
    for mark, code in _PLACES.items():
        if mark in plain:
            raise Fault(code, name)
    ending = plain.rpartition(".")[2]
    if ending == "rels":
        _insist_on_relations(package, name)
    elif ending in _MARKUP:
        reading = fields.Reading(name)
        markup.read(package.chunks(name), name, on_start=reading.start, on_end=reading.end)
    elif "/embeddings/" in plain and ending == "xlsx" and not inside:
        # The figures behind a chart: a workbook, held to the same rules, once.
        _look_into(BytesIO(package.read(name)), "xlsx", inside=True)
    elif not _is_data(plain, ending):
        raise Fault("embedded" if "/embeddings/" in plain else "part", name)
    else:
        _insist_on_data(package, name, garbled=ending in _FONTS)


def _is_data(plain: str, ending: str) -> bool:
    return (
        ending in _PICTURES | _FONTS | _MEDIA
        or (ending == "bin" and "/printersettings" in plain)
        or plain.rpartition("/")[2] in _ORIGINS
    ) and "/embeddings/" not in plain


def _insist_on_data(package: Package, name: str, *, garbled: bool) -> None:
    start = b""
    for chunk in package.chunks(name):
        start = start or chunk
    if not garbled and start.startswith(foreign.OPENINGS):
        raise Fault("embedded", name)


def _insist_on_relations(package: Package, name: str) -> None:
    def start(local: str, attributes: dict[str, str]) -> None:
        if local != "Relationship":
            return
        kind = attributes.get("Type", "").rpartition("/")[2].lower()
        target = attributes.get("Target", "")
        outside = attributes.get("TargetMode", "").lower() == "external"
        if kind == "hyperlink":
            _insist_on_a_link(target)
        elif code := _RELATIONS.get(kind):
            raise Fault(code, target or name)
        elif outside or ":" in target or target.startswith(("//", "\\")):
            raise Fault("external", target)
        elif kind == "package" and "/charts/" not in f"/{name}":
            raise Fault("embedded", target)

    markup.read(package.chunks(name), name, on_start=start)


def _insist_on_a_link(target: str) -> None:
    """A link that a person clicks: to a page, a letter, a file; never to a program's own words."""
    plain = target.strip().lower()
    if _SCHEME.match(plain) and not plain.startswith(_SCHEMES):
        raise Fault("external", target)
