from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
from django.db import DatabaseError
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from core.refusals import Refusal
from tests.workflows.route_life import ROUTES, VERBS, RouteLife
from workflows import holders, routing
from workflows.actions import passage

pytestmark = pytest.mark.django_db

BOUNDS = settings(
    max_examples=11,
    stateful_step_count=30,
    deadline=None,
    database=None,
    derandomize=True,
    report_multiple_bugs=False,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate],
)


def play(bounds: settings = BOUNDS) -> Counter[tuple[str, str]]:
    RouteLife.visits = Counter()
    run_state_machine_as_test(RouteLife, settings=bounds)
    return RouteLife.visits


def test_reviews_follow_what_is_known_by_hand_and_every_verb_is_visited() -> None:
    visits = play()
    assert {
        (preset, verb): visits[preset, verb]
        for preset in ROUTES
        for verb in VERBS
        if not visits[preset, verb]
    } == {}


@contextmanager
def patched(place: object, name: str, value: object) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(place, name, value)
        yield


def survives_a_return() -> AbstractContextManager[None]:
    return patched(passage, "void_approvals", lambda *_args, **_words: [])


def agrees_twice() -> AbstractContextManager[None]:
    return patched(holders, "silent", lambda _item: set())


def signer_bypassed() -> AbstractContextManager[None]:
    return patched(routing, "is_agreed", lambda duty, **_words: duty.kind != "before")


def two_winners() -> AbstractContextManager[None]:
    addressed = holders.behind_whom

    def also(duty: Any, actor: Any) -> Any:
        heads = duty.role and any(post.role == duty.role for post in actor.posts)
        return (True, None) if heads else addressed(duty, actor)

    return patched(holders, "behind_whom", also)


def step_is_lost() -> AbstractContextManager[None]:
    return patched(passage, "_reopen", lambda _duty: None)


FAULTS: dict[str, Callable[[], AbstractContextManager[None]]] = {
    "an approval survives a return to a step": survives_a_return,
    "somebody agrees twice": agrees_twice,
    "an added signer is bypassed": signer_bypassed,
    "a claim has two winners": two_winners,
    "a step is not given back": step_is_lost,
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_seeded_fault_of_a_route_does_not_stay_unnoticed(fault: str) -> None:
    with FAULTS[fault](), pytest.raises((AssertionError, DatabaseError, Refusal, RuntimeError)):
        play()
