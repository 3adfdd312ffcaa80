"""OFD: the text of each page, and of the form it is printed on."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, BinaryIO

from evidence.inspection import markup
from evidence.inspection.packages import Package
from evidence.text.told import Told, told

if TYPE_CHECKING:
    from collections.abc import Iterator

_SAME_LINE = 1.5
"""Millimetres by which words of one line may stand higher or lower."""


def read(file: BinaryIO, _ending: str) -> Told:
    package = Package(file)
    return told("page", _pages(package))


def _pages(package: Package) -> Iterator[str]:
    for root in _roots(package):
        forms, pages = _named(package, root)
        for page in pages:
            layer = _read(package, page)
            behind = [_read(package, forms[one]).text for one in layer.forms if one in forms]
            yield "\n".join([*behind, layer.text])


def _roots(package: Package) -> list[str]:
    roots: list[str] = []

    def end(name: str, text: str) -> None:
        if name == "DocRoot":
            roots.append(text.strip().lstrip("/"))

    markup.read(package.chunks("OFD.xml"), "OFD.xml", on_end=end)
    return roots


def _named(package: Package, root: str) -> tuple[dict[str, str], list[str]]:
    """The forms by their id, and the pages in their order."""
    forms: dict[str, str] = {}
    pages: list[str] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        place = attributes.get("BaseLoc", "")
        path = posixpath.normpath(
            place.lstrip("/")
            if place.startswith("/")
            else posixpath.join(posixpath.dirname(root), place)
        )
        if path not in package.entries:
            return
        if name == "TemplatePage":
            forms[attributes.get("ID", "")] = path
        elif name == "Page":
            pages.append(path)

    markup.read(package.chunks(root), root, on_start=start)
    return forms, pages


class _Layer:
    """Words in the order they are drawn; a new line where they stand at another height."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.forms: list[str] = []
        self._box = self._line = 0.0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        match name:
            case "Template":
                self.forms.append(attributes.get("TemplateID", ""))
            case "TextObject":
                self._box = _number(attributes.get("Boundary", ""), 1)
            case "TextCode":
                line = self._box + _number(attributes.get("Y", ""), 0)
                if self.said and abs(line - self._line) > _SAME_LINE:
                    self.said.append("\n")
                self._line = line

    def end(self, name: str, text: str) -> None:
        if name == "TextCode":
            self.said.append(text)

    @property
    def text(self) -> str:
        return "".join(self.said)


def _number(text: str, place: int) -> float:
    try:
        return float(text.split()[place])
    except (ValueError, IndexError):
        return 0.0


def _read(package: Package, part: str) -> _Layer:
    layer = _Layer()
    markup.read(package.chunks(part), part, on_start=layer.start, on_end=layer.end)
    return layer
