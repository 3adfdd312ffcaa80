"""Bytes named by what they are, in a folder or in a bucket: durable before anything speaks of them.

    stored = storage.keep(chunks)             # Stored(digest, size)
    with storage.opened(digest) as file: ...  # to stream; it cannot be sought in
    with storage.local(digest) as path: ...   # for what needs a file; gone afterwards

Bytes that are not there raise FileNotFoundError. A storage that does not answer, or is full, raises
Unsafe (503): nothing was kept, and nothing may speak of it.
"""

from __future__ import annotations

import errno
import os
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING

from django.conf import settings

from evidence.storage import receiving
from evidence.storage.folder import Folder, root
from evidence.storage.place import CHUNK, Found, Place, Stored

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from contextlib import AbstractContextManager
    from datetime import datetime
    from io import BufferedReader
    from pathlib import Path

__all__ = [
    "CHUNK",
    "Found",
    "Stored",
    "adopt",
    "delete",
    "everything",
    "exists",
    "intact",
    "keep",
    "local",
    "lock",
    "opened",
    "size",
    "whole",
]


def _place() -> Place:
    """Asked each time: making one costs nothing, its connection is kept."""
    if settings.EVIDENCE_S3["endpoint"]:
        # Only who keeps files in a bucket pays for loading what speaks to one.
        bucket: Place = import_module("evidence.storage.s3").Bucket(
            scratch=root(), **settings.EVIDENCE_S3
        )
        return bucket
    return Folder(root())


def keep(chunks: Iterable[bytes], insist: Callable[[Path, str], None] | None = None) -> Stored:
    """Write bytes durably before anything speaks of them; the same bytes are kept once.

    `insist` sees the whole file and its digest before it gets its name, and may raise:
    then nothing is kept.
    """
    with receiving.received(root(), chunks) as (path, stored):
        if insist:
            insist(path, stored.digest)
        _place().take(path, stored)
    return stored


def adopt(path: Path, digest: str) -> None:
    """Give a whole and durable file its place under its digest: it moves there."""
    stored = Stored(digest, path.stat().st_size)
    try:
        with receiving.writable():
            root().mkdir(parents=True, exist_ok=True)
            os.utime(path)  # young again, however long it took to arrive: its row is on its way
        _place().take(path, stored)
    except OSError as fault:
        if fault.errno != errno.EXDEV:
            raise
        with path.open("rb") as file:  # another file system: it can only be copied there
            keep(iter(partial(file.read, CHUNK), b""))
    path.unlink(missing_ok=True)


def opened(digest: str, start: int = 0) -> BufferedReader:
    """The bytes, to be read once from there on; `start` lies within them."""
    return _place().opened(digest, start)


def whole(digest: str) -> bytes:
    """All of what is known to be small: a page's picture, a workbook."""
    with opened(digest) as file:
        return file.read()


def local(digest: str) -> AbstractContextManager[Path]:
    """A path under which the bytes can be read while the block lasts. Not to be written to."""
    return _place().local(digest)


def exists(digest: str) -> bool:
    return _place().exists(digest)


def size(digest: str) -> int:
    return _place().size(digest)


def intact(digest: str) -> bool:
    """Whether the bytes are there and still are what their name says."""
    return _place().intact(digest)


def everything() -> Iterator[Found]:
    """All that lies in the storage, in no order, whether or not anything names it."""
    return _place().everything()


def lock(digest: str) -> None:
    """Have the bucket itself keep the bytes for the days that are set; a folder knows no lock."""
    _place().lock(digest)


def delete(digest: str, *, before: datetime | None = None) -> bool:
    """For whoever has made sure that nothing names these bytes, and for nobody else.

    False, and they stay, where they were kept anew since `before`: somebody is about to name them.
    """
    return _place().delete(digest, before)
