"""Urging an item on, and keeping it on one's own list: forms of the item's page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.urls import reverse
from django.utils.translation import gettext as _

from web.acting import actor_of
from web.answers import go
from web.forms import text_of
from workflows import holders
from workflows.actions import attention

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


def urge(request: HttpRequest, item_id: int) -> HttpResponse:
    of_request = "request" in request.POST
    attention.urge(
        item_id,
        actor=actor_of(request),
        reason=text_of(request, "reason", most=300),
        on=holders.REQUEST if of_request else holders.REVIEW,
    )
    told = _("Urged: whoever decides on the request now is told.") if of_request else ""
    messages.success(request, told or _("Urged: whoever has the item now is told."))
    return go(request, reverse("item", args=[item_id]))


def supervise(request: HttpRequest, item_id: int) -> HttpResponse:
    actor = actor_of(request)
    if request.POST.get("on") == "0":
        attention.release(item_id, actor=actor)
        messages.success(request, _("The item is off your list."))
    else:
        attention.supervise(item_id, actor=actor)
        messages.success(request, _("The item is on your list; you get word of each step."))
    return go(request, reverse("item", args=[item_id]))
