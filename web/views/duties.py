"""The forms of a step, of a review's route or of a request's, said to the actions that do them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.contrib import messages
from django.urls import reverse
from django.utils.translation import gettext as _

from web.acting import actor_of, command_of, number_of, numbers_of
from web.answers import go
from web.colleagues import person_of
from web.forms import choice_of, text_of
from web.saying import saying
from workflows import holders
from workflows.actions import decisions, duties, giving, routes
from workflows.states import of_request

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

    from workflows.holders import On
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


def _hand_over(request: HttpRequest, item_id: int, *, on: On) -> Item:
    return duties.hand_over(
        item_id,
        actor=actor_of(request),
        command=command_of(request),
        person_id=person_of(request, item_id),
        reason=text_of(request, "reason"),
        on=on,
    )


def _ask_help(request: HttpRequest, item_id: int, *, on: On) -> Item:
    return duties.ask_help(
        item_id,
        actor=actor_of(request),
        command=command_of(request),
        person_id=person_of(request, item_id),
        question=text_of(request, "question"),
        on=on,
    )


def _give_back(request: HttpRequest, item_id: int, *, on: On) -> Item:
    return duties.give_back(
        item_id,
        actor=actor_of(request),
        command=command_of(request),
        opinion=text_of(request, "opinion"),
        on=on,
    )


def _add_signer(request: HttpRequest, item_id: int, *, on: On) -> Item:
    return duties.add_signer(
        item_id,
        actor=actor_of(request),
        command=command_of(request),
        person_id=person_of(request, item_id),
        after=choice_of(request, "where", ["before", "after"]) == "after",
        on=on,
    )


def _drop_signer(request: HttpRequest, item_id: int, *, on: On) -> Item:
    return duties.drop_signer(
        item_id,
        actor=actor_of(request),
        command=command_of(request),
        duty_id=number_of(request, "duty"),
        on=on,
    )


def _copy_to(request: HttpRequest, item_id: int, *, on: On) -> Item:
    return duties.copy_to(
        item_id,
        actor=actor_of(request),
        command=command_of(request),
        person_ids=numbers_of(request, "people"),
        on=on,
    )


def _claim(request: HttpRequest, item_id: int, *, on: On) -> Item:
    return duties.claim(item_id, actor=actor_of(request), command=command_of(request), on=on)


def _release(request: HttpRequest, item_id: int, *, on: On) -> Item:
    return duties.release(item_id, actor=actor_of(request), command=command_of(request), on=on)


def _give_step(request: HttpRequest, item_id: int) -> Item:
    return giving.give_step(
        item_id,
        actor=actor_of(request),
        command=command_of(request),
        duty_id=number_of(request, "duty"),
        person_id=person_of(request, item_id),
        reason=text_of(request, "reason"),
    )


_ON_A_STEP: dict[str, Callable[..., Item]] = {
    "hand_over": _hand_over,
    "ask_help": _ask_help,
    "give_back": _give_back,
    "add_signer": _add_signer,
    "drop_signer": _drop_signer,
    "copy_to": _copy_to,
    "claim": _claim,
    "release": _release,
}
ACTS: dict[str, Callable[[HttpRequest, int], Item]] = {
    "step_back": _step_back,
    "move_to_current": saying(routes.move_to_current, reason="reason"),
    "give_step": _give_step,
    **{verb: partial(act, on=holders.REVIEW) for verb, act in _ON_A_STEP.items()},
    **{of_request(verb): partial(act, on=holders.REQUEST) for verb, act in _ON_A_STEP.items()},
}
