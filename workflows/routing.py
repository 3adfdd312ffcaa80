"""What a route asks next, and of whom: read from its data."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import ceil
from typing import TYPE_CHECKING

from core.roles import Role
from workflows import extensions, holders
from workflows.holders import answered_by
from workflows.members import members_of
from workflows.models.parties import ItemSection
from workflows.models.route import PRESETS, USUAL, How, MatterKind, Party, Step, Unless
from workflows.states import Asking, DutyKind, Outcome, Standing, Track

if TYPE_CHECKING:
    from core.actor import Actor
    from workflows.holders import Matter
    from workflows.models import Duty, Item, Round, Route, Submission

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


def steps_of(matter: Matter) -> tuple[Step, ...]:
    return matter.steps


def present_route(round_: Round, matter: str = MatterKind.REVIEW) -> Route | None:
    """The version that begins now for a matter; None for the usual one of a round without."""
    return round_.routes.filter(matter=matter).order_by("-version").first()


def present_steps(round_: Round, matter: str) -> tuple[Step, ...]:
    present = present_route(round_, matter)
    return present.steps if present else PRESETS[USUAL[MatterKind(matter)]]


def steps_to_ask(item: Item, kind: str) -> tuple[Step, ...]:
    """The steps a request of this kind would be asked on now; a later extension asks higher."""
    steps = present_steps(item.round, kind)
    return _higher(steps, extensions.used(item)) if kind == Asking.EXTEND else steps


def _higher(steps: tuple[Step, ...], levels: int) -> tuple[Step, ...]:
    """A route that asks so many levels more before its last step, as far as there are any."""
    missing = [step for step in _LEVELS if step.party not in {one.party for one in steps}]
    return (*steps[:-1], *missing[:levels], *steps[-1:])


_LEVELS = (Step(party=Party.LEADERS, how=How.ANY), Step(party=Party.UNIT_HEAD))


def route_of(item: Item) -> tuple[Step, ...]:
    """The route its submission is on, or would begin on now."""
    if item.submission is not None:
        return steps_of(item.submission)
    return present_steps(item.round, MatterKind.REVIEW)


def is_office(matter: Matter, position: int) -> bool:
    """Whether the office closes here; the last answer to a request is one like the others."""
    return matter.node_at(position) == "office"


def is_granted(duty: Duty, *, by: Actor) -> bool:
    """Whether a request has all it needs once `duty` is answered with yes by somebody."""
    return duty.position == len(duty.matter.steps) - 1 and is_agreed(duty, by=by)


def first_position(submission: Submission) -> int:
    """Where a submission begins: at the step that asked for it to come straight back, or first."""
    returned = submission.item.submissions.filter(cycle=submission.cycle).order_by("-no").first()
    if returned is None or returned.resume_at is None or returned.route_id != submission.route_id:
        return next_position(submission, 0)
    asked_again = seats(submission, returned.resume_at)
    return returned.resume_at if asked_again else next_position(submission, 0)


def earlier(submission: Submission) -> list[int]:
    """The steps before the present one that ask somebody, so that they may be returned to."""
    steps = steps_of(submission)
    return [
        place
        for place in range(submission.position)
        if not _left_out(submission, steps[place]) and seats(submission, place)
    ]


def next_position(matter: Matter, position: int) -> int:
    """The first step from `position` on that is not left out; the last never is."""
    steps = steps_of(matter)
    for place in range(position, len(steps) - 1):
        if not _left_out(matter, steps[place]) and seats(matter, place):
            return place
    # Somebody but the closer must have approved: a route is never the office alone.
    return len(steps) - 1 if position > 0 else 0


def _left_out(matter: Matter, step: Step) -> bool:
    item = matter.item
    match step.unless:
        case Unless.IMMEDIATE:
            return item.track == Track.IMMEDIATE
        case Unless.ONGOING:
            return item.ongoing
        case Unless.REPEATED:
            returned = item.submissions.filter(cycle=matter.cycle, outcome=Outcome.RETURNED)
            return returned.exists()
        case _:
            return False


def seats(matter: Matter, position: int) -> list[Seat]:
    """Who is asked at a step. Nobody asked twice, nobody about their own: up one level instead."""
    step = steps_of(matter)[position]
    silent = answered_by(matter)
    found = []
    for group in _groups(matter.item, step):
        free = members_of(group) - silent
        if free or not members_of(group):
            found += _apart(group, free, step)
        else:
            found.append(_raised(matter.item, step.party, silent) or group)
    return list(dict.fromkeys(found))


def lifted(duty: Duty) -> Seat | None:
    """One level up, when all whom a waiting duty asks have had their say meanwhile."""
    silent = answered_by(duty.matter)
    seat = Seat(
        person_id=duty.person_id,
        role=duty.role,
        section_id=duty.section_id,
        unit_path=duty.unit_path,
    )
    members = members_of(seat)
    if not members or members - silent:
        return None
    return _raised(duty.item, steps_of(duty.matter)[duty.position].party, silent)


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


def _raised(item: Item, party: str, silent: set[int]) -> Seat | None:
    """The next level that has somebody left who may answer; None where nobody is left."""
    level = ONE_LEVEL_UP.index(Party(party)) if party in ONE_LEVEL_UP else 0
    for higher in ONE_LEVEL_UP[level + 1 :]:
        for group in _groups(item, Step(party=higher)):
            if members_of(group) - silent:
                return replace(group, raised=True)
    return None


def is_agreed(duty: Duty, *, by: Actor) -> bool:
    """Whether the step is over once somebody answers `duty` with yes: before they do and after."""
    at = [d for d in holders.counted(duty.item, duty.on) if d.position == duty.position]
    others = [d for d in at if d.pk != duty.pk]
    waiting = [d for d in others if d.state != Standing.DONE]
    # Whoever agrees in another part meanwhile is not waited for in this one.
    silent = {by.person_id} | holders.silent(duty.item, duty.on)
    if behind := duty.behind_id or holders.behind_whom(duty, by)[1]:
        silent.add(behind)
    if _comes_back(duty, silent) or any(_is_waited_for(d, silent) for d in waiting):
        return False
    # A return to an earlier step was answered here too, but is no vote of this time.
    agreed = [d for d in others if d.kind == DutyKind.STEP and d.outcome == "approve"]
    yes = len(agreed) + (duty.kind == DutyKind.STEP)
    asked_here = yes + sum(d.kind == DutyKind.STEP for d in waiting)
    step = steps_of(duty.matter)[duty.position]
    match step.how:
        case How.ONE | How.ANY:
            return yes >= 1
        case How.RATIO:
            return yes >= ceil(asked_here * step.percent / 100)
        case _:
            return yes == asked_here


def _is_waited_for(duty: Duty, silent: set[int]) -> bool:
    """Whether an added signer or helper has yet to answer; nobody helps who is not asked."""
    asker = duty.parent
    if asker is None or duty.person_id in silent:
        return False
    helps = duty.kind == DutyKind.HELP and asker.kind != DutyKind.STEP
    return not (helps and asker.person_id in silent)


def _comes_back(duty: Duty, silent: set[int]) -> bool:
    """Whether somebody who asked others to come first has yet to answer themselves."""
    while (asker := duty.parent) is not None:
        has_their_say = asker.kind == DutyKind.STEP or asker.person_id not in silent
        if duty.kind == DutyKind.BEFORE and has_their_say:
            return True
        duty = asker
    return False
