"""The plan of a round (整改方案): put forward, jointly reviewed, approved, returned, withdrawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit import record
from core.refusals import Conflict, Refusal, Unmet
from workflows import flows, guards, periods, plan_content, planning, policy
from workflows.actions import plan_passage, rounds
from workflows.actions.plan_forms import (
    Said,
    about,
    held,
    part_of,
    short,
)
from workflows.actions.signing import prove, put, saying
from workflows.actions.step import form_of
from workflows.models import Plan, Round
from workflows.models.content import digest_of_plan
from workflows.models.plan import PlanPart, PlanState
from workflows.plan_flow import PlanReview

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from core.actor import Actor
    from workflows.actions.signing import Signing
    from workflows.guards import Signed
    from workflows.models import PlanOpinion
    from workflows.plan_content import Content


def put_forward(round_id: int, *, actor: Actor, command_id: UUID, saw: str = "") -> Plan:
    """Freeze the round's measures as a version and ask for opinions; refused while any lacks.

    `saw` is the digest of the content that was on the office's screen.
    """
    with transaction.atomic(durable=True):
        round_ = rounds.held(round_id, actor)
        policy.insist_on_office(actor, round_.unit)
        said = Said(round=round_, actor=actor, command_id=command_id, form=form_of({"saw": saw}))
        if said.is_repeated("plan.put_forward"):
            return round_.plans.order_by("-version")[0]
        content = plan_content.of_round(round_, locked=True)
        if refused := planning.not_to_put_forward(round_, content):
            raise refused
        if saw and saw != digest_of_plan(content):
            raise Conflict(
                _("The ledger was changed after you opened this page."),
                then=_("Open the page again and look at the plan as it is now."),
            )
        plan = _frozen(round_, content, actor)
        asked = plan_passage.begin(plan, actor=actor)
        due = plan.due.isoformat()
        told = {**about(plan), **_counted(content), "due": due, "asked": asked}
        said.tell("plan.put_forward", told)
    return plan


def _frozen(round_: Round, content: Content, actor: Actor) -> Plan:
    plan = Plan(
        round=round_,
        version=round_.plans.count() + 1,
        data=content,
        digest=digest_of_plan(content),
        due=periods.plan_due_of(round_),
        process=flows.begin(PlanReview).process,
        made_by_id=actor.person_id,
        made_at=timezone.now(),
    )
    plan.save()
    return plan


def _counted(content: Content) -> dict[str, Any]:
    counted = plan_content.meter(content)
    return {
        "problems": counted.problems,
        "items": counted.items,
        "measures": counted.measures,
    }


def agree(
    plan_id: int,
    *,
    actor: Actor,
    command_id: UUID,
    opinion: str = "",
    signing: Signing | None = None,
) -> Plan:
    """One opinion for it; the last one of the first responsible person approves the plan."""
    signed = _proven(plan_id, actor, signing)
    with transaction.atomic(durable=True):
        plan = held(plan_id, actor)
        form = form_of({"plan": plan_id, "agree": opinion, **saying(signed)})
        said = Said(round=plan.round, actor=actor, command_id=command_id, form=form)
        if said.is_repeated("plan.agreed", "plan.approved"):
            return plan
        given = _given(plan, actor)
        if unsigned := guards.lacks_ink(plan.round.signature, signed):
            raise unsigned
        plan_passage.answer(given, "agree", short(opinion), actor=actor)
        told = {**about(plan), **part_of(given), "opinion": given.opinion}
        at = record.head_of(plan.round.subject).seq + 1
        told |= put(signed, verb="plan", actor=actor, command_id=command_id, seq=at, plan=plan)
        if given.part == PlanPart.FIRST:
            told |= plan_passage.approve(given, actor=actor)
            said.tell("plan.approved", told)
        else:
            said.tell("plan.agreed", told)
            plan_passage.go_on(given, actor=actor)
    return plan


def _proven(plan_id: int, actor: Actor, signing: Signing | None) -> Signed | None:
    """Outside the transaction of the act: a wrong password counts although nothing else happens."""
    if signing is None or not Plan.objects.visible_to(actor).filter(pk=plan_id):
        return None  # the act itself says why not; whose password it is does not matter then
    return prove(actor, signing)


def return_plan(
    plan_id: int,
    *,
    actor: Actor,
    command_id: UUID,
    reason: str,
    remarks: Mapping[int, str] | None = None,
) -> Plan:
    """Back to the office, with a reason and, where there are any, remarks on single problems.

    `remarks` are by the id of the problem in the frozen content.
    """
    with transaction.atomic(durable=True):
        plan = held(plan_id, actor)
        remarked = sorted((remarks or {}).items())
        form = form_of({"plan": plan_id, "return": reason, "remarks": remarked})
        said = Said(round=plan.round, actor=actor, command_id=command_id, form=form)
        if said.is_repeated("plan.returned"):
            return plan
        given = _given(plan, actor)
        guards.insist_on_reason(reason, state=plan.get_state_display())
        told_of_each = _remarks(plan, dict(remarked))
        words = short(reason)
        plan_passage.answer(given, "return", words, told_of_each, actor=actor)
        plan_passage.end(plan, given, PlanState.RETURNED, actor=actor, reason=words)
        told = {"reason": words, "remarks": told_of_each}
        said.tell("plan.returned", {**about(plan), **part_of(given), **told})
    return plan


def withdraw(plan_id: int, *, actor: Actor, command_id: UUID) -> Plan:
    """The office takes it back before anybody answered, or where nobody may answer any more."""
    with transaction.atomic(durable=True):
        plan = held(plan_id, actor)
        policy.insist_on_office(actor, plan.round.unit)
        form = form_of({"plan": plan_id})
        said = Said(round=plan.round, actor=actor, command_id=command_id, form=form)
        if said.is_repeated("plan.withdrawn"):
            return plan
        if refused := planning.not_to_withdraw(plan):
            raise refused
        plan_passage.take_back(plan, actor=actor)
        said.tell("plan.withdrawn", about(plan))
    return plan


def _given(plan: Plan, actor: Actor) -> PlanOpinion:
    """The place this actor answers at now, or the refusal that says why not."""
    opinion = planning.answering(plan, actor)
    if isinstance(opinion, Refusal):
        raise opinion
    opinion.behind_id = planning.behind(opinion, actor)
    return opinion


def _remarks(plan: Plan, said: dict[int, str]) -> list[dict[str, str]]:
    """The remarks in the order of the plan, by its problems' numbers."""
    problems = {problem["id"]: problem["no"] for problem in plan_content.problems_of(plan.data)}
    if set(said) - set(problems):
        raise Unmet(
            _("A remark names a problem that is not in this version."),
            then=_("Open the page again and send the form from there."),
        )
    return [
        {"no": no, "text": words}
        for pk, no in problems.items()
        if (words := short(said.get(pk, "")))
    ]
