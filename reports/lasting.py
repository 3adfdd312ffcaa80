"""Which agreements still count after what came later, of a review and of a request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workflows.queries import Entry

ENDING = frozenset({"send_back", "step_back", "withdraw", "reopen", "move_to_current"})
"""After these what was agreed before no longer counts; after a step back, from that step on."""


def ends(later: Entry, agreed: dict[str, Any]) -> bool:
    """Whether what an event says was agreed to no longer counts after an act."""
    data = later.data
    if "kind" in agreed:
        anew = data.get("request", {})
        of_it = (anew.get("no"), anew.get("kind")) == (agreed["no"], agreed["kind"])
        return bool(of_it and agreed["step"] >= anew["to_step"])
    over = later.verb in ENDING or "voids" in data
    return bool(over and agreed["step"] >= data.get("to_step", 0))
