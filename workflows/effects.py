"""What follows an event: who is told of what. The table is the whole of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from audit.outbox import follows
from core.models import Membership, User
from core.roles import Role
from workflows import deliveries
from workflows.models import Item
from workflows.notices import notify

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from django.db.models import QuerySet

    from audit.models import Event

    People = Callable[[Item], Iterable[User]]


def assignee(item: Item) -> Iterable[User]:
    return [item.assignee] if item.assignee else []


def section_heads(item: Item) -> Iterable[User]:
    heads = Membership.objects.in_force().filter(role=Role.SECTION_HEAD)
    return _who(heads.filter(section=item.lead_section_id))


def office(item: Item) -> Iterable[User]:
    members = Membership.objects.in_force().filter(role=Role.OFFICE)
    return _who(members.filter(unit__path=item.unit_path))


def _who(memberships: QuerySet[Membership]) -> Iterable[User]:
    return User.objects.filter(memberships__in=memberships).distinct()


@dataclass(frozen=True, slots=True)
class Row:
    event: str
    told: People
    kind: str
    """A kind of workflows.notices.KINDS."""


TABLE: tuple[Row, ...] = (
    Row("item.assigned", assignee, "assigned"),
    Row("item.reassigned", assignee, "reassigned"),
    Row("item.returned", assignee, "returned"),
    Row("item.reopened", assignee, "reopened"),
    Row("item.submitted", section_heads, "submitted"),
    Row("item.approved", office, "approved"),
    Row("item.closed", assignee, "closed"),
    Row("item.cancelled", assignee, "cancelled"),
)


@follows(*sorted({row.event for row in TABLE}), name="notices")
def tell(event: Event) -> None:
    """Everybody whom the table names, but for whoever did it."""
    item = Item.objects.select_related("assignee").get(pk=int(event.subject.partition(":")[2]))
    params = {"who": event.actor_label, "reason": event.data.get("reason", "")}
    for row in TABLE:
        if row.event == event.name:
            notify(
                [p for p in row.told(item) if f"person:{p.pk}" != event.actor],
                kind=row.kind,
                key=f"event:{event.pk}:{row.kind}",
                item=item,
                params=params,
                event=event,
            )


deliveries.register()
