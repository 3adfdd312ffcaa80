"""What a round demands of decisions: read first, signed how. Set by its office."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.refusals import NotFound
from core.roles import Role
from web.acting import actor_of
from web.answers import go, page
from workflows.actions.rounds import set_demands
from workflows.actions.showing import set_watermark
from workflows.models import Round
from workflows.models.round import Retention
from workflows.states import Ink, Watermark

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

TOLD = {
    Ink.NONE: gettext_lazy("The record names who decided; nothing more is asked."),
    Ink.TYPED: gettext_lazy("Whoever decides types their own name and enters their password."),
    Ink.DRAWN: gettext_lazy("Besides, they sign on the screen by mouse, finger or keyboard."),
}
"""What each way asks of whoever decides."""
MARKED = {
    Watermark.NONE: gettext_lazy("Evidence is shown and handed out as it is."),
    Watermark.VIEW: gettext_lazy(
        "Pages shown here bear the reader's name, account and day; files go out as they are."
    ),
    Watermark.COPIES: gettext_lazy(
        "Pictures and papers are handed out as marked copies too; film, sound, plain text and old"
        " office files cannot be marked. Archives hold the originals."
    ),
}


def settings(request: HttpRequest, round_id: int) -> HttpResponse:
    actor = actor_of(request)
    rounds = Round.objects.visible_to(actor).select_related("unit")
    round_ = rounds.filter(pk=round_id).first()
    if round_ is None:
        raise NotFound
    if request.method == "POST":
        set_demands(
            round_id,
            actor=actor,
            must_read=request.POST.get("must_read") == "yes",
            signature=request.POST.get("signature", ""),
        )
        messages.success(request, _("Saved: this holds for every decision from now on."))
        return go(request, reverse("round_settings", args=[round_id]))
    may_set = actor.holds(Role.OFFICE, unit_path=round_.unit.path)
    context = {
        "round": round_,
        "may_set": may_set,
        "terms": [(term, term.label) for term in Retention],
        "inks": [(i, i.label, TOLD[i]) for i in Ink],
        "watermarks": [(mark, mark.label, MARKED[mark]) for mark in Watermark],
    }
    return page(request, "round_settings.html", context)


def watermark(request: HttpRequest, round_id: int) -> HttpResponse:
    """Whether evidence is shown with the reader's name across it."""
    set_watermark(round_id, actor=actor_of(request), watermark=request.POST.get("watermark", ""))
    messages.success(request, _("Saved: this is how evidence is shown from now on."))
    return go(request, reverse("round_settings", args=[round_id]))
