"""python -m drill.outbox [KILLS]: kill -9 between the commit of what is owed and any wake-up.

Each of KILLS (100) processes assigns one item, as a request would, and is killed by its own id
the moment its transaction has committed: nothing was said to anybody. Then a worker sweeps. Every
assignment must have been announced, in the inbox and by one letter, and none twice.

Works on a database of its own in a temporary folder, or on the one RECTIFY_DATABASE_URL names,
which must be empty. Letters are kept as files; nothing leaves the machine.
"""

from __future__ import annotations

import os
import re
import select
import signal
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from drill import stage

if TYPE_CHECKING:
    from drill.ledger import Ledger

PATIENCE = 20.0
"""Seconds one process may take to commit before the drill gives up."""
LONGEST = 600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    kills: int
    committed: int
    silent: int
    """Committed, and not announced by anything while the processes were being killed."""
    never: int
    """Of those, still not in the inbox after the sweep."""
    letters: int
    twice: int
    """Letters whose key was on one before."""
    seconds: float

    @property
    def good(self) -> bool:
        return (
            self.committed == self.kills == self.silent == self.letters
            and self.never == self.twice == 0
        )

    def __str__(self) -> str:
        return (
            f"{self.kills} kills, {self.committed} commits, {self.silent} unannounced at the time; "
            f"after the sweep {self.never} never announced, {self.letters} letters, "
            f"{self.twice} twice; {self.seconds:.1f} s"
        )


def run(kills: int) -> Outcome:
    from drill import ledger

    began = time.monotonic()
    made = ledger.lay(kills)
    for item_id in made.items:
        _killed_after_commit(item_id, made)
        if time.monotonic() - began > LONGEST:
            raise TimeoutError(f"the drill took more than {LONGEST:.0f} s")
    silent = kills - ledger.announced(made)
    committed = ledger.committed(made)
    _sweep_elsewhere()
    keys = _keys_of_letters()
    return Outcome(
        kills=kills,
        committed=committed,
        silent=silent,
        never=committed - ledger.announced(made),
        letters=len(keys),
        twice=len(keys) - len(set(keys)),
        seconds=time.monotonic() - began,
    )


def _killed_after_commit(item_id: int, made: Ledger) -> None:
    """One process: it commits, says so on a pipe from inside on_commit, and lives no longer."""
    from django.db import connections

    connections.close_all()
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        _commit_and_wait(item_id, made, write)
    os.close(write)
    try:
        ready, _w, _x = select.select([read], [], [], PATIENCE)
        said = os.read(read, 1) if ready else b""
    finally:
        os.close(read)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    if said != b"c":
        raise RuntimeError(f"process {child} was killed before it had committed")


def _commit_and_wait(item_id: int, made: Ledger, write: int) -> NoReturn:
    """What a request does, up to where a wake-up would be sent: there it is killed."""
    from django.db import transaction

    from drill import ledger

    def at_the_worst_moment() -> None:
        os.write(write, b"c")
        time.sleep(PATIENCE * 2)

    try:
        append = ledger.watch_commit(lambda: transaction.on_commit(at_the_worst_moment))
        with append:
            ledger.assign(item_id, made)
    finally:
        os._exit(1)


def _sweep_elsewhere() -> None:
    """The worker is a process of its own, that knows nothing but the database."""
    from django.db import connections

    connections.close_all()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            from audit import outbox

            while outbox.sweep():
                pass
            status = 0
        finally:
            os._exit(status)
    _pid, status = os.waitpid(child, 0)
    if status != 0:
        raise RuntimeError("the worker failed")


def _keys_of_letters() -> list[str]:
    from django.conf import settings

    found = []
    for path in Path(settings.EMAIL_FILE_PATH).glob("*.log"):
        text = path.read_text(encoding="utf-8", errors="replace")
        found += re.findall(r"^Message-ID: (\S+)", text, re.MULTILINE)
    return found


def _prepare(folder: str) -> None:
    os.environ.update(RECTIFY_ENV="demo", RECTIFY_VAR=folder, RECTIFY_SMTP_HOST="")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")
    stage.migrated(Path(folder))


def main(arguments: list[str]) -> int:
    kills = int(arguments[0]) if arguments else 100
    with tempfile.TemporaryDirectory(prefix="rectify-drill-") as folder:
        _prepare(folder)
        outcome = run(kills)
    return stage.conclude("outbox", outcome)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
