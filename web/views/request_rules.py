"""What a round allows requests: how often and how far items are extended, and who decides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.urls import reverse
from django.utils.translation import gettext as _

from core.refusals import NotFound
from core.roles import Role
from web.acting import actor_of, number_of
from web.answers import go, page
from web.asking import steps_said
from web.views.routes import address_of
from workflows import routing
from workflows.actions.rounds import MOST_DAYS, MOST_TIMES, set_extension_rules
from workflows.extensions import PRESETS, ExtensionRule
from workflows.models import Round
from workflows.models.route import MatterKind
from workflows.states import Track

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


def rules(request: HttpRequest, round_id: int) -> HttpResponse:
    actor = actor_of(request)
    round_ = Round.objects.visible_to(actor).select_related("unit").filter(pk=round_id).first()
    if round_ is None:
        raise NotFound
    if request.method == "POST":
        usual = request.POST.get("do") == "preset"
        chosen: dict[str, ExtensionRule] = {
            track.value: PRESETS[track] if usual else _rule(request, track) for track in Track
        }
        set_extension_rules(round_id, actor=actor, rules=chosen)
        messages.success(request, _("Saved: this holds for every extension asked from now on."))
        return go(request, reverse("round_requests", args=[round_id]))
    context = {
        "round": round_,
        "may_set": actor.holds(Role.OFFICE, unit_path=round_.unit.path),
        "rules": [(track, ExtensionRule(**round_.extension_rules[track])) for track in Track],
        "most_times": MOST_TIMES,
        "most_days": MOST_DAYS,
        "routes": [
            (kind, steps_said(routing.present_steps(round_, kind)), address_of(round_, kind))
            for kind in MatterKind
            if kind != MatterKind.REVIEW
        ],
    }
    return page(request, "request/rules.html", context)


def _rule(request: HttpRequest, track: Track) -> ExtensionRule:
    return ExtensionRule(
        times=number_of(request, f"times-{track}"), days=number_of(request, f"days-{track}")
    )
