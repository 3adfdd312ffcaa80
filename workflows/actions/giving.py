"""A step that nobody may answer any more, given by the office to somebody who may.

Whoever held it left, lost their post, or had their say already. Whoever asked for the decision, or
had their say in it, does not choose who takes it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from core.refusals import Conflict, NotPermitted, Unmet
from workflows import guards, holders, holes, planning, policy
from workflows.actions import passage, plan_passage
from workflows.actions.duties import colleague, free
from workflows.actions.plan_forms import Said, about, held, part_of, short
from workflows.actions.step import Command, Done, form_of, take
from workflows.models import Duty, Item
from workflows.states import Standing

if TYPE_CHECKING:
    from uuid import UUID

    from core.actor import Actor
    from core.models import User
    from workflows.models import Plan, PlanOpinion


def give_step(
    item_id: int, *, actor: Actor, command: Command, duty_id: int, person_id: int, reason: str
) -> Item:
    """Have somebody else answer it, by name, from now on."""

    def work(item: Item) -> Done:
        duty = _stuck(item, duty_id)
        _insist_on_no_part(duty, actor)
        person = free(duty, person_id)
        told = {"no": duty.matter.no, "step": duty.position, "before": str(holders.asks([duty]))}
        if duty.request is not None:
            told["kind"] = duty.request.kind
        passage.ask_instead(duty, person.pk)
        return Done(data={**told, "person": person.name, "reason": reason.strip()})

    said = {"duty_id": duty_id, "person_id": person_id, "reason": reason}
    return take(item_id, "give_step", actor=actor, command=command, said=said, work=work)


def _stuck(item: Item, duty_id: int) -> Duty:
    """An open duty of the item that nobody may answer now."""
    mine = Duty.objects.filter(pk=duty_id, item=item, state=Standing.OPEN)
    duty = mine.select_related("submission", "request", "person", "section", "task").first()
    if duty is None:
        raise _no_such_step(item.get_state_display())
    duty.item = item
    if not holes.unanswerable(mine).exists():
        raise Conflict(
            _("This step has somebody who may answer it: %(names)s.")
            % {"names": _(", ").join(holders.names_of(duty))},
            state=item.get_state_display(),
            then=_("Urge them, or ask them to hand it over."),
        )
    return duty


def _no_such_step(state: str) -> Conflict:
    return Conflict(
        _("There is no such step that waits for an answer."),
        state=state,
        then=_("Open the page again and look at it as it is now."),
    )


def _insist_on_no_part(duty: Duty, actor: Actor) -> None:
    """Separation of duties: nobody picks who decides on what they asked for or agreed to."""
    if actor.people & holders.answered_by(duty.matter):
        raise _had_a_part(duty.item.get_state_display())


def _had_a_part(state: str) -> NotPermitted:
    return NotPermitted(
        _("Whoever asked for a decision or had their say in it does not choose who decides."),
        state=state,
        who=_("a colleague in the office who had no part in it"),
        then=_("Leave it to a colleague in the office."),
    )


def give_place(
    plan_id: int,
    *,
    actor: Actor,
    command_id: UUID,
    opinion_id: int,
    person_id: int,
    reason: str,
) -> Plan:
    """A place that nobody may answer at any more, given by the office to somebody who may."""
    with transaction.atomic(durable=True):
        plan = held(plan_id, actor)
        policy.insist_on_office(actor, plan.round.unit)
        form = form_of({"plan": plan_id, "place": opinion_id, "to": person_id, "why": reason})
        said = Said(round=plan.round, actor=actor, command_id=command_id, form=form)
        if said.is_repeated("plan.place_given"):
            return plan
        guards.insist_on_reason(reason, state=plan.get_state_display())
        opinion = _stuck_place(plan, opinion_id, actor)
        person = _free_for(opinion, person_id)
        before = str(planning.place(opinion))
        plan_passage.ask_instead(opinion, person, actor=actor)
        told = {"before": before, "person": person.name, "reason": short(reason)}
        said.tell("plan.place_given", {**about(plan), **part_of(opinion), **told})
    return plan


def _stuck_place(plan: Plan, opinion_id: int, actor: Actor) -> PlanOpinion:
    """A place of the plan under review that nobody may answer at now."""
    waiting = {one.pk: one for one in planning.waiting(plan)}
    if opinion_id not in waiting:
        raise _no_such_step(plan.get_state_display())
    opinion = waiting[opinion_id]
    if planning.free(opinion):
        raise Conflict(
            _("This step has somebody who may answer it: %(names)s.")
            % {"names": _(", ").join(planning.names(opinion))},
            state=plan.get_state_display(),
            then=_("Urge them, or ask them to hand it over."),
        )
    if actor.people & planning.silent(plan):
        raise _had_a_part(plan.get_state_display())
    return opinion


def _free_for(opinion: PlanOpinion, person_id: int) -> User:
    """A colleague who neither put the plan forward, nor answered, nor is asked or decides later."""
    person = colleague(opinion.plan.round.unit.path, person_id)
    asked = {one.person_id for one in planning.waiting(opinion.plan)}
    if person.pk in planning.kept_out(opinion.plan, opinion.part) | asked:
        raise Unmet(
            _("%(name)s put the plan forward, answered already, is asked already or decides last.")
            % {"name": person.name},
            then=_("Choose somebody else."),
            holes=[("person", _("the person"))],
        )
    return person
