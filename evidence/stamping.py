"""A copy that names whoever took it: a picture, or a PDF of whatever has pages."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from PIL import Image

from core.refusals import Conflict
from evidence import confined, deriving, previews, storage, watermark
from evidence.drawing import sheets
from evidence.models import PreviewPage

if TYPE_CHECKING:
    from evidence.models import Evidence

LONGEST_PDF = 1 << 29


@dataclass(frozen=True, slots=True)
class Copy:
    name: str
    media_type: str
    data: bytes


def takes(evidence: Evidence) -> bool:
    """Whether it has pages that can be marked: film, sound and plain text have none."""
    return evidence.ending in previews.DRAWN


def copy_of(evidence: Evidence, words: str) -> Copy:
    """The file with the words across each page; Conflict where that cannot be made now."""
    stem = evidence.name.rpartition(".")[0]
    if evidence.ending == "pdf":
        return Copy(evidence.name, "application/pdf", _stamped(evidence, words))
    marked = [watermark.marked(one, words) for one in _sheets(evidence)]
    if len(marked) == 1 and evidence.ending in previews.PICTURES:
        return Copy(f"{stem}.jpg", "image/jpeg", marked[0])
    return Copy(f"{stem}.pdf", "application/pdf", _bound(marked))


def _stamped(evidence: Evidence, words: str) -> bytes:
    with storage.local(evidence.digest) as path, path.open("rb") as file:
        answer = confined.run(
            "evidence.drawing.stamp",
            ["pdf", words],
            file,
            seconds=confined.seconds_for(evidence.size),
            memory=settings.INSPECTION_MEMORY,
            longest_answer=LONGEST_PDF,
        )
    if answer is None:
        raise _not_now(evidence)
    return answer


def _sheets(evidence: Evidence) -> list[bytes]:
    deriving.ensure(evidence.digest, "preview")
    pages = list(PreviewPage.objects.filter(digest=evidence.digest).order_by("no"))
    if not pages or len(pages) >= sheets.MOST:
        raise _not_now(evidence)
    return [storage.whole(page.picture) for page in pages]


def _bound(jpegs: list[bytes]) -> bytes:
    out = io.BytesIO()
    first, *others = [Image.open(io.BytesIO(one), formats=["JPEG"]) for one in jpegs]
    first.save(out, "PDF", save_all=True, append_images=others, resolution=150)
    return out.getvalue()


def _not_now(evidence: Evidence) -> Conflict:
    return Conflict(
        _("No marked copy of “%(name)s” can be made, and this round hands out marked copies only.")
        % {"name": evidence.name},
        then=_("Read it in the page, or ask the rectification office for an archive."),
    )
