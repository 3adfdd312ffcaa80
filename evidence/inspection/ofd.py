"""OFD (GB/T 33190): a package of XML and pictures that points nowhere outside itself."""

from __future__ import annotations

import posixpath
from typing import BinaryIO

from evidence.inspection import foreign, markup
from evidence.inspection.finding import Fault, Look
from evidence.inspection.packages import Package

_PICTURES = frozenset({"png", "jpg", "jpeg", "bmp", "gif", "tif", "tiff", "jb2", "gbig2"})
_FONTS = frozenset({"ttf", "otf", "ttc", "cff"})
_SEALS = frozenset({"dat", "esl"})
_PLACES = frozenset(
    {"DocRoot", "BaseLoc", "FileLoc", "MediaFile", "FontFile", "PublicRes", "DocumentRes"}
)
_LINKS = ("http://", "https://", "mailto:", "#")


class _Document:
    """Walks the XML parts and remembers the roots and the pages they name."""

    def __init__(self, package: Package) -> None:
        self.package = package
        self.pages = 0
        self.roots: list[str] = []

    def walk(self, part: str) -> str:
        def start(name: str, attributes: dict[str, str]) -> None:
            if "BaseLoc" in attributes:
                self._insist_on_inside(part, attributes["BaseLoc"])
                self.pages += name == "Page"
            if "URI" in attributes and not attributes["URI"].lower().startswith(_LINKS):
                raise Fault("external", attributes["URI"])

        def end(name: str, text: str) -> None:
            if name in _PLACES and text.strip():
                self._insist_on_inside(part, text.strip())
            if name == "DocRoot":
                self.roots.append(text.strip().lstrip("/"))

        return markup.read(self.package.chunks(part), part, on_start=start, on_end=end)

    def _insist_on_inside(self, part: str, place: str) -> None:
        """A place is a path from the part that names it, or from the root of the package."""
        if ":" in place or "\\" in place:
            raise Fault("external", place)
        path = place if place.startswith("/") else posixpath.join(posixpath.dirname(part), place)
        depth = 0
        for step in path.split("/"):
            depth += {"..": -1, ".": 0, "": 0}.get(step, 1)
            if depth < 0:
                raise Fault("external", place)


def look(file: BinaryIO, ending: str) -> Look:
    package = Package(file)
    if "OFD.xml" not in package.entries:
        raise Fault("mismatch")
    document = _Document(package)
    for name in package.entries:
        if _insist_on_a_part(name) != "xml":
            _insist_on_data(package, name)
        elif document.walk(name) != "OFD" and name == "OFD.xml":
            raise Fault("mismatch")
    if not document.roots or any(root not in package.entries for root in document.roots):
        raise Fault("damaged", "DocRoot")
    return Look(pages=document.pages)


def _insist_on_a_part(name: str) -> str:
    """The ending of a part, when a part of an OFD may have it."""
    ending = name.lower().rpartition(".")[2]
    if name.lower().endswith(("encryptions.xml", "ofdentries.xml")):
        raise Fault("encrypted", name)
    sealed = ending in _SEALS and "sign" in name.lower()
    if not (sealed or ending == "xml" or ending in _PICTURES | _FONTS):
        raise Fault("part", name)
    return ending


def _insist_on_data(package: Package, name: str) -> None:
    start = b""
    for chunk in package.chunks(name):
        start = start or chunk
    if start.startswith(foreign.OPENINGS):
        raise Fault("part", name)
