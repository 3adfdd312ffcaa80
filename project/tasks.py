"""What the clock wakes. A task is woken, never trusted: what is owed is a row of the outbox."""

from __future__ import annotations

from datetime import time
from typing import Any

from celery.signals import worker_ready
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone

from audit import jobs, outbox, sealing
from evidence import arrivals, deriving, orphans, quarantine
from project.celery import app
from reports.archive import making
from workflows.actions import attention, indexing, reminding

DAWN = time(7, 30)
"""From here on a day's reminders are due. A missed tick is made good by the next."""


@app.task
def pay_what_is_owed() -> int:
    return outbox.sweep()


@app.task
def run_jobs() -> int:
    return jobs.sweep()


@app.task
def inspect_arrived() -> int:
    return arrivals.sweep()


@app.task
def inspect_waiting() -> int:
    """Also what has been looked into and still waits for the virus scanner."""
    return quarantine.sweep() + arrivals.sweep(again=True)


@app.task
def expire_uploads() -> int:
    return arrivals.expire()


@app.task
def derive_waiting() -> int:
    """What is computed from clean bytes, then what the checks make of it."""
    return deriving.sweep() + outbox.sweep_slow()


@app.task
def derive_what_lacks() -> int:
    """Owe what evidence from before this version lacks."""
    return deriving.backfill()


@app.task
def sweep_orphans() -> int:
    return orphans.sweep().deleted


@app.task
def expire_archives() -> int:
    return making.expire()


@app.task
def seal() -> None:
    sealing.tick()


@app.task
def index_what_lacks() -> int:
    """Make findable what no change has reached: from before, or missed in a moment."""
    return indexing.add_what_lacks()


@app.task
def sweep_sessions() -> None:
    SessionStore.clear_expired()


@app.task
def remind() -> int | None:
    """The reminders of the day, unless they were made: asked often, done once."""
    now = timezone.localtime()
    return reminding.morning(now.date()) if now.time() >= DAWN else None


@app.task
def tell_supervisors() -> int:
    return attention.tell_supervisors()


@worker_ready.connect
def catch_up(**_about: Any) -> None:
    """Whoever was down at dawn begins with what the morning missed; a new version, with the old."""
    remind.delay()
    derive_what_lacks.delay()
    index_what_lacks.delay()
