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
from core.roles import VERIFY_THE_RECORD
from web.acting import actor_of, command_id_of
from web.answers import go, page
from web.roles import SEALING
from workflows import verified
from workflows.actions import verifying

if TYPE_CHECKING:
    from django.http import HttpRequest

A_PAGE = 30


def record(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
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
            "may_seal": bool(actor.roles & SEALING),
            "may_verify": bool(actor.roles & VERIFY_THE_RECORD),
            "verified": verified.last(actor),
            "under_way": verified.under_way(),
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


def verify(request: HttpRequest) -> HttpResponse:
    job = verifying.ask(actor=actor_of(request), command_id=command_id_of(request))
    return go(request, reverse("job", args=[job.pk]))
