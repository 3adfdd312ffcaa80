"""The pages of an OFD (GB/T 33190) as pictures: its words, lines and pictures in their places.

Enough of the standard to read a government paper by: text objects with their positions, picture
objects, straight paths and their fill. What it cannot draw it leaves white; the file itself is
there to be downloaded.
"""

from __future__ import annotations

import io
import posixpath
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO
from xml.etree import ElementTree as ET
from zipfile import ZipFile

from PIL import Image, ImageDraw

from evidence.drawing import fonts, sheets

if TYPE_CHECKING:
    from collections.abc import Iterator

DOTS = 6.0
"""To the millimetre: about 150 to the inch."""
A4 = (0.0, 0.0, 210.0, 297.0)
LARGEST_PAGE = 1000.0
LONGEST_LINE = 5000
"""Signs."""
_NS = "{http://www.ofdspec.org/2016}"


def answer(file: BinaryIO, _ending: str) -> bytes:
    """Nothing where no page holds anything that can be drawn."""
    with ZipFile(file) as package:
        paper = _Paper(package)
        drawn = list(paper.sheets())
    return sheets.packed(drawn if paper.things else [])


@dataclass(slots=True)
class _Sheet:
    draw: ImageDraw.ImageDraw
    image: Image.Image
    left: float
    top: float

    def at(self, x: float, y: float) -> tuple[float, float]:
        return (x - self.left) * DOTS, (y - self.top) * DOTS


class _Paper:
    def __init__(self, package: ZipFile) -> None:
        self.package = package
        self.names = set(package.namelist())
        self.root = self._path("", self._text(self._xml("OFD.xml"), "DocRoot"))
        self.document = self._xml(self.root)
        self.pictures = self._media()
        self.things = 0
        """How many were drawn."""

    def sheets(self) -> Iterator[sheets.Sheet]:
        area = _numbers(self._text(self.document, "PhysicalBox"), 4) or list(A4)
        for page in list(self.document.iter(f"{_NS}Page"))[: sheets.MOST]:
            content = self._xml(self._path(self.root, page.get("BaseLoc", "")))
            own = _numbers(self._text(content, "PhysicalBox"), 4) or area
            yield sheets.sheet(self._drawn(content, own))

    def _drawn(self, content: ET.Element, box: list[float]) -> Image.Image:
        left, top, width, height = box
        if not (0 < width <= LARGEST_PAGE and 0 < height <= LARGEST_PAGE):
            left, top, width, height = A4
        image = Image.new("RGB", (round(width * DOTS), round(height * DOTS)), "white")
        on = _Sheet(ImageDraw.Draw(image), image, left, top)
        for thing in content.iter():
            match thing.tag.removeprefix(_NS):
                case "ImageObject":
                    self._picture(on, thing)
                case "PathObject":
                    _path(on, thing)
                case "TextObject":
                    _words(on, thing)
                case _:
                    continue
            self.things += 1
        return image

    def _picture(self, on: _Sheet, thing: ET.Element) -> None:
        box = _numbers(thing.get("Boundary", ""), 4)
        name = self.pictures.get(thing.get("ResourceID", ""))
        if not box or name is None:
            return
        size = (max(1, round(box[2] * DOTS)), max(1, round(box[3] * DOTS)))
        if max(size) > LARGEST_PAGE * DOTS:
            return
        with Image.open(io.BytesIO(self.package.read(name))) as picture:
            seen = picture.convert("RGBA").resize(size)
        x, y = on.at(box[0], box[1])
        on.image.paste(seen, (round(x), round(y)), seen)

    def _media(self) -> dict[str, str]:
        """The picture files by the ids that pages name them by."""
        found: dict[str, str] = {}
        places = [*self.document.iter(f"{_NS}PublicRes"), *self.document.iter(f"{_NS}DocumentRes")]
        for place in places:
            part = self._path(self.root, place.text or "")
            resources = self._xml(part)
            folder = posixpath.join(posixpath.dirname(part), resources.get("BaseLoc", ""))
            for media in resources.iter(f"{_NS}MultiMedia"):
                near = posixpath.join(folder, self._text(media, "MediaFile"))
                name = posixpath.normpath(near)
                if name in self.names:
                    found[media.get("ID", "")] = name
        return found

    def _xml(self, name: str) -> ET.Element:
        return ET.fromstring(self.package.read(name))  # noqa: S314 -- inspected: no document types

    def _path(self, part: str, place: str) -> str:
        """A place is a path from the part that names it, or from the root of the package."""
        place = place.strip()
        near = posixpath.normpath(posixpath.join(posixpath.dirname(part), place))
        return place.lstrip("/") if place.startswith("/") or near not in self.names else near

    @staticmethod
    def _text(within: ET.Element, name: str) -> str:
        found = within.find(f".//{_NS}{name}")
        return (found.text or "").strip() if found is not None else ""


def _words(on: _Sheet, thing: ET.Element) -> None:
    """Each text code at its place; the steps between its signs as the file says them."""
    box = _numbers(thing.get("Boundary", ""), 4) or [0.0, 0.0, 0.0, 0.0]
    size = (_numbers(thing.get("Size", ""), 1) or [4.0])[0]
    font = fonts.font(max(4, min(400, round(size * DOTS))))
    for code in thing.iter(f"{_NS}TextCode"):
        x = (_numbers(code.get("X", ""), 1) or [0.0])[0]
        y = (_numbers(code.get("Y", ""), 1) or [size])[0]
        upright = bool(code.get("DeltaY"))
        across, down = _steps(code.get("DeltaX", "")), _steps(code.get("DeltaY", ""))
        for sign in (code.text or "")[:LONGEST_LINE]:
            at = on.at(box[0] + x, box[1] + y)
            on.draw.text(at, sign, fill="black", font=font, anchor="ls")
            step = next(across, None)
            x += step if step is not None else (0.0 if upright else size)
            y += next(down, 0.0)


def _path(on: _Sheet, thing: ET.Element) -> None:
    """Straight lines and filled areas; curves are drawn to their ends."""
    box = _numbers(thing.get("Boundary", ""), 4)
    found = thing.find(f"{_NS}AbbreviatedData")
    if not box or found is None:
        return
    points = _points(found.text or "")
    places = [on.at(box[0] + x, box[1] + y) for x, y in points]
    if len(places) < 2:  # noqa: PLR2004 -- a line has two ends
        return
    if thing.get("Fill") == "true":
        on.draw.polygon(places, fill="black")
    else:
        on.draw.line(places, fill="black", width=max(1, round(DOTS * 0.3)))


def _points(data: str) -> list[tuple[float, float]]:
    numbers = [n for word in data.split()[:4000] if (n := _number(word)) is not None]
    return list(zip(numbers[::2], numbers[1::2], strict=False))


def _steps(text: str) -> Iterator[float]:
    """`3 3 g 4 2.5`: 3, 3, then 2.5 four times."""
    words = iter(text.split())
    for word in words:
        if word == "g":
            times, step = _number(next(words, "")), _number(next(words, ""))
            for _n in range(min(int(times or 0), LONGEST_LINE)):
                yield step or 0.0
        elif (number := _number(word)) is not None:
            yield number


def _numbers(text: str, count: int) -> list[float]:
    """So many numbers, or none at all."""
    found = [n for word in text.split() if (n := _number(word)) is not None]
    return found[:count] if len(found) >= count else []


def _number(word: str) -> float | None:
    try:
        number = float(word)
    except ValueError:
        return None
    return number if abs(number) < 1e6 else None  # noqa: PLR2004 -- millimetres; also no NaN
