"""The plan of a round: how far it is, its versions, and the acts of its joint review."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from core.refusals import NotFound
from core.roles import Role
from web.acting import actor_of, command_id_of, number_of, text_of
from web.answers import go, page
from web.colleagues import chosen, colleagues_within
from web.signing import signing_of
from workflows import periods, plan_changes, plan_content, plan_standing, planning
from workflows.actions import giving
from workflows.actions import plans as acts
from workflows.models import Item, Plan, Round
from workflows.models.plan import PlanState
from workflows.models.round import PlanTerm
from workflows.signed import signatures_under
from workflows.states import SHORTEST_REASON, Standing

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import HttpRequest, HttpResponse

    from core.actor import Actor
    from workflows.models import PlanOpinion
    from workflows.plan_content import Content

REMARK = "remark-"
"""Before the id of a problem, the name of its field in the form of a return."""


def plan(request: HttpRequest, round_id: int) -> HttpResponse:
    actor = actor_of(request)
    round_ = Round.objects.visible_to(actor).select_related("unit").filter(pk=round_id).first()
    if round_ is None:
        raise NotFound
    now = plan_standing.standing(round_)
    closed = plan_content.closed(round_)
    may_put = actor.holds(Role.OFFICE, unit_path=round_.unit.path)
    context = {
        "round": round_,
        "now": now,
        "dates": periods.dates_of(round_),
        "working_days": round_.plan_term == PlanTerm.FIFTEEN_WORKING_DAYS,
        "meter": plan_content.meter(now.content, but=closed),
        "holes": plan_content.holes(now.content, but=closed),
        "closed": len(closed),
        "refusal": planning.not_to_put_forward(round_, now.content) if may_put else None,
        "may_put": may_put,
        "mine": now.latest and planning.objection(now.latest, actor) is None,
        "seats": _seats(now.latest) or (_prospects(round_, actor) if may_put else []),
        "linked": _open_to(actor, [change.item_id for change in now.changes if change.item_id]),
        "returned": _returned(now.latest),
        "versions": round_.plans.select_related("made_by").defer("data").order_by("-version"),
    }
    return page(request, "plan/plan.html", context)


def _returned(latest: Plan | None) -> PlanOpinion | None:
    """The opinion that returned the latest version, for whoever is to mend it."""
    if latest is None or latest.state != PlanState.RETURNED:
        return None
    rows = latest.opinions.filter(outcome="return", state=Standing.DONE)
    return rows.select_related("section", "decided_by", "behind").first()


def _seats(latest: Plan | None) -> list[dict[str, Any]]:
    """Whom the version under review waits for."""
    return [_seat(one) for one in planning.waiting(latest)] if latest else []


def _prospects(round_: Round, actor: Actor) -> list[dict[str, Any]]:
    """Whom it would ask if this member of the office put it forward."""
    return [_seat(one) for one in planning.prospective(round_, actor)]


def _seat(opinion: PlanOpinion) -> dict[str, Any]:
    """Whom a place asks, who may answer there, and that it goes up where it does."""
    return {
        "words": planning.place(opinion),
        "part": opinion.get_part_display() if opinion.person_id else "",
        "names": planning.names(opinion),
        "up": planning.goes_up(opinion),
        "last": opinion.part == "first",
    }


def put_forward(request: HttpRequest, round_id: int) -> HttpResponse:
    made = acts.put_forward(
        round_id,
        actor=actor_of(request),
        command_id=command_id_of(request),
        saw=text_of(request, "saw"),
    )
    told = _("Version %(n)s of the plan is under review: everybody who is asked has been told.")
    messages.success(request, told % {"n": made.version})
    return go(request, reverse("plan", args=[round_id]))


def version(request: HttpRequest, plan_id: int) -> HttpResponse:
    actor = actor_of(request)
    rows = Plan.objects.visible_to(actor).select_related("round__unit", "made_by")
    found = rows.filter(pk=plan_id).first()
    if found is None:
        raise NotFound
    may_withdraw = actor.holds(Role.OFFICE, unit_path=found.round.unit.path)
    given = found.opinions.select_related("person", "section", "decided_by", "behind")
    signed = signatures_under(found)
    earlier = found.round.plans.filter(version__lt=found.version).order_by("-version").first()
    linked = _open_to(actor, [item["id"] for item in plan_content.items_of(found.data)])
    context = {
        "plan": found,
        "linked": linked,
        "round": found.round,
        "aspects": _aspects(found.data, linked),
        "problems": list(plan_content.problems_of(found.data)),
        "meter": plan_content.meter(found.data),
        "given": [
            (one, signed.get(one.decided_by_id or 0)) for one in given if one.state == Standing.DONE
        ],
        "ink": found.round.signature,
        "seats": _seats(found),
        "raised": [one for one in given if one.raised and one.state == Standing.VOID],
        "refusal": planning.objection(found, actor),
        "asked": found.state == PlanState.UNDER_REVIEW,
        "place": planning.addressed(found, actor),
        "stands_for": _stands_for(request, found),
        "may_withdraw": may_withdraw and planning.not_to_withdraw(found) is None,
        "earlier": earlier,
        "changes": plan_changes.changes(earlier.data, found.data) if earlier else [],
        "shortest": SHORTEST_REASON,
    }
    return page(request, "plan/version.html", context)


def _stands_for(request: HttpRequest, found: Plan) -> str:
    """The name of whom a deputy would answer for; empty for one's own place."""
    actor = actor_of(request)
    opinion = planning.addressed(found, actor)
    behind = planning.behind(opinion, actor) if opinion else None
    return next((s.name for s in actor.stands_for if s.person_id == behind), "")


def _open_to(actor: Actor, items: Iterable[int]) -> set[int]:
    """Which of these items the reader may open."""
    seen = Item.objects.visible_to(actor).filter(pk__in=list(items))
    return set(seen.values_list("pk", flat=True))


def _aspects(content: Content, linked: set[int]) -> list[Content]:
    """The frozen content with each item's deadline in words and whether it can be opened."""
    return [
        {
            **aspect,
            "problems": [
                {
                    **problem,
                    "items": [
                        {
                            **item,
                            "when": plan_changes.deadline(item),
                            "linked": item["id"] in linked,
                        }
                        for item in problem["items"]
                    ],
                }
                for problem in aspect["problems"]
            ],
        }
        for aspect in content["aspects"]
    ]


@sensitive_post_parameters("password")
def answer(request: HttpRequest, plan_id: int) -> HttpResponse:
    actor, command_id = actor_of(request), command_id_of(request)
    if request.POST.get("answer") == "return":
        reason = text_of(request, "reason")
        remarks = _remarks(request)
        acts.return_plan(
            plan_id, actor=actor, command_id=command_id, reason=reason, remarks=remarks
        )
        told = _("Returned: the office is told what is required.")
    else:
        opinion = text_of(request, "opinion")
        made = acts.agree(
            plan_id,
            actor=actor,
            command_id=command_id,
            opinion=opinion,
            signing=signing_of(request),
        )
        approved = made.state == PlanState.APPROVED
        told = _("The plan is approved.") if approved else _("You agreed to the plan.")
    messages.success(request, told)
    return go(request, reverse("plan_version", args=[plan_id]))


def _remarks(request: HttpRequest) -> dict[int, str]:
    """The remarks that were written, by the id of their problem."""
    fields = {name.removeprefix(REMARK): name for name in request.POST if name.startswith(REMARK)}
    return {
        int(pk): words
        for pk, name in fields.items()
        if pk.isascii() and pk.isdigit() and (words := text_of(request, name))
    }


def withdraw(request: HttpRequest, plan_id: int) -> HttpResponse:
    made = acts.withdraw(plan_id, actor=actor_of(request), command_id=command_id_of(request))
    messages.success(request, _("Version %(n)s was taken back.") % {"n": made.version})
    return go(request, reverse("plan", args=[made.round_id]))


def give(request: HttpRequest, plan_id: int) -> HttpResponse:
    actor = actor_of(request)
    found = Plan.objects.visible_to(actor).select_related("round__unit").filter(pk=plan_id).first()
    if found is None:
        raise NotFound
    giving.give_place(
        plan_id,
        actor=actor,
        command_id=command_id_of(request),
        opinion_id=number_of(request, "place"),
        person_id=chosen(request, colleagues_within(found.round.unit.path, actor)),
        reason=text_of(request, "reason"),
    )
    messages.success(request, _("Given: whoever is asked now has been told."))
    return go(request, reverse("faults"))
