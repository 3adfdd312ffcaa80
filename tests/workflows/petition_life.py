"""Requests played at random: more time, a pause, a new beginning; held against a few lines by hand.

The staff, who asks, is a deputy of the head, who answers: never for their own request. Each
agreement is signed. At a step that one duty stands for, its holder may ask for help, add a signer
before or after, and take them back; one of the office may claim it; and when its holder left, the
office gives it away.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import ClassVar

from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from core.models import Membership
from core.refusals import Refusal
from tests import make
from tests.workflows import scene
from tests.workflows.petition import Petition, petition
from workflows.actions import assignments, decisions, rounds
from workflows.guards import Signed
from workflows.states import State

DUE = date(2026, 12, 31)
MOST, DAYS = 2, 90
"""How often a dated item may be extended, and how many days beyond its first date."""
OFFICES = {"office", "closer"}
LEADERS = {"leader", "second leader"}
# Whom a request asks, step by step; an extension after the first asks a leader as well.
SHORT = [{"head"}, OFFICES]
STANDARD = [{"head"}, LEADERS, OFFICES]
OF_A_STEP = ["help", "give_back", "add", "add_after", "drop", "claim", "release", "replace"]
VERBS = [
    "extend",
    "suspend",
    "reopen",
    "agree",
    "refuse",
    "take_back",
    "wake",
    "finish",
    *OF_A_STEP,
]
# A request is agreed to in three steps, two extensions make a later one, and only a pause that was
# agreed to ends.
WEIGHT = {"agree": 16, "extend": 3, "suspend": 2}
MEDDLING = [
    *("too far", "too often", "two at once", "taken back late", "who asked", "outsider"),
    *("unsigned", "helper decides", "second claim", "given away", "chosen by who asked"),
]
# No step of these routes asks them: whom a step may be shared with.
BESIDE = ("colleague", "first person")


def ground() -> Petition:
    on = petition(leaders=("leader", "second leader"), due=DUE)
    make.deputy(on.people["head"], on.people["staff"], with_tray=True)
    office = on.actor("office")
    rounds.set_demands(on.item.round_id, actor=office, must_read=False, signature="typed")
    on.known = {who: on.actor(who) for who in on.people}
    return on


class PetitionLife(RuleBasedStateMachine):
    ground: ClassVar[Petition]
    visits: ClassVar[Counter[str]]

    def __init__(self) -> None:
        super().__init__()
        self.savepoint = transaction.savepoint()
        self.on = self.ground
        self.done: Counter[str] = Counter()
        self.state: str = State.RECTIFYING
        self.due = self.first = DUE
        self.extended = 0
        self.asked = ""
        self.steps: list[set[str]] = []
        self.at = 0
        self.until = DUE
        self.agreed: set[str] = set()
        self.aside: tuple[str, str, str] | None = None
        self.claimed = ""

    def teardown(self) -> None:
        transaction.savepoint_rollback(self.savepoint)
        transaction.set_rollback(False)

    @rule(data=st.data())
    def go_on(self, data: st.DataObject) -> None:
        """Whatever is possible and was done least often in this run; then somebody meddles."""
        possible = self.possible()
        share = {verb: self.done[verb] / WEIGHT.get(verb, 1) for verb in possible}
        least = sorted(verb for verb in possible if share[verb] == min(share.values()))
        verb = data.draw(st.sampled_from(least), label="verb")
        who = data.draw(st.sampled_from(sorted(possible[verb])), label="who")
        getattr(self, f"do_{verb}")(who, data)
        self.done[verb] += 1
        type(self).visits[verb] += 1
        self.look()
        self.meddle(data.draw(st.sampled_from(MEDDLING), label="meddle"), data)

    # What is known by hand

    def possible(self) -> dict[str, set[str]]:
        if self.asked:
            found = {} if self.agreed else {"take_back": {self.asker}}
            return found | self.possible_at_the_step()
        if self.state == State.SUSPENDED:
            return {"wake": {"office"}}
        if self.state == State.CLOSED:
            return {"reopen": {"office"}}
        found = {"suspend": {"staff"}, "finish": {"staff"}}
        return found | ({"extend": {"staff"}} if self.extended < MOST and self.room else {})

    def possible_at_the_step(self) -> dict[str, set[str]]:
        waits = self.waiting()
        if self.aside is not None:
            how, asker, _other = self.aside
            answers = {"give_back": waits} if how == "help" else {"agree": waits, "refuse": waits}
            return answers if how == "next" else answers | {"drop": {asker}}
        found = {"agree": waits, "refuse": waits}
        if self.steps[self.at] == LEADERS:
            return found
        free = set(BESIDE) - self.agreed - waits
        if free:
            found |= {"help": waits, "add": waits, "add_after": waits, "replace": {"closer"}}
        if "closer" in self.agreed or self.steps[self.at] == OFFICES:
            found.pop("replace", None)
        if self.steps[self.at] == OFFICES:
            found |= {"release": {self.claimed}} if self.claimed else {"claim": waits}
        return found

    @property
    def asker(self) -> str:
        return "office" if self.asked == "reopen" else "staff"

    @property
    def room(self) -> int:
        """By how many days the date may be moved still."""
        return (self.first + timedelta(days=DAYS) - self.due).days

    def waiting(self) -> set[str]:
        if self.aside is not None and self.aside[0] != "after":
            return {self.aside[2]}
        if self.claimed:
            return {self.claimed}
        return self.steps[self.at] - {self.asker} if self.asked else set()

    def ask(self, kind: str, steps: list[set[str]]) -> None:
        self.asked, self.steps, self.at, self.agreed = kind, list(steps), 0, set()

    def ended(self) -> None:
        self.asked, self.aside, self.claimed = "", None, ""

    def other(self, data: st.DataObject) -> str:
        free = set(BESIDE) - self.agreed - self.waiting()
        return data.draw(st.sampled_from(sorted(free)), label="other")

    # What is done

    def do_extend(self, who: str, data: st.DataObject) -> None:
        self.until = self.due + timedelta(days=data.draw(st.sampled_from([1, self.room])))
        self.on.ask("extend", who, until=self.until)
        self.ask("extend", STANDARD if self.extended else SHORT)

    def do_suspend(self, who: str, _data: st.DataObject) -> None:
        self.on.ask("suspend", who)
        self.ask("suspend", STANDARD)

    def do_reopen(self, who: str, _data: st.DataObject) -> None:
        self.on.ask("reopen", who)
        self.ask("reopen", [LEADERS])

    def do_agree(self, who: str, _data: st.DataObject) -> None:
        self.agree(who)
        self.agreed.add(who)
        if self.aside is not None and self.aside[0] in {"before", "after"}:
            how, asker, other = self.aside
            self.aside = ("next", asker, other) if how == "after" else None
            return
        self.at, self.aside, self.claimed = self.at + 1, None, ""
        if self.at < len(self.steps):
            return
        match self.asked:
            case "extend":
                self.due, self.extended = self.until, self.extended + 1
            case "suspend":
                self.state = State.SUSPENDED
            case "reopen":
                # A new cycle counts anew, from the date it begins with.
                self.state, self.extended, self.first = State.RECTIFYING, 0, self.due
        self.ended()

    def agree(self, who: str) -> None:
        self.on.agree(who, signing=Signed(name=self.on.people[who].name))

    def do_help(self, who: str, data: st.DataObject) -> None:
        self.aside = ("help", who, self.other(data))
        self.on.ask_help(who, self.aside[2])

    def do_give_back(self, who: str, _data: st.DataObject) -> None:
        self.on.give_back(who)
        self.aside = None

    def do_add(self, who: str, data: st.DataObject) -> None:
        self.aside = ("before", who, self.other(data))
        self.on.add(who, self.aside[2])

    def do_add_after(self, who: str, data: st.DataObject) -> None:
        self.aside = ("after", who, self.other(data))
        self.on.add(who, self.aside[2], after=True)

    def do_drop(self, who: str, _data: st.DataObject) -> None:
        assert self.aside is not None
        self.on.drop(who, self.aside[2])
        self.aside = None

    def do_claim(self, who: str, _data: st.DataObject) -> None:
        self.on.claim(who)
        self.claimed = who

    def do_release(self, who: str, _data: st.DataObject) -> None:
        self.on.release(who)
        self.claimed = ""

    def do_replace(self, who: str, data: st.DataObject) -> None:
        """Whoever holds the step is away for as long as it takes to give it to another."""
        [holder], other = self.waiting(), self.other(data)
        with self.away(holder):
            self.refused(lambda: self.on.give(who, self.asker))
            self.on.give(who, other)
        self.steps[self.at] = {other}

    @contextmanager
    def away(self, who: str) -> Iterator[None]:
        posts = Membership.objects.filter(user=self.on.people[who])
        posts.update(ends=date(2020, 1, 2))
        yield
        posts.update(ends=None)

    def do_refuse(self, who: str, _data: st.DataObject) -> None:
        self.on.refuse(who)
        self.ended()

    def do_take_back(self, who: str, _data: st.DataObject) -> None:
        self.on.take_back(who)
        self.ended()

    def do_wake(self, who: str, _data: st.DataObject) -> None:
        assignments.wake(self.on.item.pk, reason=scene.REASON, **self.on.form(who))
        self.state = State.RECTIFYING

    def do_finish(self, _who: str, _data: st.DataObject) -> None:
        for step in ("prove", "submit"):
            make.take(self.on.item, step, self.on.house)
        on, pk = self.on, self.on.item.pk
        by = {who: Signed(name=on.people[who].name) for who in ("head", "closer")}
        decisions.approve(pk, signing=by["head"], **on.form("head"))
        works = "The street is lit."
        decisions.close(pk, effectiveness=works, signing=by["closer"], **on.form("closer"))
        self.state = State.CLOSED

    # Meddling

    def meddle(self, how: str, data: st.DataObject) -> None:
        on = self.on
        owed = self.state == State.RECTIFYING and not self.asked
        match how:
            case "too far" if owed and self.extended < MOST:
                beyond = self.first + timedelta(days=DAYS + 1)
                self.refused(lambda: on.ask("extend", until=beyond))
            case "too often" if owed and self.extended == MOST:
                day = self.due + timedelta(days=1)
                self.refused(lambda: on.ask("extend", until=day))
            case "two at once" if self.asked and self.state == State.RECTIFYING:
                self.refused(lambda: on.ask("suspend"))
            case "taken back late" if self.asked and self.agreed:
                self.refused(lambda: on.take_back(self.asker))
            case "who asked" if self.asked:
                self.refused(lambda: self.agree(self.asker))
            case _:
                self.meddle_at_the_step(how, data)

    def meddle_at_the_step(self, how: str, data: st.DataObject) -> None:
        on = self.on
        match how:
            case "unsigned" if self.asked:
                who = data.draw(st.sampled_from(sorted(self.waiting())), label="unsigned")
                self.refused(lambda: on.agree(who))
            case "helper decides" if self.aside is not None and self.aside[0] == "help":
                helper = self.aside[2]
                self.refused(lambda: self.agree(helper))
            case "second claim" if self.claimed:
                other = (OFFICES - {self.claimed}).pop()
                self.refused(lambda: on.claim(other))
                self.refused(lambda: self.agree(other))
            case "given away" if self.asked:
                self.refused(lambda: on.give("closer", "first person"))
            case "chosen by who asked" if self.asked == "reopen":
                with self.away("leader"):
                    self.refused(lambda: on.give("office", "colleague"))
            case _:
                out = sorted(set(on.people) - self.waiting())
                who = data.draw(st.sampled_from(out), label="outsider")
                self.refused(lambda: self.agree(who))

    def refused(self, do: Callable[[], object]) -> None:
        before = scene.everything(self.on.item)
        try:
            do()
        except Refusal:
            assert scene.everything(self.on.item) == before
        else:
            raise AssertionError("it was done")

    def look(self) -> None:
        item = self.on.now()
        assert (item.state, item.due, item.first_due) == (self.state, self.due, DUE)
        assert (item.request is not None) == bool(self.asked)
        waits = self.on.waits_for()
        assert waits == self.waiting(), f"{waits} wait instead of {self.waiting()}"
        if item.request is not None:
            assert (item.request.kind, item.request.position) == (self.asked, self.at)
        assert not item.duties.filter(submission=None, state__in=["open", "held"]).exclude(
            request=item.request
        )
