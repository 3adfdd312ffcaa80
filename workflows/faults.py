"""What did not get through, for those who can do something about it. Names no item's content."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit import channels, outbox, outside
from audit.models import Owed
from core.models import Membership
from core.roles import Role
from workflows import notices
from workflows.models import Item, Notice
from workflows.unchecked import CHECKS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from django.db.models import QuerySet

    from core.actor import Actor

LATE = timedelta(minutes=5)
STOPPED = timedelta(minutes=3)
"""A worker that has not swept for so long is taken to have stopped: its longest sweep is one."""
SHOWN = 100
LOOKED_AT = 2000
AT_ONCE = 200
_WAYS = {CHECKS: _("Checks for sham rectification"), **outside.HANDLERS}
"""What is owed to nobody by name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    pk: int
    way: Any
    """By which channel, or that it is the inbox."""
    who: str
    """Whom it was for; empty where that is not known yet."""
    no: str
    """The item's number, which is no content."""
    since: datetime
    attempts: int
    text: str
    parked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """Of the outbox, as one actor may see it."""

    parked: list[Fault]
    late: list[Fault]
    swept_at: datetime | None

    @property
    def stopped(self) -> bool:
        return self.swept_at is None or self.swept_at < timezone.now() - STOPPED


def state(actor: Actor) -> State:
    parked = Owed.objects.filter(paid_at=None).exclude(parked_at=None).order_by("-parked_at", "-id")
    return State(
        parked=list(islice(_visible(parked, actor), SHOWN)),
        late=list(islice(_visible(_late(), actor), SHOWN)),
        swept_at=outbox.last_sweep(),
    )


def row_for(actor: Actor, owed_id: int) -> Owed | None:
    """A row that this actor sees on the page."""
    one = Owed.objects.filter(pk=owed_id)
    return one.first() if next(_visible(one, actor), None) else None


def _late() -> QuerySet[Owed]:
    """Due for minutes and not paid: the worker does not keep up, or does not run."""
    now = timezone.now()
    late = Owed.objects.filter(paid_at=None, parked_at=None, due_at__lt=now - LATE)
    return late.filter(Q(leased_until=None) | Q(leased_until__lt=now)).order_by("due_at", "id")


def _visible(rows: QuerySet[Owed], actor: Actor) -> Iterator[Fault]:
    """In the order of the rows, those of units that the actor looks after."""
    paths = units_of(actor)
    if not paths:
        return
    rows = rows.select_related("event")[:LOOKED_AT]
    found = rows.iterator(chunk_size=AT_ONCE)
    while chunk := list(islice(found, AT_ONCE)):
        yield from _faults(chunk, paths)


def units_of(actor: Actor) -> tuple[str, ...]:
    """The units whose faults the actor looks after, by their paths."""
    roles = {Role.OFFICE, Role.SYSTEM_OFFICER}
    return tuple(sorted({p.unit_path for p in actor.posts if p.role in roles}))


def _faults(rows: list[Owed], paths: tuple[str, ...]) -> Iterator[Fault]:
    told = _told(rows)
    items = _items(rows, told.values())
    at_home = _at_home(told.values(), paths)
    for row in rows:
        notice = told.get(row.pk)
        item = items.get(notice.item_id or 0) if notice else items.get(_item_id(row))
        theirs = notice is not None and item is None and notice.person_id in at_home
        # The copies of the record outside belong to no unit.
        ours = row.handler in outside.HANDLERS
        if ours or theirs or (item and item.unit_path.startswith(paths)):
            yield _fault(row, notice, item)


def _fault(row: Owed, notice: Notice | None, item: Item | None) -> Fault:
    channel = channels.CHANNELS.get(row.handler.removeprefix("by-"))
    return Fault(
        pk=row.pk,
        way=channel.label if channel else _WAYS.get(row.handler, _("Inbox")),
        who=notice.person.name if notice else "",
        no=item.no if item else "",
        since=row.parked_at or row.due_at,
        attempts=row.attempts,
        text=row.fault,
        parked=row.parked_at is not None,
    )


def _told(rows: list[Owed]) -> dict[int, Notice]:
    """The notice, or the first of the bundle, that each row is about."""
    single = {row.pk: int(row.key) for row in rows if row.key.isdigit()}
    notices_ = Notice.objects.select_related("person").in_bulk(single.values())
    told = {pk: notices_[no] for pk, no in single.items() if no in notices_}
    shares = {row.key for row in rows if "/" in row.key}
    bundles = notices.in_bundles(shares) if shares else {}
    return told | {row.pk: bundles[row.key] for row in rows if row.key in bundles}


def _items(rows: list[Owed], told: Iterable[Notice]) -> dict[int, Item]:
    ids = {n.item_id for n in told if n.item_id} | {_item_id(row) for row in rows if not row.key}
    return Item.objects.only("no", "unit_path").in_bulk(ids - {0})


def _item_id(row: Owed) -> int:
    """The item that an event's own handlers were to tell of; 0 when it was about something else."""
    kind, _colon, pk = row.event.subject.partition(":") if row.event else ("", "", "")
    return int(pk) if kind == "item" else 0


def _at_home(told: Iterable[Notice], paths: tuple[str, ...]) -> set[int]:
    """Of the people told, those who hold a post in the actor's units."""
    within = Q(pk__in=())
    for path in paths:
        within |= Q(unit__path__startswith=path)
    people = {n.person_id for n in told}
    posts = Membership.objects.filter(within, user__in=people)
    return set(posts.values_list("user_id", flat=True))
