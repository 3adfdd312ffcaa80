"""The acts of a review played at random: each a press of a button, with its own form."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from core.roles import Role
from evidence.intake import Received
from tests import make
from tests.workflows import scene
from tests.workflows.review import Review, leave, review
from tests.workflows.route_model import OTHERS
from workflows.actions import bulk, deputies, duties, reading, rounds, routes
from workflows.actions.step import Command
from workflows.models import Deputy
from workflows.models.route import Step
from workflows.standing_in import as_actor

Do = Callable[[], object]
Press = Callable[[Command], object]
NOT_OF_THE_ITEM = {"set_route", "demand", "recall", "appoint"}


@dataclass
class Watched(Review):
    """Acts by a form that is handed in, so that it can be sent again, or too late."""

    file: Received = field(default_factory=make.paper)
    command: Command | None = None

    def form(self, who: str) -> dict[str, Any]:
        return {"actor": self.actor(who), "command": self.command or make.command(self.item)}

    def meet_again(self) -> None:
        """The one whose posts change from act to act."""
        self.known["stand-in"] = as_actor(self.people["stand-in"])


def ground() -> Watched:
    plain = review("standard", leaders=("leader", "second leader"))
    house, people = plain.house, plain.people
    for name in OTHERS[2:]:
        people[name] = make.person(Role.STAFF, section=house.other_section)
    people["stand-in"] = make.person(Role.STAFF, section=house.section)
    make.membership(people["head"], Role.OFFICE, unit=house.unit)
    make.deputy(people["head"], people["stand-in"], with_tray=True)
    leave(people.pop("system officer"))
    return Watched(house, plain.item, people, {who: plain.actor(who) for who in people})


def acts(on: Watched, verb: str, who: str, what: str) -> list[Press]:
    """What somebody presses; whatever came back is handed in again."""
    pressed = [_act(on, verb, who, what)]
    if verb in {"send_back", "send_back_straight", "withdraw"}:
        pressed.append(_plain(on, "submit", "staff"))
    return [_with_form(on, do) for do in pressed]


def anew(on: Watched) -> list[Press]:
    """What the staff presses after a reopening, which was asked for and granted before."""
    make.take(on.item, "reopen", on.house)
    verbs = ("record_progress", "submit")
    return [_with_form(on, _plain(on, verb, "staff")) for verb in verbs]


def _with_form(on: Watched, do: Do) -> Press:
    def press(command: Command) -> object:
        on.command = command
        try:
            return do()
        finally:
            on.command = None

    return press


def _act(on: Watched, verb: str, who: str, what: str) -> Do:  # noqa: PLR0911, PLR0912, C901 -- a table
    match verb:
        case "approve" | "close" | "send_back" | "give_back" | "claim" | "release":
            return lambda: getattr(on, verb)(who)
        case "send_back_straight":
            return lambda: on.send_back(who, straight=True)
        case "approve_in_bulk" | "approve_unread":
            return lambda: _in_bulk(on, who, opened=verb == "approve_in_bulk")
        case "step_back":
            return lambda: on.step_back(who, int(what))
        case "hand_over":
            return lambda: on.hand_over(who, what)
        case "ask_help":
            return lambda: on.ask_help(who, what)
        case "add_before" | "add_after":
            return lambda: on.add(who, what, after=verb == "add_after")
        case "drop":
            added = on.item.duties.filter(person=on.id(what), state__in=["open", "held"])
            duty = added.exclude(kind="copy").get().pk
            return lambda: duties.drop_signer(on.item.pk, duty_id=duty, **on.form(who))
        case "read":
            copy = on.item.duties.filter(kind="copy", state="open").order_by("pk")[0].pk
            return lambda: duties.mark_read(copy, actor=on.actor(who))
        case "demand":
            return lambda: _demand(on, who)
        case "set_route":
            return lambda: _set_route(on, what)
        case "recall" | "appoint":
            return lambda: _deputy(on, verb, who, what)
        case _:
            return _plain(on, {"move": "move_to_current"}.get(verb, verb), who)


def _plain(on: Watched, verb: str, who: str) -> Do:
    file = make.paper(f"proof {make.number()}.pdf") if verb == "attach" else on.file
    item, do = on.now(), scene.verbs(heir=on.id("colleague"), file=file)[verb]
    return lambda: do(item, *on.form(who).values())


def _in_bulk(on: Watched, who: str, *, opened: bool) -> None:
    form = on.form(who)
    if opened:
        reading.open_submission(on.now(), actor=form["actor"])
    rows = [(on.item.pk, form["command"].version)]
    actor, command_id = form["actor"], form["command"].id
    [row] = bulk.bulk("approve", rows, actor=actor, command_id=command_id, said={"opinion": "Yes"})
    if row.refusal:
        raise row.refusal


def _demand(on: Watched, who: str) -> object:
    must_read = not on.now().round.must_read
    return rounds.set_demands(on.item.round_id, actor=on.actor(who), must_read=must_read)


def read_all(on: Watched, who: str) -> None:
    for citation in on.item.citations.standing():
        reading.download(citation.pk, actor=on.actor(who))


def _deputy(on: Watched, verb: str, who: str, what: str) -> None:
    if verb == "appoint":
        make.deputy(on.people[who], on.people[what], with_tray=True)
    else:
        standing = Deputy.objects.get(person=on.id(who), recalled_at=None)
        deputies.recall(standing.pk, actor=on.actor(who))
    on.meet_again()


def _set_route(on: Watched, what: str) -> object:
    by_name = Step(party="person", person_id=on.id("leader"))
    own = (Step(party="head"), Step(party="leaders", how="in_order"), by_name)
    route: dict[str, Any] = (
        {"steps": (*own, Step(party="office"))} if what == "own" else {"preset": what}
    )
    return routes.set_route(on.item.round_id, actor=on.actor("office"), **route)
