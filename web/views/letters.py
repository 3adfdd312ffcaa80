"""The numbered letters of a round, one of them to print, and signing for it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.paginator import Paginator
from django.urls import reverse
from django.utils.translation import gettext as _

from web.acting import actor_of
from web.answers import go, page
from web.rounds import current_round, round_context
from workflows import pursuit
from workflows.actions.letters import sign
from workflows.models import Letter

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

A_PAGE = 30


def letters(request: HttpRequest) -> HttpResponse:
    round_ = current_round(request)
    found = pursuit.letters_of(round_, actor_of(request)) if round_ else Letter.objects.none()
    shown = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    return page(request, "letters/letters.html", {**round_context(request), "page": shown})


def letter(request: HttpRequest, letter_id: int) -> HttpResponse:
    actor = actor_of(request)
    found = pursuit.letter_for(actor, letter_id)
    people = pursuit.addressees_of(found)
    due = found.facts["due"]
    context = {
        "letter": found,
        "facts": found.facts,
        "due": date.fromisoformat(due) if due else None,
        "late": -found.facts["days"],
        "addressees": people,
        "mine": next((one for one in people if one.person_id == actor.id), None),
    }
    return page(request, "letters/letter.html", context)


def receipt(request: HttpRequest, letter_id: int) -> HttpResponse:
    signed = sign(letter_id, actor=actor_of(request))
    messages.success(request, _("Signed for letter no. %(no)s.") % {"no": signed.no})
    return go(request, reverse("letter", args=[letter_id]))
