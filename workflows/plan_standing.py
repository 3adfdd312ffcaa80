"""Where the plan of a round stands, beside its ledger, and what the office has to see to. Reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils.translation import gettext as _

from core.roles import Role
from workflows import plan_changes, plan_content, planning
from workflows.models import Plan, PlanOpinion, Round
from workflows.models.content import digest_of_plan
from workflows.models.plan import PlanState

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from core.actor import Actor
    from workflows.plan_changes import Change
    from workflows.plan_content import Content


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The versions of a round's plan that matter now, and the ledger as a plan."""

    latest: Plan | None
    in_force: Plan | None
    content: Content
    changes: list[Change]
    """What the ledger says otherwise than the version in force."""

    @property
    def digest(self) -> str:
        return digest_of_plan(self.content)


def standing(round_: Round) -> Standing:
    content = plan_content.of_round(round_)
    latest = in_force = None
    for plan in round_.plans.select_related("made_by").order_by("version"):
        latest = plan
        if plan.state == PlanState.APPROVED:
            in_force = plan
    changes = plan_changes.changes(in_force.data, content) if in_force else []
    return Standing(latest=latest, in_force=in_force, content=content, changes=changes)


def latest_of(rounds: list[Round]) -> dict[int, Plan]:
    """The latest version of each round's plan, by the round's id, in one query."""
    rows = Plan.objects.filter(round__in=rounds).defer("data").select_related("round")
    rows = rows.order_by("version")
    return {plan.round_id: plan for plan in rows}


def left_behind(plans: Iterable[Plan]) -> set[int]:
    """The rounds whose plan in force, one of these, no longer says what the ledger says."""
    return {
        plan.round_id
        for plan in plans
        if plan.state == PlanState.APPROVED
        and plan.digest != digest_of_plan(plan_content.of_round(plan.round))
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanFault:
    """Something about a round's plan that will not mend itself. Names no item."""

    round: Round
    words: str
    place: PlanOpinion | None = None
    """Where nobody may answer."""


def faults(actor: Actor) -> Iterator[PlanFault]:
    """Of the rounds this actor looks after: places nobody may answer at, plans left behind."""
    within = Q(pk__in=())
    for post in actor.posts:
        if post.role in {Role.OFFICE, Role.SYSTEM_OFFICER}:
            within |= Q(round__unit__path__startswith=post.unit_path)
    live = Plan.objects.filter(within, state__in=[PlanState.UNDER_REVIEW, PlanState.APPROVED])
    for plan in live.select_related("round__unit").order_by("round_id", "version"):
        yield from _of_review(plan)
        yield from _of_ledger(plan)


def _of_review(plan: Plan) -> Iterator[PlanFault]:
    for opinion in planning.stuck(plan):
        words = _("version %(n)s waits for %(who)s, and nobody may answer there")
        told = {"n": plan.version, "who": planning.place(opinion)}
        yield PlanFault(round=plan.round, words=words % told, place=opinion)


def _of_ledger(plan: Plan) -> Iterator[PlanFault]:
    if plan.state != PlanState.APPROVED:
        return
    found = plan_changes.changes(plan.data, plan_content.of_round(plan.round))
    later = plan.round.plans.filter(state=PlanState.UNDER_REVIEW).exists()
    if found and not later:
        words = _("%(n)s changes since the approved version %(v)s: put forward a new one")
        yield PlanFault(round=plan.round, words=words % {"n": len(found), "v": plan.version})
