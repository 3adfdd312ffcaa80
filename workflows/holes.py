"""The ledger's holes (台账体检): what nobody may answer, and what an item lacks. Reads only.

One query a kind, of the units whose office the actor is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import CharField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from core.models import Membership, Section
from core.roles import OFFICERS, Role
from workflows import directory, holders
from workflows.models import Duty, Flag, Item, Measure
from workflows.states import OPEN, UNDER_REVIEW, DutyKind, Standing, Track

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.utils.functional import Promise

    from core.actor import Actor

PAGE = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    key: str
    words: Promise
    fine: Promise
    """What is said where there is none."""
    found: Callable[[Actor], QuerySet[Any]]


@dataclass(frozen=True, slots=True)
class Counted:
    kind: Kind
    count: int


@dataclass(frozen=True, slots=True)
class Row:
    """One hole: a duty nobody may answer, an item that lacks something, or a section."""

    item: Item | None = None
    duty: Duty | None = None
    section: Section | None = None
    asks: Promise | str | None = None
    """Of a duty: whom it asks, in words."""
    spent: bool = False
    """Of a duty: there are people, but all of them had their say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """One screen of the check."""

    kinds: list[Counted]
    chosen: Counted
    rows: list[Row]
    page: int
    pages: int


def check(actor: Actor, *, key: str = "", page: int = 1) -> Checked | None:
    """None for whoever is no office. Unknown words fall back to the first kind with a hole."""
    if not _paths(actor):
        return None
    kinds = [Counted(kind, kind.found(actor).count()) for kind in KINDS]
    asked = next((one for one in kinds if one.kind.key == key), None)
    chosen = asked or next((one for one in kinds if one.count), kinds[0])
    pages = max(1, -(-chosen.count // PAGE))
    page = min(max(page, 1), pages)
    found = chosen.kind.found(actor)[(page - 1) * PAGE : page * PAGE]
    return Checked(kinds=kinds, chosen=chosen, rows=_rows(list(found)), page=page, pages=pages)


def count(actor: Actor) -> int | None:
    """How many holes there are; None for whoever is no office."""
    return sum(kind.found(actor).count() for kind in KINDS) if _paths(actor) else None


def _rows(found: Sequence[Any]) -> list[Row]:
    if all(isinstance(one, Duty) for one in found):
        asked = holders.asked(found)
        return [
            Row(duty.item, duty, asks=holders.asks([duty]), spent=_is_spent(duty, asked))
            for duty in found
        ]
    return [Row(section=one) if isinstance(one, Section) else Row(one) for one in found]


def _is_spent(duty: Duty, asked: dict[int, list[int]]) -> bool:
    """Whether somebody in force is asked: then all of them had their say."""
    return bool(asked[duty.pk]) if duty.person_id is None else bool(getattr(duty, "posted", False))


def _paths(actor: Actor) -> list[str]:
    return sorted({post.unit_path for post in actor.posts if post.role == Role.OFFICE})


def _within(actor: Actor, at: str) -> Q:
    within = Q(pk__in=())
    for path in _paths(actor):
        within |= Q(**{f"{at}__startswith": path})
    return within


def _unanswerable(actor: Actor) -> QuerySet[Duty]:
    items = Item.objects.visible_to(actor).filter(_within(actor, "unit_path"))
    rows = unanswerable(Duty.objects.filter(item__in=items))
    related = ("item__round__unit", "submission__route", "request", "person", "section")
    return rows.select_related(*related).order_by("opened_at", "pk")


def unanswerable(duties: QuerySet[Duty]) -> QuerySet[Duty]:
    """Of these the open ones that nobody in force may answer: no member, or all had their say."""
    same = Q(submission=OuterRef(OuterRef("submission"))) | Q(request=OuterRef(OuterRef("request")))
    agreed = Duty.objects.filter(same, state=Standing.DONE, outcome="approve")
    agreed = agreed.filter(Q(decided_by=OuterRef("user")) | Q(behind=OuterRef("user")))
    posted = Membership.objects.in_force().exclude(role__in=OFFICERS)
    free = posted.filter(~Exists(agreed)).exclude(
        user=Coalesce(OuterRef("submission__submitted_by"), OuterRef("request__asked_by"))
    )
    at = ExpressionWrapper(OuterRef("unit_path"), output_field=CharField())
    of_unit = free.annotate(at=at).filter(role=OuterRef("role"), section=None)
    of_unit = of_unit.filter(at__startswith=F("unit__path"))
    of_section = free.filter(role=OuterRef("role"), section=OuterRef("section"))
    named = Q(user=Coalesce(OuterRef("behind"), OuterRef("person")))
    nobody = (
        Q(person__isnull=False) & ~Exists(free.filter(named))
        | Q(person=None, section__isnull=False) & ~Exists(of_section)
        | Q(person=None, section=None) & ~Exists(of_unit)
    )
    rows = duties.filter(nobody, state=Standing.OPEN).exclude(kind=DutyKind.COPY)
    return rows.annotate(posted=Exists(posted.filter(named)))


def _items(test: Q) -> Callable[[Actor], QuerySet[Item]]:
    """Open items that pass a test, in the order of the ledger."""

    def found(actor: Actor) -> QuerySet[Item]:
        items = Item.objects.visible_to(actor).filter(_within(actor, "unit_path"))
        items = items.filter(test, state__in=sorted(OPEN))
        return items.select_related("round__unit", "assignee", "lead_section").order_by(
            "round", "position", "pk"
        )

    return found


def _without_criterion(actor: Actor) -> QuerySet[Item]:
    bare = Measure.objects.filter(item=OuterRef("pk"), criteria=None)
    return _items(Q(Exists(bare)))(actor)


def _without_measure(actor: Actor) -> QuerySet[Item]:
    return _items(~Q(Exists(Measure.objects.filter(item=OuterRef("pk")))))(actor)


def _doubtful(actor: Actor) -> QuerySet[Item]:
    return _items(Q(Exists(Flag.objects.open().filter(item=OuterRef("pk")))))(actor)


def _assignee_gone(actor: Actor) -> QuerySet[Item]:
    posts = Membership.objects.in_force().filter(user=OuterRef("assignee"))
    return _items(Q(assignee__isnull=False) & ~Q(Exists(posts)))(actor)


def _headless(actor: Actor) -> QuerySet[Section]:
    rows = directory.without_head(actor).filter(_within(actor, "unit__path"))
    return rows.select_related("unit").order_by("unit__path", "pk")


def _without_proof(actor: Actor) -> QuerySet[Item]:
    """Handed in, and something to be shown is not shown after all."""
    bare = Measure.objects.without_proof().filter(item=OuterRef("pk"))
    return _items(Q(Exists(bare)) & Q(state__in=sorted(UNDER_REVIEW)))(actor)


KINDS = (
    Kind(
        key="answer",
        words=_("Nobody may answer"),
        fine=_("Every step that waits has somebody who may answer it."),
        found=_unanswerable,
    ),
    Kind(
        key="head",
        words=_("Sections without a head"),
        fine=_("Every section has a head."),
        found=_headless,
    ),
    Kind(
        key="gone",
        words=_("Responsible person gone"),
        fine=_("Everybody who is responsible for an item has an open account and a post."),
        found=_assignee_gone,
    ),
    Kind(
        key="owner",
        words=_("Without a responsible person"),
        fine=_("Every item has a responsible person."),
        found=_items(Q(assignee=None)),
    ),
    Kind(
        key="date",
        words=_("Without a date"),
        fine=_("Every item that needs a date has one."),
        found=_items(Q(due=None, ongoing=False) & ~Q(track__in=[Track.IMMEDIATE, Track.ONGOING])),
    ),
    Kind(
        key="measure",
        words=_("Without a measure"),
        fine=_("Every item has a measure."),
        found=_without_measure,
    ),
    Kind(
        key="criterion",
        words=_("Without a criterion"),
        fine=_("Every measure says by what it is judged."),
        found=_without_criterion,
    ),
    Kind(
        key="flag",
        words=_("With an open flag"),
        fine=_("No item has a doubt that nobody answered."),
        found=_doubtful,
    ),
    Kind(
        key="proof",
        words=_("Evidence missing"),
        fine=_("Every item that was handed in shows all its criteria."),
        found=_without_proof,
    ),
)
