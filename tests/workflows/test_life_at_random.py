from __future__ import annotations

from collections import Counter

import pytest
from django.db import DatabaseError
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.workflows.faults import FAULTS
from tests.workflows.life import LAW, Life, ground

pytestmark = [pytest.mark.django_db, pytest.mark.no_cover]

# Derandomized: the counts below must hold in every run, not in most.
BOUNDS = settings(
    max_examples=20,
    stateful_step_count=50,
    deadline=None,
    database=None,
    derandomize=True,
    report_multiple_bugs=False,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate],
)


def play(bounds: settings = BOUNDS) -> Counter[tuple[str, str]]:
    Life.ground, Life.visits = ground(), Counter()
    run_state_machine_as_test(Life, settings=bounds)
    return Life.visits


def test_an_items_life_follows_the_model_and_every_edge_is_taken_twenty_times() -> None:
    visits = play()
    assert {edge: visits[edge] for edge in LAW if visits[edge] < 20} == {}


@pytest.mark.sqlite  # whether the model notices is the same on either
@pytest.mark.parametrize("fault", FAULTS)
def test_a_seeded_fault_does_not_stay_unnoticed(fault: str) -> None:
    with FAULTS[fault](), pytest.raises((AssertionError, DatabaseError)):
        play()
