"""Archives: what one would hold, a button that has it made, and those that were made before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Sum
from django.urls import reverse

from audit.models import Event
from core.refusals import NotFound
from evidence.models import Evidence
from reports.archive import making, seal
from reports.archive.scope import scope_of
from web.acting import actor_of, command_id_of
from web.answers import go, page
from workflows.actions.archiving import MADE
from workflows.models import Citation

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from core.actor import Actor
    from reports.archive.scope import Scope

LISTED = 50


def archives(request: HttpRequest, round_id: int) -> HttpResponse:
    """`?of=item:12` is of one item, `?of=problem:3` of one problem; otherwise of the round."""
    actor = actor_of(request)
    scope = scope_of(request.GET.get("of") or f"round:{round_id}", actor=actor)
    if scope.round.pk != round_id:
        raise NotFound
    if request.method == "POST":
        job = making.ask(scope, actor=actor, command_id=command_id_of(request))
        return go(request, reverse("job", args=[job.pk]))
    return page(request, "archive/archives.html", _context(scope, actor))


def _context(scope: Scope, actor: Actor) -> dict[str, Any]:
    items = scope.items(actor)
    # A paper that is cited for several things is in the archive once.
    cited = Citation.objects.filter(item__in=items.order_by())
    papers = Evidence.objects.filter(pk__in=cited.order_by().values("evidence"))
    made = Event.objects.filter(subject=scope.round.subject, name=MADE).order_by("-seq")
    return {
        "scope": scope,
        "items": items.count(),
        "pieces": papers.count(),
        "size": papers.aggregate(size=Sum("size"))["size"] or 0,
        "made": [_told(event, scope, actor) for event in made[:LISTED]],
    }


def _told(event: Event, scope: Scope, actor: Actor) -> dict[str, Any]:
    """An archive as the record tells of it; whoever had it made finds it with their tasks."""
    told: dict[str, Any] = event.data
    return {
        **told,
        "at": event.at,
        "who": event.actor_label,
        "mine": event.actor == actor.subject,
        "same": told["scope"] == scope.subject,
        "code": seal.code_of(told["manifest"]),
    }
