"""The item's page: what is asked, what was done, what may be done next, and what happened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone

from audit import seals
from evidence.kinds import ACCEPT
from reports.timeline import ends_of_days, told
from web import asking, diagrams
from web.acting import actor_of
from web.answers import page
from web.colleagues import colleagues
from web.holding import desk, held
from web.papers import papers_asked
from web.views.acts import VERSION
from web.views.uploads import arrived
from workflows import (
    archive_policy,
    directory,
    dossier,
    flagged,
    holders,
    holes,
    machine,
    proof,
    prospects,
    pursuit,
    queries,
    retention,
    tiles,
    unchecked,
)
from workflows.actions import reading
from workflows.models import Duty, Item
from workflows.models.disclosure import Ground
from workflows.states import ENDED, SHORTEST_REASON, Progress, State

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from core.actor import Actor


_HANDS_IN = {"attach", "supply_evidence"}


def item(request: HttpRequest, item_id: int) -> HttpResponse:
    actor = actor_of(request)
    found = queries.item_for(actor, item_id)
    context = _context(found, actor)
    if context["can"].keys() & _HANDS_IN:
        context["arrived"] = arrived(request, found)
    response = page(request, "item/item.html", context)
    response[VERSION] = str(found.version)
    return response


def _context(item: Item, actor: Actor) -> dict[str, Any]:
    before = prospects.prospects(item, actor)
    history = queries.history(item)
    can = {p.verb: p for p in before if p.may}
    if can.keys() & {"approve", "endorse"}:
        reading.open_submission(item, actor=actor)
    return {
        "item": item,
        "can": can,
        **desk(item, actor, can),
        **asking.page_of(item, actor, can),
        **_stuck(item, actor, can),
        "ahead": prospects.ahead(before),
        "measures": (measures := dossier.measures_of(item)),
        **_read(item, actor, can, measures),
        "flags": (flags := flagged.of_item(item)),
        "doubts": flagged.by_piece(flags),
        "unchecked": unchecked.on_item(item),
        "papers": proof.papers(measures) if can.keys() & _HANDS_IN else [],
        "targets": proof.targets(measures) if can.keys() & {"relink", "ask_evidence"} else [],
        **papers_asked(item, can),
        "disclosed": dossier.disclosures(item),
        "decided": dossier.decided(item),
        "hold": retention.hold_of(item),
        "grounds": Ground,
        "returned": (returned := dossier.owed_return(item)),
        "wanting": dossier.wanting(returned) if returned else [],
        "reopened": dossier.reopening(item),
        "ended": item.state in ENDED,
        "begun": item.state not in {State.DRAFT, State.ASSIGNED} or item.citations.exists(),
        "people": _people(item, can),
        "sections": _sections(item, can),
        "leaders": directory.leaders(item.unit_path) if "change_leaders" in can else [],
        "leading": {leader.user_id for leader in item.leaders.all()},
        "unnamed": [leader.name for leader in item.leaders.all() if leader.user_id is None],
        "timeline": told(history, seals.codes_of(item.subject, ends_of_days(history))),
        "prospects": [p for p in before if item.request_id or p.move.who.on != holders.REQUEST],
        "pursuit": pursuit.pursuit_of(item, actor),
        "moves": [(move, str(move.who.words)) for move in machine.moves(Item)],
        "machine": diagrams.of_machine(item.state),
        "route": diagrams.of_route(item),
        "copies": _copies(item, actor),
        "held": held(item, history),
        "accept": ACCEPT,
        "may_archive": archive_policy.refusal(item.round, actor) is None,
        "today": timezone.localdate(),
        "shortest": SHORTEST_REASON,
        "progresses": Progress,
        "states": State,
    }


def _read(
    item: Item, actor: Actor, can: dict[str, prospects.Prospect], measures: list[proof.Proven]
) -> dict[str, Any]:
    """For whoever is asked to decide: which pieces they have read, and how many there are."""
    cited = dossier.cited(measures)
    if not cited or not can.keys() & {"approve", "endorse", "close"}:
        return {}
    return dossier.read_of(cited, dossier.read_by(item, actor, cited))


def _copies(item: Item, actor: Actor) -> list[Duty]:
    """The copies of this item that wait for the actor's receipt."""
    found = (
        rows.filter(item=item).select_related("asked_by", "request") for rows in tiles.copies(actor)
    )
    return [copy for rows in found for copy in rows]


def _stuck(item: Item, actor: Actor, can: dict[str, prospects.Prospect]) -> dict[str, Any]:
    """For the office: the steps that nobody may answer, and to whom they may be given."""
    if "give_step" not in can:
        return {}
    waiting = Duty.objects.filter(item=item)
    found = list(holes.unanswerable(waiting).select_related("submission__route", "request"))
    return {"stuck": found, "givable": colleagues(item, actor) if found else []}


def _people(item: Item, can: dict[str, prospects.Prospect]) -> list[Any]:
    return list(prospects.candidates(item)) if can.keys() & {"assign", "reassign"} else []


def _sections(item: Item, can: dict[str, prospects.Prospect]) -> list[Any]:
    """Where a draft may still be moved to."""
    if "amend" not in can or item.state != State.DRAFT:
        return []
    return list(item.round.unit.sections.all())
