"""How large a file may be, and how much of one person's may wait to be handed in at a time."""

from __future__ import annotations

import shutil

from django.conf import settings
from django.db.models import F, Sum
from django.utils.translation import gettext_lazy as _

from core.refusals import Unmet
from evidence import kinds, parts
from evidence.inspection import words
from evidence.inspection.verdict import State
from evidence.models import Upload
from evidence.storage.receiving import full

MOST = 1000
"""So many uploads of one person may be under way or waiting at a time."""
ROOM = 1 << 30
"""So much of the disk is left to the rest of the house."""
LONG = frozenset({"mp4", "mov", "m4a", "wav"})
"""What is looked into piece by piece, however large it is; all else is read as a whole."""
_OPEN = (State.RECEIVING, State.QUARANTINED, State.CLEAN)


class TooLarge(Unmet):
    status = 413


def insist_on_size(name: str, size: int) -> None:
    """By its name it must be of a kind that is taken in, and not larger than its kind may be."""
    ending = kinds.ending_of(name)
    if ending not in kinds.KINDS:
        raise words.refusal("type", name)
    if size < 1:
        raise Unmet(
            _("“%(name)s” is empty.") % {"name": name},
            then=_("Check the file on your device and choose it again."),
        )
    if size > (most := _largest(ending)):
        raise TooLarge(
            _("“%(name)s” has %(size)s MB; one file may have %(limit)s MB at most.")
            % {"name": name, "size": -(-size // 2**20), "limit": most // 2**20},
            then=_("Split the file or save it smaller, then choose it again."),
        )


def _largest(ending: str) -> int:
    if ending in LONG:
        return max(settings.EVIDENCE_LARGEST, settings.FORM_LARGEST)
    return int(settings.FORM_LARGEST)


def insist_on_room(upload: Upload) -> None:
    own = Upload.objects.waiting().filter(owner=upload.owner_id, inspection__in=_OPEN)
    reserved = own.aggregate(n=Sum("size"))["n"] or 0
    if own.count() >= MOST or reserved + upload.size > settings.UPLOAD_QUOTA:
        raise TooLarge(
            _("Your files that wait to be handed in have %(size)s MB; %(limit)s MB is the most.")
            % {"size": reserved // 2**20, "limit": settings.UPLOAD_QUOTA // 2**20},
            then=_("Hand in what has arrived, or leave out what you do not need, then go on."),
        )
    arriving = Upload.objects.filter(inspection=State.RECEIVING)
    owed = arriving.aggregate(n=Sum(F("size") - F("offset")))["n"] or 0
    if shutil.disk_usage(parts.folder()).free < owed + upload.size + ROOM:
        raise full()
