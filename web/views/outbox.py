"""The faults page: what did not get through, and whether the worker runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.urls import reverse
from django.utils.translation import gettext as _

from web.acting import actor_of
from web.answers import go, page
from workflows import faults
from workflows.actions import parked

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


def outbox(request: HttpRequest) -> HttpResponse:
    return page(request, "faults/faults.html", {"state": faults.state(actor_of(request))})


def resend(request: HttpRequest, owed_id: int) -> HttpResponse:
    parked.resend(actor=actor_of(request), owed_id=owed_id)
    messages.success(request, _("It will be sent again within seconds."))
    return go(request, reverse("faults"))
