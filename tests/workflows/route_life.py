"""Reviews played at random, guided to the verbs of a step, held against what is known by hand.

Between the acts somebody meddles: the wrong person, a stale page, a second click, a signer who
agreed already. Then nothing may have happened but the word of the refusal.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import ClassVar
from uuid import uuid4

from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule
from viewflow.workflow.models import Task

from audit import verify
from audit.chain import Head
from audit.models import Event
from core.refusals import Refusal, StaleItem
from tests.workflows import scene
from tests.workflows.route_acts import NOT_OF_THE_ITEM, Press, Watched, acts, anew, read_all
from tests.workflows.route_model import ROUTES, Model, Option
from workflows.actions.step import Command
from workflows.states import State

VERBS = [
    "approve",
    "approve_in_bulk",
    "send_back",
    "send_back_straight",
    "step_back",
    "withdraw",
    "hand_over",
    "ask_help",
    "give_back",
    "add_before",
    "add_after",
    "drop",
    "claim",
    "release",
    "copy_to",
    "read",
    "close",
    "attach",
    "amend",
    "set_route",
    "move",
    "demand",
    "recall",
    "appoint",
]
# What has to be done first, where a verb is not possible yet.
FIRST = {
    "drop": "add_before",
    "release": "claim",
    "give_back": "ask_help",
    "read": "copy_to",
    "move": "set_route",
    "appoint": "recall",
    "withdraw": "send_back",
}
# Reading has no form; what was not read at that version is refused for that.
NOT_LATE = ("read", "approve_in_bulk")
AGREES = ("approve", "approve_in_bulk", "close")
ADDS = ("add_before", "add_after", "ask_help")
ONWARD = ("give_back", "approve", "close")
MEDDLING = (
    "outsider",
    "late",
    "again",
    "who had their say",
    "onward",
    "after an answer",
    "not theirs to drop",
    "unread",
    "after the office",
    "evidence unread",
)


class RouteLife(RuleBasedStateMachine):
    ground: ClassVar[Watched]
    visits: ClassVar[Counter[str]]
    toward: ClassVar[frozenset[str]]
    """The routes, verbs and ways of meddling that a run is steered to; all, where none is named."""

    def __init__(self) -> None:
        super().__init__()
        self.savepoint = transaction.savepoint()
        self.done: Counter[str] = Counter()
        self.on = self.ground
        self.on.meet_again()
        self.model = Model("standard", 1, "standard", 1, behind={"stand-in": "head"})
        self.model.stand_at(0)
        self.last: tuple[Press, Command] | None = None
        row = self.on.now()
        self.head, self.version = row.head, row.version

    @initialize(data=st.data())
    def choose(self, data: st.DataObject) -> None:
        self.look()
        route = data.draw(st.sampled_from(self.steered(sorted(ROUTES))), label="route")
        if route != "standard":
            self.act("set_route", "office", route)
            self.act("move", "office", "")

    def teardown(self) -> None:
        transaction.savepoint_rollback(self.savepoint)
        transaction.set_rollback(False)

    @rule(data=st.data())
    def go_on(self, data: st.DataObject) -> None:
        """Walk to where a verb can be done that this run has done least often, and do it."""
        goals = self.steered([*VERBS, "nest"])
        fewest = min(self.done[verb] for verb in goals)
        least = [verb for verb in goals if self.done[verb] == fewest]
        goal = data.draw(st.sampled_from(least), label="goal")
        for _step in range(9):
            able = self.model.able() | {"nest": [(who, "") for who in self.model.may_nest()]}
            able = {verb: options for verb, options in able.items() if options}
            ways = (goal, FIRST.get(goal, ""), *ONWARD)
            verb = next(verb for verb in ways if verb in able)
            if verb == "nest":
                self.nest(data)
            else:
                self.act(verb, *self.chosen(verb, able[verb], data))
            if verb == goal:
                break
        if not self.toward or self.toward & set(MEDDLING):
            self.meddle(data)

    def nest(self, data: st.DataObject) -> None:
        """A whole tree at once, for chance alone hardly ever grows one."""
        self.done["nest"] += 1
        who = data.draw(st.sampled_from(self.model.may_nest()), label="who nests")
        first, second, third, fourth = self.model.free()[:4]
        self.act("add_before", who, first)
        if data.draw(st.booleans(), label="drops the tree"):
            self.act("add_before", first, second)
            self.act("add_after", second, third)
            self.act("approve", second, "")
            self.act("drop", who, first)
            return
        self.act("add_after", first, second)
        self.act("add_after", first, third)
        self.act("approve", first, "")
        one, other = data.draw(st.permutations([second, third]), label="one after the other")
        self.act("add_after", one, fourth)
        for signer in (one, other, fourth):
            self.act("approve", signer, "")

    def steered(self, words: Sequence[str]) -> list[str]:
        return [word for word in words if word in self.toward] or list(words)

    def chosen(self, verb: str, options: list[Option], data: st.DataObject) -> Option:
        """Every other time those who were added add others: trees grow deep."""
        deep = [one for one in options if verb in ADDS and self.model.was_added(one[0])]
        if deep:
            deeper: bool = data.draw(st.booleans(), label="deep")
            options = deep if deeper else options
        return data.draw(st.sampled_from(options), label=verb)

    def act(self, verb: str, who: str, what: str) -> None:
        if self.model.must_read and verb in AGREES:
            read_all(self.on, who)
            self.new_events()
            self.model.readers.add(who)
        for press in acts(self.on, verb, who, what):
            self.press(press, verb)
        if verb == "close":
            self.reopen()
        self.model.done(verb, who, what)
        self.done[verb] += 1
        type(self).visits[verb] += 1
        self.look()

    def reopen(self) -> None:
        pressed = anew(self.on)
        self.version = self.on.now().version
        self.new_events()
        for press in pressed:
            self.press(press, "submit")

    def press(self, press: Press, verb: str) -> None:
        command = Command(id=uuid4(), version=self.version)
        try:
            press(command)
        except Refusal as refused:
            raise AssertionError(f"could not {verb}: {refused.as_dict()}") from refused
        if verb not in NOT_OF_THE_ITEM:
            self.last = press, command
            self.version += verb != "read"
            told = [event.name for event in self.new_events()]
            assert len(told) == 1, f"{verb} was told {len(told)} times"
            assert told != ["item.refused"]

    # Meddling

    def meddle(self, data: st.DataObject) -> None:
        how = data.draw(st.sampled_from(self.steered(MEDDLING)), label="meddle")
        if how == "again" and self.last:
            self.click_again(*self.last)
        elif how == "late":
            able = [(v, *one) for v, ones in self.model.able().items() for one in ones]
            late = [one for one in able if one[0] not in {*NOT_OF_THE_ITEM, *NOT_LATE}]
            self.refused(*data.draw(st.sampled_from(late)), late=True)
        else:
            wrong = self.wrong(how) or self.wrong("outsider")
            self.refused(*data.draw(st.sampled_from(wrong)))

    def wrong(self, how: str) -> list[tuple[str, str, str]]:
        """What must be refused now: the verb, who tries, and to whom or where to."""
        model, whos = self.model, sorted(self.model.waiting())
        deciders = [who for who in whos if model.place_of(who).kind != "help"]
        match how:
            case "who had their say":
                had = sorted(model.silent() | {a for p in model.added() for a in p.asked})
                verbs = ("add_before", "hand_over", "ask_help")
                return [(verb, who, one) for verb in verbs for who in deciders for one in had]
            case "onward":
                return [("step_back", who, str(model.at)) for who in deciders]
            case "after an answer":
                fresh = "withdraw" in model.able()
                return [] if fresh else [("withdraw", "staff", "")]
            case "not theirs to drop":
                signers = [one for place in model.added() for one in place.asked]
                tries = [(who, one) for who in sorted(self.on.people) for one in signers]
                return [("drop", *one) for one in tries if one not in model.drops()]
            case "unread":
                return [("approve_unread", *one) for one in model.able().get("approve", [])]
            case "evidence unread":
                able = [(v, *one) for v in ("approve", "close") for one in model.able().get(v, [])]
                blind = [one for one in able if one[1] not in model.readers]
                return blind if model.must_read else []
            case "after the office":
                last = model.in_office
                return [("add_after", who, one) for who in deciders for one in model.free() if last]
            case _:
                out = sorted(set(self.on.people) - set(whos))
                tried = ("approve", "close", "claim", "send_back", "add_before", "copy_to")
                return [(verb, who, "colleague") for verb in tried for who in out]

    def refused(self, verb: str, who: str, what: str, *, late: bool = False) -> None:
        before = scene.everything(self.on.item)
        press = acts(self.on, verb, who, what)[0]
        try:
            press(Command(id=uuid4(), version=self.version - late))
        except Refusal as refused:
            if late and not isinstance(refused, StaleItem):
                raise AssertionError(f"{verb} was refused for another reason") from refused
            assert scene.everything(self.on.item) == before
            assert {event.name for event in self.new_events()} <= {"item.refused"}
        else:
            raise AssertionError(f"{who} could {verb} {what}{' too late' * late}")

    def click_again(self, press: Press, command: Command) -> None:
        before = scene.everything(self.on.item)
        try:
            press(command)
        except Refusal as refused:
            raise AssertionError(f"a second click was refused: {refused}") from refused
        assert scene.everything(self.on.item) == before
        assert self.new_events() == []

    # Looking

    def new_events(self) -> list[Event]:
        """What was told since the last look; each follows from the one before."""
        new = list(Event.objects.filter(subject=self.head.subject, seq__gt=self.head.seq))
        for event in new:
            wrong = verify._wrong(event, self.head)
            assert not wrong, wrong
            self.head = Head(subject=event.subject, seq=event.seq, hash=bytes(event.hash))
        return new

    def look(self) -> None:
        on, model, item = self.on, self.model, self.on.now()
        submission = item.submission
        assert submission is not None
        state = State.VERIFYING if model.in_office else State.IN_REVIEW
        assert (item.state, submission.position) == (state, model.at)
        assert (item.version, item.head) == (self.version, self.head)
        waiting = on.waits_for()
        assert waiting, "nobody may"
        assert waiting == model.waiting(), f"{waiting} wait instead of {model.waiting()}"
        standing = item.duties.filter(submission=submission, state="done", outcome="approve")
        found = standing.order_by("decided_at", "pk").values_list(
            "position", "decided_by", "behind"
        )
        known = {who: person.pk for who, person in on.people.items()}
        agreed = [(one.place, known[one.who], known.get(one.behind)) for one in model.agreed]
        assert list(found) == agreed
        assert submission.approved_by_id == (agreed[-1][1] if agreed else None)
        held = item.duties.filter(state__in=["open", "held"]).exclude(kind="copy")
        tasks = Task.objects.filter(process__submission__item=item, finished=None)
        assert sorted(d.task_id or 0 for d in held) == sorted(t.pk for t in tasks)
        assert len(held) == sum(not place.answered for place in model.every())
