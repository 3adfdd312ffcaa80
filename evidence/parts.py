"""Bytes of files that are not whole yet: each in a folder of their own, one writer at a time.

Who holds a file holds the kernel's lock on it: with a killed process it is free again, and a writer
that was only slow cannot come back behind the next one.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Protocol

from django.conf import settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from uuid import UUID

CHUNK = 1 << 20
STEP = 16 << 20
"""After so many bytes they are put on the disk, and may be acknowledged."""


class Hash(Protocol):
    def update(self, data: bytes, /) -> None: ...


class BusyError(Exception):
    """Somebody else writes to this file, or looks into it."""


def folder() -> Path:
    return Path(settings.RECEIVING_ROOT)


def path_of(upload_id: UUID) -> Path:
    return folder() / upload_id.hex


def make(upload_id: UUID) -> None:
    """An empty file that outlasts a power cut, before any row speaks of it."""
    folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    os.close(os.open(path_of(upload_id), os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    descriptor = os.open(folder(), os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def drop(upload_id: UUID) -> None:
    path_of(upload_id).unlink(missing_ok=True)


@contextmanager
def held(upload_id: UUID) -> Iterator[BinaryIO]:
    """The file, for nobody else while the block lasts; BusyError, or FileNotFoundError."""
    with path_of(upload_id).open("r+b", buffering=0x20000) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BusyError from None
        yield file


def write(
    file: BinaryIO, at: int, chunks: Iterable[bytes], hashed: Hash | None = None
) -> Iterator[int]:
    """Put `chunks` behind the first `at` bytes; tells how far the disk has them, step by step.

    What lies behind `at` already was never acknowledged, and goes.
    """
    file.truncate(at)
    file.seek(at)
    told = at
    for chunk in chunks:
        file.write(chunk)
        at += len(chunk)
        if hashed:
            hashed.update(chunk)
        if at - told >= STEP:
            _settle(file)
            told = at
            yield at
    if at > told:
        _settle(file)
        yield at


def _settle(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())


def beginning(file: BinaryIO, most: int) -> bytes:
    file.seek(0)
    return file.read(most)


def digest_of(file: BinaryIO) -> str:
    file.seek(0)
    sha = hashlib.sha256()
    while chunk := file.read(CHUNK):
        sha.update(chunk)
    return sha.hexdigest()


def state_of(file: BinaryIO) -> tuple[int, int]:
    """What changes with every writing: by this one knows that nobody wrote meanwhile."""
    about = os.fstat(file.fileno())
    return about.st_size, about.st_mtime_ns


def strays(known: Iterable[UUID], before: float) -> Iterator[Path]:
    """Files older than a moment that belong to none of the uploads there are."""
    names = {upload_id.hex for upload_id in known}
    for path in folder().iterdir() if folder().is_dir() else ():
        if path.name not in names and path.stat().st_mtime < before:
            yield path
