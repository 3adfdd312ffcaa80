"""The machine and the review route as drawings, from their own declarations."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from web.drawing import Drawing, Label, Step, Way, lay_out
from workflows import machine
from workflows.flows import Decision, SectionThenOffice
from workflows.models import Item
from workflows.states import VERBS, State

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from typing import Any

    from workflows.machine import Move


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


def of_route(item: Item, tasks: list[Any]) -> Drawing:
    """The review route; where it stands is lit, what it has passed is marked."""
    here = next((t.flow_task.name for t in tasks if t.finished is None), "")
    passed = {t.flow_task.name for t in tasks if t.finished is not None}
    moves = {m.verb: m for m in machine.moves(Item) if m.source == item.state} if here else {}
    nodes = _in_order(SectionThenOffice.instance.start)
    steps = [
        Step(
            key=node.name,
            words=str(node.task_title),
            look="here" if node.name == here else "passed" if node.name in passed else "",
        )
        for node in nodes
    ]
    ways = [
        Way(
            source=node.name,
            target=edge.dst.name,
            labels=tuple(_outcome(edge.label, moves if node.name == here else {})),
            lit=node.name == here,
        )
        for node in nodes
        for edge in _leaving(node)
    ]
    return lay_out(steps, ways)


def _in_order(node: Any, known: dict[str, Any] | None = None) -> list[Any]:
    """The nodes of a route, following each first way to its end before the next."""
    known = {} if known is None else known
    if node.name not in known:
        known[node.name] = node
        for edge in _leaving(node):
            _in_order(edge.dst, known)
    return list(known.values())


def _leaving(node: Any) -> Iterator[Any]:
    """The edges out of a node, by the name viewflow gives them for its own charts."""
    edges: Iterator[Any] = node._outgoing()  # noqa: SLF001 -- its own charts read it too
    return edges


def _outcome(outcome: str | None, moves: dict[str, Move]) -> Iterator[Label]:
    if outcome is None:
        return
    if outcome in VERBS:
        yield _label(outcome, str(moves[outcome].who.words) if outcome in moves else "")
    else:
        yield Label(words=outcome_words(outcome))


def _label(verb: str, who: str) -> Label:
    return Label(words=str(VERBS[verb].button), who=who)


def outcome_words(outcome: str) -> str:
    """How the outcome of a step of the route is said."""
    if outcome in VERBS:
        return str(VERBS[outcome].button)
    return _("Content changed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One step of a review: who held it, from when to when, and what came of it."""

    words: str
    who: str
    begun: datetime
    ended: datetime | None
    outcome: str


def holders(item: Item, tasks: list[Any]) -> list[Held]:
    """The steps of the present submission that people held, oldest first."""
    submission = item.submission
    if submission is None:
        return []
    handed_in = Held(
        words=str(SectionThenOffice.instance.start.task_title),
        who=submission.submitted_by.name,
        begun=submission.submitted_at,
        ended=submission.submitted_at,
        outcome="",
    )
    waiting = _waited_for(item)
    return [
        handed_in,
        *(
            Held(
                words=str(task.flow_task.task_title),
                who=task.owner.name if task.owner else waiting,
                begun=task.created,
                ended=task.finished,
                outcome=outcome_words(task.data["outcome"]) if task.data else "",
            )
            for task in tasks
            if isinstance(task.flow_task, Decision)
        ),
    ]


def _waited_for(item: Item) -> str:
    """Whom an open step waits for: those who may take the item on from its state."""
    verb = {State.IN_REVIEW: "approve", State.VERIFYING: "close"}.get(State(item.state))
    if verb is None:
        return ""
    names = machine.move_of(item, verb).who.names(item)
    return _(", ").join(dict.fromkeys(names))
