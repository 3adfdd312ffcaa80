"""What a folder and a bucket have in common."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager
    from datetime import datetime
    from io import BufferedReader
    from pathlib import Path

CHUNK = 1 << 20
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Stored:
    digest: str
    """SHA-256 in 64 lower-case hex digits; also the file's name."""
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Something that lies in the storage."""

    name: str
    """From the storage's root: `ab/abcd…`, or whatever else was found there."""
    size: int
    since: datetime

    @property
    def digest(self) -> str:
        """Empty for what lies where no bytes belong: what broke off, what others put there."""
        last = self.name.rpartition("/")[2]
        return last if self.name == name_of(last) and _DIGEST.fullmatch(last) else ""


def name_of(digest: str) -> str:
    """The same in a folder and in a bucket, so that either is a plain copy of the other."""
    return f"{digest[:2]}/{digest}"


class Place(Protocol):
    def take(self, path: Path, stored: Stored) -> None:
        """Make the file at `path` durable under its digest; it may be moved away."""

    def opened(self, digest: str, start: int = 0) -> BufferedReader: ...

    def local(self, digest: str) -> AbstractContextManager[Path]: ...

    def exists(self, digest: str) -> bool: ...

    def size(self, digest: str) -> int: ...

    def intact(self, digest: str) -> bool: ...

    def everything(self) -> Iterator[Found]: ...

    def lock(self, digest: str) -> None: ...

    def delete(self, digest: str, before: datetime | None) -> bool: ...
