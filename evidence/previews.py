"""What a piece of evidence looks like: its pages as pictures, drawn by the worker, kept by digest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from evidence import confined, office, storage
from evidence.deriving import Fault, derives
from evidence.drawing import sheets
from evidence.models import PreviewPage

if TYPE_CHECKING:
    from pathlib import Path

    from evidence.deriving import Source

PICTURES = frozenset({"jpg", "jpeg", "png", "gif", "webp", "bmp", "tif", "tiff", "heic"})
OFFICE = frozenset({"docx", "xlsx", "pptx"})
DRAWN = PICTURES | OFFICE | {"pdf", "ofd"}
AT_ONCE = 5
"""Pages of a PDF drawn by one process: what it answers stays small."""


@derives(
    "preview",
    endings=DRAWN,
    faults={
        "no_office": _(
            "LibreOffice is not installed on this server, so papers of Word, Excel and PowerPoint"
            " cannot be shown here. Download the file to read it."
        ),
        "not_converted": _("LibreOffice could not open it. Download the file to read it."),
        "empty": _("There is no page in it to show."),
    },
)
def preview(source: Source) -> None:
    """Draw the pages anew; a second run leaves what the first one did."""
    drawn = _drawn(source)
    if not drawn:
        raise Fault("empty", lasting=True)
    rows = [
        PreviewPage(
            digest=source.digest,
            no=number,
            picture=storage.keep([one.jpeg]).digest,
            width=one.width,
            height=one.height,
        )
        for number, one in enumerate(drawn, start=1)
    ]
    PreviewPage.objects.bulk_create(rows, ignore_conflicts=True)


def _drawn(source: Source) -> list[sheets.Sheet]:
    if source.ending in PICTURES:
        return _asked(source, "evidence.drawing.pictures")
    if source.ending == "ofd":
        return _asked(source, "evidence.drawing.ofd")
    with source.local() as path:
        if source.ending == "pdf":
            return _pages(path)
        return _of_an_office(path, source.ending)


def _of_an_office(path: Path, ending: str) -> list[sheets.Sheet]:
    if office.program() is None:
        raise Fault("no_office", lasting=True)
    try:
        with office.as_pdf(path, ending) as pdf:
            return _pages(pdf)
    except office.NotConvertedError as fell:
        raise Fault("not_converted") from fell


def _asked(source: Source, module: str) -> list[sheets.Sheet]:
    return sheets.unpacked(source.ask(module, longest_answer=sheets.LONGEST_ANSWER))


def _pages(path: Path) -> list[sheets.Sheet]:
    """A few pages by each process, until one answers with fewer."""
    found: list[sheets.Sheet] = []
    while len(found) < sheets.MOST:
        with path.open("rb") as file:
            answer = confined.run(
                "evidence.drawing.pdf",
                ["pdf", str(len(found)), str(AT_ONCE)],
                file,
                seconds=confined.seconds_for(path.stat().st_size),
                memory=settings.INSPECTION_MEMORY,
                longest_answer=sheets.LONGEST_ANSWER,
            )
        if answer is None:
            raise Fault("process")
        more = sheets.unpacked(answer)
        found += more
        if len(more) < AT_ONCE:
            break
    return found[: sheets.MOST]
