"""Other responsible leaders while a review is under way."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import translation

from tests.workflows import scene
from tests.workflows.review import Review, leave, review
from workflows import verification
from workflows.actions import leadership
from workflows.models import Item
from workflows.states import State

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english() -> object:
    with translation.override("en"):
        yield


def leaders(on: Review) -> list[str]:
    return list(on.item.leaders.values_list("name", flat=True))


def test_before_the_leaders_are_asked_a_change_leaves_the_review_where_it_is() -> None:
    on = review("standard")
    on.lead("second leader")
    event = scene.last(on.item.subject)
    assert event.name == "item.leaders_changed"
    assert not event.data.keys() & {"to_step", "voids", "request"}
    assert (leaders(on), on.stands(), on.waits_for()) == (
        ["Leader two"],
        (State.IN_REVIEW, 0),
        {"head", "second head"},
    )
    on.approve("head")
    assert on.waits_for() == {"second leader"}


def test_the_duty_of_a_former_leader_becomes_that_of_the_new_one() -> None:
    on = review("standard")
    on.approve("head")
    leave(on.people["leader"])
    on.lead("second leader", "third leader")
    assert scene.last(on.item.subject).data["to_step"] == 1
    assert on.waits_for() == {"second leader", "third leader"}
    assert on.submission.approved_by == on.people["head"]


def test_an_item_a_former_leader_approved_goes_back_from_the_office_to_the_leaders() -> None:
    on = review("standard")
    on.approve("head", "leader")
    assert on.now().state == State.VERIFYING
    on.lead("second leader")
    event = scene.last(on.item.subject)
    assert (event.name, event.data["voids"], event.data["to_step"]) == (
        "item.back_to_leaders",
        "Leader one",
        1,
    )
    assert (on.stands(), on.waits_for()) == ((State.IN_REVIEW, 1), {"second leader"})
    assert on.submission.approved_by == on.people["head"]
    on.approve("second leader")
    on.close("closer")
    assert on.now().state == State.CLOSED
    assert verification.verify_all().breaks == []


def test_a_route_that_never_asks_the_leaders_keeps_its_approvals() -> None:
    on = review("short")
    on.approve("head")
    on.lead("second leader")
    assert scene.last(on.item.subject).name == "item.leaders_changed"
    assert on.stands() == (State.VERIFYING, 1)
    on.close("closer")


def test_a_leader_who_was_asked_one_level_up_is_replaced_there_too() -> None:
    on = review("short")
    on.hand_over("head", "second head")
    on.send_back("second head")
    Item.objects.filter(pk=on.item.pk).update(assignee=on.people["head"])
    leave(on.people["second head"])
    on.submit("head")
    assert on.waits_for() == {"leader"}
    on.lead("second leader")
    assert on.waits_for() == {"second leader"}


def test_a_second_click_changes_the_leaders_once() -> None:
    on = review("standard")
    on.approve("head", "leader")
    form = on.form("office")
    said: dict[str, Any] = {"person_ids": (on.id("second leader"),), "reason": scene.REASON}
    first = leadership.change_leaders(on.item.pk, **said, **form)
    again = leadership.change_leaders(on.item.pk, **said, **form)
    assert again.version == first.version == on.now().version
    assert scene.last(on.item.subject).name == "item.back_to_leaders"
