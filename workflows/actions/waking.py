"""What was suspended is taken up again when its day is past: the one verb of the clock's own."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from core.actor import SYSTEM
from core.refusals import Refusal
from workflows.actions import assignments
from workflows.actions.step import Command
from workflows.models import Item
from workflows.states import State

if TYPE_CHECKING:
    from datetime import date


def wake_past(today: date) -> int:
    """Wake whatever rests beyond its last day; a missed morning is caught up. How many woke."""
    rows = Item.objects.filter(state=State.SUSPENDED, suspended_until__lt=today)
    resting = rows.order_by("pk").values_list("pk", "version")
    return sum(_wake(pk, version) for pk, version in resting)


def _wake(item_id: int, version: int) -> bool:
    """False where somebody was quicker; then there is nothing left to do."""
    command = Command(id=uuid4(), version=version)
    try:
        assignments.wake(item_id, actor=SYSTEM, command=command)
    except Refusal:
        return False
    return True
