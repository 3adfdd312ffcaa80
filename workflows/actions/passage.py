"""How a review goes on: duties opened, passed on, returned, voided, with their tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone

from core import prepared
from workflows import flows, matter_duties
from workflows.holders import answered_by, approvals
from workflows.models import Duty
from workflows.models.route import How
from workflows.routing import Seat, lifted, next_position, seats, steps_of
from workflows.states import DutyKind, Standing

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from viewflow.workflow.models import Task

    from core.actor import Actor
    from workflows.holders import Matter
    from workflows.models import Submission

# The fields that say whom a duty asks, and since when.
_WHOSE = ("person", "role", "section", "unit_path", "behind", "opened_at", "since_seq")

# By which way of a review or a petition its end is reached.
_ENDS = {
    "close": "closed",
    "send_back": "returned",
    "withdraw": "withdrawn",
    "cancel": "cancelled",
    "grant": "granted",
    "refuse": "refused",
    "take_back": "taken_back",
    "lapse": "lapsed",
}


def begin(matter: Matter, task: Task) -> None:
    """Open the first duties of a matter whose process has just been started with one task."""
    places = seats(matter, matter.position)
    more = [flows.add(task.process, "step", after=task) for _place in places[1:]]
    _open(matter, places, [task, *more])


def _open(matter: Matter, places: Sequence[Seat], tasks: Sequence[Task]) -> None:
    step = steps_of(matter)[matter.position]
    for order, (seat, task) in enumerate(zip(places, tasks, strict=True)):
        waits = step.how == How.IN_ORDER and order > 0
        ask(matter, seat, task=task, state=Standing.HELD if waits else Standing.OPEN)


def ask(matter: Matter, seat: Seat, **fields: Any) -> Duty:
    """Ask a seat: one more duty of the matter at the step where it stands."""
    duty = Duty(
        item=matter.item,
        **{matter.on: matter},
        position=matter.position,
        person_id=seat.person_id,
        role=seat.role,
        section_id=seat.section_id,
        unit_path=seat.unit_path,
        raised=seat.raised,
        opened_at=timezone.now(),
        since_seq=matter.item.trail_seq + 1,
        **fields,
    )
    prepared.insert(duty)
    return duty


def pass_on(duty: Duty, *, actor: Actor) -> None:
    """The step is over: drop whom it no longer needs, open the next one."""
    matter = duty.matter
    _void_open(matter, but=duty)
    matter.position = next_position(matter, matter.position + 1)
    _onward(duty, "approve", actor=actor)


def wait_on(duty: Duty, *, actor: Actor) -> None:
    """The step goes on: whoever waited for this answer is next."""
    flows.execute(_task(duty), duty.outcome, actor=actor, onward=())
    if not _open_those_after(duty):
        _give_way(duty)
        _open_the_next(duty.matter)
    _lift(duty.matter)


def _open_those_after(duty: Duty) -> bool:
    """The signers that were added after somebody who has answered now.

    Whoever agreed in another part meanwhile is not asked a second time.
    """
    added = duty.children.filter(kind=DutyKind.AFTER, state=Standing.HELD).select_related("task")
    silent = answered_by(duty.matter)
    withdraw([after for after in added if after.person_id in silent])
    asked_now = [after for after in added if after.person_id not in silent]
    for after in asked_now:
        _reopen(after)
    return bool(asked_now)


def _give_way(duty: Duty) -> None:
    """Whoever was asked to come first has answered, and all added after them: it is back."""
    first = duty
    while first.kind == DutyKind.AFTER and first.parent is not None:
        first = first.parent
    asker = first.parent
    if asker is None or _unanswered(first):
        return
    if asker.kind == DutyKind.STEP or asker.person_id not in answered_by(duty.matter):
        _reopen(asker)
        return
    withdraw([asker])
    if not _open_those_after(asker):
        _give_way(asker)


def _unanswered(duty: Duty) -> list[Duty]:
    """A duty and all that were added by it, however deep, as far as nobody answered them."""
    found, above = [duty], [duty]
    while above:
        above = list(Duty.objects.filter(parent__in=above).select_related("task"))
        found += above
    return [one for one in found if one.state in {Standing.OPEN, Standing.HELD}]


def _open_the_next(matter: Matter) -> None:
    """Where all answer one after another: the next of them, once nobody else is asked."""
    at = matter.duties.filter(position=matter.position).exclude(kind=DutyKind.COPY)
    in_order = steps_of(matter)[matter.position].how == How.IN_ORDER
    if in_order and not at.filter(state=Standing.OPEN).exists():
        following = at.filter(state=Standing.HELD, kind=DutyKind.STEP).order_by("pk")
        for duty in following[:1]:
            _reopen(duty)


def _lift(matter: Matter) -> None:
    """Whoever has answered is not asked again: where they alone were left, one level up."""
    waiting = matter.duties.filter(position=matter.position, kind=DutyKind.STEP)
    for duty in waiting.filter(state__in=[Standing.OPEN, Standing.HELD]).order_by("pk"):
        seat = lifted(duty)
        if seat is not None:
            duty.person_id, duty.role, duty.raised = seat.person_id, seat.role, True
            duty.section_id, duty.unit_path, duty.behind = seat.section_id, seat.unit_path, None
            duty.opened_at, duty.since_seq = timezone.now(), _now(duty)
            duty.save(update_fields=[*_WHOSE, "raised"])


def go_back(duty: Duty, position: int, *, actor: Actor) -> None:
    """Return to an earlier step: what was approved from there on no longer counts."""
    matter = duty.matter
    _void_open(matter, but=duty)
    void_approvals(matter, since=position)
    matter.position = position
    _onward(duty, "void", actor=actor)


def begin_again(submission: Submission, *, actor: Actor) -> list[str]:
    """Content changed after approvals: none stands; returns whose these were."""
    return ask_anew(submission, 0, actor=actor)


def ask_anew(matter: Matter, position: int, *, actor: Actor) -> list[str]:
    """From a step on nothing stands, and it is asked again; returns whose approvals these were."""
    duty = _waiting(matter)
    _void_open(matter, but=duty)
    names = void_approvals(matter, since=position)
    drop([duty])
    matter.position = next_position(matter, position)
    _onward(duty, "void", actor=actor)
    return names


def _waiting(matter: Matter) -> Duty:
    return matter_duties.waiting(matter)[0]


def end(duty: Duty | None, matter: Matter, outcome: str, *, actor: Actor) -> None:
    """Finish the route: `outcome` names its end by the way that leads there."""
    last = duty or _waiting(matter)
    _void_open(matter, but=last)
    if duty is None:
        drop([last])
    flows.execute(_task(last), outcome, actor=actor, onward=[_ENDS[outcome]])


def void_approvals(matter: Matter, *, since: int = 0) -> list[str]:
    """Take back every approval from a step on; returns whose they were."""
    given = approvals(matter, since=since)
    names = [duty.decider for duty in given]
    drop(given)
    return names


def _onward(duty: Duty, outcome: str, *, actor: Actor) -> None:
    matter = duty.matter
    places = seats(matter, matter.position)
    onward = [matter.node_at(matter.position)] * len(places)
    tasks = flows.execute(_task(duty), outcome, actor=actor, onward=onward)
    _open(matter, places, tasks)


def _void_open(matter: Matter, *, but: Duty) -> None:
    withdraw([duty for duty in matter_duties.waiting(matter) if duty != but])


def withdraw(duties: Sequence[Duty]) -> None:
    """Nobody needs to answer these any more, and they leave every list."""
    flows.drop(d.task for d in duties if d.task is not None)
    drop(duties)


def drop(duties: Iterable[Duty]) -> None:
    for duty in duties:
        duty.state, duty.since_seq = Standing.VOID, _now(duty)
        duty.save(update_fields=["state", "since_seq"])


def take_back(duty: Duty) -> None:
    """An added signer or helper, with whomever they asked in turn; who asked goes on."""
    withdraw(_unanswered(duty))
    _give_way(duty)


def _reopen(duty: Duty) -> None:
    if duty.state != Standing.HELD:
        raise RuntimeError(f"duty {duty.pk} of {duty.item.subject} does not wait to be asked again")
    duty.state, duty.opened_at = Standing.OPEN, timezone.now()
    duty.since_seq = _now(duty)
    duty.save(update_fields=["state", "opened_at", "since_seq"])


def ask_instead(duty: Duty, person_id: int) -> None:
    """Somebody else is asked, by name, from now on."""
    duty.person_id, duty.behind, duty.opened_at = person_id, None, timezone.now()
    duty.role, duty.section, duty.unit_path = "", None, ""
    duty.since_seq = _now(duty)
    duty.save(update_fields=_WHOSE)


def _now(duty: Duty) -> int:
    """The number that the event of this very act will have on the item's chain."""
    return duty.item.trail_seq + 1


def _task(duty: Duty) -> Task:
    if duty.task is None:
        raise RuntimeError(f"duty {duty.pk} is not a step of a route")
    if duty.task.finished is not None:
        raise RuntimeError(f"duty {duty.pk} of {duty.item.subject} waits, but its task is over")
    return duty.task
