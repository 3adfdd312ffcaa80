"""The rounds of rectification, and opening one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from core.models import Unit
from core.refusals import Unmet
from core.roles import SEE_THE_UNIT, Role
from web.acting import actor_of, date_or_none, number_of, text_of
from web.answers import go, page
from web.roles import TABLE
from web.rounds import REMEMBERED, current_round
from workflows import periods, plan_standing
from workflows.actions.rounds import open_round
from workflows.models import Round
from workflows.models.round import Period, PlanTerm
from workflows.states import State

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


def rounds(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    counted = (
        Round.objects.filter(pk__in=Round.objects.visible_to(actor).values("pk"))
        .select_related("unit")
        .annotate(
            of=Count("items", filter=~Q(items__state=State.CANCELLED)),
            closed=Count("items", filter=Q(items__state=State.CLOSED)),
        )
    )
    found = list(counted)
    latest = plan_standing.latest_of(found)
    context = {
        "rounds": [(*pair, latest.get(pair[0].pk)) for pair in periods.dated(found)],
        "plans_behind": plan_standing.left_behind(latest.values()),
        "current": current_round(request),
        "may_open": Role.OFFICE in actor.roles,
        "may_archive": bool(SEE_THE_UNIT & actor.roles),
        "may_see_retention": bool(actor.roles & (TABLE["retention"]["GET"] or frozenset())),
    }
    return page(request, "rounds.html", context)


def new(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    if request.method == "POST":
        return _open(request)
    units = [
        unit
        for unit in Unit.objects.visible_to(actor)
        if actor.holds(Role.OFFICE, unit_path=unit.path)
    ]
    return page(
        request,
        "round_new.html",
        {"units": units, "periods": Period.choices, "terms": PlanTerm.choices},
    )


def _open(request: HttpRequest) -> HttpResponse:
    said = {name: text_of(request, name) for name in ("code", "title", "body")}
    feedback_date = date_or_none(request, "feedback_date")
    if not said["code"] or not said["title"] or feedback_date is None:
        raise Unmet(
            _("A round needs a code, a title and the date of the feedback."),
            then=_("Fill them in."),
        )
    period, term = text_of(request, "period"), text_of(request, "plan_term")
    opened = open_round(
        actor=actor_of(request),
        unit_id=number_of(request, "unit"),
        code=said["code"],
        title=said["title"],
        feedback_date=feedback_date,
        inspection_body=said["body"],
        starts=date_or_none(request, "starts"),
        ends=date_or_none(request, "ends"),
        period=period if period in Period.values else Period.SIX_MONTHS,
        plan_term=term if term in PlanTerm.values else PlanTerm.ONE_MONTH,
    )
    request.session[REMEMBERED] = opened.code
    messages.success(
        request, _("The round %(code)s is open. Import its ledger next.") % {"code": opened.code}
    )
    return go(request, reverse("rounds"))
