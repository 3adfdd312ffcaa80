"""python -m drill.worker [ROWS [KILLS]]: kill -9 of the worker in the middle of long jobs.

ROWS (300) items are assigned in jobs of 50 rows; KILLS (10) times the worker is killed while rows
are being done, and started again; where the rows were done before a kill was due, more are asked
for. Every row must then be done, once: one event on its item, one outcome in its job, one end of
each job on the record.

With RECTIFY_BROKER_URL the worker is Celery on that broker, with its clock beside it, and every
second kill meets only the process in its pool; otherwise it is the embedded worker.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from drill import stage

if TYPE_CHECKING:
    from core.models import User

A_JOB = 50
LONGEST = 300.0
"""Seconds for up to 1,500 rows, and a fifth of one for each row where there are more."""
LEASE = "2"
EMBEDDED = ["manage.py", "work"]
CELERY = ["-m", "celery", "-A", "project"]
WORKER = [*CELERY, "worker", "--concurrency", "1", "--loglevel", "ERROR"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    broker: str
    database: str
    rows: int
    kills: int
    lost: int
    """Rows without their effect, or whose job does not say that they are done."""
    double: int
    """Effects, outcomes and ends beyond the one that each row and job has."""
    seconds: float

    @property
    def good(self) -> bool:
        return self.lost == self.double == 0

    def __str__(self) -> str:
        return (
            f"{self.rows} rows, {self.kills} kills -9, {self.broker}, {self.database}: "
            f"{self.lost} lost, {self.double} double; {self.seconds:.1f} s"
        )


class Worker:
    """The worker as it is deployed, started again after each kill."""

    def __init__(self, folder: Path) -> None:
        self.broker = os.environ.get("RECTIFY_BROKER_URL", "")
        self._log = folder / "worker.log"
        self._kills = 0
        self._process = self._started()

    def _started(self) -> subprocess.Popen[bytes]:
        return stage.child(WORKER if self.broker else EMBEDDED, self._log, RECTIFY_JOB_LEASE=LEASE)

    def kill(self) -> None:
        """Everything of it; with a broker every second time the process at work alone."""
        self._kills += 1
        pool = stage.children(self._process.pid)
        if self.broker and self._kills % 2 == 0 and pool:
            os.kill(pool[0], signal.SIGKILL)  # its parent gives the message back, and forks anew
            return
        stage.kill(self._process)
        self._process = self._started()

    def stop(self) -> None:
        stage.stop(self._process)

    def insist(self) -> None:
        if self._process.poll() is not None:
            raise RuntimeError("the worker ended: " + self._log.read_text(errors="replace")[-2000:])


@contextmanager
def clock(folder: Path) -> Iterator[None]:
    """Celery's beat where there is a broker; the embedded worker brings its own."""
    if not os.environ.get("RECTIFY_BROKER_URL"):
        yield
        return
    words = [*CELERY, "beat", "--loglevel", "ERROR", "--schedule", str(folder / "beat")]
    beat = stage.child([*words, "--pidfile", ""], folder / "beat.log")
    try:
        yield
    finally:
        stage.stop(beat)


def run(rows: int, kills: int, folder: Path) -> Outcome:

    began = time.monotonic()
    until = began + max(LONGEST, rows / 5)
    met = asked = 0
    with clock(folder):
        worker = Worker(folder)
        try:
            while not asked or (met < kills and time.monotonic() < until):
                _ask(rows)
                met += _killed_at_work(worker, asked, rows, kills - met, until)
                asked += rows
        finally:
            worker.stop()
    return _counted(asked, met, worker.broker, time.monotonic() - began)


def _killed_at_work(worker: Worker, before: int, rows: int, kills: int, until: float) -> int:
    """Watch until all that was asked for is done; answers how many of the kills met it at work."""
    marks = [before + rows * n // (kills + 1) for n in range(1, kills + 1)]
    while _is_open() and time.monotonic() < until:
        if marks and _done() >= marks[0] and _is_open():
            worker.kill()
            marks.pop(0)
        worker.insist()
        time.sleep(0.01)  # a row takes longer, and looking takes time from who works
    return kills - len(marks)


def _is_open() -> bool:
    from audit.models import Job

    return Job.objects.filter(state__in=["queued", "running"]).exists()


def _done() -> int:
    from django.db.models import Sum

    from audit.models import Job

    return int(Job.objects.aggregate(n=Sum("done_count"))["n"] or 0)


def _ask(rows: int) -> None:
    """A ledger of so many drafts, and the office asks to have them assigned, fifty a job."""
    from tests import make
    from workflows.actions import bulk

    house = make.house()
    items = make.entered(house, make.round_(house), *(make.line(house) for _ in range(rows)))
    office: User = house.office
    for first in range(0, rows, A_JOB):
        some = [(item.pk, item.version) for item in items[first : first + A_JOB]]
        bulk.ask(
            "assign",
            some,
            actor=office.actor(),
            command_id=uuid4(),
            said={"assignee_id": house.staff.pk, "reason": "as the plan says"},
        )


def _counted(rows: int, kills: int, broker: str, seconds: float) -> Outcome:
    from django.db import connection

    from audit.models import Event, Job, JobRow

    effects = list(Event.objects.filter(name="item.assigned").values_list("subject", flat=True))
    outcomes = JobRow.objects.filter(done=True)
    ends = Event.objects.filter(name="job.finished").count()
    jobs = Job.objects.count()
    finished = Job.objects.filter(state="done").count()
    return Outcome(
        broker=broker.partition(":")[0] or "embedded",
        database=connection.vendor,
        rows=rows,
        kills=kills,
        lost=(rows - len(set(effects))) + (rows - outcomes.count()) + (jobs - finished),
        double=(len(effects) - len(set(effects))) + (JobRow.objects.count() - rows) + (ends - jobs),
        seconds=seconds,
    )


def main(arguments: list[str]) -> int:
    rows, kills = (int(word) for word in [*arguments, *("300", "10")[len(arguments) :]])
    with stage.prepared() as folder:
        return stage.conclude("worker", run(rows, kills, folder))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
