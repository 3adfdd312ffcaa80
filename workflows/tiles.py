"""What may stand on the list of work: each tile, what it counts, and for whom it is there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.db.models import Q
from django.db.models.enums import TextChoices
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.roles import ABOVE_THE_HEADS, Role
from workflows import reviewing
from workflows.models import Duty, EvidenceRequest, Request, Submission, Supervision
from workflows.states import OPEN, RUNNING, DutyKind, Ending, Outcome, Standing, State

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.models import QuerySet
    from django.utils.functional import Promise

    from core.actor import Actor

_SEE_WORK_OF_A_UNIT = frozenset({Role.LEADER, Role.UNIT_HEAD, Role.OFFICE, Role.INSPECTION_OFFICE})
_OF_A_SECTION = frozenset({Role.STAFF, Role.SECTION_HEAD})


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
    test: Callable[[Actor], Q] | None = None
    """Which items; None for a tile of duties."""
    parts: Callable[[Actor], list[QuerySet[Duty]]] | None = None
    """Which duties, in parts that are in one order; a duty may stand in several."""
    roles: frozenset[str] = frozenset()
    """Only for whoever holds one of these; empty for everybody who may look here."""
    wide: bool = False
    """Its test says itself whose items these are."""
    of_offices: bool = False
    """Of the actor's own offices' units, whatever else they see."""
    mixed: bool = False
    """Some of its items came back, and these stand first."""
    alarm: bool = False


_OWED = Q(state__in=[State.ASSIGNED, State.RECTIFYING])
# A submission that was decided otherwise took the item elsewhere. Asked in this way round, since
# nearly all of them were returned: a database that expects the opposite reads a far longer list.
CAME_BACK = _OWED & Q(submission__isnull=False) & ~Q(submission__outcome=Outcome.WITHDRAWN)


def _always(test: Q) -> Callable[[Actor], Q]:
    return lambda _actor: test


def _late(_actor: Actor) -> Q:
    return Q(state__in=sorted(RUNNING), due__lt=timezone.localdate())


def _sent(actor: Actor) -> Q:
    """Submitted or asked for, until it is decided; each found by its own index."""
    submitted = Submission.objects.filter(submitted_by=actor.id, outcome=Outcome.OPEN)
    requested = Request.objects.filter(asked_by=actor.id, outcome=Ending.OPEN)
    wanted = EvidenceRequest.objects.open().filter(asked_by=actor.id)
    asked = [rows.order_by().values("item") for rows in (submitted, requested, wanted)]
    return Q(pk__in=asked[0].union(*asked[1:]))


def copies(actor: Actor) -> list[QuerySet[Duty]]:
    """Copies to read that wait for their receipt."""
    people = sorted(actor.people)
    sent = Duty.objects.filter(kind=DutyKind.COPY, state=Standing.OPEN, person__in=people)
    return [sent.order_by("opened_at", "pk")]


def done(actor: Actor) -> list[QuerySet[Duty]]:
    """What the actor answered, whether it still counts or not."""
    return [Duty.objects.filter(decided_by=actor.id).order_by("-decided_at", "-pk")]


WAITING = Tile(
    key="waiting",
    words=_("Waiting for me"),
    soon=_(
        "What is submitted or asked for appears here when it is your turn to decide."
        " Nothing is waiting."
    ),
    parts=reviewing.in_parts,
)
RECTIFY = Tile(
    key="rectify",
    words=_("To rectify"),
    soon=_("Items appear here as soon as the office assigns them. Nothing needs to be done now."),
    test=_always(_OWED),
    roles=_OF_A_SECTION,
    mixed=True,
)
RETURNED = Tile(
    key="returned",
    words=_("Came back"),
    soon=_("Items that a reviewer returned appear here, with what is required. None is waiting."),
    test=_always(CAME_BACK),
)
MY_RETURNED = replace(RETURNED, roles=_OF_A_SECTION)
EVIDENCE = Tile(
    key="evidence",
    words=_("Papers to add"),
    soon=_(
        "Where a reviewer asks for one more paper, the item appears here. Nothing is asked for."
    ),
    test=lambda _actor: Q(pk__in=EvidenceRequest.objects.open().order_by().values("item")),
    roles=_OF_A_SECTION,
    mixed=True,
)
OVERDUE = Tile(
    key="overdue",
    words=_("Overdue"),
    soon=_("Items past their deadline appear here. There are none."),
    test=_late,
    mixed=True,
    alarm=True,
)
MY_OVERDUE = replace(OVERDUE, roles=_OF_A_SECTION)
SENT = Tile(
    key="sent",
    words=_("Sent by me"),
    soon=_("What you submitted or asked for stands here until it is decided. There is nothing."),
    test=_sent,
    roles=_OF_A_SECTION | {Role.OFFICE},
    wide=True,
    mixed=True,
)
COPIES = Tile(
    key="copies",
    words=_("Copies to me"),
    soon=_("Copies that somebody sent you to read appear here. There are none."),
    parts=copies,
)
DONE = Tile(
    key="done",
    words=_("Done by me"),
    soon=_("Every decision of yours is kept here, the latest first. There is none yet."),
    parts=done,
)
ASSIGN = Tile(
    key="assign",
    words=_("To assign"),
    soon=_("Drafts appear here after a ledger was imported. Import one, or look at the ledger."),
    test=_always(Q(state=State.DRAFT)),
    roles=frozenset({Role.OFFICE}),
    of_offices=True,
)
CHASE = Tile(
    key="chase",
    words=_("Overdue in the unit"),
    soon=_("Items past their deadline appear here. There are none."),
    test=_late,
    roles=frozenset({Role.OFFICE}),
    of_offices=True,
    mixed=True,
    alarm=True,
)
SUPERVISED = Tile(
    key="supervised",
    words=_("Supervised by me"),
    soon=_("Items you put on your own list appear here: open an item and choose “Supervise”."),
    test=lambda actor: Q(pk__in=Supervision.objects.filter(person=actor.id).values("item")),
    mixed=True,
)
MY_SUPERVISED = replace(SUPERVISED, roles=frozenset({Role.OFFICE, *ABOVE_THE_HEADS}), wide=True)
UNDER_WAY = Tile(
    key="open",
    words=_("Under way"),
    soon=_("Items appear here while they are being rectified. There are none."),
    test=_always(Q(state__in=sorted(OPEN))),
    mixed=True,
)
TILES: dict[Whose, tuple[Tile, ...]] = {
    Whose.MINE: (
        WAITING,
        ASSIGN,
        RECTIFY,
        MY_RETURNED,
        EVIDENCE,
        MY_OVERDUE,
        CHASE,
        SENT,
        COPIES,
        MY_SUPERVISED,
        DONE,
    ),
    Whose.SECTION: (RECTIFY, RETURNED, EVIDENCE, OVERDUE, UNDER_WAY),
    Whose.LINE: (WAITING, OVERDUE, RETURNED, UNDER_WAY, SUPERVISED),
    Whose.UNIT: (OVERDUE, RETURNED, UNDER_WAY, replace(SUPERVISED, wide=True)),
}
# Staff decide only where somebody asks them: what they owe comes first.
OF_STAFF = (RECTIFY, MY_RETURNED, EVIDENCE, MY_OVERDUE, SENT, WAITING, COPIES, DONE)


def choices_of(actor: Actor) -> tuple[Whose, ...]:
    """Whose work an actor may look at, the most pressing first; empty for who has none."""
    roles = actor.roles
    order = (
        (Whose.MINE, bool(roles & (_OF_A_SECTION | {Role.OFFICE, Role.UNIT_HEAD}))),
        (Whose.LINE, Role.LEADER in roles),
        (Whose.MINE, Role.LEADER in roles),
        (Whose.SECTION, bool(roles & _OF_A_SECTION)),
        (Whose.UNIT, bool(roles & _SEE_WORK_OF_A_UNIT)),
    )
    return tuple(dict.fromkeys(whose for whose, holds in order if holds))


def tiles_of(whose: Whose, actor: Actor) -> list[Tile]:
    if whose == Whose.MINE and actor.roles == {Role.STAFF}:
        return list(OF_STAFF)
    return [t for t in TILES[whose] if not t.roles or t.roles & actor.roles]
