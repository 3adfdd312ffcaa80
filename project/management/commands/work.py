"""The embedded worker: Celery and its clock in one process, without a broker."""

from __future__ import annotations

import warnings
from typing import Any

from celery.beat import EmbeddedService
from celery.exceptions import SecurityWarning
from django.core.management.base import BaseCommand

from project.celery import app


class Command(BaseCommand):
    help = "Run the worker and its clock in this process (no broker to install)."

    def handle(self, *_args: Any, **_options: Any) -> None:
        # A thread, not a process: a killed worker must not leave a clock behind that ticks twice.
        # Its times are kept in memory: a tick that is made once too often pays nothing twice.
        clock = EmbeddedService(app, thread=True, scheduler_cls="celery.beat:Scheduler")
        clock.start()
        try:
            with warnings.catch_warnings():
                # Celery warns root of pickled messages; this queue never leaves the process.
                warnings.simplefilter("ignore", SecurityWarning)
                app.Worker(pool="solo", loglevel="ERROR", quiet=True).start()
        finally:
            clock.stop()
