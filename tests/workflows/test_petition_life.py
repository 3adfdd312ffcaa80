"""Requests at random, and sixteen faults that could be made in them, each seeded for a block.

36. an extension beyond the cap
37. one extension more than the rules of the round allow
38. a later extension asks no higher than the first
39. whoever asked decides, through a deputyship
40. a request is taken back after an answer
41. the first of several agreements grants
42. a second request beside an open one
43. a granted extension moves nothing
44. a request that was refused stays open
45. a signer who was added after somebody is passed by
46. a helper's opinion is taken for a decision
47. a claim has two winners
48. an agreement without the signature that the round demands is accepted
49. the office gives a step to whoever asked for the decision
50. whoever asked chooses who decides
51. a step that somebody may answer is given away

Numbered after the faults of a route, in route_faults.py.
"""

from __future__ import annotations

from collections import Counter

import pytest
from django.db import DatabaseError
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from core.models import User
from core.refusals import Refusal
from tests import make
from tests.workflows.faults import without_guard
from tests.workflows.petition_life import VERBS, PetitionLife, ground
from tests.workflows.route_faults import (
    Fault,
    agrees_by_helping,
    constantly,
    instead,
    two_winners,
)
from workflows import extensions, guards, holders, holes, routing
from workflows.actions import duties, giving, granting
from workflows.actions.step import Done
from workflows.models import Duty
from workflows.states import Asking

pytestmark = [pytest.mark.django_db, pytest.mark.no_cover]

BOUNDS = settings(
    max_examples=10,
    stateful_step_count=90,
    deadline=None,
    database=None,
    derandomize=True,
    report_multiple_bugs=False,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate],
)
GRANTS = {**granting._GRANTS, Asking.EXTEND: lambda *_args: Done()}


def play() -> Counter[str]:
    PetitionLife.ground, PetitionLife.visits = ground(), Counter()
    run_state_machine_as_test(PetitionLife, settings=BOUNDS)
    return PetitionLife.visits


def test_requests_follow_what_is_known_by_hand_and_every_verb_is_done_twenty_times() -> None:
    visits = play()
    assert {verb: visits[verb] for verb in VERBS if visits[verb] < 20} == {}


def whoever(duty: Duty, person_id: int) -> User:
    return duties.colleague(duty.item.unit_path, person_id)


FAULTS: dict[str, Fault] = {
    "an extension beyond the cap": constantly(extensions, "latest", make.FAR_OFF),
    "one extension too many": constantly(extensions, "used", 0),
    "asked no higher": instead(routing, "_higher", lambda steps, _levels: steps),
    "self-approval through a deputy": constantly(holders, "silent", set()),
    "taken back after an answer": without_guard("take_back_request", "nobody_has_answered_it"),
    "the first agreement grants": constantly(routing, "is_granted", True),
    "two requests at once": without_guard("ask_suspension", "no_request_is_open"),
    "granted and not moved": instead(granting, "_GRANTS", GRANTS),
    "signer bypassed": constantly(routing, "_is_waited_for", False),
    "helper decides": agrees_by_helping,
    "two winners": two_winners,
    "unsigned": constantly(guards, "lacks_ink", None),
    "given to who asked": instead(giving, "free", whoever),
    "who asked chooses": constantly(giving, "_insist_on_no_part", None),
    "given away": instead(holes, "unanswerable", lambda duties: duties),
    "refused and still open": constantly(granting, "decide", None),
}


@pytest.mark.sqlite  # whether the model notices is the same on either
@pytest.mark.parametrize("fault", FAULTS)
def test_a_seeded_fault_of_a_request_does_not_stay_unnoticed(fault: str) -> None:
    with FAULTS[fault](), pytest.raises((AssertionError, DatabaseError, Refusal, RuntimeError)):
        play()
