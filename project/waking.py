"""A worker behind a broker is told of a new job; the embedded one looks by itself."""

from __future__ import annotations

import logging
from typing import Any

from celery.exceptions import OperationalError
from django.conf import settings
from django.dispatch import receiver

from audit import jobs
from project import tasks

_log = logging.getLogger(__name__)


@receiver(jobs.asked)
def wake_a_worker(**_rest: Any) -> None:
    """The row is the truth: where the broker is away, the clock finds the job seconds later."""
    if not settings.WITH_BROKER:
        return
    try:
        tasks.run_jobs.apply_async(retry=False)
    except (OperationalError, OSError) as fault:
        _log.warning("no worker was woken: %s", fault)
