"""The plan of a round: its state and what is missing, and the acts of its joint review."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.refusals import NotFound
from web.acting import actor_of
from web.answers import page
from workflows.models import Plan

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


def version(request: HttpRequest, plan_id: int) -> HttpResponse:
    plan = Plan.objects.visible_to(actor_of(request)).filter(pk=plan_id).first()
    if plan is None:
        raise NotFound
    return page(request, "plan/version.html", {"plan": plan})
