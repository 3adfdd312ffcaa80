"""Flags: which are open, both sides of one, and a person's answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from reports import flag_words
from web import selection
from web.acting import actor_of, text_of
from web.answers import go, page
from web.forms import choice_of
from web.rounds import rounds_of
from workflows import flagged, prospects, queries, unchecked
from workflows.actions import flags as acts
from workflows.checks.rules import EXPLAINED, Rule
from workflows.flagged import Wanted
from workflows.states import SHORTEST_REASON

if TYPE_CHECKING:
    from django.http import HttpRequest

    from core.actor import Actor
    from workflows.models import Flag


def flags(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    said = request.GET
    wanted = Wanted(
        state=said.get("state", ""),
        rule=said.get("rule", ""),
        unit=selection.key(said.get("unit", "")),
        round_code=said.get("of", ""),
        item=selection.key(said.get("item", "")),
        page=selection.key(said.get("page", "")) or 1,
    )
    listed = flagged.listed(actor, wanted)
    context = {
        "listed": listed,
        "wanted": wanted,
        "rules": [(code, Rule(code).label, n) for code, n in listed.rules],
        "rounds": rounds_of(request),
        "unchecked": unchecked.seen_by(actor, round_code=wanted.round_code),
    }
    return page(request, "flags/flags.html", context)


def waiting(request: HttpRequest) -> HttpResponse:
    """How much is still to be looked at, of one item or of all; a page asks until nothing is."""
    actor, item = actor_of(request), selection.key(request.GET.get("item", ""))
    if item is not None:
        unchecked_ = unchecked.on_item(queries.item_for(actor, item))
    else:
        unchecked_ = unchecked.seen_by(actor, round_code=request.GET.get("of", ""))
    context = {"unchecked": unchecked_, "item_id": item, "again": True}
    return page(request, "flags/waiting.html", context)


def flag(request: HttpRequest, flag_id: int) -> HttpResponse:
    actor = actor_of(request)
    found = flagged.flag_for(actor, flag_id)
    pair = flagged.pair(actor, found)
    context = {
        "flag": found,
        "pair": pair,
        "explained": EXPLAINED[Rule(found.rule)],
        "refused": acts.refusal(found, actor),
        "returns": _may_return(found, actor),
        "shortest": SHORTEST_REASON,
        **_texts(pair),
    }
    return page(request, "flags/flag.html", context)


def _may_return(found: Flag, actor: Actor) -> bool:
    return any(p.verb == "send_back" and p.may for p in prospects.prospects(found.item, actor))


def _texts(pair: flagged.Pair) -> dict[str, Any]:
    """The words of both sides; a repeated measure is the other side of its account."""
    if pair.flag.rule == Rule.REPEATS_MEASURE and pair.flag.measure is not None:
        own, other = flag_words.runs(pair.own.text, pair.flag.measure.text)
        return {"own_text": own, "other_text": other}
    if pair.other is None:
        return {"own_text": flag_words.marked(pair.own.text, "")[0]}
    own, other = flag_words.marked(pair.own.text, pair.other.text)
    return {"own_text": own, "other_text": other}


def flag_answer(request: HttpRequest, flag_id: int) -> HttpResponse:
    chosen = choice_of(request, "do", ["clear", "reopen"])
    act = acts.clear if chosen == "clear" else acts.reopen
    act(flag_id, actor=actor_of(request), reason=text_of(request, "reason"))
    said = {
        "clear": _("Cleared, with your reason in the record."),
        "reopen": _("Open again, with your reason in the record."),
    }
    messages.success(request, said[chosen])
    from_review = "?from=review" if request.GET.get("from") == "review" else ""
    return go(request, reverse("flag", args=[flag_id]) + from_review)


def flag_picture(request: HttpRequest, flag_id: int, side: str) -> HttpResponse:
    """The small grey copy that was compared; the file itself is opened at its item."""
    picture = flagged.shown_picture(actor_of(request), flag_id, side)
    answer = HttpResponse(bytes(picture.copy), content_type="image/jpeg")
    answer["Cache-Control"] = "private, no-store"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
