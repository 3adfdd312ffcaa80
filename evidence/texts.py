"""The text inside evidence: extracted once its bytes are clean, kept by their digest.

    text = texts.text_of(digest)      # None while it is not extracted, or cannot be
    text.pages[2], text.whole

A scan is pictures: it has pages, and no text on them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import orjson
from django.utils.translation import gettext_lazy as _

from evidence.deriving import Fault, derives
from evidence.models import ExtractedText
from evidence.text.told import MOST

if TYPE_CHECKING:
    from evidence.deriving import Source

WHAT = "text"
ENDINGS = frozenset({"docx", "xlsx", "pptx", "pdf", "ofd", "txt", "csv", "md"})
_LONGEST_ANSWER = 8 * MOST
"""Bytes: no character takes more in JSON that was cleaned before."""


@dataclass(frozen=True, slots=True)
class Text:
    pages: list[str]
    unit: str
    """What a page is: page, slide, sheet, or whole where the file has no such parts."""
    cut: bool
    """Whether the file has more than is kept."""

    @property
    def whole(self) -> str:
        return "\n".join(self.pages)

    @property
    def is_empty(self) -> bool:
        """Nothing to read but pictures, as in a scan."""
        return not any(self.pages)


def text_of(digest: str) -> Text | None:
    row = ExtractedText.objects.filter(digest=digest).first()
    return Text(row.pages, row.unit, row.cut) if row else None


@derives(
    WHAT,
    endings=ENDINGS,
    faults={
        "unreadable": _("Its content cannot be read as text."),
        "heavy": _("Its text takes more memory to read than is allowed."),
    },
)
def extract(source: Source) -> None:
    answer = source.ask("evidence.text.worker", longest_answer=_LONGEST_ANSWER)
    found = orjson.loads(answer)
    if "fault" in found:
        raise Fault(found["fault"], found["about"], lasting=True)
    kept = {"unit": found["unit"], "pages": found["parts"], "cut": found["cut"]}
    ExtractedText.objects.update_or_create(
        digest=source.digest, defaults={**kept, "signs": sum(map(len, found["parts"]))}
    )
