"""The forms of papers that are asked for, but for handing them in: asked, declined, taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from web.acting import actor_of, command_of, date_or_none, number_of, whole_number
from web.forms import text_of
from workflows.actions import wanting

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

    from workflows.models import Item


def _ask(request: HttpRequest, item_id: int) -> Item:
    measure, _dot, criterion = request.POST.get("target", "").partition(".")
    return wanting.ask_evidence(
        item_id,
        actor=actor_of(request),
        command=command_of(request),
        measure_id=whole_number(measure),
        criterion_id=whole_number(criterion) if criterion else None,
        text=text_of(request, "wanted", most=300),
        due=date_or_none(request, "due"),
    )


def _decline(request: HttpRequest, item_id: int) -> Item:
    return wanting.decline_evidence(
        item_id,
        actor=actor_of(request),
        command=command_of(request),
        request_id=number_of(request, "asked"),
        reason=text_of(request, "reason", most=300),
    )


def _spare(request: HttpRequest, item_id: int) -> Item:
    return wanting.spare_evidence(
        item_id,
        actor=actor_of(request),
        command=command_of(request),
        request_id=number_of(request, "asked"),
        reason=text_of(request, "reason", most=300),
    )


ACTS: dict[str, Callable[[HttpRequest, int], Item]] = {
    "ask_evidence": _ask,
    "decline_evidence": _decline,
    "spare_evidence": _spare,
}
