"""The bytes of a piece of evidence on their way into an archive, checked as they pass."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from core.refusals import Unmet
from evidence import storage
from reports.archive.bundle import CHUNK

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from reports.archive.facts import Piece


def checked(piece: Piece, hold: Callable[[], None]) -> Iterator[bytes]:
    """Its bytes; Unmet where they are not those handed in.

    An archive without one of its papers would prove nothing of it, so none is made.
    """
    sha = hashlib.sha256()
    try:
        with storage.opened(piece.digest) as file:
            while chunk := file.read(CHUNK):
                sha.update(chunk)
                yield chunk
                hold()
    except OSError:
        sha = hashlib.sha256()
    if sha.hexdigest() != piece.digest:
        raise Unmet(
            _(
                "The bytes of %(no)s “%(name)s” are missing or not what was handed in, so no"
                " archive was made. Have the system administrator restore them from the backup,"
                " then make the archive again."
            )
            % {"no": piece.no, "name": piece.name}
        )
