"""The faults page: the holes of the ledger, what did not get through, whether the worker runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from audit import alarms
from core.roles import Role
from web.acting import actor_of
from web.answers import go, page
from web.colleagues import colleagues_within
from web.selection import key
from workflows import faults, holes, plan_standing, underived
from workflows.actions import parked
from workflows.states import SHORTEST_REASON

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from core.actor import Actor
    from web.colleagues import Colleague
    from workflows.plan_standing import PlanFault


def outbox(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    at = key(request.GET.get("page", "")) or 1
    checked = holes.check(actor, key=request.GET.get("hole", ""), page=at)
    plan_faults = list(plan_standing.faults(actor))
    context = {
        "state": faults.state(actor),
        "checked": checked,
        "plan_faults": plan_faults,
        "colleagues": _colleagues(actor, checked, plan_faults),
        "shortest": SHORTEST_REASON,
        "underived": underived.groups(actor),
        "alarms": alarms.alarms(),
        "reads_plans": Role.OFFICE in actor.roles,
    }
    return page(request, "faults/faults.html", context)


def _colleagues(
    actor: Actor, checked: holes.Checked | None, plan_faults: list[PlanFault]
) -> list[tuple[int, list[Colleague]]]:
    """Whom a step that nobody may answer may be given to, by the unit it is in."""
    rows = checked.rows if checked else []
    units = {row.item.round.unit for row in rows if row.duty is not None and row.item is not None}
    units |= {fault.round.unit for fault in plan_faults if fault.place is not None}
    return [(unit.pk, colleagues_within(unit.path, actor)) for unit in units]


def count(request: HttpRequest) -> HttpResponse:
    """How many holes the ledger has: fetched by the office's first page once that is drawn."""
    found = holes.count(actor_of(request))
    return render(request, "faults/count.html", {"found": found or 0})


def resend(request: HttpRequest, owed_id: int) -> HttpResponse:
    parked.resend(actor=actor_of(request), owed_id=owed_id)
    messages.success(request, _("It will be sent again within seconds."))
    return go(request, reverse("faults"))


def derive_again(request: HttpRequest) -> HttpResponse:
    said = request.POST
    n = parked.derive_again(
        actor=actor_of(request), what=said.get("what", ""), fault=said.get("fault", "")
    )
    messages.success(request, _("%(n)s files are read again within minutes.") % {"n": n})
    return go(request, reverse("faults"))
