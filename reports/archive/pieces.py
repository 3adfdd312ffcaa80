"""The bytes of a piece of evidence on their way into an archive, read and hashed once."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from core.refusals import Unmet
from evidence import storage
from reports.archive.bundle import CHUNK

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from reports.archive.facts import Piece


def chunks(piece: Piece, hold: Callable[[], None]) -> Iterator[bytes]:
    """Its bytes, as far as they can be read."""
    with suppress(OSError), storage.opened(piece.digest) as file:
        while chunk := file.read(CHUNK):
            yield chunk
            hold()


def insist(piece: Piece, digest: str) -> None:
    """Unmet where what was read is not what was handed in.

    An archive without one of its papers would prove nothing of it, so none is made.
    """
    if digest != piece.digest:
        raise Unmet(
            _(
                "The bytes of %(no)s “%(name)s” are missing or not what was handed in, so no"
                " archive was made. Have the system administrator restore them from the backup,"
                " then make the archive again."
            )
            % {"no": piece.no, "name": piece.name}
        )
