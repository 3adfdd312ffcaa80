"""What a plan holds: a round's problems and measures as they are now, and what is missing there."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _

from workflows.models import Aspect, Item, Measure, Problem
from workflows.models.parties import ItemSection
from workflows.states import State, Track

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from django.db.models import QuerySet

    from workflows.models import Round

Content = dict[str, Any]
"""Aspects > problems > items > measures: texts, numbers, flags and lists alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hole:
    """Something that keeps a plan from being put forward, and the page where it is mended."""

    no: str
    """Of the problem or item."""
    title: str
    words: str
    to: str

    @property
    def at(self) -> tuple[str, str]:
        """The line of the plan it is in."""
        return self.no, self.title


@dataclass(frozen=True, slots=True, kw_only=True)
class Meter:
    """How many problems and measures there are, and how many of them lack nothing."""

    problems: int
    answered: int
    items: int
    measures: int
    whole: int

    @property
    def percent(self) -> int:
        """Whole measures and answered problems of all; never 100 while one is missing."""
        of = self.problems + self.measures
        return 100 * (self.answered + self.whole) // of if of else 0


def of_round(round_: Round, *, locked: bool = False) -> Content:
    """The content as it is now; `locked` holds the items, so that no half of an act is read."""
    items = _items(round_, locked=locked)
    under: dict[int, list[Content]] = defaultdict(list)
    measures = _measures(items)
    for item in items:
        under[item.problem_id].append(_item(item, measures[item.pk]))
    problems: dict[int, list[Content]] = defaultdict(list)
    for problem in Problem.objects.filter(aspect__round=round_).order_by("position", "pk"):
        problems[problem.aspect_id].append(
            {
                "id": problem.pk,
                "no": problem.no,
                "title": problem.title,
                "items": under[problem.pk],
            }
        )
    aspects = Aspect.objects.filter(round=round_).order_by("position", "pk")
    return {
        "aspects": [
            {"no": aspect.no, "title": aspect.title, "problems": problems[aspect.pk]}
            for aspect in aspects
        ]
    }


def _items(round_: Round, *, locked: bool) -> list[Item]:
    rows: QuerySet[Item] = Item.objects.filter(round=round_)
    if locked:
        list(rows.select_for_update(no_key=True).order_by("pk").values_list("pk"))
    rows = in_plan(rows).select_related("lead_section", "assignee")
    return list(
        rows.prefetch_related("leaders__user", "other_sections__section").order_by("position", "pk")
    )


def in_plan(items: QuerySet[Item]) -> QuerySet[Item]:
    """A cancelled item is no part of a plan."""
    return items.exclude(state=State.CANCELLED)


def _measures(items: Iterable[Item]) -> dict[int, list[Content]]:
    found: dict[int, list[Content]] = defaultdict(list)
    rows = Measure.objects.filter(item__in=[item.pk for item in items])
    for row in rows.prefetch_related("criteria").order_by("item_id", "position", "pk"):
        found[row.item_id].append({"id": row.pk, "text": row.text, "criterion": row.criterion})
    return found


def _item(item: Item, measures: list[Content]) -> Content:
    others = item.other_sections.all()
    return {
        "id": item.pk,
        "no": item.no,
        "title": item.title,
        "target": item.target,
        "section": item.lead_section.name if item.lead_section else "",
        "also": [o.section.name for o in others if o.part == ItemSection.Part.LEAD],
        "support": [o.section.name for o in others if o.part == ItemSection.Part.SUPPORT],
        "leaders": [leader.name for leader in item.leaders.all()],
        "person": item.assignee.name if item.assignee else item.assignee_text,
        "track": item.track,
        "ongoing": item.ongoing or item.track == Track.ONGOING,
        "deadline": item.deadline_raw,
        "due": item.due.isoformat() if item.due else "",
        "measures": measures,
    }


def problems_of(content: Content) -> Iterator[Content]:
    for aspect in content["aspects"]:
        yield from aspect["problems"]


def items_of(content: Content) -> Iterator[Content]:
    for problem in problems_of(content):
        yield from problem["items"]


def closed(round_: Round) -> set[int]:
    """Items that are closed out: taken into a plan as they are, for nobody amends them any more."""
    found = Item.objects.filter(round=round_, state=State.CLOSED)
    return set(found.values_list("pk", flat=True))


def holes(content: Content, *, but: Collection[int] = ()) -> list[Hole]:
    """Everything that is missing, in the order of the plan, but for some items."""
    found: list[Hole] = []
    for problem in problems_of(content):
        if not problem["items"]:
            found.append(_unanswered(problem))
        for item in problem["items"]:
            if item["id"] not in but:
                found += _of_item(item)
    return found


def _unanswered(problem: Content) -> Hole:
    return Hole(
        no=problem["no"],
        title=problem["title"],
        words=_("the problem has no item that answers it"),
        to=reverse("imports"),
    )


def _of_item(item: Content) -> Iterator[Hole]:
    for act, words in _missing(item):
        yield Hole(
            no=item["no"],
            title=item["title"],
            words=words,
            to=f"{reverse('item', args=[item['id']])}#act-{act}",
        )


def _missing(item: Content) -> Iterator[tuple[str, str]]:
    """Pairs of the act on the item's page that mends it, and what is missing."""
    if not item["section"]:
        yield "amend", _("no responsible section")
    if not item["person"]:
        yield "assign", _("no responsible person")
    if not _dated(item):
        yield "amend", _("no date, and not marked as ongoing")
    if not item["measures"]:
        yield "amend", _("no measure")
    for place, measure in enumerate(item["measures"], 1):
        if not measure["criterion"].strip():
            yield "amend", _("measure %(n)s has no criterion") % {"n": place}


def _dated(item: Content) -> bool:
    """At once (立行立改) is a date of its own, and what goes on for ever needs none."""
    return bool(item["due"] or item["ongoing"] or item["track"] == Track.IMMEDIATE)


def meter(content: Content, *, but: Collection[int] = ()) -> Meter:
    problems = list(problems_of(content))
    items = list(items_of(content))
    return Meter(
        problems=len(problems),
        answered=sum(any(i["measures"] for i in p["items"]) for p in problems),
        items=len(items),
        measures=sum(len(i["measures"]) for i in items),
        whole=sum(len(i["measures"]) if i["id"] in but else _whole(i) for i in items),
    )


def _whole(item: Content) -> int:
    """How many measures of an item have owner, date and criterion."""
    owned = bool(item["section"] and item["person"] and _dated(item))
    return sum(owned and bool(m["criterion"].strip()) for m in item["measures"])
