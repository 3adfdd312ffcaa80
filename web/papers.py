"""Papers that were asked for, as the pages of an item and of its review show them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workflows import holders, wanted
from workflows.states import UNDER_REVIEW

if TYPE_CHECKING:
    from collections.abc import Collection

    from workflows.models import Item


def papers_asked(item: Item, can: Collection[str]) -> dict[str, Any]:
    """What is owed, what was answered, and whose approvals a further paper would void."""
    asked = wanted.asked_of(item)
    owed = wanted.owed(item)
    return {
        "owed": owed,
        "answered": [one for one in asked if not one.is_open],
        "would_void": _would_void(item) if owed or "ask_evidence" in can else [],
    }


def _would_void(item: Item) -> list[str]:
    if item.state not in UNDER_REVIEW or item.submission is None:
        return []
    return [duty.decider for duty in holders.approvals(item.submission)]
