"""What waits for whose decision: the open duties of every step of every route."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q
from django.db.models.functions import Coalesce

from workflows.models import Duty, Item, Opening
from workflows.models.duty import addressed_to
from workflows.states import DutyKind, Standing

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

    from core.actor import Actor


def duties(actor: Actor) -> QuerySet[Duty]:
    """The open duties of an actor that are to be answered, less their own submissions."""
    waiting = Duty.objects.filter(addressed_to(actor), state=Standing.OPEN)
    waiting = waiting.exclude(kind=DutyKind.COPY)
    agreed = Q(submission__duties__state=Standing.DONE, submission__duties__outcome="approve")
    mine = agreed & Q(submission__duties__decided_by=actor.id)
    return waiting.exclude(submission__submitted_by=actor.id).exclude(
        pk__in=Duty.objects.filter(mine).values("pk")
    )


def queue(actor: Actor) -> QuerySet[Item]:
    """Items this actor is to decide on, the longest waiting first, each with `waiting_since`."""
    rows = Item.objects.filter(pk__in=duties(actor).values("item"))
    rows = rows.select_related(
        "round",
        "problem__aspect",
        "lead_section",
        "assignee",
        "submission__submitted_by",
        "submission__approved_by",
        "submission__approved_behind",
    )
    waiting = Coalesce("submission__approved_at", "submission__submitted_at")
    return rows.annotate(waiting_since=waiting).order_by("waiting_since", "pk")


def opened(actor: Actor, items: Iterable[Item]) -> set[int]:
    """Which of the items this person has had on the screen as they are now, by key."""
    wanted = {(item.submission_id, item.version): item.pk for item in items}
    seen = Opening.objects.filter(person=actor.id, submission__in=[one for one, _v in wanted])
    pairs = seen.values_list("submission", "version")
    return {wanted[pair] for pair in pairs if pair in wanted}
