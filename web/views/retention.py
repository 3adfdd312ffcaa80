"""How long a round keeps its evidence: its rule and holds, what is over its time, what is gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.paginator import Paginator
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.refusals import NotFound, Unmet
from core.roles import Role
from web.acting import actor_of
from web.answers import go, page
from web.forms import choice_of, text_of
from workflows import retention
from workflows.actions import disposals, holds
from workflows.models import Disposal, Hold, Item, Round
from workflows.states import SHORTEST_REASON

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from core.actor import Actor

A_PAGE = 10


def listed(request: HttpRequest, round_id: int) -> HttpResponse:
    """The list of what is due (到期清单) and all that was decided about it."""
    actor = actor_of(request)
    round_ = _round(actor, round_id)
    past = round_.disposals.exclude(outcome=Disposal.Outcome.OPEN)
    people = ("proposed_by", "decided_by")
    past = past.select_related(*people).prefetch_related("pieces__evidence", "pieces__item")
    waiting = round_.disposals.filter(outcome=Disposal.Outcome.OPEN).select_related("proposed_by")
    standing = Hold.objects.standing().filter(round=round_).select_related("item", "set_by")
    context = {
        "round": round_,
        "over": retention.over(round_),
        "holds": standing,
        "lifted": Hold.objects.exclude(lifted_at=None)
        .filter(round=round_)
        .select_related("item", "set_by", "lifted_by"),
        "waiting": waiting.prefetch_related("pieces__evidence", "pieces__item").first(),
        "past": Paginator(past, A_PAGE).get_page(request.GET.get("page")),
        **_may(actor, round_),
        "shortest": SHORTEST_REASON,
    }
    return page(request, "retention/retention.html", context)


def _may(actor: Actor, round_: Round) -> dict[str, bool]:
    def any_of(*roles: Role) -> bool:
        return any(actor.holds(role, unit_path=round_.unit.path) for role in roles)

    return {
        "may_propose": any_of(Role.OFFICE),
        "may_hold": any_of(*holds.HOLDING),
        "may_lift_all": any_of(Role.INSPECTION_OFFICE),
        "may_decide": any_of(*disposals.CONFIRMING),
    }


def _round(actor: Actor, round_id: int) -> Round:
    found = Round.objects.visible_to(actor).select_related("unit").filter(pk=round_id).first()
    if found is None:
        raise NotFound
    return found


def rule(request: HttpRequest, round_id: int) -> HttpResponse:
    holds.set_retention(
        round_id, actor=actor_of(request), retention=request.POST.get("retention", "")
    )
    messages.success(request, _("Saved. Nothing is destroyed by itself."))
    return go(request, reverse("round_settings", args=[round_id]))


def hold(request: HttpRequest, round_id: int) -> HttpResponse:
    """On the whole round, or on the item whose number the form names."""
    actor = actor_of(request)
    item = _named(request, _round(actor, round_id))
    holds.hold(
        round_id,
        actor=actor,
        reason=text_of(request, "reason", most=300),
        item_id=item.pk if item else None,
    )
    messages.success(request, _("The legal hold stands."))
    return _back(request, round_id)


def _named(request: HttpRequest, round_: Round) -> Item | None:
    no = text_of(request, "no", most=24)
    if not no:
        return None
    item = Item.objects.visible_to(actor_of(request)).filter(round=round_, no=no).first()
    if item is None:
        raise Unmet(
            _("“%(text)s” is not one item of this round.") % {"text": no},
            then=_("Type its number as the ledger has it, or leave it empty for the whole round."),
            holes=[("no", _("the item's number"))],
        )
    return item


def lift(request: HttpRequest, hold_id: int) -> HttpResponse:
    lifted = holds.lift(
        hold_id, actor=actor_of(request), reason=text_of(request, "reason", most=300)
    )
    messages.success(request, _("The legal hold is lifted."))
    return _back(request, lifted.round_id)


def propose(request: HttpRequest, round_id: int) -> HttpResponse:
    disposals.propose(
        round_id,
        actor=actor_of(request),
        items=[int(text) for text in request.POST.getlist("item") if text.isdecimal()],
        basis=text_of(request, "basis", most=300),
    )
    messages.success(request, _("Proposed: a second person decides. Nothing is destroyed yet."))
    return _back(request, round_id)


_DECIDED = {
    "confirm": gettext_lazy("Destroyed. Names, digests and the record of it are kept."),
    "refuse": gettext_lazy("Refused: the evidence is kept."),
    "take_back": gettext_lazy("Taken back: the evidence is kept."),
}


def decide(request: HttpRequest, disposal_id: int) -> HttpResponse:
    actor, way = actor_of(request), choice_of(request, "way", list(_DECIDED))
    if way == "confirm":
        row = disposals.confirm(disposal_id, actor=actor)
    elif way == "refuse":
        reason = text_of(request, "reason", most=300)
        row = disposals.refuse(disposal_id, actor=actor, reason=reason)
    else:
        row = disposals.take_back(disposal_id, actor=actor)
    messages.success(request, str(_DECIDED[way]))
    return _back(request, row.round_id)


def _back(request: HttpRequest, round_id: int) -> HttpResponse:
    return go(request, reverse("retention", args=[round_id]))
