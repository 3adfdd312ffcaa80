"""One line a verb: django-fsm keeps the law, and this says what a line of it carries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django_fsm import transition

from core.refusals import NoSuchMove, Refusal
from workflows.states import VERBS, State

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from core.actor import Actor
    from workflows.guards import Act
    from workflows.models.item import Item
    from workflows.policy import Who

    Guard = Callable[[Act], Refusal | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One edge of the machine as it stands in the item's class."""

    verb: str
    source: str
    target: str
    who: Who
    guards: tuple[Guard, ...]

    @property
    def voids_approval(self) -> bool:
        """Content changed after it was approved: the approval no longer stands."""
        back = (self.source, self.target) == (State.VERIFYING, State.IN_REVIEW)
        return back and self.verb not in {"step_back", "move_to_current", "back_to_leaders"}

    @property
    def changes_content(self) -> bool:
        """What is under review is no longer what was submitted: whoever agreed is asked anew."""
        return self.voids_approval or (self.source, self.verb) == (
            State.IN_REVIEW,
            "supply_evidence",
        )


def verb(
    field: Any,
    source: str | Sequence[str],
    target: str,
    who: Who,
    *guards: Guard,
) -> Any:
    """Declare one transition with who may and which guards; enforced by workflows.actions."""
    rule: Any = who  # asked with our Actor, where django-fsm would hand a user
    return transition(field, source, target, permission=rule, custom={"guards": guards})


def stays(field: Any, sources: list[State], who: Who, *guards: Guard) -> Any:
    """Declare a verb that leaves an item in whichever of these states it is."""

    def declare(method: Any) -> Any:
        for source in sources:
            method = verb(field, source, source, who, *guards)(method)
        return method

    return declare


def moves(item_class: type[Item]) -> Iterator[Move]:
    """Every edge of the machine, in the order the verbs are known by."""
    field = item_class._meta.get_field("state")
    edges: list[Any] = list(field.get_all_transitions(item_class))
    order = {name: place for place, name in enumerate(VERBS)}
    for edge in sorted(edges, key=lambda e: (list(State).index(e.source), order[e.name])):
        yield Move(
            verb=edge.name,
            source=edge.source,
            target=edge.target,
            who=edge.permission,
            guards=edge.custom["guards"],
        )


_tables: dict[type[Item], dict[tuple[str, str], Move]] = {}


def table(item_class: type[Item]) -> dict[tuple[str, str], Move]:
    """(source, verb) -> Move; built once."""
    if item_class not in _tables:
        _tables[item_class] = {(m.source, m.verb): m for m in moves(item_class)}
    return _tables[item_class]


def move_of(item: Item, verb_name: str) -> Move:
    """The edge a verb takes from where the item is, or NoSuchMove saying from where it goes."""
    known = table(type(item))
    move = known.get((item.state, verb_name))
    if move is not None:
        return move
    sources = [State(s).label for s, v in known if v == verb_name]
    raise NoSuchMove(
        _("“%(verb)s” is not possible while the item is “%(state)s”.")
        % {"verb": VERBS[verb_name].button, "state": item.get_state_display()},
        state=item.get_state_display(),
        then=_("It is possible from: %(states)s.") % {"states": _(", ").join(map(str, sources))},
    )


def offered(item: Item, actor: Actor) -> list[Move]:
    """The moves this actor may take from here; the page's buttons and nothing else."""
    return [
        m
        for (source, _verb), m in table(type(item)).items()
        if source == item.state and m.who(item, actor)
    ]
