"""Whose turn it is: who may answer duties today, and who stands in for them. Reads only."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.models import Membership, User
from workflows import holders, standing_in
from workflows.models import Deputy
from workflows.states import DutyKind

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from core.actor import Stand
    from workflows.models import Duty


@dataclass(frozen=True, slots=True)
class Turn:
    """Somebody who may answer a duty, and whose deputy they would do it as."""

    person: User
    behind: User | None = None


def turns(duties: Collection[Duty]) -> dict[int, list[Turn]]:
    """For each duty, by its key: those it asks, then those who stand in for them."""
    asked = holders.asked(duties)
    lent = _lent_by({person for people in asked.values() for person in people})
    known = User.objects.in_bulk(
        {person for people in asked.values() for person in people}
        | {deputy for stands in lent.values() for deputy, _stand in stands}
    )
    silent = {duty.pk: _silent(duty) for duty in duties}
    return {
        duty.pk: [
            Turn(known[person], known[behind] if behind else None)
            for person, behind in _of(duty, asked[duty.pk], lent)
            if not {person, behind} & silent[duty.pk] and known[person].is_active
        ]
        for duty in duties
    }


def people(duties: Collection[Duty]) -> list[User]:
    """Everybody who may answer one of these duties, each once."""
    found = [turn.person for of_one in turns(duties).values() for turn in of_one]
    return list({person.pk: person for person in found}.values())


def _silent(duty: Duty) -> set[int]:
    """Who had their say; a copy may be read by anybody."""
    return set() if duty.kind == DutyKind.COPY else holders.answered_by(duty.matter)


def _of(
    duty: Duty, asked: list[int], lent: dict[int, list[tuple[int, Stand]]]
) -> Iterator[tuple[int, int | None]]:
    for person in asked:
        yield person, None
    for person in asked:
        for deputy, stand in lent.get(person, ()):
            if _stands_in(duty, deputy, stand):
                yield deputy, person


def _stands_in(duty: Duty, deputy: int, stand: Stand) -> bool:
    """The same answer as `holders.behind_whom` and `duties.mark_read`."""
    if duty.kind == DutyKind.COPY:
        return True
    if duty.behind_id is not None:
        return duty.person_id == deputy
    return holders.lent(duty, stand)


def _lent_by(people: Collection[int]) -> dict[int, list[tuple[int, Stand]]]:
    """Who stands in today for which of these people, and with what of theirs."""
    found: dict[int, list[tuple[int, Stand]]] = defaultdict(list)
    rows = list(Deputy.objects.in_force().filter(person__in=people).select_related("person"))
    if not rows:
        return found
    wanted = {row.person_id for row in rows} | {row.deputy_id for row in rows}
    posts = list(Membership.objects.in_force().filter(user__in=wanted).select_related("unit"))
    posted = {post.user_id for post in posts}
    for row in rows:
        if row.deputy_id in posted:
            found[row.person_id].append((row.deputy_id, standing_in.stand(row, posts)))
    return found
