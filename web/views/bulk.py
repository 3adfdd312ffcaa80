"""Many rows at once: first how many and what, then done now or by the worker."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from core.refusals import NotFound, Unmet
from web import selection
from web.acting import actor_of, command_id_of, date_or_none, number_or_none
from web.answers import go, page
from web.forms import text_of
from web.signing import signing_of
from workflows import deadlines, directory, machine
from workflows.actions import bulk as acts
from workflows.models import Item, Opening
from workflows.states import SHORTEST_REASON, Ground, State

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from core.actor import Actor

SAMPLE = 20


def bulk(request: HttpRequest) -> HttpResponse:
    """Asks once more before many items are touched; changes nothing."""
    actor, verb = actor_of(request), _verb_of(request)
    chosen = dict(selection.chosen(request))
    visible = Item.objects.visible_to(actor).filter(pk__in=chosen)
    states = dict(visible.values_list("pk", "state"))
    rows = [(pk, version) for pk, version in chosen.items() if pk in states]
    if not rows:
        raise NotFound
    sources = _sources(verb)
    cannot = _elsewhere(Counter(states.values()), sources)
    context: dict[str, Any] = {
        "verb": verb,
        "rows": " ".join(f"{pk}:{version}" for pk, version in rows),
        "count": len(rows),
        "left": len(rows) - sum(n for _state, n in cannot),
        "sample": _sample([pk for pk, _version in rows[:SAMPLE]], sources),
        "more": len(rows) - SAMPLE,
        "cannot": cannot,
        "unopened": _unopened(rows, verb, actor) if verb in acts.OF_WHAT_WAS_OPENED else 0,
        "ink": acts.ink_for(states, actor=actor) if verb in acts.SIGNED else "",
        "later": len(rows) > acts.AT_ONCE,
        "with_reason": verb in acts.WITH_REASON,
        "staffed": _staffed(rows[0][0]) if verb in {"assign", "reassign"} else [],
        "grounds_of_delay": Ground.choices,
        "shortest": SHORTEST_REASON,
        "back": request.POST.get("back", ""),
        "from": request.POST.get("from", ""),
        "to": selection.back(request.POST),
    }
    return page(request, "bulk/confirm.html", context)


@sensitive_post_parameters("password")
def bulk_do(request: HttpRequest) -> HttpResponse:
    verb = _verb_of(request)
    job = acts.ask(
        verb,
        selection.pairs(request.POST.get("rows", "").split()),
        actor=actor_of(request),
        command_id=command_id_of(request),
        said=_said(request, verb),
        signing=signing_of(request),
    )
    onward = {name: request.POST.get(name, "") for name in ("back", "from")}
    query = urlencode({name: text for name, text in onward.items() if text})
    return go(request, reverse("job", args=[job.pk]) + (f"?{query}" if query else ""))


def _verb_of(request: HttpRequest) -> str:
    verb = request.POST.get("verb", "")
    if verb not in acts.VERBS:
        raise NotFound
    return verb


def _said(request: HttpRequest, verb: str) -> dict[str, Any]:
    """What the form says for every row alike."""
    match verb:
        case "assign" | "reassign":
            who = number_or_none(request, "assignee")
            return {"assignee_id": who, "reason": text_of(request, "reason")}
        case "approve" | "agree":
            return {"opinion": text_of(request, "opinion")}
        case "ask_extension":
            return _extension(request)
        case _:
            return {"reason": text_of(request, "reason")}


def _extension(request: HttpRequest) -> dict[str, Any]:
    """One ground, day and reason for all; each row asks for itself whether it may have them."""
    until = date_or_none(request, "until")
    ground = text_of(request, "ground")
    holes = [("until", _("the new date"))] if until is None else []
    holes += [("ground", _("the ground"))] if ground not in Ground.values else []
    if holes:
        raise Unmet(
            _("An extension names its ground and its new date."),
            then=_("Give them; they hold for every item you chose."),
            holes=holes,
        )
    return {
        "ground": ground,
        "until": until.isoformat() if until else "",
        "reason": text_of(request, "reason"),
    }


def _sample(keys: list[int], sources: set[str]) -> list[tuple[Item, bool]]:
    """Items by name, and whether each stands where the verb is possible."""
    found = Item.objects.in_bulk(keys)
    return [(found[key], found[key].state in sources) for key in keys]


def _sources(verb: str) -> set[str]:
    """The states in which it can be done."""
    if verb == "urge":
        return {str(state) for state in deadlines.TICKING}
    return {source for source, name in machine.table(Item) if name == verb}


def _elsewhere(states: Counter[str], sources: set[str]) -> list[tuple[str, int]]:
    """States from which the verb does not lead on, each with how many stand there."""
    return [(state, states[state]) for state in State if states[state] and state not in sources]


def _unopened(rows: list[tuple[int, int]], verb: str, actor: Actor) -> int:
    """How many of them this person has not had on the screen as they are."""
    item = "submission__item" if verb == "approve" else "request__item"
    seen = Opening.objects.filter(person=actor.id)
    seen = seen.filter(**{f"{item}__in": [pk for pk, _version in rows]})
    return len(set(rows) - set(seen.values_list(item, "version")))


def _staffed(item_id: int) -> list[directory.Staffed]:
    unit = Item.objects.select_related("round__unit").get(pk=item_id).round.unit
    return [one for one in directory.sections_of(unit) if one.heads or one.staff]
