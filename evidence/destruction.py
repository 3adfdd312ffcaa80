"""Bytes that two people decided to destroy are deleted once nothing names them any more.

Whatever was made of them goes too. Who keeps more than the text says so once:

    destruction.forgets(lambda digest: Thumbnail.objects.filter(source=digest).delete())
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from audit import outbox
from evidence import orphans, storage
from evidence.models import Derivation, ExtractedText, PreviewPage
from evidence.prints.models import Print, Text
from evidence.storage import holders

if TYPE_CHECKING:
    from collections.abc import Callable

NAME = "destroy-bytes"
"""Stored with what is owed; its key is `DISPOSAL:DIGEST`."""
_forgetting: list[Callable[[str], object]] = [
    lambda digest: ExtractedText.objects.filter(digest=digest).delete(),
    lambda digest: Derivation.objects.filter(digest=digest).delete(),
    lambda digest: Print.objects.filter(digest=digest).delete(),
    lambda digest: Text.objects.filter(digest=digest).delete(),
    lambda digest: PreviewPage.objects.filter(digest=digest).delete(),  # its pictures are swept
]


def forgets(forget: Callable[[str], object]) -> None:
    """Have what was derived from bytes of a digest taken away with them; it may be run again."""
    _forgetting.append(forget)


def destroy(key: str) -> None:
    """Run at least once. What was kept anew lately, or is named elsewhere, stays.

    A bucket that holds the bytes under lock refuses: that is tried again, then told as a fault.
    """
    digest = key.partition(":")[2]
    if holders.named([digest]):
        return
    for forget in _forgetting:
        forget(digest)
    try:
        storage.delete(digest, before=orphans.limit())
    except FileNotFoundError:
        return  # an earlier try got this far


outbox.delivers(NAME, destroy)
