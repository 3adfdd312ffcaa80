"""What somebody owes: counted tiles over one list of items, by whose work is looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Case, F, Q, Value, When
from django.db.models.enums import TextChoices
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.roles import Role
from workflows.models import Item, Supervision
from workflows.states import OPEN, Outcome, State

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.models import QuerySet
    from django.utils.functional import Promise

    from core.actor import Actor

PAGE = 20
_SEE_WORK_OF_A_UNIT = frozenset({Role.LEADER, Role.UNIT_HEAD, Role.OFFICE, Role.INSPECTION_OFFICE})


class Whose(TextChoices):
    """Whose work is on the list; each choice has its own tiles."""

    MINE = "mine", _("Mine")
    SECTION = "section", _("My section")
    LINE = "line", _("My line")
    UNIT = "unit", _("The whole unit")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """A count that is a link to what it counts; `soon` is what an empty list promises."""

    key: str
    words: Promise
    soon: Promise
    test: Callable[[Actor], Q]
    role: Role | None = None
    """Only for whoever holds this role; None for everybody who may look here."""
    alarm: bool = False


@dataclass(frozen=True, slots=True)
class Counted:
    tile: Tile
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Worklist:
    whose: Whose
    choices: tuple[Whose, ...]
    tiles: list[Counted]
    chosen: Tile
    items: list[Item]
    page: int
    pages: int


_OWED = Q(state__in=[State.ASSIGNED, State.RECTIFYING])
_CAME_BACK = _OWED & Q(submission__outcome=Outcome.RETURNED)


def _always(test: Q) -> Callable[[Actor], Q]:
    return lambda _actor: test


def _late(_actor: Actor) -> Q:
    return Q(state__in=sorted(OPEN), due__lt=timezone.localdate())


def _to_review(actor: Actor) -> Q:
    headed = [p.section_id for p in actor.posts if p.role == Role.SECTION_HEAD]
    return Q(state=State.IN_REVIEW, lead_section__in=headed)


def _of_offices(state: State) -> Callable[[Actor], Q]:
    """Items in `state` that the actor's own offices may move on."""

    def test(actor: Actor) -> Q:
        within = Q(pk__in=())
        for path in sorted({p.unit_path for p in actor.posts if p.role == Role.OFFICE}):
            within |= Q(unit_path__startswith=path)
        return Q(state=state) & within

    return test


RECTIFY = Tile(
    key="rectify",
    words=_("To rectify"),
    soon=_("Items appear here as soon as the office assigns them. Nothing needs to be done now."),
    test=_always(_OWED),
)
RETURNED = Tile(
    key="returned",
    words=_("Came back"),
    soon=_("Items that a reviewer returned appear here, with what is required. None is waiting."),
    test=_always(_CAME_BACK),
)
OVERDUE = Tile(
    key="overdue",
    words=_("Overdue"),
    soon=_("Items past their deadline appear here. There are none."),
    test=_late,
    alarm=True,
)
REVIEW = Tile(
    key="review",
    words=_("To review"),
    soon=_("What your section submits appears here for your decision. Nothing is waiting."),
    test=_to_review,
    role=Role.SECTION_HEAD,
)
CLOSE = Tile(
    key="close",
    words=_("To close out"),
    soon=_("Items that section heads approved appear here for close-out. Nothing is waiting."),
    test=_of_offices(State.VERIFYING),
    role=Role.OFFICE,
)
ASSIGN = Tile(
    key="assign",
    words=_("To assign"),
    soon=_("Drafts appear here after a ledger was imported. Import one, or look at the ledger."),
    test=_of_offices(State.DRAFT),
    role=Role.OFFICE,
)
SUPERVISED = Tile(
    key="supervised",
    words=_("Supervised by me"),
    soon=_("Items you put on your own list appear here: open an item and choose “Supervise”."),
    test=lambda actor: Q(pk__in=Supervision.objects.filter(person=actor.id).values("item")),
)
UNDER_WAY = Tile(
    key="open",
    words=_("Under way"),
    soon=_("Items appear here while they are being rectified. There are none."),
    test=_always(Q(state__in=sorted(OPEN))),
)
TILES: dict[Whose, tuple[Tile, ...]] = {
    Whose.MINE: (RECTIFY, RETURNED, OVERDUE),
    Whose.SECTION: (REVIEW, RECTIFY, RETURNED, OVERDUE),
    Whose.LINE: (OVERDUE, RETURNED, UNDER_WAY, SUPERVISED),
    Whose.UNIT: (CLOSE, ASSIGN, OVERDUE, UNDER_WAY, SUPERVISED),
}


def choices_of(actor: Actor) -> tuple[Whose, ...]:
    """Whose work an actor may look at, the most pressing first; empty for who has none."""
    roles = actor.roles
    order = (
        (Whose.UNIT, Role.OFFICE in roles),
        (Whose.SECTION, Role.SECTION_HEAD in roles),
        (Whose.MINE, Role.STAFF in roles),
        (Whose.LINE, Role.LEADER in roles),
        (Whose.MINE, Role.SECTION_HEAD in roles),
        (Whose.SECTION, Role.STAFF in roles),
        (Whose.UNIT, bool(roles & _SEE_WORK_OF_A_UNIT)),
    )
    return tuple(dict.fromkeys(whose for whose, holds in order if holds))


def worklist(actor: Actor, *, whose: str = "", tile: str = "", page: int = 1) -> Worklist | None:
    """One screen of work. Unknown words in the address fall back to the first that has items."""
    choices = choices_of(actor)
    if not choices:
        return None
    at = next((one for one in choices if one == whose), choices[0])
    within = Item.objects.visible_to(actor).filter(_within(at, actor))
    tiles = [t for t in TILES[at] if t.role is None or t.role in actor.roles]
    counted = [Counted(t, within.filter(t.test(actor)).count()) for t in tiles]
    chosen = _chosen(counted, tile)
    pages = max(1, -(-chosen.count // PAGE))
    page = min(max(page, 1), pages)
    rows = _ordered(within.filter(chosen.tile.test(actor)))
    return Worklist(
        whose=at,
        choices=choices,
        tiles=counted,
        chosen=chosen.tile,
        items=list(rows[(page - 1) * PAGE : page * PAGE]),
        page=page,
        pages=pages,
    )


def _within(whose: Whose, actor: Actor) -> Q:
    match whose:
        case Whose.MINE:
            return Q(assignee=actor.id)
        case Whose.SECTION:
            return Q(lead_section__in=actor.sections)
        case Whose.LINE:
            return Q(pk__in=Item.objects.filter(leaders__user=actor.id).values("pk"))
        case _:
            return Q()


def _chosen(counted: list[Counted], key: str) -> Counted:
    asked = next((c for c in counted if c.tile.key == key), None)
    return asked or next((c for c in counted if c.count), counted[0])


def _ordered(items: QuerySet[Item]) -> QuerySet[Item]:
    """What came back first, then by deadline; the key last, so that no page repeats a row."""
    came_back = Case(When(_CAME_BACK, then=Value(0)), default=Value(1))
    rows = items.select_related(
        "round",
        "lead_section",
        "assignee",
        "submission__decided_by",
        "submission__submitted_by",
    )
    return rows.order_by(came_back, F("due").asc(nulls_last=True), "pk")
