"""What may come next of an item, for somebody: each verb from here, what it lacks, and who may."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from core.models import Membership
from core.roles import OF_A_SECTION, Role
from workflows import machine
from workflows.guards import Act, Signed
from workflows.states import SHORTEST_REASON, State

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from core.actor import Actor
    from core.refusals import Refusal
    from workflows.machine import Move
    from workflows.models import Item
    from workflows.policy import Who

# What the form will say is presumed said; a guard that still objects, objects to the item.
_PRESUMED = {
    "reason": "x" * SHORTEST_REASON,
    "effectiveness": "x",
    "basis": "x",
    "assignee_id": -1,
    "signature": Signed(name="x", picture="x"),
}


_WAY = frozenset(
    pairwise(
        (
            State.DRAFT,
            State.ASSIGNED,
            State.RECTIFYING,
            State.IN_REVIEW,
            State.VERIFYING,
            State.CLOSED,
        )
    )
)


class _Names:
    """Of an item: who may, by name; each kind of person is asked for once."""

    def __init__(self, item: Item) -> None:
        self._item = item
        self._known: dict[int, tuple[str, ...]] = {}

    def of(self, who: Who) -> tuple[str, ...]:
        if id(who) not in self._known:
            self._known[id(who)] = tuple(dict.fromkeys(who.names(self._item)))
        return self._known[id(who)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Prospect:
    """One verb from where the item stands."""

    move: Move
    who: str
    """Who may, in words."""
    may: bool
    """Whether it is this actor's to do; the same answer as `machine.offered`."""
    unmet: tuple[Refusal, ...]
    """What would refuse it now, whatever the form says; asked only where the actor may."""
    named: _Names

    @property
    def names(self) -> tuple[str, ...]:
        """Who may, by name; empty when nobody may yet. Asked only where somebody looks."""
        return self.named.of(self.move.who)

    @property
    def verb(self) -> str:
        return self.move.verb

    @property
    def ready(self) -> bool:
        return self.may and not self.unmet

    @property
    def lacks_reading(self) -> bool:
        """Whether unread evidence is all that stands in the way: one click on this page ends it."""
        return bool(self.unmet) and all(_is_of_reading(refusal) for refusal in self.unmet)

    @property
    def holes(self) -> list[tuple[str, object]]:
        """Addresses of what is missing, each once, over all guards."""
        return list(dict.fromkeys(hole for refusal in self.unmet for hole in refusal.holes))


def _is_of_reading(refusal: Refusal) -> bool:
    return any(at.startswith("piece-") for at, _words in refusal.holes)


def prospects(item: Item, actor: Actor) -> list[Prospect]:
    """Every verb the machine has from here, in its order."""
    act = Act(item=item, actor=actor, said=dict(_PRESUMED))
    names = _Names(item)
    found = []
    for (source, _verb), move in machine.table(type(item)).items():
        if source != item.state:
            continue
        may = move.who(item, actor)
        found.append(
            Prospect(
                move=move,
                who=str(move.who.words_for(item)),
                may=may,
                unmet=_objections(move, act) if may else (),
                named=names,
            )
        )
    return found


def _objections(move: Move, act: Act) -> tuple[Refusal, ...]:
    return tuple(unmet for guard in move.guards if (unmet := guard(act)))


def ahead(prospects_: list[Prospect]) -> Prospect | None:
    """The verb that brings the item on towards its close; None once it has ended."""
    for prospect in prospects_:
        move = prospect.move
        if (move.source, move.target) in _WAY:
            return prospect
    return None


def candidates(item: Item) -> QuerySet[Membership]:
    """Whom the item may be entrusted to: staff and heads of its sections."""
    sections = [item.lead_section_id, *item.other_sections.values_list("section_id", flat=True)]
    rows = Membership.objects.in_force().filter(role__in=OF_A_SECTION, section__in=sections)
    return rows.select_related("user", "section").order_by("section_id", "role", "user_id", "pk")


ACTING = (Role.STAFF, Role.SECTION_HEAD, Role.LEADER, Role.UNIT_HEAD, Role.OFFICE)


def colleagues(unit_path: str) -> QuerySet[Membership]:
    """Whom a step of a review may be handed to or shown: who acts in the unit or below it."""
    rows = Membership.objects.in_force().filter(role__in=ACTING, unit__path__startswith=unit_path)
    return rows.select_related("user", "section", "unit").order_by("section_id", "user_id", "pk")
