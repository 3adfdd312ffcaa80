"""The round a person is looking at: named in the address, else remembered, else the newest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.refusals import NotFound
from web.acting import actor_of
from web.answers import by_htmx
from workflows.models import Round

if TYPE_CHECKING:
    from django.http import HttpRequest

REMEMBERED = "round"


def rounds_of(request: HttpRequest) -> list[Round]:
    """The rounds the person may look at, newest first; asked once per request."""
    known: list[Round] | None = getattr(request, "_rectify_rounds", None)
    if known is None:
        known = list(Round.objects.visible_to(actor_of(request)).select_related("unit"))
        request._rectify_rounds = known  # type: ignore[attr-defined]  # noqa: SLF001
    return known


def current_round(request: HttpRequest) -> Round | None:
    """`?round=CODE` (NotFound if it is not theirs), else the one chosen before, else the newest."""
    rounds = rounds_of(request)
    asked = request.GET.get("round")
    if asked:
        chosen = _of_code(rounds, asked)
        if chosen is None:
            raise NotFound
        if not by_htmx(request):  # what draws itself anew, as the wall does, chooses nothing
            request.session[REMEMBERED] = chosen.code
        return chosen
    remembered = _of_code(rounds, request.session.get(REMEMBERED, ""))
    return remembered or (rounds[0] if rounds else None)


def round_context(request: HttpRequest) -> dict[str, Round | list[Round] | None]:
    """`round` and `rounds`, as templates/parts/round_switch.html wants them."""
    return {"round": current_round(request), "rounds": rounds_of(request)}


def _of_code(rounds: list[Round], code: str) -> Round | None:
    return next((one for one in rounds if one.code == code), None)
