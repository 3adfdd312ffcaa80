"""Who stands in for me, and for whom I do: on the account page, appointed and recalled there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from core.refusals import Unmet
from web.acting import actor_of, date_or_none
from web.answers import go
from web.colleagues import chosen, stand_ins
from web.forms import text_of
from web.roles import ACTING
from workflows.actions import deputies
from workflows.models import Deputy

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from core.actor import Actor

SHOWN = 20


def shown_to(actor: Actor) -> dict[str, Any]:
    """What the account page tells of deputies; nothing for whoever decides nothing."""
    if not actor.roles & ACTING:
        return {}
    rows = Deputy.objects.visible_to(actor).select_related("person", "deputy")
    found = list(rows.order_by("-starts", "-pk")[:SHOWN])
    today = timezone.localdate()
    return {
        "may_appoint": True,
        "mine": [(row, _standing(row)) for row in found if row.person_id == actor.id],
        "for_others": [
            row
            for row in found
            if row.deputy_id == actor.id and row.recalled_at is None and row.ends >= today
        ],
        "stand_ins": stand_ins(actor),
        "today": today,
    }


def _standing(row: Deputy) -> str:
    today = timezone.localdate()
    if row.recalled_at is not None:
        return "recalled"
    if row.ends < today:
        return "over"
    return "planned" if row.starts > today else "now"


def appoint(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    starts, ends = date_or_none(request, "starts"), date_or_none(request, "ends")
    if starts is None or ends is None:
        raise Unmet(
            _("A deputy is appointed from a day to a day."),
            then=_("Fill in both days."),
            holes=[("starts", _("the first day"))],
        )
    row = deputies.appoint(
        actor=actor,
        deputy_id=chosen(request, stand_ins(actor)),
        starts=starts,
        ends=ends,
        reason=text_of(request, "reason", most=300),
        with_tray="with_tray" in request.POST,
    )
    messages.success(
        request, _("%(name)s stands in for you in that period.") % {"name": row.deputy.name}
    )
    return go(request, reverse("account"))


def recall(request: HttpRequest, deputyship_id: int) -> HttpResponse:
    row = deputies.recall(deputyship_id, actor=actor_of(request))
    messages.success(request, _("%(name)s was recalled.") % {"name": row.deputy.name})
    return go(request, reverse("account"))
