"""The forms of a request, said to the actions that ask and answer; and its sheet of paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

from web import asking, diagrams, holding
from web.acting import actor_of, command_of, date_or_none
from web.answers import page
from web.forms import text_of
from web.saying import saying
from web.signing import signing_of
from workflows import holders, queries
from workflows.actions import assignments, requests
from workflows.requests import request_for

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

    from workflows.models import Item


def sheet(request: HttpRequest, request_id: int) -> HttpResponse:
    """What was asked and how it was answered, as the paper that is printed of it."""
    actor = actor_of(request)
    one = request_for(actor, request_id)
    asked = asking.told(one.item, actor)
    found = next(told for told in asked if told.request.pk == one.pk)
    earlier = [told for told in asked if told.request.no < one.no]
    context = {
        "item": one.item,
        "one": found,
        "earlier": earlier,
        "nth": asking.extensions_in(earlier) + 1,
        "held": holding.asked(one),
        "route": diagrams.of_request(one),
        "waits": holding.waiting(one.item, holders.REQUEST)
        if one.pk == one.item.request_id
        else [],
    }
    return page(request, "request/sheet.html", context)


def _ask_extension(request: HttpRequest, item_id: int) -> Item:
    return requests.ask_extension(
        item_id,
        actor=actor_of(request),
        command=command_of(request),
        ground=text_of(request, "ground", most=16),
        reason=text_of(request, "reason"),
        until=date_or_none(request, "until"),
    )


def _ask_suspension(request: HttpRequest, item_id: int) -> Item:
    return requests.ask_suspension(
        item_id,
        actor=actor_of(request),
        command=command_of(request),
        reason=text_of(request, "reason"),
        until=date_or_none(request, "until"),
    )


def _ask_merge(request: HttpRequest, item_id: int) -> Item:
    item = queries.item_for(actor_of(request), item_id)
    return requests.ask_merge(
        item_id,
        actor=actor_of(request),
        command=command_of(request),
        into_id=asking.item_named(request, item),
        reason=text_of(request, "reason"),
    )


def _agree(request: HttpRequest, item_id: int) -> Item:
    return requests.agree(
        item_id,
        actor=actor_of(request),
        command=command_of(request),
        opinion=text_of(request, "words"),
        signing=signing_of(request),
    )


ACTS: dict[str, Callable[[HttpRequest, int], Item]] = {
    "ask_extension": _ask_extension,
    "ask_suspension": _ask_suspension,
    "ask_cancel": saying(requests.ask_cancel, reason="reason"),
    "ask_merge": _ask_merge,
    "ask_reopen": saying(requests.ask_reopen, reason="reason", basis="basis"),
    "take_back_request": saying(requests.take_back),
    "agree": _agree,
    "refuse": saying(requests.refuse, reason="words"),
    "wake": saying(assignments.wake, reason="reason"),
}
