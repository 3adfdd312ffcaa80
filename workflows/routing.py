"""What a route asks next, and of whom: read from its data, opened as duties and their tasks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import ceil
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from core.models import Membership
from core.roles import Role
from workflows import flows
from workflows.holders import answered_by
from workflows.models import Duty
from workflows.models.item import ItemSection
from workflows.models.route import PRESETS, How, Party, Step, Unless
from workflows.states import DutyKind, Outcome, Standing, Track

if TYPE_CHECKING:
    from collections.abc import Sequence

    from viewflow.workflow.models import Task

    from core.actor import Actor
    from workflows.models import Item, Submission

# Who answers when everybody a step asks submitted the item or answered it already.
ONE_LEVEL_UP = (Party.HEAD, Party.LEADERS, Party.UNIT_HEAD, Party.OFFICE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """A place at a step: one person, or a group of which one takes it."""

    person_id: int | None = None
    role: str = ""
    section_id: int | None = None
    unit_path: str = ""
    raised: bool = False


def steps_of(submission: Submission) -> tuple[Step, ...]:
    return submission.route.steps if submission.route else PRESETS["short"]


def route_of(item: Item) -> tuple[Step, ...]:
    """The route its submission is on, or would begin on now."""
    if item.submission is not None:
        return steps_of(item.submission)
    present = item.round.routes.order_by("-version").first()
    return present.steps if present else PRESETS["short"]


def is_office(submission: Submission, position: int) -> bool:
    return position == len(steps_of(submission)) - 1


def next_position(submission: Submission, position: int) -> int:
    """The first step from `position` on that is not left out; the office's never is."""
    steps = steps_of(submission)
    for place in range(position, len(steps) - 1):
        if not _left_out(submission, steps[place]) and seats(submission, place):
            return place
    # Somebody but the closer must have approved: a route is never the office alone.
    return len(steps) - 1 if position > 0 else 0


def _left_out(submission: Submission, step: Step) -> bool:
    item = submission.item
    match step.unless:
        case Unless.IMMEDIATE:
            return item.track == Track.IMMEDIATE
        case Unless.ONGOING:
            return item.ongoing
        case Unless.REPEATED:
            returned = item.submissions.filter(cycle=submission.cycle, outcome=Outcome.RETURNED)
            return returned.exists()
        case _:
            return False


def seats(submission: Submission, position: int) -> list[Seat]:
    """Who is asked at a step. Nobody asked twice, nobody about their own: up one level instead."""
    step = steps_of(submission)[position]
    silent = answered_by(submission)
    found = []
    for group in _groups(submission.item, step):
        free = _members(group) - silent
        if free or not _members(group):
            found += _apart(group, free, step)
        else:
            found.append(_raised(submission.item, step.party, silent) or group)
    return list(dict.fromkeys(found))


def _apart(group: Seat, free: set[int], step: Step) -> list[Seat]:
    """A group answers as one where one of it suffices; otherwise each for themselves."""
    whole = step.how == How.ONE or step.party == Party.SUPPORT_HEADS or not free
    if group.person_id is not None or whole:
        return [group]
    return [Seat(person_id=person) for person in sorted(free)]


def _groups(item: Item, step: Step) -> list[Seat]:
    unit = item.unit_path
    match step.party:
        case Party.HEAD:
            return [Seat(role=Role.SECTION_HEAD, section_id=item.lead_section_id)]
        case Party.SUPPORT_HEADS:
            parts = item.other_sections.filter(part=ItemSection.Part.SUPPORT)
            return [Seat(role=Role.SECTION_HEAD, section_id=p.section_id) for p in parts]
        case Party.LEADERS:
            named = [p.user_id for p in item.leaders.all() if p.user_id is not None]
            return [Seat(person_id=p) for p in named] or [Seat(role=Role.LEADER, unit_path=unit)]
        case Party.UNIT_HEAD:
            return [Seat(role=Role.UNIT_HEAD, unit_path=unit)]
        case Party.PERSON:
            return [Seat(person_id=step.person_id)]
        case _:
            return [Seat(role=Role.OFFICE, unit_path=unit)]


def _members(seat: Seat) -> set[int]:
    """The people who could answer at a seat today."""
    in_force = Membership.objects.in_force()
    if seat.person_id is not None:
        found = in_force.filter(user=seat.person_id)
    elif seat.section_id is not None:
        found = in_force.filter(role=seat.role, section=seat.section_id)
    else:
        parts = seat.unit_path.rstrip("/").split("/")
        above = ["/".join(parts[:n]) + "/" for n in range(1, len(parts) + 1)]
        found = in_force.filter(role=seat.role, section=None, unit__path__in=above)
    return set(found.values_list("user_id", flat=True))


def _raised(item: Item, party: str, silent: set[int]) -> Seat | None:
    """The next level that has somebody left who may answer; None where nobody is left."""
    level = ONE_LEVEL_UP.index(Party(party)) if party in ONE_LEVEL_UP else 0
    for higher in ONE_LEVEL_UP[level + 1 :]:
        for group in _groups(item, Step(party=higher)):
            if _members(group) - silent:
                return replace(group, raised=True)
    return None


def begin(submission: Submission, task: Task) -> None:
    """Open the first duties of a submission whose process has just been started with one task."""
    places = seats(submission, submission.position)
    more = [flows.add(task.process, "step", after=task) for _place in places[1:]]
    _open(submission, places, [task, *more])


def _open(submission: Submission, places: Sequence[Seat], tasks: Sequence[Task]) -> None:
    step = steps_of(submission)[submission.position]
    for order, (seat, task) in enumerate(zip(places, tasks, strict=True)):
        waits = step.how == How.IN_ORDER and order > 0
        asked(submission, seat, task=task, state=Standing.HELD if waits else Standing.OPEN)


def asked(submission: Submission, seat: Seat, **fields: Any) -> Duty:
    """Ask a seat: one more duty of the submission at the step where it stands."""
    duty = Duty(
        item=submission.item,
        submission=submission,
        position=submission.position,
        person_id=seat.person_id,
        role=seat.role,
        section_id=seat.section_id,
        unit_path=seat.unit_path,
        raised=seat.raised,
        opened_at=timezone.now(),
        **fields,
    )
    duty.save()
    return duty


def is_agreed(duty: Duty) -> bool:
    """Whether the step is over once `duty` is answered with yes."""
    at = duty.submission.duties.filter(position=duty.position).exclude(state=Standing.VOID)
    others = list(at.exclude(pk=duty.pk).exclude(kind=DutyKind.COPY))
    added = [d for d in others if d.kind != DutyKind.STEP and d.state != Standing.DONE]
    if added or duty.kind in {DutyKind.BEFORE, DutyKind.HELP}:
        return False
    asked_here = [d for d in others if d.kind == DutyKind.STEP] + [duty] * (
        duty.kind == DutyKind.STEP
    )
    yes = sum(d.state == Standing.DONE or d.pk == duty.pk for d in asked_here)
    step = steps_of(duty.submission)[duty.position]
    match step.how:
        case How.ONE | How.ANY:
            return yes >= 1
        case How.RATIO:
            return yes >= ceil(len(asked_here) * step.percent / 100)
        case _:
            return yes == len(asked_here)


def pass_on(duty: Duty, *, actor: Actor) -> None:
    """The step is over: drop whom it no longer needs, open the next one."""
    submission = duty.submission
    _void_open(submission, but=duty)
    submission.position = next_position(submission, submission.position + 1)
    _onward(duty, "approve", actor=actor)


def wait_on(duty: Duty, *, actor: Actor) -> None:
    """The step goes on: whoever waited for this answer is next."""
    flows.execute(_task(duty), "approve", actor=actor, onward=())
    if duty.kind in {DutyKind.BEFORE, DutyKind.HELP} and duty.parent is not None:
        _reopen(duty.parent)
    for after in duty.children.filter(kind=DutyKind.AFTER, state=Standing.HELD):
        _reopen(after)
    step = steps_of(duty.submission)[duty.position]
    waiting = duty.submission.duties.filter(
        position=duty.position, kind=DutyKind.STEP, state=Standing.HELD, children=None
    )
    if step.how == How.IN_ORDER and (following := waiting.order_by("pk").first()):
        _reopen(following)


def go_back(duty: Duty, position: int, *, actor: Actor) -> None:
    """Return to an earlier step: what was approved from there on no longer counts."""
    submission = duty.submission
    _void_open(submission, but=duty)
    void_approvals(submission, since=position)
    submission.position = position
    _onward(duty, "void", actor=actor)


def begin_again(submission: Submission, *, actor: Actor) -> list[str]:
    """Content changed after approvals: none stands, and the first step is asked anew.

    Returns whose approvals these were.
    """
    duty = _waiting(submission)
    _void_open(submission, but=duty)
    names = void_approvals(submission)
    duty.state = Standing.VOID
    duty.save(update_fields=["state"])
    submission.position = next_position(submission, 0)
    _onward(duty, "void", actor=actor)
    return names


def _waiting(submission: Submission) -> Duty:
    waiting = submission.duties.filter(state__in=[Standing.OPEN, Standing.HELD])
    return waiting.exclude(kind=DutyKind.COPY).select_related("task").order_by("pk")[0]


def end(duty: Duty | None, submission: Submission, outcome: str, *, actor: Actor) -> None:
    """Finish the route: `outcome` names its end by the way that leads there."""
    ends = {
        "close": "closed",
        "send_back": "returned",
        "withdraw": "withdrawn",
        "cancel": "cancelled",
    }
    last = duty or _waiting(submission)
    _void_open(submission, but=last)
    if duty is None:
        last.state = Standing.VOID
        last.save(update_fields=["state"])
    flows.execute(_task(last), outcome, actor=actor, onward=[ends[outcome]])


def void_approvals(submission: Submission, *, since: int = 0) -> list[str]:
    """Take back every approval from a step on; returns whose they were."""
    given = submission.duties.filter(
        state=Standing.DONE, outcome="approve", position__gte=since
    ).select_related("decided_by")
    names = [str(d.decided_by) for d in given]
    given.update(state=Standing.VOID)
    return names


def _onward(duty: Duty, outcome: str, *, actor: Actor) -> None:
    submission = duty.submission
    places = seats(submission, submission.position)
    node = "office" if is_office(submission, submission.position) else "step"
    tasks = flows.execute(_task(duty), outcome, actor=actor, onward=[node] * len(places))
    _open(submission, places, tasks)


def _void_open(submission: Submission, *, but: Duty) -> None:
    waiting = submission.duties.filter(state__in=[Standing.OPEN, Standing.HELD])
    others = list(waiting.exclude(pk=but.pk).exclude(kind=DutyKind.COPY).select_related("task"))
    flows.drop(d.task for d in others if d.task is not None)
    Duty.objects.filter(pk__in=[d.pk for d in others]).update(state=Standing.VOID)


def _reopen(duty: Duty) -> None:
    duty.state, duty.opened_at = Standing.OPEN, timezone.now()
    duty.save(update_fields=["state", "opened_at"])


def _task(duty: Duty) -> Task:
    if duty.task is None:
        raise RuntimeError(f"duty {duty.pk} is not a step of a route")
    return duty.task
