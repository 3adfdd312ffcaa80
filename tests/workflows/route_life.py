"""Reviews played at random, guided to the verbs of a step, watched by what a route must keep.

What is kept here by hand: whom each step asks, who has agreed and for whom, who was added and has
not answered, who took the step on. After every act the review is held against it.
"""

from __future__ import annotations

from collections import Counter
from typing import ClassVar

from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule
from viewflow.workflow.models import Task

from core.refusals import Refusal
from core.roles import Role
from tests import make
from tests.workflows import scene
from tests.workflows.review import Review, leave, review
from workflows.states import State

HEADS = {"head", "second head", "stand-in"}
LEADERS = {"leader", "second leader"}
OFFICES = {"office", "closer", "stand-in"}
# Whom the presets ask, and whether all of them must agree.
ROUTES: dict[str, list[tuple[set[str], int]]] = {
    "standard": [(HEADS, 1), (LEADERS, 1), (OFFICES, 1)],
    "full": [(HEADS, 1), ({"other head"}, 1), (LEADERS, 2), (OFFICES, 1)],
}
BEHIND = {"stand-in": "head"}  # who is a member of the office too
VERBS = [
    "approve",
    "send_back",
    "step_back",
    "hand_over",
    "ask_help",
    "give_back",
    "add_before",
    "add_after",
    "drop",
    "claim",
    "release",
    "copy_to",
    "close",
    "change",
]
OTHERS = ["colleague", "third leader", "first person"]


class RouteLife(RuleBasedStateMachine):
    visits: ClassVar[Counter[tuple[str, str]]]

    def __init__(self) -> None:
        super().__init__()
        self.savepoint = transaction.savepoint()
        self.done: Counter[str] = Counter()

    @initialize(preset=st.sampled_from(sorted(ROUTES)))
    def choose(self, preset: str) -> None:
        self.preset = preset
        self.begin()

    def teardown(self) -> None:
        transaction.savepoint_rollback(self.savepoint)
        transaction.set_rollback(False)

    def begin(self) -> None:
        self.on: Review = review(self.preset, leaders=("leader", "second leader"))
        on = self.on
        on.people["stand-in"] = make.person(Role.STAFF, section=on.house.section)
        make.membership(on.people["head"], Role.OFFICE, unit=on.house.unit)
        make.deputy(on.people["head"], on.people["stand-in"], with_tray=True)
        leave(on.people["system officer"])
        on.known = {who: on.actor(who) for who in on.people}
        self.start()

    def start(self) -> None:
        self.on_to(0)
        self.agreed: list[tuple[int, str]] = []
        self.pending: dict[str, str] = {}
        self.asker = ""
        self.look()

    @rule(data=st.data())
    def go_on(self, data: st.DataObject) -> None:
        """Walk to where a verb can be done that this run has done least often, and do it."""
        fewest = min(self.done[verb] for verb in VERBS)
        least = [verb for verb in VERBS if self.done[verb] == fewest]
        goal = data.draw(st.sampled_from(least), label="goal")
        possible = self.possible()
        for _step in range(12):
            if goal in possible:
                break
            # Onward; from the end of the route back to its beginning.
            on = next(verb for verb in ("give_back", "approve", "send_back") if verb in possible)
            self.act(on, possible[on], data)
            possible = self.possible()
        if goal in possible:
            self.act(goal, possible[goal], data)

    def possible(self) -> dict[str, list[str]]:
        waiting = sorted(self.on.waits_for())
        return {verb: whos for verb in VERBS if (whos := self.able(verb, waiting))}

    def act(self, verb: str, whos: list[str], data: st.DataObject) -> None:
        who = data.draw(st.sampled_from(whos), label=f"who may {verb}")
        self.done[verb] += 1
        self.visits[self.preset, verb] += 1
        self.do(verb, who, data)
        self.look()

    @rule(data=st.data())
    def meddle(self, data: st.DataObject) -> None:
        """Somebody whose step it is not tries to agree, to close or to take it on."""
        verb = data.draw(st.sampled_from(["approve", "close", "claim"]))
        out = sorted(set(self.on.people) - self.allowed())
        who = data.draw(st.sampled_from(out), label="who may not")
        before = scene.everything(self.on.item)
        try:
            self.do(verb, who, data)
        except Refusal:
            assert scene.everything(self.on.item) == before
        else:
            raise AssertionError(f"{who} could {verb}")

    # What is known by hand

    @property
    def last(self) -> bool:
        return self.place == len(ROUTES[self.preset]) - 1

    def silent(self) -> set[str]:
        """Who has had their say, themselves or through somebody else."""
        found = {"staff"}
        for _place, who in self.agreed:
            found |= {who, BEHIND.get(who, who)}
        return found | {deputy for deputy, person in BEHIND.items() if person in found}

    def allowed(self) -> set[str]:
        """Who might have a say now, added ones among them."""
        asked, _needed = ROUTES[self.preset][self.place]
        group = asked | self.handed | ({"head"} if self.last else set())
        if self.taken:
            group = {self.taken, BEHIND.get(self.taken, self.taken)}
            group |= {deputy for deputy, person in BEHIND.items() if person == self.taken}
        return (group - self.silent()) | set(self.pending)

    def able(self, verb: str, waiting: list[str]) -> list[str]:  # noqa: C901, PLR0911 -- a table
        if verb in {"add_before", "add_after", "ask_help", "hand_over"} and not self.free():
            return []
        asked = [w for w in waiting if w in self.pending]
        own = [w for w in waiting if w not in self.pending]
        match verb:
            case "approve":
                signers = [w for w in asked if self.pending[w] != "help"]
                return signers if self.last else own + signers
            case "close":
                return own if self.last and not self.pending else []
            case "give_back":
                return [w for w in asked if self.pending[w] == "help"]
            case "step_back":
                return own if self.place and not self.pending else []
            case "add_after":
                return own if not self.place and not self.pending and not self.handed else []
            case "add_before" | "ask_help" | "hand_over":
                return own if not self.pending and not self.taken and not self.handed else []
            case "drop":
                first = next(iter(self.pending), "")
                asker = self.asker if self.pending.get(first) != "after" or own else ""
                return [asker] if first and asker else []
            case "claim":
                free = not self.pending and not self.taken and not self.handed
                return own if free and not LEADERS & set(own) else []
            case "release":
                return [self.taken] if self.taken and not self.pending else []
            case "change":
                return ["staff"] if self.last and not self.pending else []
            case _:
                return own if not self.pending else []

    def do(self, verb: str, who: str, data: st.DataObject) -> None:  # noqa: C901, PLR0912 -- a table
        on = self.on
        free = self.free()
        match verb:
            case "approve":
                on.approve(who)
                self.answered(who)
            case "send_back":
                on.send_back(who)
                on.submit()
                self.start()
            case "step_back":
                to = data.draw(st.integers(0, self.place - 1), label="to")
                on.step_back(who, to)
                self.back_to(to)
            case "hand_over":
                on.hand_over(who, free[0])
                self.handed.add(free[0])
            case "ask_help" | "add_before" | "add_after":
                self.asker = who
                if verb == "ask_help":
                    on.ask_help(who, free[0])
                else:
                    on.add(who, free[0], after=verb == "add_after")
                self.pending[free[0]] = {"ask_help": "help"}.get(verb, verb[4:])
            case "give_back":
                on.give_back(who)
                del self.pending[who]
            case "drop":
                [signer] = self.pending
                on.drop(who, signer)
                self.pending = {}
            case "claim":
                on.claim(who)
                self.taken = who
            case "release":
                on.release(who)
                self.taken = ""
            case "close":
                on.close(who)
                assert who not in self.silent(), f"{who} had their say and closed"
                self.begin()
            case "change":
                verbs = scene.verbs(heir=0, file=make.paper())
                verbs["attach"](on.item, on.actor("staff"), make.command(on.item))
                self.back_to(0)
            case "copy_to":
                scene.verbs(heir=on.id("colleague"), file=make.paper())["copy_to"](
                    on.item, on.actor(who), make.command(on.item)
                )

    def free(self) -> list[str]:
        return [who for who in OTHERS if who not in self.silent()]

    def answered(self, who: str) -> None:
        assert who not in self.silent(), f"{who} agreed twice"
        self.agreed.append((self.place, who))
        signed = self.pending.pop(who, "")
        _asked, needed = ROUTES[self.preset][self.place]
        self.yes += not signed
        if self.yes >= needed and not self.pending and signed != "before":
            self.on_to(self.place + 1)

    def on_to(self, place: int) -> None:
        self.place, self.taken, self.yes = place, "", 0
        self.handed: set[str] = set()

    def back_to(self, place: int) -> None:
        self.agreed = [(at, who) for at, who in self.agreed if at < place]
        self.pending = {}
        self.on_to(place)

    # Looking

    def look(self) -> None:
        on = self.on
        state = State.VERIFYING if self.last else State.IN_REVIEW
        assert on.stands() == (state, self.place)
        waiting = on.waits_for()
        assert waiting, "nobody may"
        assert waiting <= self.allowed(), f"{waiting} wait, {self.allowed()} may"
        standing = on.item.duties.filter(
            submission=on.submission, state="done", outcome="approve"
        ).order_by("decided_at", "pk")
        found = [(duty.position, duty.decided_by_id) for duty in standing]
        assert found == [(at, on.id(who)) for at, who in self.agreed]
        held = on.item.duties.filter(state__in=["open", "held"]).exclude(kind="copy")
        tasks = Task.objects.filter(process=on.submission.process, finished=None)
        assert sorted(d.task_id or 0 for d in held) == sorted(t.pk for t in tasks)
        assert (on.submission.approved_by is None) == (not self.agreed)
