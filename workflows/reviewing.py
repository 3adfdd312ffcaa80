"""What waits for whose decision: the open duties of every step, of reviews and of requests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q

from workflows.holders import REQUEST, REVIEW
from workflows.models import Duty, Item, Opening
from workflows.models.duty import addressed_to, addresses
from workflows.states import DutyKind, Standing

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django.db.models import QuerySet

    from core.actor import Actor
    from workflows.models import Request

QUEUE = 100
"""So many of what waits are shown beside the item that is decided."""


def duties(actor: Actor) -> QuerySet[Duty]:
    """The open duties of an actor that are to be answered, less what they asked themselves."""
    return _answerable(actor).filter(addressed_to(actor))


def in_parts(actor: Actor) -> list[QuerySet[Duty]]:
    """The same in parts, the oldest first: one for each way in which a duty may be theirs.

    Each can be read off an index, however many wait; all of them at once would have to be sorted.
    """
    waiting = _answerable(actor).order_by("opened_at", "pk")
    return [waiting.filter(way) for way in addresses(actor)]


def _answerable(actor: Actor) -> QuerySet[Duty]:
    """Whoever's duties to answer, less what the actor asked for or agreed to."""
    waiting = Duty.objects.filter(state=Standing.OPEN).exclude(kind=DutyKind.COPY)
    given = Duty.objects.filter(decided_by=actor.id, state=Standing.DONE, outcome="approve")
    for on in (REVIEW, REQUEST):
        waiting = waiting.exclude(Exists(given.filter(**{on: OuterRef(on)})))
    own = Q(submission__submitted_by=actor.id) | Q(request__asked_by=actor.id)
    return waiting.exclude(own)


def first_of(parts: Sequence[QuerySet[Duty]], most: int) -> list[int]:
    """The keys of the first so many duties of all parts, in the order that the parts are in."""
    if len(parts) == 1:
        return list(parts[0].values_list("pk", flat=True)[:most])
    found = {row for part in parts for row in part.values_list("opened_at", "pk")[:most]}
    return [pk for _opened_at, pk in sorted(found)[:most]]


def queue(actor: Actor, *, asked: int | None = None) -> list[Item]:
    """The first items this actor is to review, the longest waiting first.

    Each with `waiting_since`. An item that is `asked` for leads them if it waits further behind.
    """
    reviews = [part.filter(submission__isnull=False) for part in in_parts(actor)]
    found = _in_order(first_of(reviews, QUEUE))
    if asked is not None and asked not in found:
        behind = duties(actor).filter(item=asked, submission__isnull=False)
        behind = behind.order_by("opened_at", "pk")
        found = _in_order(first_of([behind], 1)) | found
    return list(found.values())


def _in_order(keys: list[int]) -> dict[int, Item]:
    """The items of these duties by key, each once, where it stands first."""
    related = (
        "item__round",
        "item__problem__aspect",
        "item__lead_section",
        "item__assignee",
        "item__submission__submitted_by",
        "item__submission__approved_by",
        "item__submission__approved_behind",
    )
    rows = Duty.objects.filter(pk__in=keys).select_related(*related).in_bulk()
    found: dict[int, Item] = {}
    for duty in (rows[key] for key in keys):
        if duty.item_id not in found:
            found[duty.item_id] = duty.item
            duty.item.waiting_since = duty.opened_at  # type: ignore[attr-defined]
    return found


def asked(actor: Actor, *, wanted: int | None = None) -> list[Duty]:
    """For each request this actor is to answer, the duty that waits longest; these first.

    The request that is `wanted` leads them if it waits further behind.
    """
    of_requests = [part.filter(request__isnull=False) for part in in_parts(actor)]
    found = _of_requests(first_of(of_requests, QUEUE))
    if wanted is not None and wanted not in found:
        behind = duties(actor).filter(request=wanted).order_by("opened_at", "pk")
        found = _of_requests(first_of([behind], 1)) | found
    return list(found.values())


def _of_requests(keys: list[int]) -> dict[int | None, Duty]:
    related = (
        "request__asked_by",
        "request__into",
        "item__round",
        "item__problem__aspect",
        "item__lead_section",
        "item__assignee",
        "item__submission",
        "item__request",
    )
    rows = Duty.objects.filter(pk__in=keys).select_related(*related).in_bulk()
    found: dict[int | None, Duty] = {}
    for duty in (rows[key] for key in keys):
        found.setdefault(duty.request_id, duty)
    return found


def opened_requests(actor: Actor, asked: Iterable[tuple[Request, Item]]) -> set[int]:
    """Which of the requests this person has had on the screen as their items are now, by key."""
    wanted = {(request.pk, item.version) for request, item in asked}
    seen = Opening.objects.filter(person=actor.id, request__in=[pk for pk, _version in wanted])
    return {pk for pk, version in seen.values_list("request", "version") if (pk, version) in wanted}


def opened(actor: Actor, items: Iterable[Item]) -> set[int]:
    """Which of the items this person has had on the screen as they are now, by key."""
    wanted = {(item.submission_id, item.version): item.pk for item in items}
    seen = Opening.objects.filter(person=actor.id, submission__in=[one for one, _v in wanted])
    pairs = seen.values_list("submission", "version")
    return {wanted[pair] for pair in pairs if pair in wanted}
