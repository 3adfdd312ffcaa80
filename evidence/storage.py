"""Bytes in a folder, named by what they are: temp, fsync, rename, fsync of the folder."""

from __future__ import annotations

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from io import BufferedReader

CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Stored:
    digest: str
    """SHA-256 in 64 lower-case hex digits; also the file's name."""
    size: int


def root() -> Path:
    return Path(settings.EVIDENCE_ROOT)


def path_of(digest: str) -> Path:
    return root() / digest[:2] / digest


def keep(chunks: Iterable[bytes], insist: Callable[[Path, str], None] | None = None) -> Stored:
    """Write bytes durably before anything speaks of them; the same bytes are kept once.

    `insist` sees the whole file and its digest before it gets its name, and may raise:
    then nothing is kept.
    """
    root().mkdir(parents=True, exist_ok=True)
    sha, size = hashlib.sha256(), 0
    handle, name = tempfile.mkstemp(dir=root(), prefix="receiving-")
    try:
        with os.fdopen(handle, "wb") as file:
            for chunk in chunks:
                sha.update(chunk)
                size += len(chunk)
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        if insist:
            insist(Path(name), sha.hexdigest())
        target = path_of(sha.hexdigest())
        target.parent.mkdir(exist_ok=True)
        Path(name).replace(target)
        _settle(target.parent)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return Stored(sha.hexdigest(), size)


def _settle(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def opened(digest: str) -> BufferedReader:
    return path_of(digest).open("rb")


def intact(digest: str) -> bool:
    """Whether the bytes are there and still are what their name says."""
    try:
        with opened(digest) as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == digest
    except OSError:
        return False
