"""The machine and the review route as drawings, from their own declarations."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from web.drawing import Drawing, Label, Step, Way, lay_out
from workflows import machine, routing, states
from workflows.models import Item
from workflows.models.route import How, MatterKind, Party
from workflows.models.route import Step as RouteStep
from workflows.states import VERBS, Ending, Outcome, State

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workflows.models import Request


# Possible wherever a request waits, and by the same words as with a review: the request's own page
# shows them, and in every state they would bury what moves an item.
_OF_A_REQUEST = frozenset(states.of_request(verb) for verb in states.ON_A_STEP)


def of_machine(state: str = "") -> Drawing:
    """Every state and verb; from `state`, the present one, the steps that are lawful now."""
    stays: dict[str, list[Label]] = defaultdict(list)
    leads: dict[tuple[str, str], list[Label]] = defaultdict(list)
    for move in machine.moves(Item):
        if move.verb in _OF_A_REQUEST:
            continue
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Ends:
    """The words of a route's beginning, its ways on and its two ends."""

    begun: str
    yes: str
    last_yes: str
    no: str
    reached: str
    failed: str


def ends_of(matter: str) -> Ends:
    if matter == MatterKind.REVIEW:
        return Ends(
            begun=_("Submitted"),
            yes=str(VERBS["approve"].button),
            last_yes=str(VERBS["close"].button),
            no=str(VERBS["send_back"].button),
            reached=_("Closed"),
            failed=_("Returned"),
        )
    return Ends(
        begun=_("Request made"),
        yes=str(VERBS["agree"].button),
        last_yes=str(VERBS["agree"].button),
        no=str(VERBS["refuse"].button),
        reached=str(Ending.GRANTED.label),
        failed=str(Ending.REFUSED.label),
    )


def of_route(item: Item) -> Drawing:
    """The review route of the round; where it stands is lit, what it has passed is marked."""
    submission = item.submission
    under_way = submission is not None and submission.outcome == Outcome.OPEN
    here = submission.position if submission is not None and under_way else -1
    return _drawn(routing.route_of(item), here, ends_of(MatterKind.REVIEW))


def of_request(request: Request) -> Drawing:
    """The route a request was asked on, drawn like a review's."""
    here = request.position if request.outcome == Ending.OPEN else -1
    return _drawn(request.steps, here, ends_of(request.kind))


def _drawn(route: Sequence[RouteStep], here: int, ends: Ends) -> Drawing:
    steps = [Step(key=START, words=ends.begun, look="passed" if here >= 0 else "")]
    for place, step in enumerate(route):
        look = "here" if place == here else "passed" if place < here else ""
        steps.append(Step(key=str(place), words=step_words(step), look=look))
    steps.append(Step(key=CLOSED, words=ends.reached))
    steps.append(Step(key=RETURNED, words=ends.failed))
    keys = [START, *(str(place) for place in range(len(route))), CLOSED]
    ways = []
    for place, (source, target) in enumerate(pairwise(keys)):
        yes = ends.last_yes if target == CLOSED else ends.yes
        labels = (Label(words=yes),) if source != START else ()
        lit = place - 1 == here >= 0
        ways.append(Way(source=source, target=target, labels=labels, lit=lit))
        if source != START:
            back = (Label(words=ends.no),)
            ways.append(Way(source=source, target=RETURNED, labels=back, lit=lit))
    return lay_out(steps, ways)


def step_words(step: RouteStep) -> str:
    """A step in words: whom it asks, and how many of them where that is not plain."""
    words = str(Party(step.party).label)
    if step.how == How.RATIO:
        return _("%(who)s: %(percent)s%% of them") % {"who": words, "percent": step.percent}
    if step.how == How.ONE:
        return words
    return _("%(who)s: %(how)s") % {"who": words, "how": How(step.how).label}


def _label(verb: str, who: str) -> Label:
    return Label(words=str(VERBS[verb].button), who=who)
