"""The plan of a round (整改方案): put forward, jointly reviewed, approved, returned, withdrawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit import record
from audit.models import Event
from core.refusals import Conflict, NotFound, Refusal, Unmet
from workflows import flows, periods, plan_content, planning, policy
from workflows.actions import plan_passage
from workflows.actions.step import form_of, used_already
from workflows.models import Plan, Round
from workflows.models.content import digest_of_plan
from workflows.models.plan import PlanPart, PlanState
from workflows.plan_flow import PlanReview
from workflows.states import SHORTEST_REASON

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from core.actor import Actor
    from workflows.models import PlanOpinion
    from workflows.plan_content import Content

LONGEST = 4000
"""Characters of an opinion, a reason or a remark."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    """One form about one round: who sent it, and what stands for all it said."""

    round: Round
    actor: Actor
    command_id: UUID
    form: str

    def is_repeated(self, *names: str) -> bool:
        """Whether this very form was dealt with already."""
        earlier = Event.objects.filter(subject=self.round.subject, command=self.command_id).first()
        if earlier is None:
            return False
        same = (self.actor.subject, self.form)
        if earlier.name not in names or (earlier.actor, earlier.data.get("form")) != same:
            raise used_already("")
        return True

    def tell(self, name: str, data: dict[str, Any]) -> None:
        record.append(
            name,
            head=record.head_of(self.round.subject),
            actor=self.actor,
            command=self.command_id,
            data={**data, "form": self.form},
        )


def put_forward(round_id: int, *, actor: Actor, command_id: UUID, saw: str = "") -> Plan:
    """Freeze the round's measures as a version and ask for opinions; refused while any lacks.

    `saw` is the digest of the content that was on the office's screen.
    """
    with transaction.atomic(durable=True):
        if not Round.objects.visible_to(actor).filter(pk=round_id).exists():
            raise NotFound
        round_ = _locked(round_id)
        policy.insist_on_office(actor, round_.unit)
        said = _Said(round=round_, actor=actor, command_id=command_id, form=form_of({"saw": saw}))
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
        told = {**_told(plan), **_counted(content), "due": due, "asked": asked}
        said.tell("plan.put_forward", told)
    return plan


def _locked(round_id: int) -> Round:
    """The row that every act on a plan, and every workbook entered or undone, holds."""
    rows = Round.objects.select_for_update(of=("self",), no_key=True).select_related("unit")
    return rows.get(pk=round_id)


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


def agree(plan_id: int, *, actor: Actor, command_id: UUID, opinion: str = "") -> Plan:
    """One opinion for it; the last one of the first responsible person approves the plan."""
    with transaction.atomic(durable=True):
        plan = _held(plan_id, actor)
        form = form_of({"plan": plan_id, "agree": opinion})
        said = _Said(round=plan.round, actor=actor, command_id=command_id, form=form)
        if said.is_repeated("plan.agreed", "plan.approved"):
            return plan
        given = _given(plan, actor)
        plan_passage.answer(given, "agree", _short(opinion), actor=actor)
        told = {**_told(plan), **_of(given), "opinion": given.opinion}
        if given.part == PlanPart.FIRST:
            told |= plan_passage.approve(given, actor=actor)
            said.tell("plan.approved", told)
        else:
            said.tell("plan.agreed", told)
            plan_passage.go_on(given, actor=actor)
    return plan


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
        plan = _held(plan_id, actor)
        remarked = sorted((remarks or {}).items())
        form = form_of({"plan": plan_id, "return": reason, "remarks": remarked})
        said = _Said(round=plan.round, actor=actor, command_id=command_id, form=form)
        if said.is_repeated("plan.returned"):
            return plan
        given = _given(plan, actor)
        _insist_on_a_reason(plan, reason)
        told_of_each = _remarks(plan, dict(remarked))
        words = _short(reason)
        plan_passage.answer(given, "return", words, told_of_each, actor=actor)
        plan_passage.end(plan, given, PlanState.RETURNED, actor=actor, reason=words)
        told = {"reason": words, "remarks": told_of_each}
        said.tell("plan.returned", {**_told(plan), **_of(given), **told})
    return plan


def withdraw(plan_id: int, *, actor: Actor, command_id: UUID) -> Plan:
    """The office takes it back before anybody answered, or where nobody may answer any more."""
    with transaction.atomic(durable=True):
        plan = _held(plan_id, actor)
        policy.insist_on_office(actor, plan.round.unit)
        form = form_of({"plan": plan_id})
        said = _Said(round=plan.round, actor=actor, command_id=command_id, form=form)
        if said.is_repeated("plan.withdrawn"):
            return plan
        if refused := planning.not_to_withdraw(plan):
            raise refused
        plan_passage.take_back(plan, actor=actor)
        said.tell("plan.withdrawn", _told(plan))
    return plan


def _held(plan_id: int, actor: Actor) -> Plan:
    """The plan, with its round's row held, for somebody who may know of it."""
    rows = Plan.objects.select_related("round__unit", "process", "made_by")
    round_id = (
        Plan.objects.visible_to(actor).filter(pk=plan_id).values_list("round", flat=True).first()
    )
    if round_id is None:
        raise NotFound
    _locked(round_id)
    return rows.get(pk=plan_id)


def _given(plan: Plan, actor: Actor) -> PlanOpinion:
    """The place this actor answers at now, or the refusal that says why not."""
    opinion = planning.answering(plan, actor)
    if isinstance(opinion, Refusal):
        raise opinion
    opinion.behind_id = planning.behind(opinion, actor)
    return opinion


def _insist_on_a_reason(plan: Plan, reason: str) -> None:
    if len(reason.strip()) < SHORTEST_REASON:
        raise Unmet(
            _("Give the reason in writing, at least %(n)s characters.") % {"n": SHORTEST_REASON},
            state=plan.get_state_display(),
            then=_("Write what is required or why, so that it can be understood years later."),
            holes=[("reason", _("the reason"))],
        )


def _short(text: str) -> str:
    words = text.strip()
    if len(words) > LONGEST:
        raise Unmet(
            _("At most %(n)s characters.") % {"n": LONGEST}, then=_("Say it in fewer words.")
        )
    return words


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
        if (words := _short(said.get(pk, "")))
    ]


def _told(plan: Plan) -> dict[str, Any]:
    return {"plan": plan.version, "digest": plan.digest}


def _of(given: PlanOpinion) -> dict[str, Any]:
    """As what somebody answered, and for whom."""
    told: dict[str, Any] = {"part": given.part}
    if given.section is not None:
        told["section"] = given.section.name
    if given.behind is not None:
        told["behind"] = given.behind.name
    return told
