"""What the clock wakes. A task is woken, never trusted: what is owed is a row of the outbox."""

from __future__ import annotations

from django.contrib.sessions.backends.db import SessionStore

from audit import jobs, outbox
from project.celery import app


@app.task
def pay_what_is_owed() -> int:
    return outbox.sweep()


@app.task
def run_jobs() -> int:
    return jobs.sweep()


@app.task
def sweep_sessions() -> None:
    SessionStore.clear_expired()
