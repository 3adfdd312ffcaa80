"""The folder outside: one file a checkpoint, written once, never written over.

`000000/000000000041.note` is the checkpoint over 41 events: a hundred thousand events to a folder,
so that names sort as the log grows.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import gettext as _

from audit import keys
from audit.models import Checkpoint, octets
from audit.notes import BadNote

if TYPE_CHECKING:
    from collections.abc import Iterator

    from audit.notes import Sealed

SPAN = 100_000


class Disagreement(Exception):
    """The copy outside and the database tell two stories. Says which, in a sentence."""


def path_of(folder: Path, size: int) -> Path:
    return folder / f"{size // SPAN:06d}" / f"{size:012d}.note"


def keep(size: int, note: str) -> None:
    """Bytes first, synced, then the name, synced; a file that is there stays as it is."""
    folder = Path(settings.OUTSIDE_FOLDER)
    if not folder.is_dir():
        # Making it would fill the place that a drive is mounted over.
        raise FileNotFoundError(_("The folder %(path)s is not there.") % {"path": folder})
    path = path_of(folder, size)
    if path.exists():
        if path.read_text(encoding="utf-8") != note:
            raise Disagreement(
                _("%(path)s holds another checkpoint over %(size)s events than the database.")
                % {"path": path, "size": size}
            )
        return
    path.parent.mkdir(exist_ok=True)
    fresh = path.with_suffix(f".{os.getpid()}.new")
    with fresh.open("w", encoding="utf-8", newline="\n") as file:
        file.write(note)
        file.flush()
        os.fsync(file.fileno())
    fresh.chmod(0o444)
    fresh.rename(path)
    for place in (path.parent, folder):
        _sync(place)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def files(folder: Path) -> Iterator[Path]:
    """Every checkpoint kept there, the smallest first."""
    return iter(sorted(folder.glob("[0-9]*/[0-9]*.note")))


def read(path: Path) -> Sealed:
    """What a file says; BadNote unless it is a checkpoint that this log's keys have signed."""
    try:
        return keys.opened(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        raise BadNote(_("This is no signed note.")) from None


def _newest(folder: Path) -> Path | None:
    parts = sorted((p for p in folder.glob("[0-9]*") if p.is_dir()), reverse=True)
    found = (sorted(part.glob("[0-9]*.note"))[-1:] for part in parts)
    return next((names[0] for names in found if names), None)


def disagreement() -> str:
    """How the newest copy in the folder contradicts the database; empty where it does not."""
    folder = Path(settings.OUTSIDE_FOLDER)
    newest = _newest(folder) if settings.OUTSIDE_FOLDER else None
    if newest is None:
        return ""
    told = {"path": newest}
    try:
        sealed = read(newest)
    except BadNote as fault:
        return _("%(path)s cannot be believed: %(fault)s") % {**told, "fault": fault}
    ours = Checkpoint.objects.filter(size=sealed.size).first()
    if ours is None:
        return _("%(path)s holds a checkpoint that the database does not have.") % told
    if octets(ours.root) != sealed.root:
        return _("%(path)s was sealed over other events than the database holds.") % told
    return ""


def insist() -> None:
    if wrong := disagreement():
        raise Disagreement(wrong)
