"""Papers that were asked for and whose day is near or past: who is told of them this morning."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from workflows.deadlines import TICKING
from workflows.models import EvidenceRequest, Notice

if TYPE_CHECKING:
    from collections.abc import Iterable

    from core.models import User

BEFORE = timedelta(days=1)
AGAIN = timedelta(days=7)
"""So long after its day it is said again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedPaper:
    """One paper to remind of, on one of its days."""

    asked: EvidenceRequest
    occasion: date

    @property
    def key(self) -> str:
        """The same on whichever morning it is told."""
        return f"evidence:{self.asked.pk}:{self.occasion.isoformat()}"

    @property
    def overdue(self) -> bool:
        return self.occasion > self.asked.due


def papers_due(today: date) -> dict[int, list[WantedPaper]]:
    """Person -> what they are to be told and were not: who owes it, and once late who asked."""
    rows = EvidenceRequest.objects.open().filter(
        due__lte=today + BEFORE, item__state__in=sorted(TICKING)
    )
    rows = rows.select_related("item__assignee", "asked_by", "asked_behind").order_by("due", "pk")
    papers = [WantedPaper(asked=asked, occasion=_occasion(asked, today)) for asked in rows]
    keys = {paper.key for paper in papers}
    told = set(Notice.objects.filter(key__in=keys).values_list("person_id", "key"))
    found: dict[int, list[WantedPaper]] = defaultdict(list)
    for paper in papers:
        for person in _people(paper):
            if person.is_active and (person.pk, paper.key) not in told:
                found[person.pk].append(paper)
    return dict(found)


def _occasion(asked: EvidenceRequest, today: date) -> date:
    """The day before, the day itself, the day after it, and every week from then on."""
    late = asked.due + timedelta(days=1)
    if today < late:
        return today
    return late + (today - late) // AGAIN * AGAIN


def _people(paper: WantedPaper) -> Iterable[User]:
    asked = paper.asked
    people = [asked.item.assignee, *((asked.asked_by, asked.asked_behind) if paper.overdue else ())]
    return dict.fromkeys(person for person in people if person is not None)
