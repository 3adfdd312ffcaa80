"""What waits for whose decision: a head's submissions, the office's close-outs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q
from django.db.models.functions import Coalesce

from core.roles import Role
from workflows.models import Item, Opening
from workflows.states import State

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

    from core.actor import Actor


def queue(actor: Actor) -> QuerySet[Item]:
    """Items this actor is to decide on, the longest waiting first, each with `waiting_since`."""
    headed = [post.section_id for post in actor.posts if post.role == Role.SECTION_HEAD]
    mine = Q(state=State.IN_REVIEW, lead_section__in=headed)
    for path in sorted({post.unit_path for post in actor.posts if post.role == Role.OFFICE}):
        mine |= Q(state=State.VERIFYING, unit_path__startswith=path)
    rows = Item.objects.visible_to(actor).filter(mine)
    rows = rows.select_related(
        "round",
        "problem__aspect",
        "lead_section",
        "assignee",
        "submission__submitted_by",
        "submission__approved_by",
    )
    waiting = Coalesce("submission__approved_at", "submission__submitted_at")
    return rows.annotate(waiting_since=waiting).order_by("waiting_since", "pk")


def opened(actor: Actor, items: Iterable[Item]) -> set[int]:
    """Which of the items this person has had on the screen as they are now, by key."""
    wanted = {(item.submission_id, item.version): item.pk for item in items}
    seen = Opening.objects.filter(person=actor.id, submission__in=[one for one, _v in wanted])
    pairs = seen.values_list("submission", "version")
    return {wanted[pair] for pair in pairs if pair in wanted}
