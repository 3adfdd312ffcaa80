"""The machine and the review route as drawings, from their own declarations."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from web.drawing import Drawing, Label, Step, Way, lay_out
from workflows import holders as reads
from workflows import machine, routing
from workflows.models import Item
from workflows.models.route import How, Party
from workflows.models.route import Step as RouteStep
from workflows.states import VERBS, DutyKind, Outcome, Standing, State

if TYPE_CHECKING:
    from datetime import datetime

    from workflows.models import Duty


def of_machine(state: str = "") -> Drawing:
    """Every state and verb; from `state`, the present one, the steps that are lawful now."""
    stays: dict[str, list[Label]] = defaultdict(list)
    leads: dict[tuple[str, str], list[Label]] = defaultdict(list)
    for move in machine.moves(Item):
        label = _label(move.verb, str(move.who.words) if move.source == state else "")
        if move.source == move.target:
            stays[move.source].append(label)
        else:
            leads[move.source, move.target].append(label)
    steps = [
        Step(
            key=one.value,
            words=str(one.label),
            look="here" if one == state else "",
            notes=tuple(stays[one]),
        )
        for one in State
    ]
    ways = [
        Way(source=source, target=target, labels=tuple(labels), lit=source == state)
        for (source, target), labels in leads.items()
    ]
    return lay_out(steps, ways)


START, RETURNED, CLOSED = "start", "returned", "closed"


def of_route(item: Item) -> Drawing:
    """The review route of the round; where it stands is lit, what it has passed is marked."""
    submission = item.submission
    under_way = submission is not None and submission.outcome == Outcome.OPEN
    here = submission.position if submission is not None and under_way else -1
    route = routing.route_of(item)
    steps = [Step(key=START, words=_("Submitted"), look="passed" if here >= 0 else "")]
    for place, step in enumerate(route):
        look = "here" if place == here else "passed" if place < here else ""
        steps.append(Step(key=str(place), words=step_words(step), look=look))
    steps.append(Step(key=CLOSED, words=_("Closed")))
    steps.append(Step(key=RETURNED, words=_("Returned")))
    keys = [START, *(str(place) for place in range(len(route))), CLOSED]
    ways = []
    for place, (source, target) in enumerate(pairwise(keys)):
        verb = "close" if target == CLOSED else "approve"
        labels = (Label(words=str(VERBS[verb].button)),) if source != START else ()
        lit = place - 1 == here >= 0
        ways.append(Way(source=source, target=target, labels=labels, lit=lit))
        if source != START:
            back = (Label(words=str(VERBS["send_back"].button)),)
            ways.append(Way(source=source, target=RETURNED, labels=back, lit=lit))
    return lay_out(steps, ways)


def step_words(step: RouteStep) -> str:
    """A step in words: whom it asks, and how many of them where that is not plain."""
    words = str(Party(step.party).label)
    if step.how == How.RATIO:
        return _("%(who)s: %(percent)s%% of them") % {"who": words, "percent": step.percent}
    if step.how == How.ONE:
        return words
    return f"{words}: {How(step.how).label}"


def _label(verb: str, who: str) -> Label:
    return Label(words=str(VERBS[verb].button), who=who)


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One duty of a review: who held it, from when to when, and what came of it."""

    words: str
    who: str
    begun: datetime
    ended: datetime | None
    outcome: str


def holders(item: Item) -> list[Held]:
    """The duties of the present submission, oldest first, the hand-in before them."""
    submission = item.submission
    if submission is None:
        return []
    handed_in = Held(
        words=_("Submitted"),
        who=submission.submitted_by.name,
        begun=submission.submitted_at,
        ended=submission.submitted_at,
        outcome="",
    )
    duties = submission.duties.select_related("person", "decided_by", "behind", "section")
    return [handed_in, *(_held(duty, routing.route_of(item)) for duty in duties.order_by("pk"))]


def _held(duty: Duty, route: tuple[RouteStep, ...]) -> Held:
    step = step_words(route[duty.position])
    kind = "" if duty.kind == DutyKind.STEP else f" · {duty.get_kind_display()}"
    return Held(
        words=step + kind,
        who=_who(duty),
        begun=duty.opened_at,
        ended=duty.decided_at,
        outcome=_outcome(duty),
    )


def _who(duty: Duty) -> str:
    if duty.decided_by is None:
        return _(", ").join(reads.names_of(duty))
    if duty.behind is None:
        return duty.decided_by.name
    return _("%(deputy)s (for %(name)s)") % {"deputy": duty.decided_by, "name": duty.behind}


def _outcome(duty: Duty) -> str:
    if duty.outcome in VERBS:
        said = str(VERBS[duty.outcome].button)
        return _("%(said)s (no longer counts)") % {"said": said} if duty.void else said
    return "" if duty.state in {Standing.OPEN, Standing.HELD} else str(duty.get_state_display())
