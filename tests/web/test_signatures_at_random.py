"""Signed reviews at random: what stands under an approval never outlives it.

45. a signature survives a return
46. a signature survives a return to an earlier step
47. a decision passes unsigned
48. a signature that was given once serves again after a return

Numbered after the faults of a route and of requests, in tests/workflows/route_faults.py and
test_petition_life.py.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from typing import ClassVar

import pytest
from axes.utils import reset
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from core.refusals import Refusal
from reports import lasting, timeline
from tests import make
from tests.workflows import scene
from tests.workflows.faults import patched
from tests.workflows.review import Review, review
from workflows import guards, machine, queries
from workflows.actions import decisions, rounds
from workflows.actions.signing import Signing
from workflows.guards import Act
from workflows.machine import Move
from workflows.models import Item, SignedAct

pytestmark = [pytest.mark.django_db, pytest.mark.no_cover]

VERBS = ["approve", "send_back", "step_back"]
BOUNDS = settings(
    max_examples=4,
    stateful_step_count=25,
    deadline=None,
    database=None,
    derandomize=True,
    report_multiple_bugs=False,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate],
)


class SignedLife(RuleBasedStateMachine):
    ground: ClassVar[Review]
    visits: ClassVar[Counter[str]]

    def __init__(self) -> None:
        super().__init__()
        self.savepoint = transaction.savepoint()
        self.on = self.ground
        self.done: Counter[str] = Counter()
        self.standing: list[str] = []
        """Who signed at the steps behind the one it stands at, the first step first."""
        self.given = 0

    def teardown(self) -> None:
        transaction.savepoint_rollback(self.savepoint)
        transaction.set_rollback(False)

    @rule(data=st.data())
    def go_on(self, data: st.DataObject) -> None:
        who = data.draw(st.sampled_from(sorted(self.on.waits_for())), label="who")
        self.is_refused_unsigned(who)
        able = self.able()
        fewest = min(self.done[verb] for verb in able)
        verb = data.draw(st.sampled_from([v for v in able if self.done[v] == fewest]), label="verb")
        getattr(self, f"do_{verb}")(who)
        self.done[verb] += 1
        type(self).visits[verb] += 1
        signed = timeline.told(queries.history(self.on.now())).signed
        assert [act.entry.who for act, counts in signed if counts] == self.standing
        assert len(signed) == SignedAct.objects.count() == self.given

    def able(self) -> list[str]:
        at = len(self.standing)
        return [*(["approve"] if at < 2 else []), "send_back", *(["step_back"] if at else [])]

    def is_refused_unsigned(self, who: str) -> None:
        if len(self.standing) == 2:
            return
        before = scene.everything(self.on.item)
        with pytest.raises(Refusal, match="签名"):
            self.on.approve(who)
        assert scene.everything(self.on.item) == before

    def do_approve(self, who: str) -> None:
        person = self.on.people[who]
        signing = Signing(name=person.name, password=make.PASSWORD)
        decisions.approve(self.on.item.pk, signing=signing, **self.on.form(who))
        self.standing.append(person.name)
        self.given += 1

    def do_send_back(self, who: str) -> None:
        self.on.send_back(who)
        self.on.submit()
        self.standing = []

    def do_step_back(self, who: str) -> None:
        self.on.step_back(who, 0)
        self.standing = []


def play() -> Counter[str]:
    on = review("standard")
    rounds.set_demands(
        on.item.round_id, actor=on.actor("office"), must_read=False, signature="typed"
    )
    on.known = {who: on.actor(who) for who in on.people}
    SignedLife.ground, SignedLife.visits = on, Counter()
    run_state_machine_as_test(SignedLife, settings=BOUNDS)
    return SignedLife.visits


@pytest.fixture(autouse=True)
def _unlocked() -> Iterator[None]:
    yield
    reset()


def test_no_signature_outlives_its_approval_and_every_verb_is_done_twenty_times() -> None:
    visits = play()
    assert {verb: visits[verb] for verb in VERBS if visits[verb] < 20} == {}


def survives(verb: str) -> Callable[[], AbstractContextManager[None]]:
    return lambda: patched(lasting, "ENDING", lasting.ENDING - {verb})


@contextmanager
def guarded_by(other: Callable[[Act], Refusal | None] | None) -> Iterator[None]:
    """The guard of signatures replaced wherever it stands."""
    others = () if other is None else (other,)
    table = {key: replace(move, guards=_without(move) + others) for key, move in _signed_moves()}
    with patched(machine, "_tables", {Item: machine.table(Item) | table}):
        yield


def _signed_moves() -> list[tuple[tuple[str, str], Move]]:
    return [(key, m) for key, m in machine.table(Item).items() if guards.is_signed in m.guards]


def _without(move: Move) -> tuple[Callable[[Act], Refusal | None], ...]:
    return tuple(guard for guard in move.guards if guard is not guards.is_signed)


def signed_once(act: Act) -> Refusal | None:
    earlier = act.item.signed_acts.filter(signature__person=act.actor.id)
    return None if earlier.exists() else guards.is_signed(act)


FAULTS: dict[str, Callable[[], AbstractContextManager[None]]] = {
    "survives a return": survives("send_back"),
    "survives a return to a step": survives("step_back"),
    "passes unsigned": lambda: guarded_by(None),
    "serves again": lambda: guarded_by(signed_once),
}


@pytest.mark.sqlite  # whether the model notices is the same on either
@pytest.mark.parametrize("fault", FAULTS)
def test_a_seeded_fault_of_signing_does_not_stay_unnoticed(fault: str) -> None:
    with FAULTS[fault](), pytest.raises((AssertionError, pytest.fail.Exception)):
        play()
