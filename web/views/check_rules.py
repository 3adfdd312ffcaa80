"""What a round looks for (疑点规则): each rule in words, its number, and three presets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.urls import reverse
from django.utils.translation import gettext as _

from core.refusals import NotFound
from core.roles import Role
from web.acting import actor_of, command_id_of, number_of
from web.answers import go, page
from workflows.actions import check_rules as acts
from workflows.checks import rules as known
from workflows.checks.rules import RULES, Preset
from workflows.models import Round

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from core.actor import Actor
    from workflows.checks.rules import Settings


def rules(request: HttpRequest, round_id: int) -> HttpResponse:
    actor = actor_of(request)
    round_ = _round(round_id, actor)
    if request.method == "POST":
        acts.set_rules(round_id, actor=actor, settings=_said(request))
        messages.success(request, _("Saved: this holds for what is handed in from now on."))
        return go(request, reverse("round_checks", args=[round_id]))
    present = round_.check_rules
    context = {
        "round": round_,
        "may_set": actor.holds(Role.OFFICE, unit_path=round_.unit.path),
        "gate": present["gate"],
        "preset": known.is_preset(present),
        "presets": Preset.choices,
        "rows": [_row(one, present) for one in RULES],
    }
    return page(request, "flags/rules.html", context)


def recheck(request: HttpRequest, round_id: int) -> HttpResponse:
    job = acts.recheck(round_id, actor=actor_of(request), command_id=command_id_of(request))
    return go(request, reverse("job", args=[job.pk]))


def _round(round_id: int, actor: Actor) -> Round:
    found = Round.objects.visible_to(actor).select_related("unit").filter(pk=round_id).first()
    if found is None:
        raise NotFound
    return found


def _row(one: known.Explained, present: Settings) -> dict[str, Any]:
    on = known.is_on(present, one.rule)
    number = known.number(present, one.rule) if one.threshold else None
    return {"rule": one.rule, "words": one.words, "at": one.threshold, "on": on, "number": number}


def _said(request: HttpRequest) -> Settings:
    chosen = request.POST.get("preset", "")
    if chosen in Preset.values:
        return known.preset(chosen)
    said: Settings = {"gate": request.POST.get("gate") == "yes", "rules": {}}
    for one in RULES:
        row: dict[str, Any] = {"on": request.POST.get(f"on-{one.rule}") == "yes"}
        if one.threshold:
            row["number"] = number_of(request, f"number-{one.rule}")
        said["rules"][str(one.rule)] = row
    return said
