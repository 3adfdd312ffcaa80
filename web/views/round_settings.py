"""What a round demands of decisions: read first, signed how. Set by its office."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.urls import reverse
from django.utils.translation import gettext as _

from core.refusals import NotFound
from core.roles import Role
from web.acting import actor_of
from web.answers import go, page
from workflows.actions.rounds import set_demands
from workflows.models import Round

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


def settings(request: HttpRequest, round_id: int) -> HttpResponse:
    actor = actor_of(request)
    rounds = Round.objects.visible_to(actor).select_related("unit")
    round_ = rounds.filter(pk=round_id).first()
    if round_ is None:
        raise NotFound
    if request.method == "POST":
        set_demands(round_id, actor=actor, must_read=request.POST.get("must_read") == "yes")
        messages.success(request, _("Saved: this holds for every decision from now on."))
        return go(request, reverse("round_settings", args=[round_id]))
    may_set = actor.holds(Role.OFFICE, unit_path=round_.unit.path)
    return page(request, "round_settings.html", {"round": round_, "may_set": may_set})
