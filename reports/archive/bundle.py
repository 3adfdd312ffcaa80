"""A ZIP written step by step to a folder of its own, that goes on after a kill where it was.

Each step is journalled once its bytes are on the disk: where the ZIP then ended, which entries it
has, and what the step had to say. Whatever was written after the last journalled step is cut off.
Nothing is compressed, and every date is given: the same content is the same bytes. The finished
ZIP is not copied to where it is kept: it moves there.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
from contextlib import suppress
from dataclasses import dataclass
from itertools import takewhile
from typing import TYPE_CHECKING, Any, Self
from zipfile import ZIP64_LIMIT, ZipFile, ZipInfo

from django.utils import timezone

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime
    from pathlib import Path

CHUNK = 1 << 20
JOURNAL = "journal"
MOVED = 0
_FILE = 0o100644 << 16
_UNIX = 3


class BusyError(Exception):
    """Another process is at work in this folder."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of the ZIP, as the directory at its end and the manifest tell of it."""

    name: str
    size: int
    digest: str
    crc: int
    offset: int
    date: tuple[int, ...]

    def as_info(self) -> ZipInfo:
        info = _info(self.name, self.date)
        info.file_size = info.compress_size = self.size
        info.CRC, info.header_offset = self.crc, self.offset
        return info


@dataclass(frozen=True, slots=True)
class Step:
    """What one step left: its entries, where the ZIP ended after it, and what it had to say.

    The last step, by which the ZIP has moved to where it is kept, ends at MOVED.
    """

    entries: list[Entry]
    end: int
    said: dict[str, Any]


class Bundle:
    """The folder of one ZIP under construction; one process at a time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.steps: list[Step] = []
        self._now: list[Entry] = []

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        self._lock = (self.folder / "lock").open("w")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._lock.close()
            raise BusyError(str(self.folder)) from None
        journal = self.folder / JOURNAL
        self._file = os.fdopen(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600), "r+b")
        self.steps, sound = _read(journal, longest=self._file.seek(0, os.SEEK_END))
        self._journal = journal.open("ab")
        self._journal.truncate(sound)
        self._go_on_at(self.steps[-1].end if self.steps else 0)
        return self

    def __exit__(self, *_fault: object) -> None:
        self._zip.fp = None  # else it would write its directory as it goes
        for file in (self._file, self._journal, self._lock):
            file.close()

    @property
    def path(self) -> Path:
        return self.folder / "archive.zip"

    @property
    def entries(self) -> Iterator[Entry]:
        for step in self.steps:
            yield from step.entries
        yield from self._now

    def _go_on_at(self, end: int) -> None:
        self._file.truncate(end)
        self._file.seek(end)
        self._zip = ZipFile(self._file, "w")
        for entry in self.entries:
            info = entry.as_info()
            self._zip.filelist.append(info)
            self._zip.NameToInfo[info.filename] = info

    def add(self, name: str, content: Iterable[bytes], *, at: datetime, size: int = 0) -> Entry:
        """Write one file as it comes; `size` says about how large it will be."""
        info = _info(name, timezone.localtime(at).timetuple()[:6])
        sha = hashlib.sha256()
        with self._zip.open(info, "w", force_zip64=size > ZIP64_LIMIT // 2) as out:
            for chunk in content:
                sha.update(chunk)
                out.write(chunk)
        entry = Entry(
            name=name,
            size=info.file_size,
            digest=sha.hexdigest(),
            crc=info.CRC,
            offset=info.header_offset,
            date=info.date_time,
        )
        self._now.append(entry)
        return entry

    def keep(self, said: dict[str, Any], facts: dict[str, Any] | None = None) -> Step:
        """Journal the step once its bytes are safe; `facts` are read again with `facts()`."""
        self._settle()
        step = Step(self._now, self._zip.start_dir if self.path.exists() else MOVED, said)
        told = {"entries": [_fields(e) for e in step.entries], "end": step.end, "said": said}
        told["facts"] = facts
        self._journal.write(json.dumps(told, ensure_ascii=False).encode() + b"\n")
        self._journal.flush()
        os.fsync(self._journal.fileno())
        self.steps.append(step)
        self._now = []
        return step

    def _settle(self) -> None:
        self._file.flush()
        os.fsync(self._file.fileno())

    def facts(self) -> Iterator[dict[str, Any]]:
        """What the steps told beside what they said, one in memory at a time."""
        with (self.folder / JOURNAL).open("rb") as journal:
            for line in journal:
                if facts := json.loads(line)["facts"]:
                    yield facts

    def finish(self) -> None:
        """Write the directory at the end of the ZIP; nothing can be added any more."""
        self._zip.close()
        self._settle()

    def chunks(self) -> Iterator[bytes]:
        """The ZIP's own bytes, once it is finished."""
        with self.path.open("rb") as file:
            while chunk := file.read(CHUNK):
                yield chunk

    def discard(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)


def _entry(fields: list[Any]) -> Entry:
    name, size, digest, crc, offset, date = fields
    return Entry(name, size, digest, crc, offset, tuple(date))


def _fields(entry: Entry) -> list[Any]:
    return [entry.name, entry.size, entry.digest, entry.crc, entry.offset, entry.date]


def _info(name: str, date: tuple[int, ...]) -> ZipInfo:
    info = ZipInfo(name, (date[0], date[1], date[2], date[3], date[4], date[5]))
    info.create_system, info.external_attr = _UNIX, _FILE
    return info


def _read(journal: Path, *, longest: int) -> tuple[list[Step], int]:
    """The steps whose bytes are there, and where the journal of them ends.

    A line that a kill cut short tells of nothing.
    """
    steps: list[Step] = []
    ends = [0]
    journal.touch()
    with journal.open("rb") as lines:
        for line in lines:
            told: dict[str, Any] = {}
            with suppress(ValueError):
                told = json.loads(line)
            if not line.endswith(b"\n") or not told:
                break
            entries = [_entry(fields) for fields in told["entries"]]
            steps.append(Step(entries, told["end"], told["said"]))
            ends.append(ends[-1] + len(line))
    if not steps or steps[-1].end != MOVED:
        steps = list(takewhile(lambda step: step.end <= longest, steps))
    return steps, ends[len(steps)]
