"""Pages of a PDF as pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

import pypdfium2

from evidence.drawing import sheets

if TYPE_CHECKING:
    from collections.abc import Iterator

WIDTH = 1400
"""Dots across a page: about 170 to the inch on A4."""


def answer(file: BinaryIO, _ending: str, first: str = "0", count: str = "1") -> bytes:
    """Sheets `first` (from 0) and the `count - 1` after it, as far as there are so many."""
    return sheets.packed(_pages(file.read(), int(first), int(count)))


def _pages(data: bytes, first: int, count: int) -> Iterator[sheets.Sheet]:
    paper = pypdfium2.PdfDocument(data)
    for number in range(first, min(first + count, len(paper))):
        page = paper[number]
        scale = min(WIDTH / page.get_width(), sheets.LARGEST_SIDE / page.get_height())
        yield sheets.sheet(page.render(scale=scale).to_pil())
        page.close()
