"""What is asked of an item, what was, and what may still be asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.refusals import NotFound
from workflows import extensions, routing
from workflows.models import Item, Request
from workflows.states import Asking, Ending

if TYPE_CHECKING:
    from datetime import date

    from django.db.models import QuerySet

    from core.actor import Actor
    from workflows.models.route import Step


def requests_of(item: Item) -> QuerySet[Request]:
    """Everything that was ever asked of the item, the latest first."""
    rows = item.requests.select_related("asked_by", "decided_by", "decided_behind", "into")
    return rows.order_by("-no")


def request_for(actor: Actor, request_id: int) -> Request:
    """One request, or the same NotFound whether it is missing or of an item that is not theirs."""
    rows = Request.objects.filter(item__in=Item.objects.visible_to(actor).values("pk"))
    rows = rows.select_related(
        "asked_by",
        "item__round__unit",
        "item__problem__aspect",
        "item__lead_section",
        "item__assignee",
        "item__submission",
        "item__request",
    )
    found = rows.filter(pk=request_id).first()
    if found is None:
        raise NotFound
    return found


def taken_in(item: Item) -> QuerySet[Request]:
    """The mergers that brought other items into this one: their evidence stays with them."""
    rows = Request.objects.filter(into=item, outcome=Ending.GRANTED, kind=Asking.MERGE)
    return rows.select_related("item").order_by("decided_at", "pk")


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """What the rules of the round leave of an item's extensions."""

    used: int
    most: int
    latest: date | None
    """The last day that may be asked for; None for an item without a date."""
    steps: tuple[Step, ...]
    """Who would decide on the next one: one level more each time."""

    @property
    def left(self) -> int:
        return max(self.most - self.used, 0)


def allowance(item: Item) -> Allowance:
    return Allowance(
        used=extensions.used(item),
        most=extensions.rule_of(item).times,
        latest=extensions.latest(item),
        steps=routing.steps_to_ask(item, Asking.EXTEND),
    )
