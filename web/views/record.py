"""The seals of the record: what is sealed, where its copies are, and whose a printed code is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from audit import alarms, keys, outside, sealing, seals
from audit.models import Checkpoint, Reason
from core.refusals import NotFound
from web.acting import actor_of
from web.answers import go, page
from web.roles import SEALING

if TYPE_CHECKING:
    from django.http import HttpRequest

A_PAGE = 30


def record(request: HttpRequest) -> HttpResponse:
    typed = request.GET.get("code", "")[:60]
    shown = Paginator(Checkpoint.objects.order_by("-size"), A_PAGE)
    return page(
        request,
        "record/record.html",
        {
            "page": shown.get_page(request.GET.get("page")),
            "latest": sealing.latest(),
            "alarms": alarms.alarms(),
            "lacking": alarms.lacking(),
            "copies": outside.standing(),
            "keys": keys.own(),
            "old_keys": keys.old(),
            "typed": typed,
            "checked": seals.check(typed) if typed else None,
            "may_seal": bool(actor_of(request).roles & SEALING),
        },
    )


def note(request: HttpRequest, size: int) -> HttpResponse:
    """The signed note, byte for byte, to keep or to check elsewhere."""
    found = Checkpoint.objects.filter(size=size).first()
    if found is None:
        raise NotFound
    response = HttpResponse(found.note.encode(), content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{size:012d}.note"'
    return response


def seal(request: HttpRequest) -> HttpResponse:
    sealing.seal(Reason.ASKED, actor_of(request))
    messages.success(request, _("Everything up to now is sealed."))
    return go(request, reverse("record"))
