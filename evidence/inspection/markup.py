"""XML read once through, nothing kept: no document type, no entity, no bottomless nesting."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.parsers import expat

from evidence.inspection.finding import Fault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    OnStart = Callable[[str, dict[str, str]], None]
    OnEnd = Callable[[str, str], None]

DEEPEST = 200
_LONGEST_TEXT = 1 << 20


class _Reading:
    """Tells the names without their namespace, and the text each element holds itself."""

    def __init__(self, on_start: OnStart | None, on_end: OnEnd | None) -> None:
        self.on_start, self.on_end = on_start, on_end
        self.root = ""
        self.texts: list[list[str]] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(" ")[2]
        self.root = self.root or local
        self.texts.append([])
        if len(self.texts) > DEEPEST:
            raise Fault("bomb", local)
        if self.on_start:
            self.on_start(
                local, {key.rpartition(" ")[2]: value for key, value in attributes.items()}
            )

    def text(self, data: str) -> None:
        self.texts[-1].append(data)

    def end(self, name: str) -> None:
        text = "".join(self.texts.pop())
        if self.on_end:
            self.on_end(name.rpartition(" ")[2], text[:_LONGEST_TEXT])


def read(
    chunks: Iterable[bytes],
    where: str,
    *,
    on_start: OnStart | None = None,
    on_end: OnEnd | None = None,
) -> str:
    """The local name of the root element; Fault for a document type or broken XML."""

    def refuse(*_about: object) -> None:
        raise Fault("xml", where)

    reading = _Reading(on_start, on_end)
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = reading.start
    parser.EndElementHandler = reading.end
    parser.CharacterDataHandler = reading.text
    try:
        for chunk in chunks:
            parser.Parse(chunk, False)  # noqa: FBT003 -- expat takes it by position
        parser.Parse(b"", True)  # noqa: FBT003 -- the same
    except expat.ExpatError:
        raise Fault("damaged", where) from None
    return reading.root
