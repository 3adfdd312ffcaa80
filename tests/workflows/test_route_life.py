from __future__ import annotations

from collections import Counter
from collections.abc import Collection

import pytest
from django.db import DatabaseError
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from core.refusals import Refusal
from tests.workflows.route_acts import ground
from tests.workflows.route_faults import FAULTS, TOWARD
from tests.workflows.route_life import VERBS, RouteLife

pytestmark = [pytest.mark.django_db, pytest.mark.no_cover]

BOUNDS = settings(
    max_examples=11,
    stateful_step_count=50,
    deadline=None,
    database=None,
    derandomize=True,
    report_multiple_bugs=False,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate],
)


def play(*, toward: Collection[str] = (), bounds: settings = BOUNDS) -> Counter[str]:
    RouteLife.ground, RouteLife.visits, RouteLife.toward = ground(), Counter(), frozenset(toward)
    run_state_machine_as_test(RouteLife, settings=bounds)
    return RouteLife.visits


def test_reviews_follow_what_is_known_by_hand_and_every_verb_is_done_twenty_times() -> None:
    visits = play()
    assert {verb: visits[verb] for verb in VERBS if visits[verb] < 20} == {}


@pytest.mark.sqlite  # whether the model notices is the same on either
@pytest.mark.parametrize("fault", FAULTS)
def test_a_seeded_fault_of_a_route_does_not_stay_unnoticed(fault: str) -> None:
    with FAULTS[fault](), pytest.raises((AssertionError, DatabaseError, Refusal, RuntimeError)):
        play(toward=TOWARD[fault])
