"""A log with a few checkpoints, at times that the test names."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from audit import sealing
from audit.models import Checkpoint, Reason
from core.actor import SYSTEM
from tests.audit.chains import write

NOON = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)


class Clock:
    """A clock that goes where it is put."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = NOON
        monkeypatch.setattr(timezone, "now", lambda: self.now)

    def add(self, **spans: float) -> None:
        self.now += timedelta(**spans)


def sealed(*counts: int) -> list[Checkpoint]:
    """As many events as each count says, and a seal after each lot."""
    return [one for n, count in enumerate(counts) if (one := _after(f"item:{n + 1}", count))]


def _after(subject: str, count: int) -> Checkpoint | None:
    write(subject, *["a"] * count)
    return sealing.seal(Reason.TIME, SYSTEM)
