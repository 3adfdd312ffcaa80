"""The office sets a round's route by versions; what is in review keeps the one it began on."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import translation

from core.refusals import NotFound, NotPermitted, Refusal, Unmet
from tests import make
from tests.workflows import scene
from tests.workflows.review import review
from workflows import routing
from workflows.actions import routes
from workflows.models import Route
from workflows.models.route import Step
from workflows.states import State

pytestmark = pytest.mark.django_db

HEAD, LEADERS, OFFICE = Step(party="head"), Step(party="leaders"), Step(party="office")


def test_each_setting_is_a_version_and_told_on_the_rounds_chain() -> None:
    house = make.house()
    round_ = make.round_(house)
    first = routes.set_route(round_.pk, actor=house.office.actor(), preset="standard")
    second = routes.set_route(
        round_.pk, actor=house.office.actor(), steps=(HEAD, LEADERS, LEADERS, OFFICE)
    )
    assert [(r.version, r.preset) for r in (first, second)] == [(1, "standard"), (2, "own")]
    assert routing.present_route(round_) == second
    assert str(second) == f"{round_.code} v2"
    told = scene.last(round_.subject)
    assert (told.name, told.data["version"], told.data["preset"]) == ("round.route_set", 2, "own")
    steps: Any = told.data["steps"]
    assert [step["party"] for step in steps] == [
        "head",
        "leaders",
        "leaders",
        "office",
    ]


@pytest.mark.parametrize("who", ["staff", "head"])
def test_only_the_office_sets_a_route(who: str) -> None:
    house = make.house()
    round_ = make.round_(house)
    with pytest.raises(NotPermitted):
        routes.set_route(round_.pk, actor=getattr(house, who).actor(), preset="full")
    with pytest.raises(NotFound):
        routes.set_route(round_.pk, actor=make.house().office.actor(), preset="full")
    assert not Route.objects.exists()


@pytest.mark.parametrize(
    ("steps", "says"),
    [
        ((), "the office is the last step"),
        ((HEAD,), "the office is the last step"),
        ((HEAD, OFFICE, OFFICE), "the office is the last step"),
        ((HEAD, Step(party="office", how="all")), "the office is the last step"),
        ((OFFICE,), "one step before the office"),
        ((Step(party="support_heads"), OFFICE), "one step before the office"),
        ((Step(party="head", unless="ongoing"), OFFICE), "one step before the office"),
        ((HEAD,) * 8 + (OFFICE,), "at most 8 steps"),
        ((Step(party="neighbour"), HEAD, OFFICE), "step 1 is not of the list"),
        ((Step(party="head", how="loudest"), HEAD, OFFICE), "step 1 is not of the list"),
        ((HEAD, Step(party="head", unless="rain"), OFFICE), "step 2 is not of the list"),
        ((HEAD, Step(party="leaders", how="ratio", percent=0), OFFICE), "step 2 is not of"),
        ((HEAD, Step(party="leaders", how="ratio", percent=101), OFFICE), "step 2 is not of"),
        ((HEAD, Step(party="person"), OFFICE), "step 2 names its person"),
        ((HEAD, Step(party="leaders", person_id=1), OFFICE), "step 2 names its person"),
        ((HEAD, Step(party="person", person_id=0), OFFICE), "step 2 has no post"),
    ],
)
def test_a_route_that_cannot_be_walked_is_refused(steps: tuple[Step, ...], says: str) -> None:
    house = make.house()
    round_ = make.round_(house)
    events = scene.told()
    with translation.override("en"):
        with pytest.raises(Unmet) as refused:
            routes.set_route(round_.pk, actor=house.office.actor(), steps=steps)
        assert says in str(refused.value.as_dict())
    assert (Route.objects.count(), scene.told()) == (0, events)


@pytest.mark.parametrize(
    "words", [{"preset": "longest"}, {"preset": "full", "steps": (HEAD, OFFICE)}]
)
def test_a_preset_is_one_of_the_list_and_comes_without_steps(words: dict[str, object]) -> None:
    house = make.house()
    with pytest.raises(Unmet):
        routes.set_route(
            make.round_(house).pk,
            actor=house.office.actor(),
            **words,  # type: ignore[arg-type]
        )


def test_the_route_a_round_has_is_not_set_again() -> None:
    house = make.house()
    round_, actor = make.round_(house), house.office.actor()
    with pytest.raises(Refusal):
        routes.set_route(round_.pk, actor=actor, preset="short")
    routes.set_route(round_.pk, actor=actor, preset="full")
    with pytest.raises(Refusal):
        routes.set_route(round_.pk, actor=actor, preset="full")
    assert Route.objects.count() == 1


def test_what_is_in_review_finishes_on_the_route_it_began_with() -> None:
    on = review("short")
    routes.set_route(on.item.round_id, actor=on.actor("office"), preset="full")
    on.approve("head")
    on.close("office")
    assert on.now().state == State.CLOSED


@pytest.mark.parametrize("approved", [(), ("head",)])
def test_the_office_moves_an_item_to_the_present_route_and_says_why(
    approved: tuple[str, ...],
) -> None:
    on = review("short")
    on.approve(*approved)
    routes.set_route(on.item.round_id, actor=on.actor("office"), preset="standard")
    on.refused(routes.move_to_current, on.item.pk, reason="so", **on.form("office"))
    on.refused(routes.move_to_current, on.item.pk, reason=scene.REASON, **on.form("head"))
    routes.move_to_current(on.item.pk, reason=scene.REASON, **on.form("office"))
    assert on.stands() == (State.IN_REVIEW, 0)
    assert on.submission.approved_by is None
    told = scene.last(on.item.subject)
    assert told.name == "item.route_changed"
    assert (told.data["before"], told.data["route"]) == (0, 1)
    assert told.data.get("voids", "") == "".join(on.people[who].name for who in approved)
    on.approve("head", "leader")
    on.close("office")
    assert on.now().state == State.CLOSED


def test_an_item_that_is_on_the_present_route_is_not_moved() -> None:
    on = review("standard")
    on.refused(routes.move_to_current, on.item.pk, reason=scene.REASON, **on.form("office"))
    routes.set_route(on.item.round_id, actor=on.actor("office"), preset="full")
    routes.move_to_current(on.item.pk, reason=scene.REASON, **on.form("office"))
    assert scene.last(on.item.subject).data["before"] == 1


def test_whoever_submits_begins_on_the_present_route() -> None:
    house = make.house()
    item = make.item(State.RECTIFYING, house=house)
    assert [step.party for step in routing.route_of(item)] == ["head", "office"]
    routes.set_route(item.round_id, actor=house.office.actor(), preset="standard")
    assert [step.party for step in routing.route_of(item)] == ["head", "leaders", "office"]
