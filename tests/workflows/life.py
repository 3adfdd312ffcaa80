"""An item's life played at random against a model written by hand, and the faults it must notice.

Guided: each run walks to edges of the machine it has not taken yet, because uniformly random verbs
hardly ever reach the end of a life. Between the walks somebody meddles: the wrong person, a stale
page, a second click, a form with a gap in it.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar
from uuid import uuid4, uuid5

from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule
from viewflow.workflow.models import Task

from audit import verify
from audit.chain import Head
from audit.models import Event
from core.actor import Actor
from core.refusals import Refusal, StaleItem
from core.roles import Role
from evidence.intake import Received
from tests import make
from tests.make import House
from tests.workflows import scene
from tests.workflows.law import EVENT, NOT_PLAYED_SHORT, WAITS_AT, D, I, R, S, V, X
from tests.workflows.law import LAW as WHOLE_LAW
from workflows.actions import assignments, decisions, proving, requests
from workflows.actions.step import Command
from workflows.models import Item, Round, Submission
from workflows.states import Outcome, State

# The short route; what one may do with a step is played in route_life.py.
LAW = {
    edge: rest
    for edge, rest in WHOLE_LAW.items()
    if edge[1] not in NOT_PLAYED_SHORT and edge[0] != S
}
# These the office asks for, and the leader agrees: two acts in one.
ON_REQUEST: dict[str, Callable[..., Item]] = {
    "cancel": requests.ask_cancel,
    "reopen": requests.ask_reopen,
}
VERBS = sorted(set(EVENT) - NOT_PLAYED_SHORT)
OFFICE = {"office", "closer", "chief"}
HEADS = {"head", "deputy", "chief"}
SECTION = ["staff", "deputy", "chief"]
EVERYBODY = ["staff", "deputy", "chief", "head", "office", "closer"]
# Who may, by what the law calls them; the model keeps who is assignee.
OF_OFFICE = {"assign", "amend", "cancel", "close", "reopen", "disclose"}
OF_A_PIECE = {"withdraw_evidence", "replace_evidence", "relink"}
OF_ASSIGNEE = {"accept", "record_progress", "attach", "submit", "withdraw"} | OF_A_PIECE


@dataclass
class Ground:
    """What stays the same from run to run; `deputy` is staff and head, `chief` head and office."""

    house: House
    round: Round
    people: dict[str, Actor]
    file: Received


def ground() -> Ground:
    house = make.house()
    deputy = make.person(Role.STAFF, section=house.section, name="Deputy")
    make.membership(deputy, Role.SECTION_HEAD, section=house.section)
    chief = make.person(Role.SECTION_HEAD, section=house.section, name="Chief")
    make.membership(chief, Role.OFFICE, unit=house.unit)
    people = {
        "staff": house.staff,
        "deputy": deputy,
        "chief": chief,
        "head": house.head,
        "office": house.office,
        "closer": house.closer,
    }
    actors = {name: person.actor() for name, person in people.items()}
    return Ground(house, make.round_(house), actors, make.paper())


@dataclass
class Model:
    """What the item should be, by hand."""

    state: str = D
    version: int = 0
    cycle: int = 1
    assignee: str = "staff"
    standing: int = 0
    """Citations that were not withdrawn."""
    told: bool = False
    """Progress is claimed and a result written."""
    submitter: str = ""
    approver: str = ""
    submissions: int = 0
    events: int = 1
    visits: Counter[tuple[str, str]] = field(default_factory=Counter)

    def may(self, verb: str, who: str) -> bool:
        """Whether the verb is this person's and nothing is missing, when the form is full."""
        return (self.state, verb) in LAW and self.is_theirs(verb, who) and self.is_ready(verb, who)

    def is_theirs(self, verb: str, who: str) -> bool:
        if verb in OF_ASSIGNEE:
            return who == self.assignee
        if verb == "reassign":
            return who in OFFICE | HEADS
        if verb in OF_OFFICE or (verb == "send_back" and self.state == V):
            return who in OFFICE
        return who in HEADS

    def is_ready(self, verb: str, who: str) -> bool:
        match verb:
            case "submit":
                return self.standing > 0 and self.told
            case "approve":
                return self.standing > 0 and who != self.submitter
            case "send_back":
                return who not in {self.submitter, self.approver}
            case "close":
                return who not in {self.submitter, self.approver}
            case "withdraw_evidence" | "replace_evidence" | "relink":
                return self.standing > 0
            case _:
                return True

    def done(self, verb: str, who: str, heir: str) -> None:
        source, self.state = self.state, LAW[self.state, verb][0]
        self.visits[source, verb] += 1
        acts = 2 if verb in ON_REQUEST and source != D else 1
        self.version += acts
        self.events += acts
        self.standing += {"attach": 1, "withdraw_evidence": -1}.get(verb, 0)
        if (source, self.state) == (V, I):
            self.approver = ""
        match verb:
            case "assign" | "reassign":
                self.assignee = heir
            case "record_progress":
                self.told = True
            case "submit":
                self.submissions, self.submitter, self.approver = self.submissions + 1, who, ""
            case "approve":
                self.approver = who
            case "reopen":
                self.cycle, self.told = self.cycle + 1, False

    def way_to(self, goal: tuple[str, str]) -> list[str]:
        """The shortest verbs from here to the state where the goal's verb starts, and the goal."""
        paths = deque([(self.state, list[str]())])
        seen = {self.state}
        while paths:
            state, path = paths.popleft()
            if state == goal[0]:
                return [*path, goal[1]]
            for (source, verb), (target, _who) in LAW.items():
                blocked = (state, verb) == (I, "approve") and not path and not self.standing
                if source == state and target not in seen and not blocked:
                    seen.add(target)
                    paths.append((target, [*path, verb]))
        return []


@dataclass
class Last:
    """The last thing that was done, for doing it again."""

    who: str
    command: Command
    do: scene.Do
    page: Item


class Life(RuleBasedStateMachine):
    ground: ClassVar[Ground]
    visits: ClassVar[Counter[tuple[str, str]]]

    def __init__(self) -> None:
        super().__init__()
        self.savepoint = transaction.savepoint()
        self.taken: Counter[tuple[str, str]] = Counter()
        self.begin()

    def begin(self) -> None:
        on = self.ground
        line = make.line(on.house, measures=("Repair the lamps",))
        [self.item] = make.entered(on.house, on.round, line)
        self.model = Model()
        self.head = Head(subject=self.item.subject)
        self.stood: Any = None
        self.stood_at: Any = -1
        self.last: Last | None = None

    def teardown(self) -> None:
        transaction.savepoint_rollback(self.savepoint)
        transaction.set_rollback(False)

    # Walks

    @rule(data=st.data())
    def go_on(self, data: st.DataObject) -> None:
        """Walk to an edge that this run has taken least often and take it."""
        if self.model.state == X:
            self.begin()
        fewest = min(self.taken[edge] for edge in LAW)
        left = [edge for edge in LAW if self.taken[edge] == fewest]
        goal = data.draw(st.sampled_from(left), label="goal")
        while self.model.state != goal[0]:
            way = self.model.way_to(goal)
            if not way:  # it lies behind: another item begins
                self.begin()
                continue
            self.step(way[0], data)
        self.step(goal[1], data)

    def step(self, verb: str, data: st.DataObject) -> None:
        if self.model.state == R and verb in {"submit", *OF_A_PIECE}:
            self.try_with_a_gap(verb)
            if self.model.standing == 0:
                self.take("attach", data)
            if verb == "submit" and not self.model.told:
                self.take("record_progress", data)
        self.take(verb, data)

    def try_with_a_gap(self, verb: str) -> None:
        """Whose act it would be, if nothing were missing or they had not acted before, tries it."""
        for who in EVERYBODY:
            if self.model.is_theirs(verb, who) and not self.model.is_ready(verb, who):
                self.attempt(verb, who, SECTION[0])

    def take(self, verb: str, data: st.DataObject) -> None:
        self.try_with_a_gap(verb)
        able = [who for who in EVERYBODY if self.may(verb, who)]
        who = data.draw(st.sampled_from(able), label=f"who may {verb}")
        if verb == "send_back":
            self.return_without_words(who)
        pool = SECTION if verb == "assign" else self.others()
        self.attempt(verb, who, data.draw(st.sampled_from(pool), label="heir"))

    # Meddling

    @rule(data=st.data(), how=st.sampled_from(["anybody", "again", "late"]))
    def meddle(self, data: st.DataObject, how: str) -> None:
        match how:
            case "again" if self.last:
                self.click_again(self.last)
            case "late" if self.model.version:
                self.come_late(data)
            case _:
                verb = data.draw(st.sampled_from(VERBS), label="verb")
                self.attempt(verb, data.draw(st.sampled_from(EVERYBODY)), self.others()[0])
        self.check()

    def click_again(self, last: Last) -> None:
        try:
            last.do(last.page, self.ground.people[last.who], last.command)
        except Refusal as refused:
            raise AssertionError(f"a second click was refused: {refused}") from refused

    def come_late(self, data: st.DataObject) -> None:
        """Somebody who may acts on the page as it was before the last act."""
        able = [(verb, who) for verb in VERBS for who in EVERYBODY if self.may(verb, who)]
        if not able:
            return
        verb, who = data.draw(st.sampled_from(able))
        stale = Command(id=uuid4(), version=self.model.version - 1)
        try:
            self.form(verb, self.others()[0])(self.page(), self.ground.people[who], stale)
        except StaleItem:
            self.model.events += 1
        else:
            raise AssertionError(f"{verb} was done on a stale page")

    def return_without_words(self, who: str) -> None:
        actor = self.ground.people[who]
        command = Command(id=uuid4(), version=self.model.version)
        try:
            decisions.send_back(self.item.pk, actor=actor, command=command, reason="see note")
        except Refusal:
            self.model.events += 1
        else:
            raise AssertionError("a return without a requirement was done")

    def others(self) -> list[str]:
        return [name for name in SECTION if name != self.model.assignee]

    def may(self, verb: str, who: str) -> bool:
        return self.model.may(verb, who)

    # Doing and looking

    def attempt(self, verb: str, who: str, heir: str) -> None:
        """Do it on a fresh page; it is done exactly when the model says that it may be."""
        page, do = self.page(), self.form(verb, heir)
        command = Command(id=uuid4(), version=self.model.version)
        may = self.model.may(verb, who)
        try:
            do(page, self.ground.people[who], command)
        except Refusal as refused:
            if may:
                raise AssertionError(f"{who} could not {verb}: {refused.as_dict()}") from refused
            self.model.events += not self.looked_in_vain(verb, who)
        else:
            assert may, f"{who} could {verb} while {self.model}"
            self.taken[self.model.state, verb] += 1
            self.visits[self.model.state, verb] += 1
            self.model.done(verb, who, heir)
            self.last = Last(who, command, do, page)
        self.check()

    def looked_in_vain(self, verb: str, who: str) -> bool:
        """Evidence that is not there is told on the actor's chain, not on the item's."""
        model = self.model
        theirs = (model.state, verb) in LAW and verb in OF_A_PIECE
        return theirs and who == model.assignee and model.standing == 0

    def page(self) -> Item:
        return Item.objects.get(pk=self.item.pk)

    def form(self, verb: str, heir: str) -> scene.Do:
        """The verb with its words settled, so that a second click says the same."""
        if verb in ON_REQUEST and (self.model.state != D or verb == "reopen"):
            return self.asked_and_granted(verb)
        on = self.ground
        do = scene.verbs(heir=on.people[heir].id or 0, file=on.file)[verb]
        if verb == "assign":
            return lambda i, a, c: assignments.assign(
                i.pk, actor=a, command=c, assignee_id=on.people[heir].id
            )
        if verb == "withdraw_evidence":
            standing = self.item.citations.standing().order_by("-pk").first()
            citation = standing.pk if standing else 0
            return lambda i, a, c: proving.withdraw_evidence(
                i.pk, actor=a, command=c, citation_id=citation, reason=scene.REASON
            )
        if verb == "replace_evidence":
            standing = self.item.citations.standing().order_by("-pk").first()
            piece = standing.pk if standing else 0
            return lambda i, a, c: proving.replace_evidence(
                i.pk,
                actor=a,
                command=c,
                citation_id=piece,
                file=make.paper(f"newer-{c.id}.pdf"),
                reason=scene.REASON,
            )
        if verb == "relink":
            standing = self.item.citations.standing().order_by("-pk").first()
            piece = standing.pk if standing else 0
            measure = standing.measure_id if standing else 0
            return lambda i, a, c: proving.relink(
                i.pk, actor=a, command=c, citation_id=piece, measure_id=measure, claim=str(c.id)
            )
        return do

    def asked_and_granted(self, verb: str) -> scene.Do:
        words = {"basis": make.BASIS} if verb == "reopen" else {}
        leader = make.leader_of(self.ground.house).actor()

        def do(item: Item, actor: Actor, command: Command) -> Item:
            ON_REQUEST[verb](item.pk, actor=actor, command=command, reason=scene.REASON, **words)
            grant = Command(id=uuid5(command.id, "grant"), version=command.version + 1)
            return requests.agree(item.pk, actor=leader, command=grant)

        return do

    def check(self) -> None:
        row = Item.objects.select_related("submission").get(pk=self.item.pk)
        model, people = self.model, self.ground.people
        assert (row.state, row.version, row.cycle) == (model.state, model.version, model.cycle)
        assert row.assignee_id == people[model.assignee].id
        assert row.citations.standing().count() == model.standing
        self.check_chain(row)
        self.check_submissions(row)

    def check_chain(self, row: Item) -> None:
        """The new events verify, end where the row says, and explain how the item got there."""
        for event in Event.objects.filter(subject=row.subject, seq__gt=self.head.seq):
            wrong = verify._wrong(event, self.head)
            assert not wrong, wrong
            self.head = Head(subject=row.subject, seq=event.seq, hash=bytes(event.hash))
            told = event.data
            if "to" in told:
                explained(event.name, told, self.stood)
                assert told["version"] == self.stood_at + 1
                self.stood, self.stood_at = told["to"], told["version"]
        assert self.head == row.head
        assert self.head.seq == self.model.events
        assert (self.stood, self.stood_at) == (row.state, row.version)

    def check_submissions(self, row: Item) -> None:
        model, people = self.model, self.ground.people
        waits = WAITS_AT.get(State(model.state))
        waiting = Task.objects.filter(process__submission__item=row, finished=None)
        assert [task.flow_task.name for task in waiting] == ([waits] if waits else [])
        every = list(row.submissions.all())
        assert len(every) == model.submissions
        under_review = [one for one in every if one.outcome == Outcome.OPEN]
        assert under_review == ([row.submission] if waits else [])
        for one in under_review:
            assert one.submitted_by_id == people[model.submitter].id
            assert one.approved_by_id == (people[model.approver].id if model.approver else None)
            assert (one.approved_by_id is not None) == (model.state == V)
            assert model.state == I or one.digest == row.content_digest()
        assert all(len(three(one)) == 3 for one in every if one.outcome == Outcome.CLOSED)


def explained(name: str, data: dict[str, object], state: Any) -> None:
    assert data["from"] == state
    if state is None:
        assert (name, data["to"]) == ("item.created", D)
        return
    [verb] = [verb for verb, event in EVENT.items() if event == name]
    assert WHOLE_LAW[state, verb][0] == data["to"]


def three(one: Submission) -> set[int | None]:
    return {one.submitted_by_id, one.approved_by_id, one.decided_by_id} - {None}
