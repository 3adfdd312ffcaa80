"""Bytes on their way in: a temporary file that is on the disk before it gets a name."""

from __future__ import annotations

import errno
import hashlib
import os
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from core.refusals import Unsafe
from evidence.storage.place import Stored

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

PREFIX = "receiving-"
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_SICK = frozenset({errno.EROFS, errno.EIO, errno.EACCES})


@contextmanager
def received(folder: Path, chunks: Iterable[bytes]) -> Iterator[tuple[Path, Stored]]:
    """The whole file and what it is; whatever is still there afterwards is removed."""
    with writable():
        folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=folder, prefix=PREFIX)
    path = Path(name)
    try:
        with writable():
            stored = _written(handle, chunks)
        yield path, stored
    finally:
        path.unlink(missing_ok=True)


def broken_off(folder: Path, before: datetime) -> list[Path]:
    """What came in and got no name, and was not written to since."""
    found = []
    for path in folder.glob(f"{PREFIX}*"):
        with suppress(FileNotFoundError):  # it has its name by now
            if path.stat().st_mtime < before.timestamp():
                found.append(path)
    return sorted(found)


def _written(handle: int, chunks: Iterable[bytes]) -> Stored:
    sha, size = hashlib.sha256(), 0
    with os.fdopen(handle, "wb") as file:
        for chunk in chunks:
            sha.update(chunk)
            size += len(chunk)
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    return Stored(sha.hexdigest(), size)


@contextmanager
def writable() -> Iterator[None]:
    """Says a full or a sick disk in a sentence; all else is what it was."""
    try:
        yield
    except OSError as fault:
        if fault.errno in _FULL:
            raise full() from fault
        if fault.errno in _SICK:
            raise unreachable() from fault
        raise


def full() -> Unsafe:
    return Unsafe(
        _("The storage of files is full: nothing was taken in."),
        who=_("the system administrator"),
        then=_("Keep the file on your device, tell the system administrator, and try again later."),
    )


def unreachable() -> Unsafe:
    return Unsafe(
        _("The storage of files does not answer: nothing was taken in and nothing is lost."),
        who=_("the system administrator"),
        then=_("Try again in a minute. If it stays so, tell the system administrator."),
    )
