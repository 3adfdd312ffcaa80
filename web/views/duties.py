"""The forms of a duty of a review route, said to the actions that do them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.urls import reverse
from django.utils.translation import gettext as _

from web.acting import actor_of, command_of, number_of
from web.answers import go
from web.colleagues import person_of
from web.forms import choice_of, text_of
from web.saying import saying
from workflows.actions import decisions, duties, routes

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

    from workflows.models import Item


def mark_read(request: HttpRequest, duty_id: int) -> HttpResponse:
    """The receipt of a copy; one stays where one was."""
    duties.mark_read(duty_id, actor=actor_of(request))
    messages.success(request, _("Marked as read. The sender sees it."))
    return go(request, f"{reverse('home')}?tile=copies")


def _step_back(request: HttpRequest, item_id: int) -> Item:
    return decisions.step_back(
        item_id,
        actor=actor_of(request),
        command=command_of(request),
        position=number_of(request, "position"),
        reason=text_of(request, "reason"),
    )


def _hand_over(request: HttpRequest, item_id: int) -> Item:
    return duties.hand_over(
        item_id,
        actor=actor_of(request),
        command=command_of(request),
        person_id=person_of(request, item_id),
        reason=text_of(request, "reason"),
    )


def _ask_help(request: HttpRequest, item_id: int) -> Item:
    return duties.ask_help(
        item_id,
        actor=actor_of(request),
        command=command_of(request),
        person_id=person_of(request, item_id),
        question=text_of(request, "question"),
    )


def _add_signer(request: HttpRequest, item_id: int) -> Item:
    return duties.add_signer(
        item_id,
        actor=actor_of(request),
        command=command_of(request),
        person_id=person_of(request, item_id),
        after=choice_of(request, "where", ["before", "after"]) == "after",
    )


def _drop_signer(request: HttpRequest, item_id: int) -> Item:
    return duties.drop_signer(
        item_id,
        actor=actor_of(request),
        command=command_of(request),
        duty_id=number_of(request, "duty"),
    )


def _copy_to(request: HttpRequest, item_id: int) -> Item:
    chosen = [text for text in request.POST.getlist("people") if text.isascii() and text.isdigit()]
    return duties.copy_to(
        item_id,
        actor=actor_of(request),
        command=command_of(request),
        person_ids=tuple(int(text) for text in chosen if len(text) < 19),  # noqa: PLR2004 -- below 2^63
    )


ACTS: dict[str, Callable[[HttpRequest, int], Item]] = {
    "step_back": _step_back,
    "hand_over": _hand_over,
    "ask_help": _ask_help,
    "give_back": saying(duties.give_back, opinion="opinion"),
    "add_signer": _add_signer,
    "drop_signer": _drop_signer,
    "copy_to": _copy_to,
    "move_to_current": saying(routes.move_to_current, reason="reason"),
    "claim": saying(duties.claim),
    "release": saying(duties.release),
}
