"""Bytes in a folder: temp, fsync, rename, fsync of the folder."""

from __future__ import annotations

import hashlib
import os
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

from evidence.storage.place import Found, Stored, name_of
from evidence.storage.receiving import PREFIX, writable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from io import BufferedReader


def root() -> Path:
    return Path(settings.EVIDENCE_ROOT)


def path_of(digest: str) -> Path:
    """Where the folder of this deployment has these bytes; others ask `storage.local`."""
    return root() / name_of(digest)


@dataclass(frozen=True, slots=True)
class Folder:
    root: Path

    def _path(self, digest: str) -> Path:
        return self.root / name_of(digest)

    def take(self, path: Path, stored: Stored) -> None:
        target = self._path(stored.digest)
        with writable():
            if not target.parent.is_dir():
                target.parent.mkdir(exist_ok=True)
                _settle(self.root)
            path.replace(target)
            _settle(target.parent)

    def opened(self, digest: str, start: int = 0) -> BufferedReader:
        file = self._path(digest).open("rb")
        file.seek(start)
        return file

    @contextmanager
    def local(self, digest: str) -> Iterator[Path]:
        path = self._path(digest)
        path.stat()  # the same fault before the block as a bucket would raise
        yield path

    def exists(self, digest: str) -> bool:
        return self._path(digest).is_file()

    def size(self, digest: str) -> int:
        return self._path(digest).stat().st_size

    def intact(self, digest: str) -> bool:
        try:
            with self.opened(digest) as file:
                return hashlib.file_digest(file, "sha256").hexdigest() == digest
        except OSError:
            return False

    def everything(self) -> Iterator[Found]:
        """Less what is on its way in, which `receiving` tells of."""
        for folder, _folders, names in os.walk(self.root):
            for name in names:
                path = Path(folder, name)
                if path.parent == self.root and name.startswith(PREFIX):
                    continue
                with suppress(FileNotFoundError):  # swept meanwhile
                    about = path.stat(follow_symlinks=False)
                    yield Found(
                        name=path.relative_to(self.root).as_posix(),
                        size=about.st_size,
                        since=datetime.fromtimestamp(about.st_mtime, UTC),
                    )

    def lock(self, digest: str) -> None:
        """Whoever may write into the folder may delete from it: no lock would hold."""

    def delete(self, digest: str, before: datetime | None) -> bool:
        """Moved aside first: whoever keeps the same bytes meanwhile puts theirs in the place."""
        path, aside = self._path(digest), self.root / f"{PREFIX}{digest}"
        with writable():
            path.replace(aside)
            if before is not None and aside.stat().st_mtime >= before.timestamp():
                aside.replace(path)
                return False
            _settle(path.parent)
            aside.unlink()
        return True


def _settle(folder: Path) -> None:
    """What a folder names outlasts a power cut only once the folder itself is written."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
