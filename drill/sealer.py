"""python -m drill.sealer [KILLS]: kill -9 of whoever seals the log, while others write to it.

Two processes write events, some of them slowly, so that on PostgreSQL an event is committed after
others with a higher number. One process after another places, seals and copies outside as fast as
it can, and each of KILLS (100) is killed by its own id after some milliseconds. Then one does so
in peace. Every event must have its place, every checkpoint its root and its copy, and no two
checkpoints ever left the house that contradict each other.

Works on a database of its own in a temporary folder, or on the one RECTIFY_DATABASE_URL names,
which must be empty.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from drill import stage

if TYPE_CHECKING:
    from collections.abc import Callable

WRITERS = 2
SLOWEST, PAUSE = 0.03, 0.1
"""Seconds from a writer's event to its commit, where others can write then; and to the next."""
LONGEST = 0.4
"""Seconds that a sealer lives once it has its connection."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    kills: int
    events: int
    places: int
    checkpoints: int
    under_fire: int
    """Checkpoints that were sealed by processes that were killed."""
    copies: int
    breaks: int
    seconds: float

    @property
    def good(self) -> bool:
        whole = self.events == self.places > 0 and self.checkpoints == self.copies
        return whole and self.under_fire > 0 and self.breaks == 0

    def __str__(self) -> str:
        return (
            f"{self.kills} kills, {self.events} events, {self.places} placed, "
            f"{self.checkpoints} checkpoints ({self.under_fire} under fire), "
            f"{self.copies} copies agree, {self.breaks} breaks; {self.seconds:.1f} s"
        )


def run(kills: int, folder: Path) -> Outcome:
    from django.conf import settings

    from audit import log_verify
    from audit.models import Checkpoint, Event

    settings.OUTSIDE_FOLDER = str(folder)
    began = time.monotonic()
    writers = [_forked(partial(_write, n)) for n in range(WRITERS)]
    chance = random.Random(7)  # noqa: S311 -- when to kill is no secret
    try:
        for _n in range(kills):
            read, write = os.pipe()
            sealer = _forked(partial(_seal_on_and_on, write))
            os.read(read, 1)
            time.sleep(chance.uniform(0, LONGEST))
            _killed(sealer)
            os.close(read)
            os.close(write)
    finally:
        for writer in writers:
            _killed(writer)
    under_fire = Checkpoint.objects.count()
    _in_peace()
    found = log_verify.walk(folder)
    return Outcome(
        kills=kills,
        events=Event.objects.count(),
        places=found.places,
        checkpoints=found.checkpoints,
        under_fire=under_fire,
        copies=found.copies,
        breaks=len(found.breaks),
        seconds=time.monotonic() - began,
    )


def _forked(work: Callable[[], None]) -> int:
    from django.db import connections

    connections.close_all()
    child = os.fork()
    if child == 0:
        _to_the_end(work)
    return child


def _to_the_end(work: Callable[[], None]) -> NoReturn:
    try:
        work()
    finally:
        os._exit(1)


def _killed(child: int) -> None:
    os.kill(child, signal.SIGKILL)
    _pid, status = os.waitpid(child, 0)
    if not os.WIFSIGNALED(status):
        raise RuntimeError(f"process {child} ended before it was killed")


def _write(no: int) -> None:
    from django.db import connection, transaction

    from audit import record
    from core.actor import SYSTEM

    slowest = SLOWEST if connection.vendor == "postgresql" else 0.0
    chance = random.Random(no)  # noqa: S311 -- how slow a writer is is no secret
    while True:
        with transaction.atomic():
            record.note("drill.written", subject=f"drill:{no}", actor=SYSTEM, data={})
            time.sleep(chance.uniform(0, slowest))
        time.sleep(chance.uniform(0, PAUSE))


def _seal_on_and_on(ready: int) -> None:
    from django.db import connection

    from audit import outbox, sealing
    from audit.models import Reason
    from core.actor import SYSTEM

    connection.ensure_connection()
    os.write(ready, b"r")
    while True:
        sealing.seal(Reason.TIME, SYSTEM)
        outbox.sweep()


def _in_peace() -> None:
    """What a killed worker had leased is due again when its lease is over: here, at once."""
    from django.utils import timezone

    from audit import outbox, sealing
    from audit.models import Owed, Reason
    from core.actor import SYSTEM

    sealing.seal(Reason.TIME, SYSTEM)
    Owed.objects.filter(paid_at=None).update(leased_until=None, due_at=timezone.now())
    while outbox.sweep():
        pass


def main(arguments: list[str]) -> int:
    kills = int(arguments[0]) if arguments else 100
    with stage.prepared() as folder:
        outside = folder / "outside"
        outside.mkdir()
        outcome = run(kills, outside)
    return stage.conclude("sealer", outcome)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
