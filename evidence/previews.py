"""What a file looks like: its pages as pictures, drawn by the worker and kept by digest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from evidence import confined, office, storage, texts
from evidence.deriving import FAULTS, Fault, derives
from evidence.drawing import sheets
from evidence.models import Derivation, PreviewPage

if TYPE_CHECKING:
    from pathlib import Path

    from django.utils.functional import Promise

    from evidence.deriving import Source
    from evidence.models import Evidence
    from evidence.texts import Text

PICTURES = frozenset({"jpg", "jpeg", "png", "gif", "webp", "bmp", "tif", "tiff", "heic"})
OFFICE = frozenset({"docx", "xlsx", "pptx"})
DRAWN = PICTURES | OFFICE | {"pdf", "ofd"}
FILM, SOUND = frozenset({"mp4", "mov"}), frozenset({"mp3", "m4a", "wav"})
TEXT = frozenset({"txt", "csv", "md"})
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How a file can be looked at in a page; with the reason where it cannot."""

    kind: Literal["pages", "text", "film", "sound", "waiting", "none"]
    pages: tuple[PreviewPage, ...] = ()
    text: Text | None = None
    why: Promise | str = ""

    @property
    def is_shown(self) -> bool:
        return self.kind not in {"waiting", "none"}


def look_at(evidence: Evidence) -> Look:
    if evidence.ending in FILM:
        return Look(kind="film")
    if evidence.ending in SOUND:
        return Look(kind="sound")
    if evidence.ending in TEXT:
        found = texts.text_of(evidence.digest)
        return Look(kind="text", text=found) if found else _not_yet(evidence, texts.WHAT)
    if evidence.ending not in DRAWN:
        return Look(kind="none", why=_("Files of this old type are handed out only, never shown."))
    pages = tuple(PreviewPage.objects.filter(digest=evidence.digest).order_by("no"))
    return Look(kind="pages", pages=pages) if pages else _not_yet(evidence, "preview")


def _not_yet(evidence: Evidence, what: str) -> Look:
    row = Derivation.objects.filter(digest=evidence.digest, what=what).first()
    if row is not None and row.standing == Derivation.Standing.FAILED:
        return Look(kind="none", why=FAULTS[row.fault])
    return Look(kind="waiting")
