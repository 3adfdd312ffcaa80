"""PDF: the text of each page. A scan has pictures only, and so no text."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

from pypdfium2 import PdfDocument

from evidence.text.told import Told, told

if TYPE_CHECKING:
    from collections.abc import Iterator


def read(file: BinaryIO, _ending: str) -> Told:
    document = PdfDocument(file)
    try:
        return told("page", _pages(document))
    finally:
        document.close()


def _pages(document: PdfDocument) -> Iterator[str]:
    for number in range(len(document)):
        page = document[number]
        text = page.get_textpage()
        yield text.get_text_bounded()
        text.close()
        page.close()
