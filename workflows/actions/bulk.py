"""The same verb over a selection: each item its own transaction, each row its own outcome."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID, uuid5

from core.refusals import Refusal
from workflows.actions import assignments
from workflows.actions.step import Command

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.actor import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What became of one row: done, or skipped and why."""

    item_id: int
    refusal: Refusal | None

    @property
    def done(self) -> bool:
        return self.refusal is None


def assign_many(
    chosen: Sequence[tuple[int, int]], *, actor: Actor, command_id: UUID, assignee_id: int | None
) -> list[Row]:
    """Assign (item id, version) pairs. Repeating the same command repeats nothing."""
    outcomes = []
    for item_id, version in chosen:
        command = Command(id=uuid5(command_id, str(item_id)), version=version)
        try:
            assignments.assign(item_id, actor=actor, command=command, assignee_id=assignee_id)
            outcomes.append(Row(item_id=item_id, refusal=None))
        except Refusal as refused:
            outcomes.append(Row(item_id=item_id, refusal=refused))
    return outcomes
