"""A worker behind a broker is told of new work; the embedded one looks by itself."""

from __future__ import annotations

import logging
from typing import Any

from celery.exceptions import OperationalError
from django.conf import settings
from django.dispatch import receiver

from audit import jobs
from evidence import arrivals
from project import tasks

_log = logging.getLogger(__name__)


@receiver(jobs.asked)
def wake_a_worker(**_rest: Any) -> None:
    """The row is the truth: where the broker is away, the clock finds the job seconds later."""
    _wake(tasks.run_jobs)


@receiver(arrivals.waits)
def wake_an_inspector(**_rest: Any) -> None:
    _wake(tasks.inspect_arrived)


def _wake(task: Any) -> None:
    if not settings.WITH_BROKER:
        return
    try:
        task.apply_async(retry=False)
    except (OperationalError, OSError) as fault:
        _log.warning("no worker was woken: %s", fault)
