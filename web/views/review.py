"""What waits for one's decision: the queue, the item beside its evidence, and the decision."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse

from web import selection
from web.acting import actor_of
from web.answers import page
from web.holding import MORE, desk
from web.selection import OF_THE_QUEUE
from web.views.evidence import SHOWN
from workflows import dossier, prospects, reviewing
from workflows.actions import reading
from workflows.states import SHORTEST_REASON, State
from workflows.worklist import counted

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from core.actor import Actor
    from workflows.models import Item

DECISIONS = frozenset({"approve", "endorse", "send_back", "close", "give_back", "claim", *MORE})


def review(request: HttpRequest) -> HttpResponse:
    """The item asked for, or the one that waits longest; after it, the next in the queue."""
    actor = actor_of(request)
    asked = selection.key(request.GET.get("item", ""))
    queue = reviewing.queue(actor, asked=asked)
    at = next((n for n, item in enumerate(queue) if item.pk == asked), 0)
    context: dict[str, Any] = {
        "queue": queue,
        "in_line": counted(len(queue)),
        "item": None,
        "verbs": _verbs(queue),
    }
    if queue:
        context |= _chosen(queue[at], actor)
        context |= _neighbours(queue, at)
        context["opened"] = reviewing.opened(actor, queue)
    return page(request, "review/review.html", context)


def _verbs(queue: list[Item]) -> list[str]:
    """What may be done to many of them at once; one alone is decided on its own page."""
    if len(queue) < 2:  # noqa: PLR2004 -- as it says
        return []
    approvable = any(item.state == State.IN_REVIEW for item in queue)
    return [verb for verb in OF_THE_QUEUE if verb != "approve" or approvable]


def _chosen(item: Item, actor: Actor) -> dict[str, Any]:
    measures = dossier.measures_of(item)
    returned = dossier.last_return(item)
    moment = returned.decided_at if returned else None
    cited = dossier.cited(measures)
    reads = dossier.read_by(item, actor, cited)
    can = {p.verb: p for p in prospects.prospects(item, actor) if p.may and p.verb in DECISIONS}
    if "approve" in can:
        reading.open_submission(item, actor=actor)
    return {
        "item": item,
        "can": can,
        **desk(item, actor, can),
        "measures": measures,
        "returned": returned,
        "since": dossier.since(item, moment, measures) if moment else None,
        "reads": reads,
        "read_count": sum(c.pk in reads for c in cited),
        "cited_count": len(cited),
        "pictures": SHOWN,
        "shortest": SHORTEST_REASON,
    }


def _neighbours(queue: list[Item], at: int) -> dict[str, Any]:
    before = queue[at - 1] if at else None
    following = queue[at + 1] if at + 1 < len(queue) else None
    onward = following or before
    here = reverse("review")
    return {
        "before": before,
        "following": following,
        "next": f"{here}?item={onward.pk}" if onward else here,
    }
