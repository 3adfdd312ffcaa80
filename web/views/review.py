"""What waits for one's decision: the queue, the item beside its evidence, and the decision."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from evidence import previews
from reports import flag_words
from web import asking, diagrams, holding, selection
from web.acting import actor_of
from web.answers import by_htmx, go, page
from web.forms import text_of
from web.holding import MORE, desk
from web.papers import papers_asked
from web.selection import OF_REQUESTS, OF_THE_QUEUE
from workflows import (
    dossier,
    flagged,
    holders,
    prospects,
    queries,
    reviewing,
    routing,
    unchecked,
)
from workflows.actions import judging, reading
from workflows.states import ON_A_STEP, SHORTEST_REASON, Asking, State, Worth, of_request
from workflows.worklist import counted

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from django.http import HttpRequest, HttpResponse

    from core.actor import Actor
    from workflows.models import Flag, Item, Request
    from workflows.prospects import Prospect

DECISIONS = frozenset({"approve", "endorse", "send_back", "close", "give_back", "claim", *MORE})
DECISIONS |= {"ask_evidence", "spare_evidence"}
ANSWERS = frozenset({"agree", "refuse", *Asking.values, *map(of_request, ON_A_STEP)})


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of the queue: a submission or a request that waits for this person."""

    item: Item
    asked: Request | None
    since: datetime

    def is_of(self, item: int | None, asked: int | None) -> bool:
        """Whether it is the one that is asked for by its key."""
        return self.asked.pk == asked if self.asked else self.item.pk == item

    @property
    def url(self) -> str:
        key = f"request={self.asked.pk}" if self.asked else f"item={self.item.pk}"
        return f"{reverse('review')}?{key}"


def review(request: HttpRequest) -> HttpResponse:
    """What was asked for, or what waits longest; after it, the next in the queue."""
    actor = actor_of(request)
    item, asked = (selection.key(request.GET.get(name, "")) for name in ("item", "request"))
    queue = _queue(actor, item, asked)
    at = next((n for n, row in enumerate(queue) if row.is_of(item, asked)), 0)
    context: dict[str, Any] = {
        "queue": queue,
        "in_line": counted(len(queue)),
        "of_rounds": len({row.item.round_id for row in queue}),
        "item": None,
        "verbs": _verbs(queue),
        "doubtful": flagged.open_on(one.item.pk for one in queue if one.asked is None),
    }
    if queue:
        row = queue[at]
        context |= {"row": row, "here": row.url, "shortest": SHORTEST_REASON}
        petition = row.asked
        context |= _asked(row.item, petition, actor) if petition else _chosen(row.item, actor)
        context |= _neighbours(queue, at)
        context["opened"] = _opened(actor, queue)
        context["prefill"] = _prefill(context.get("flags", ()), request.GET.get("flag", ""))
    return page(request, "review/review.html", context)


def _prefill(flags: Iterable[Flag], chosen: str) -> str:
    """The words of a doubt to return the item with; those who read them know the rest."""
    found = next((flag for flag in flags if str(flag.pk) == chosen), None)
    if found is None:
        return ""
    told = {"what": flag_words.about(found), "why": flag_words.sentence(found)}
    return _("“%(what)s”: %(why)s Explain this, or hand in what proves it.") % told


def judge(request: HttpRequest, citation_id: int) -> HttpResponse:
    """Say of a piece what it is worth; drawn anew are its form and what it opens or closes."""
    actor = actor_of(request)
    citation = judging.judge(
        citation_id,
        actor=actor,
        worth=request.POST.get("worth", ""),
        remark=text_of(request, "remark", most=300),
    )
    if not by_htmx(request):
        return go(request, f"{reverse('review')}?item={citation.item_id}#piece-{citation_id}")
    item = queries.item_for(actor, citation.item_id)
    return page(request, "review/judged.html", {**_chosen(item, actor), "c": citation})


def _queue(actor: Actor, item: int | None, asked: int | None) -> list[Row]:
    """Submissions and requests in one line, the longest waiting first."""
    rows = [
        Row(item=one, asked=None, since=one.waiting_since)  # type: ignore[attr-defined]
        for one in reviewing.queue(actor, asked=item)
    ]
    rows += [
        Row(item=duty.item, asked=duty.request, since=duty.opened_at)
        for duty in reviewing.asked(actor, wanted=asked)
    ]
    return sorted(rows, key=lambda row: row.since)


def _opened(actor: Actor, queue: list[Row]) -> list[Row]:
    """The rows this person has had on the screen as they are now, the present one among them."""
    items = reviewing.opened(actor, [row.item for row in queue if row.asked is None])
    requests = reviewing.opened_requests(actor, [(r.asked, r.item) for r in queue if r.asked])
    return [
        row for row in queue if (row.asked.pk in requests if row.asked else row.item.pk in items)
    ]


def _verbs(queue: list[Row]) -> list[str]:
    """What may be done to many of them at once; one alone is decided on its own page."""
    if len(queue) < 2:  # noqa: PLR2004 -- as it says
        return []
    reviews = [row.item for row in queue if row.asked is None]
    approvable = any(item.state == State.IN_REVIEW for item in reviews)
    verbs = [verb for verb in OF_THE_QUEUE if reviews and (verb != "approve" or approvable)]
    return verbs + (list(OF_REQUESTS) if any(row.asked for row in queue) else [])


def _chosen(item: Item, actor: Actor) -> dict[str, Any]:
    measures = dossier.measures_of(item)
    returned = dossier.last_return(item)
    moment = returned.decided_at if returned else None
    cited = dossier.cited(measures)
    can = {p.verb: p for p in prospects.prospects(item, actor) if p.may and p.verb in DECISIONS}
    if "approve" in can:
        reading.open_submission(item, actor=actor)
    return {
        "item": item,
        "can": can,
        **desk(item, actor, can),
        "measures": measures,
        "flags": (flags := flagged.of_item(item)),
        "doubts": flagged.by_piece(flags),
        "unchecked": unchecked.on_item(item),
        **papers_asked(item, can),
        "today": timezone.localdate(),
        "returned": returned,
        "since": dossier.since(item, moment, measures) if moment else None,
        **dossier.read_of(cited, dossier.read_by(item, actor, cited)),
        "pictures": previews.PICTURES,
        "worths": Worth,
        "findings": dossier.findings(item, actor),
        "last_found": dossier.found_before(returned),
    }


def _asked(item: Item, request: Request, actor: Actor) -> dict[str, Any]:
    """A request on the screen: what it asks, what was asked before, and how far the item is."""
    told = asking.told(item, actor)
    can = {p.verb: p for p in prospects.prospects(item, actor) if p.may and p.verb in ANSWERS}
    if "agree" in can:
        reading.open_request(item, actor=actor)
    return {
        "item": item,
        "can": can,
        "yes": _yes(item, request, actor, can),
        **desk(item, actor, can, holders.REQUEST),
        "one": next(one for one in told if one.request == request),
        "earlier": [one for one in told if one.request != request],
        "allowance": asking.allowance(item),
        "measures": dossier.measures_of(item),
        "route": diagrams.of_request(request),
        "held": holding.asked(request),
    }


def _yes(item: Item, request: Request, actor: Actor, can: dict[str, Prospect]) -> Prospect | None:
    """The verb that agreeing is for this person: at the last step what was asked for happens."""
    duty = holders.duty_of(item, actor, holders.REQUEST)
    if duty is not None and routing.is_granted(duty, by=actor):
        return can.get(request.kind)
    return can.get("agree")


def _neighbours(queue: list[Row], at: int) -> dict[str, Any]:
    before = queue[at - 1] if at else None
    following = queue[at + 1] if at + 1 < len(queue) else None
    onward = following or before
    return {
        "before": before,
        "following": following,
        "next": onward.url if onward else reverse("review"),
    }
