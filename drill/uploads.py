"""python -m drill.uploads [KILLS [FILES]]: kill -9 of the web process in the middle of uploads.

FILES (50) files go through a public tus client (tuspy), several at a time; KILLS (200) times both
web processes are killed at a random moment, every tenth time with their master, and started again.
Every client asks how far its file is and goes on. In the end every file must have arrived with the
digest it had, and been cited; no row may tell of bytes the disk has not, no byte that was
acknowledged may be lost, and no cited evidence may be damaged.
"""

from __future__ import annotations

import hashlib
import io
import os
import random
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from drill import stage
from drill.web import PATIENCE, Web, headers

if TYPE_CHECKING:
    from core.models import User
    from evidence.models import Upload
    from workflows.models import Item

AT_ONCE = 6
PART = 64 * 1024
MOST_PARTS = 6
"""So many parts may arrive between two kills."""
LONGEST = 1700.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    database: str
    kills: int
    in_flight: int
    """Kills that met a file in the middle of its way."""
    files: int
    resumed: int
    """Files that went on at least once from where the server had them."""
    equal: int
    """Files that arrived with the digest they had."""
    cited: int
    dangling: int
    """Rows that tell of bytes the disk or the storage has not, seen after every kill."""
    damaged: int
    """Cited evidence whose bytes are not what was handed in."""
    strays: int
    """Files without a row that are still there after the sweep of what is too old."""
    seconds: float

    @property
    def good(self) -> bool:
        lost = self.dangling + self.damaged + self.strays
        # A few kills may miss a file; many may not.
        met = self.resumed == self.files or self.kills < self.files
        return lost == 0 and met and self.files == self.equal == self.cited

    def __str__(self) -> str:
        return (
            f"{self.kills} kills -9 ({self.in_flight} in flight), {self.database}: "
            f"{self.dangling} dangling, {self.damaged} damaged, {self.strays} strays; "
            f"{self.resumed} of {self.files} resumed, {self.equal} with equal digest, "
            f"{self.cited} cited; {self.seconds:.1f} s"
        )


@dataclass(slots=True)
class File:
    """One file on its way, and what became of it."""

    no: int
    content: bytes
    purpose: str
    url: str = ""
    said: int = 0
    """How far the server said that it has it."""
    resumed: int = 0
    done: bool = False

    @property
    def id(self) -> str:
        return self.url.rstrip("/").rpartition("/")[2]

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


class Sender:
    """Sends files as their owner's page would, and goes on whenever the line breaks."""

    def __init__(self, port: int, headers: dict[str, str], stop: threading.Event) -> None:
        tus: Any = import_module("tusclient.client")
        known: Any = import_module("tusclient.exceptions")
        self._faults = (known.TusCommunicationError, OSError)
        self._client = tus.TusClient(f"http://127.0.0.1:{port}/uploads/", headers=headers)
        self._stop = stop

    def send(self, file: File) -> None:
        while not file.done and not self._stop.is_set():
            try:
                self._go_on(file)
            except self._faults:
                time.sleep(0.05)

    def _go_on(self, file: File) -> None:
        words = {"filename": f"drill-{file.no}.txt", "for": file.purpose}
        uploader = self._client.uploader(
            file_stream=io.BytesIO(file.content),
            url=file.url or None,
            chunk_size=PART,
            metadata=words,
            upload_checksum=file.no % 2 == 0,
        )
        file.resumed += uploader.offset > 0
        while uploader.offset < len(file.content):
            if not uploader.url:
                uploader.set_url(uploader.create_url())
                file.url = uploader.url
            uploader.upload_chunk()
            file.said = uploader.offset
        file.done = True


@dataclass(slots=True)
class Course:
    """What was seen while the web process was being killed."""

    web: Web
    files: list[File]
    dangling: int = 0
    in_flight: int = 0
    stop: threading.Event = field(default_factory=threading.Event)

    def go(self, kills: int, sender: Sender) -> None:
        until = time.monotonic() + LONGEST
        with ThreadPoolExecutor(AT_ONCE) as senders:
            waiting = [senders.submit(sender.send, file) for file in self.files]
            try:
                while self.web.kills < kills and time.monotonic() < until:
                    self._kill()
                while any(not one.done() for one in waiting) and time.monotonic() < until:
                    time.sleep(0.05)
            finally:
                self.stop.set()

    def _kill(self) -> None:
        """Some parts after the last start, at a moment within the next."""
        at = self._said() + PART * random.randint(0, MOST_PARTS)  # noqa: S311 -- a moment, no secret
        until = time.monotonic() + PATIENCE
        while self._said() < at and time.monotonic() < until:
            if all(file.done for file in self.files):
                break
            time.sleep(0.002)
        time.sleep(random.uniform(0.0, 0.05))  # noqa: S311
        self.in_flight += any(file.url and not file.done for file in self.files)
        self.web.kill()
        self.dangling += dangling(self.files)

    def _said(self) -> int:
        return sum(file.said for file in self.files)


def run(kills: int, count: int, folder: Path) -> Outcome:
    from django.db import connection

    began = time.monotonic()
    owner, item, files = laid(count)
    course = Course(Web(folder), files)
    try:
        course.go(kills, Sender(course.web.port, headers(owner), course.stop))
    finally:
        course.web.stop()
    cited = _cited(owner, item, files)
    return Outcome(
        database=connection.vendor,
        kills=course.web.kills,
        in_flight=course.in_flight,
        files=count,
        resumed=sum(file.resumed > 0 for file in files),
        dangling=course.dangling + dangling(files),
        strays=_strays(),
        seconds=time.monotonic() - began,
        **cited,
    )


def laid(count: int) -> tuple[User, Item, list[File]]:
    from tests import make
    from workflows.states import State

    house = make.house()
    item = make.item(State.RECTIFYING, house=house)
    purpose = f"measure:{item.measures.all()[0].pk}"
    files = [File(no, _content(no), purpose) for no in range(count)]
    return house.staff, item, files


def _content(no: int) -> bytes:
    """Text that no two files share, of eight to sixteen parts."""
    size = random.randint(8 * PART, 16 * PART)  # noqa: S311 -- a length
    return f"{no} {os.urandom(size // 2).hex()}".encode()


def dangling(files: list[File]) -> int:
    """Rows ahead of the disk, and files of which the server has less than it said."""
    from evidence.models import Upload

    said = {file.id: file.said for file in files if file.url}
    rows = {str(row.pk): row for row in Upload.objects.all()}
    ahead = sum(_is_ahead(row) for row in rows.values())
    lost = sum(one not in rows or rows[one].offset < offset for one, offset in said.items())
    return ahead + lost


def _is_ahead(row: Upload) -> bool:
    """Whether neither folder has what the row tells of; asked again while files move between."""
    from evidence import parts, storage

    for _look in range(3):
        path = parts.path_of(row.pk)
        if row.digest and storage.exists(row.digest):
            return False
        if path.exists() and path.stat().st_size >= row.offset:
            return False
        row.refresh_from_db()
    return True


def _cited(owner: User, item: Item, files: list[File]) -> dict[str, int]:
    """What a worker and then the page's form do once all has arrived."""
    from evidence import arrivals, storage, uploads
    from evidence.models import Upload
    from workflows.actions import proving
    from workflows.actions.step import Command
    from workflows.models import Citation

    while arrivals.sweep(again=True, seconds=60):
        pass
    rows = {str(row.pk): row for row in Upload.objects.filter(inspection="clean")}
    equal = [file for file in files if file.id in rows and rows[file.id].digest == file.digest]
    measure = item.measures.all()[0]
    ids = [rows[file.id].pk for file in equal]
    proving.attach(
        item.pk,
        actor=owner.actor(),
        command=Command(id=uuid4(), version=item.version),
        measure_id=measure.pk,
        files=uploads.received(ids, actor=owner.actor(), purpose=f"measure:{measure.pk}"),
    )
    cited = Citation.objects.filter(item=item).select_related("evidence")
    damaged = sum(not storage.intact(one.evidence.digest) for one in cited)
    return {"equal": len(equal), "cited": len(cited), "damaged": damaged}


def _strays() -> int:
    from evidence import arrivals, parts
    from evidence.models import Upload

    known = set(Upload.objects.values_list("pk", flat=True))
    for path in parts.strays(known, time.time() + 1):
        os.utime(path, (0, 0))  # as if a week had gone by
    arrivals.expire()
    return len(list(parts.strays(known, time.time() + 1)))


def main(arguments: list[str]) -> int:
    kills, count = (int(word) for word in [*arguments, *("200", "50")[len(arguments) :]])
    with stage.prepared() as folder:
        return stage.conclude("uploads", run(kills, count, folder))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
