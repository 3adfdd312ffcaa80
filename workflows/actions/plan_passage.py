"""How the review of a plan goes on: places asked, lifted, answered and ended, with their tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils import timezone

from core.models import User
from workflows import flows, planning
from workflows.members import members_of
from workflows.models import Plan, PlanOpinion
from workflows.models.plan import PlanPart, PlanState
from workflows.notices import notify
from workflows.states import Standing

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from viewflow.workflow.models import Task

    from core.actor import Actor
    from workflows.routing import Seat

_WAYS = {
    PlanState.APPROVED: ("agree", "approved"),
    PlanState.RETURNED: ("send_back", "returned"),
    PlanState.WITHDRAWN: ("withdraw", "withdrawn"),
}


def begin(plan: Plan, *, actor: Actor) -> list[dict[str, str]]:
    """Ask everybody who is to answer side by side; returns whom, for the record."""
    [task] = flows.open_tasks(plan.process)
    places = planning.seats(plan.round)
    tasks = [task, *(flows.add(plan.process, "joint", after=task) for _place in places[1:])]
    asked = [_ask(plan, part, seat, each) for (part, seat), each in zip(places, tasks, strict=True)]
    raised = _lift(plan)
    if len(raised) == len(asked):
        _drop(raised[:-1])
        _ask_the_first(raised[-1], actor=actor)
    else:
        _drop(raised)
        _tell(planning.waiting(plan), actor=actor)
    return [_told(one) for one in asked]


def _ask(plan: Plan, part: PlanPart, seat: Seat, task: Task) -> PlanOpinion:
    opinion = PlanOpinion(
        plan=plan,
        task=task,
        part=part,
        person_id=seat.person_id,
        role=seat.role,
        section_id=seat.section_id,
        unit_path=seat.unit_path,
        raised=seat.raised,
        opened_at=timezone.now(),
    )
    opinion.save()
    return opinion


def _told(opinion: PlanOpinion) -> dict[str, str]:
    return {
        "part": opinion.part,
        "section": opinion.section.name if opinion.section else "",
        "person": opinion.person.name if opinion.person else "",
    }


def _lift(plan: Plan) -> list[PlanOpinion]:
    """The places where nobody has a say any more: the level above, asked as well, says it there."""
    raised = [one for one in planning.waiting(plan) if planning.goes_up(one)]
    for opinion in raised:
        opinion.state, opinion.raised = Standing.VOID, True
        opinion.save(update_fields=["state", "raised"])
    return raised


def _drop(opinions: Collection[PlanOpinion]) -> None:
    flows.drop(opinion.task for opinion in opinions)


def _ask_the_first(last: PlanOpinion, *, actor: Actor) -> None:
    """All who were asked side by side have agreed: the first responsible person decides."""
    [task] = flows.execute(last.task, "agree", actor=actor, onward=["first"])
    plan, seat = last.plan, planning.first_seat(last.plan.round)
    first = _ask(plan, PlanPart.FIRST, seat, task)
    first.raised = plan.made_by_id in members_of(seat)
    first.save(update_fields=["raised"])
    _tell([first], actor=actor)


def answer(
    given: PlanOpinion,
    outcome: str,
    opinion: str,
    remarks: Sequence[dict[str, str]] = (),
    *,
    actor: Actor,
) -> None:
    given.state, given.outcome = Standing.DONE, outcome
    given.opinion, given.remarks = opinion, list(remarks)
    given.decided_by_id, given.decided_at = actor.person_id, timezone.now()
    said = ["state", "outcome", "opinion", "remarks", "decided_by", "behind", "decided_at"]
    given.save(update_fields=said)


def go_on(given: PlanOpinion, *, actor: Actor) -> None:
    """Somebody agreed: wait for the others, or ask the first responsible person."""
    _drop(_lift(given.plan))
    if planning.waiting(given.plan):
        flows.execute(given.task, "agree", actor=actor, onward=())
    else:
        _ask_the_first(given, actor=actor)


def approve(given: PlanOpinion, *, actor: Actor) -> dict[str, int]:
    """In force from now on, instead of the version before; returns which one, for the record."""
    plan = given.plan
    earlier = plan.round.plans.filter(state=PlanState.APPROVED).first()
    if earlier is not None:
        earlier.state = PlanState.SUPERSEDED
        earlier.save(update_fields=["state"])
    end(plan, given, PlanState.APPROVED, actor=actor)
    return {"supersedes": earlier.version} if earlier else {}


def ask_instead(opinion: PlanOpinion, person: User, *, actor: Actor) -> None:
    """Somebody else is asked there, by name, from now on."""
    opinion.person, opinion.opened_at = person, timezone.now()
    opinion.save(update_fields=["person", "opened_at"])
    _tell([opinion], actor=actor)


def take_back(plan: Plan, *, actor: Actor) -> None:
    waiting = planning.waiting(plan)
    asked = {person for opinion in waiting for person in planning.free(opinion)}
    end(plan, waiting[0], PlanState.WITHDRAWN, actor=actor)
    _notify(plan, asked, PlanState.WITHDRAWN, actor=actor)


def end(plan: Plan, last: PlanOpinion, state: PlanState, *, actor: Actor, reason: str = "") -> None:
    """Nobody needs to answer any more; the maker and whoever answered learn how it ended."""
    waiting = planning.waiting(plan)
    for opinion in waiting:
        opinion.state = Standing.VOID
        opinion.save(update_fields=["state"])
    _drop([opinion for opinion in waiting if opinion.pk != last.pk])
    outcome, node = _WAYS[state]
    flows.execute(last.task, outcome, actor=actor, onward=[node])
    plan.state, plan.decided_at = state, timezone.now()
    plan.save(update_fields=["state", "decided_at"])
    _notify(plan, planning.silent(plan), state, actor=actor, reason=reason)


def _tell(opinions: Sequence[PlanOpinion], *, actor: Actor) -> None:
    """Word to everybody who may answer now."""
    for opinion in opinions:
        _notify(opinion.plan, planning.free(opinion), opinion.part, actor=actor)


def _notify(
    plan: Plan, people: Collection[int], what: str, *, actor: Actor, reason: str = ""
) -> None:
    kind = _KINDS.get(what, "plan_asked")
    told = User.objects.filter(pk__in=set(people) - {actor.person_id}).order_by("pk")
    params: dict[str, Any] = {
        "who": actor.label,
        "round": plan.round.code,
        "version": plan.version,
        "reason": reason,
    }
    url = reverse("plan_version", args=[plan.pk])
    notify(told, kind=kind, key=f"plan:{plan.pk}:{kind}", params=params, url=url)


_KINDS: dict[str, str] = {
    PlanState.APPROVED: "plan_approved",
    PlanState.RETURNED: "plan_returned",
    PlanState.WITHDRAWN: "plan_withdrawn",
}
