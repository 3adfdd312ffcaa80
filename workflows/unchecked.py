"""What the checks have yet to look at, so that no doubt does not pass for no reason to doubt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from audit.models import Owed
from workflows.models import Item

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from core.actor import Actor

CHECKS = "checks"
COUNTED = 500
"""So many hand-ins are told apart; of more it is enough to know that there are many."""


def on_item(item: Item) -> int:
    """How many hand-ins of an item are still to be looked at."""
    return _owed().filter(event__subject=item.subject)[:COUNTED].count()


def seen_by(actor: Actor, *, round_code: str = "") -> int:
    """On how many of the items that this actor may see something is still to be looked at."""
    subjects = set(_owed().values_list("event__subject", flat=True)[:COUNTED])
    keys = [int(subject.partition(":")[2]) for subject in subjects]
    items = Item.objects.visible_to(actor).filter(pk__in=keys)
    if round_code:
        items = items.filter(round__code=round_code)
    return items.count()


def _owed() -> QuerySet[Owed]:
    """What was given up is a fault, told on the page of faults."""
    owed = Owed.objects.filter(handler=CHECKS, paid_at=None, parked_at=None)
    return owed.order_by("due_at", "id")
