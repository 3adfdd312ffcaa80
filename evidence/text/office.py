"""Word, Excel and PowerPoint: the paper with its notes, the sheets, the slides in their order."""

from __future__ import annotations

import posixpath
import re
from datetime import date, datetime
from typing import TYPE_CHECKING, BinaryIO

from python_calamine import CalamineWorkbook

from evidence.inspection import markup
from evidence.inspection.packages import Package
from evidence.text.flow import text_in
from evidence.text.told import Told, told

if TYPE_CHECKING:
    from collections.abc import Iterator

_BESIDE = re.compile(r"/(?:header|footer|footnotes|endnotes)\d*\.xml$")
_SLIDE = re.compile(r"^ppt/slides/slide(\d+)\.xml$")
_DECK = "ppt/presentation.xml"


def read(file: BinaryIO, ending: str) -> Told:
    match ending:
        case "docx":
            return told("whole", [_paper(Package(file))])
        case "pptx":
            package = Package(file)
            return told("slide", (text_in(package, name) for name in _slides(package)))
        case _:
            return told("sheet", _sheets(file))


def _paper(package: Package) -> str:
    """The main part, and behind it what is printed around it."""
    main = _main_part(package)
    folder = posixpath.dirname(main)
    beside = [name for name in package.entries if _BESIDE.search(f"/{name}")]
    parts = [main, *sorted(name for name in beside if posixpath.dirname(name) == folder)]
    return "\n".join(text_in(package, name) for name in parts)


def _main_part(package: Package) -> str:
    found = ["word/document.xml"]

    def start(name: str, attributes: dict[str, str]) -> None:
        kind = attributes.get("ContentType", "")
        if name == "Override" and kind.endswith("wordprocessingml.document.main+xml"):
            found.append(attributes.get("PartName", "").lstrip("/"))

    types = "[Content_Types].xml"
    markup.read(package.chunks(types), types, on_start=start)
    return found[-1]


def _slides(package: Package) -> list[str]:
    """In the order they are shown; those nobody lists come last, by their number."""
    targets: dict[str, str] = {}
    shown: list[str] = []

    def relation(_name: str, attributes: dict[str, str]) -> None:
        target = attributes.get("Target", "")
        path = target.lstrip("/") if target.startswith("/") else posixpath.join("ppt", target)
        targets[attributes.get("Id", "")] = posixpath.normpath(path)

    def slide(name: str, attributes: dict[str, str]) -> None:
        if name == "sldId":
            shown.append(targets.get(attributes.get("id", ""), ""))

    relations = "ppt/_rels/presentation.xml.rels"
    if relations in package.entries and _DECK in package.entries:
        markup.read(package.chunks(relations), relations, on_start=relation)
        markup.read(package.chunks(_DECK), _DECK, on_start=slide)
    numbered = {name: int(m[1]) for name in package.entries if (m := _SLIDE.match(name))}
    listed = [name for name in dict.fromkeys(shown) if name in numbered]
    return listed + sorted(numbered.keys() - set(listed), key=numbered.__getitem__)


def _sheets(file: BinaryIO) -> Iterator[str]:
    file.seek(0)
    book = CalamineWorkbook.from_filelike(file)
    for name in book.sheet_names:
        rows = book.get_sheet_by_name(name).to_python()
        yield "\n".join([name, *("\t".join(map(_cell, row)) for row in rows)])


def _cell(value: object) -> str:
    match value:
        case bool():
            return "TRUE" if value else "FALSE"
        case float() if value.is_integer():
            return str(int(value))
        case datetime():
            return value.isoformat(" ", "minutes")
        case date():
            return value.isoformat()
        case _:
            return str(value)
