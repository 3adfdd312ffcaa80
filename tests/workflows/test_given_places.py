"""A place in the review of a plan that nobody may answer at, given by the office to somebody."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
from django.utils import translation

from core.refusals import NotPermitted
from tests.workflows import scene
from tests.workflows.planned import Planned, planned
from tests.workflows.review import leave
from workflows import plan_standing, planning, verification
from workflows.actions import giving
from workflows.models import PlanOpinion

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english() -> object:
    with translation.override("en"):
        yield


def without_a_head() -> Planned:
    on = planned()
    on.put_forward()
    leave(on.people["head"])
    return on


def stuck(on: Planned) -> PlanOpinion:
    [place] = planning.stuck(on.plan)
    return place


def give(
    on: Planned, to: str, *, who: str = "closer", place: int = 0, command: UUID | None = None
) -> Any:
    return giving.give_place(
        on.plan.pk,
        actor=on.actor(who),
        command_id=command or uuid4(),
        opinion_id=place or stuck(on).pk,
        person_id=on.people[to].pk,
        reason=scene.REASON,
    )


def test_a_place_whose_holder_left_is_given_to_somebody_who_then_answers() -> None:
    on = without_a_head()
    place = stuck(on)
    [fault] = [one for one in plan_standing.faults(on.actor("closer")) if one.place]
    assert fault.place == place
    give(on, "staff")
    told = scene.last(on.round.subject)
    assert (told.name, told.data["before"], told.data["person"], told.data["reason"]) == (
        "plan.place_given",
        f"the head of {on.house.section.name}",
        on.people["staff"].name,
        scene.REASON,
    )
    assert on.told("staff") == ["plan_asked"]
    assert "staff" in on.waits_for()
    on.agree("staff", "other head", "leader", "second leader", "first")
    assert (on.plan.state, verification.verify_all().breaks) == ("approved", [])


def test_a_second_click_gives_it_once() -> None:
    on = without_a_head()
    place, command = stuck(on).pk, uuid4()
    for _click in range(2):
        give(on, "staff", place=place, command=command)
    assert on.events().count("plan.place_given") == 1


def test_only_to_somebody_who_has_no_other_part_in_it() -> None:
    on = without_a_head()
    on.agree("other head")
    rule = "put the plan forward, answered already, is asked already or decides last."
    for who in ("office", "other head", "leader", "first"):
        assert str(on.refused(give, on, who)).endswith(rule), who


def test_only_by_the_office_and_never_by_whoever_put_it_forward() -> None:
    on = without_a_head()
    assert str(on.refused(give, on, "staff", who="leader")).startswith("Only ")
    refused = on.refused(give, on, "staff", who="office")
    assert isinstance(refused, NotPermitted)
    assert str(refused).endswith("does not choose who decides.")


def test_a_place_that_somebody_may_answer_at_is_not_given_away() -> None:
    on = without_a_head()
    other = PlanOpinion.objects.get(plan=on.plan, section=on.house.other_section)
    assert str(on.refused(give, on, "staff", place=other.pk)) == (
        f"This step has somebody who may answer it: {on.people['other head'].name}."
    )
    rule = "There is no such step that waits for an answer."
    assert str(on.refused(give, on, "staff", place=other.pk + 1000)) == rule
