"""An item's life played at random against a model written by hand, and the faults it must notice.

Guided: each run walks to edges of the machine that were taken least often so far, because uniformly
random verbs hardly ever reach the end of a life. Whoever decides says of the evidence what it is
worth. Between the walks somebody meddles: the wrong person, a stale page, a second click, a form
with a gap in it.
"""

from __future__ import annotations

import sys
from collections import Counter, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, ClassVar, TypeVar
from uuid import uuid4, uuid5

from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule
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
from workflows.actions import assignments, decisions, judging, proving, requests
from workflows.actions.step import Command
from workflows.models import Item, Round, Submission
from workflows.states import Outcome, State, Worth

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
DECIDES = {"approve", "send_back", "close"}
OFTEN = 0.4
WANTING = {Worth.NOT_ENOUGH, Worth.WRONG}
OF_A_PIECE = {"withdraw_evidence", "replace_evidence", "relink"}
OF_ASSIGNEE = {"accept", "record_progress", "attach", "submit", "withdraw"} | OF_A_PIECE


One = TypeVar("One")


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
    pieces: dict[int, str] = field(default_factory=dict)
    """Citations that were not withdrawn, the latest last; what the last decision found of each."""
    findings: list[tuple[str, int, str]] = field(default_factory=list)
    """Who found a piece what, in the present submission, the latest last."""
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
        if verb in {"approve", "close"} and self.wanting(who):
            return False
        return self.is_ready_but_for_findings(verb, who)

    def is_ready_but_for_findings(self, verb: str, who: str) -> bool:
        match verb:
            case "submit":
                return self.proven and self.told
            case "approve":
                return self.proven and who != self.submitter
            case "send_back" | "close":
                return who not in {self.submitter, self.approver}
            case "withdraw_evidence" | "replace_evidence" | "relink":
                return bool(self.pieces)
            case _:
                return True

    @property
    def proven(self) -> bool:
        return any(found != Worth.WRONG for found in self.pieces.values())

    @property
    def latest(self) -> int:
        return max(self.pieces, default=0)

    def found_by(self, who: str) -> dict[int, str]:
        """What somebody says of the pieces that stand."""
        return {pk: worth for by, pk, worth in self.findings if by == who and pk in self.pieces}

    def wanting(self, who: str) -> list[int]:
        """What keeps somebody from agreeing: their own word counts before that of others."""
        words = {pk: worth for _by, pk, worth in self.findings if pk in self.pieces}
        return [pk for pk, worth in (words | self.found_by(who)).items() if worth in WANTING]

    def done(self, verb: str, who: str, heir: str, newest: int) -> None:
        source, self.state = self.state, LAW[self.state, verb][0]
        self.visits[source, verb] += 1
        acts = 2 if verb in ON_REQUEST and source != D else 1
        self.version += acts
        self.events += acts
        if verb in OF_A_PIECE:
            del self.pieces[self.latest]
        if verb in {"attach", "replace_evidence", "relink"}:
            self.pieces[newest] = ""
        if verb in DECIDES:
            self.pieces |= self.found_by(who)
        if (source, self.state) == (V, I):
            self.approver = ""
        match verb:
            case "assign" | "reassign":
                self.assignee = heir
            case "record_progress":
                self.told = True
            case "submit":
                self.submissions, self.submitter, self.approver = self.submissions + 1, who, ""
                self.findings = []
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
                blocked = (state, verb) == (I, "approve") and not path and not self.proven
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
    """How often each edge was taken in the runs that ended well: a failed one is played again."""

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

    @initialize(seed=st.integers(0, 2**32))
    def settle(self, seed: int) -> None:
        """All else is chosen by this: what there is to choose from depends on the runs before."""
        self.chance = Random(seed)

    def one_of(self, among: Sequence[One]) -> One:
        return self.chance.choice(among)

    def teardown(self) -> None:
        if sys.exc_info()[0] is None:
            self.visits.update(self.taken)
        transaction.savepoint_rollback(self.savepoint)
        transaction.set_rollback(False)

    # Walks

    @rule()
    def go_on(self) -> None:
        """Walk to an edge that was taken least often, and take it."""
        if self.model.state == X:
            self.begin()
        taken = {edge: self.visits[edge] + self.taken[edge] for edge in LAW}
        goal = self.one_of([edge for edge in LAW if taken[edge] == min(taken.values())])
        while self.model.state != goal[0]:
            way = self.model.way_to(goal)
            if not way:  # it lies behind: another item begins
                self.begin()
                continue
            self.step(way[0])
        self.step(goal[1])

    def step(self, verb: str) -> None:
        if self.model.state == R and verb in {"submit", *OF_A_PIECE}:
            self.try_with_a_gap(verb)
            if not (self.model.proven if verb == "submit" else self.model.pieces):
                self.take("attach")
            if verb == "submit" and not self.model.told:
                self.take("record_progress")
        self.take(verb)

    def try_with_a_gap(self, verb: str) -> None:
        """Whose act it would be, if nothing were missing or they had not acted before, tries it."""
        for who in EVERYBODY:
            if self.model.is_theirs(verb, who) and not self.model.is_ready(verb, who):
                self.attempt(verb, who, SECTION[0])

    def take(self, verb: str) -> None:
        self.try_with_a_gap(verb)
        model = self.model
        able = [who for who in EVERYBODY if model.is_theirs(verb, who)]
        who = self.one_of([who for who in able if model.is_ready_but_for_findings(verb, who)])
        if verb in DECIDES:
            self.weigh(verb, who)
        if verb == "send_back":
            self.return_without_words(who)
        pool = SECTION if verb == "assign" else self.others()
        self.attempt(verb, who, self.one_of(pool))

    def weigh(self, verb: str, who: str) -> None:
        """Whoever decides says of the newest piece what it is worth, and agrees to none wanting."""
        if self.model.pieces and self.chance.random() < OFTEN:
            self.judge(who, self.model.latest, self.one_of(Worth.values))
        if verb != "send_back" and self.model.wanting(who):
            self.attempt(verb, who, SECTION[0])
            for piece in self.model.wanting(who):
                self.judge(who, piece, Worth.ACCEPTED)

    def judge(self, who: str, piece: int, worth: str) -> None:
        actor = self.ground.people[who]
        judging.judge(piece, actor=actor, worth=worth, remark="as it looks")
        self.model.findings.append((who, piece, worth))

    # Meddling

    @rule(how=st.sampled_from(["anybody", "again", "late"]))
    def meddle(self, how: str) -> None:
        match how:
            case "again" if self.last:
                self.click_again(self.last)
            case "late" if self.model.version:
                self.come_late()
            case _:
                self.attempt(self.one_of(VERBS), self.one_of(EVERYBODY), self.others()[0])
        self.check()

    def click_again(self, last: Last) -> None:
        try:
            last.do(last.page, self.ground.people[last.who], last.command)
        except Refusal as refused:
            raise AssertionError(f"a second click was refused: {refused}") from refused

    def come_late(self) -> None:
        """Somebody who may acts on the page as it was before the last act."""
        able = [(verb, who) for verb in VERBS for who in EVERYBODY if self.may(verb, who)]
        if not able:
            return
        verb, who = self.one_of(able)
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
            if verb in DECIDES:
                self.check_findings(who)
            newest = self.item.citations.standing().order_by("-pk").values_list("pk", flat=True)
            self.model.done(verb, who, heir, newest.first() or 0)
            self.last = Last(who, command, do, page)
        self.check()

    def looked_in_vain(self, verb: str, who: str) -> bool:
        """Evidence that is not there is told on the actor's chain, not on the item's."""
        model = self.model
        theirs = (model.state, verb) in LAW and verb in OF_A_PIECE
        return theirs and who == model.assignee and not model.pieces

    def page(self) -> Item:
        return Item.objects.get(pk=self.item.pk)

    def form(self, verb: str, heir: str) -> scene.Do:
        """The verb with its words settled, so that a second click says the same."""
        if verb in ON_REQUEST and (self.model.state != D or verb == "reopen"):
            return self.asked_and_granted(verb)
        on = self.ground
        do = scene.verbs(heir=on.people[heir].id or 0, file=on.file)[verb]
        piece, measure = self.model.latest, self.item.measures.all()[0]
        if verb == "assign":
            return lambda i, a, c: assignments.assign(
                i.pk, actor=a, command=c, assignee_id=on.people[heir].id
            )
        if verb == "attach":  # the same bytes would be the same paper, and cited for this already
            heir_id = on.people[heir].id or 0
            return lambda i, a, c: scene.verbs(
                heir=heir_id, file=make.paper(f"handed-in-{c.id}.pdf")
            )["attach"](i, a, c)
        if verb == "withdraw_evidence":
            return lambda i, a, c: proving.withdraw_evidence(
                i.pk, actor=a, command=c, citation_id=piece, reason=scene.REASON
            )
        if verb == "replace_evidence":
            return lambda i, a, c: proving.replace_evidence(
                i.pk,
                actor=a,
                command=c,
                citation_id=piece,
                file=make.paper(f"newer-{c.id}.pdf"),
                reason=scene.REASON,
            )
        if verb == "relink":
            return lambda i, a, c: proving.relink(
                i.pk, actor=a, command=c, citation_id=piece, measure_id=measure.pk, claim=str(c.id)
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
        standing = dict(row.citations.standing().values_list("pk", "judged"))
        assert standing == model.pieces
        self.check_chain(row)
        self.check_submissions(row)

    def check_findings(self, who: str) -> None:
        """The event of a decision says what whoever took it found, and nothing of others."""
        told = Event.objects.filter(subject=self.item.subject).order_by("-seq")[0].data
        found: Any = told.get("findings", [])
        assert {one["citation"]: one["worth"] for one in found} == self.model.found_by(who)

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
