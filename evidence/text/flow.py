"""Text as it runs through the XML of an office paper: paragraphs, cells, breaks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evidence.inspection import markup

if TYPE_CHECKING:
    from evidence.inspection.packages import Package

# What stands in these is not text of its own: tab stops, and the same drawing for older readers.
_ASIDE = frozenset({"tabs", "tabLst", "Fallback"})
_SIGNS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}


class Flow:
    def __init__(self) -> None:
        self.said: list[str] = []
        self._aside = self._cells = 0

    def start(self, name: str, _attributes: dict[str, str]) -> None:
        self._aside += name in _ASIDE
        self._cells += name == "tc"
        if name in _SIGNS and not self._aside:
            self.said.append(_SIGNS[name])

    def end(self, name: str, text: str) -> None:
        self._aside -= name in _ASIDE
        self._cells -= name == "tc"
        if self._aside:
            return
        match name:
            case "t":
                self.said.append(text)
            case "p":
                self.said.append(" " if self._cells else "\n")
            case "tc":
                self.said.append("\t")
            case "tr":
                self.said.append("\n")


def text_in(package: Package, part: str) -> str:
    flow = Flow()
    markup.read(package.chunks(part), part, on_start=flow.start, on_end=flow.end)
    return "".join(flow.said)
