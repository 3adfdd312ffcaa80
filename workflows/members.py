"""Who could answer at a seat today, by statements compiled once: every decision asks it."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

from django.utils import timezone

from core.models import Membership, lineage_of
from core.prepared import Reading

if TYPE_CHECKING:
    from typing import Any

    from django.db.models import QuerySet

    from workflows.routing import Seat

_DAY, _ROLE, _ID = date(1, 2, 3), "a role", -1


def _people(day: date, **those: Any) -> QuerySet[Membership, tuple[int]]:
    return Membership.objects.in_force(day).filter(**those).values_list("user_id")


_NAMED = Reading(lambda day, user: _people(day, user=user), _DAY, _ID)
_OF_A_SECTION = Reading(
    lambda day, role, section: _people(day, role=role, section=section), _DAY, _ROLE, _ID
)


@lru_cache(maxsize=32)
def _of_units(levels: int) -> Reading:
    """Posts at a unit so deep in the tree or at any above it."""

    def posts(day: date, role: str, *above: str) -> QuerySet[Membership, tuple[int]]:
        return _people(day, role=role, section=None, unit__path__in=above)

    return Reading(posts, _DAY, _ROLE, *(f"level {n}" for n in range(levels)))


def members_of(seat: Seat) -> set[int]:
    """The people who could answer at a seat today."""
    today = timezone.localdate()
    if seat.person_id is not None:
        found = _NAMED.all(today, seat.person_id)
    elif seat.section_id is not None:
        found = _OF_A_SECTION.all(today, seat.role, seat.section_id)
    else:
        above = lineage_of(seat.unit_path)
        found = _of_units(len(above)).all(today, seat.role, *above)
    return {person for (person,) in found}
