"""Rows that cannot be, because somebody reached past the application: nothing goes on there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from django.utils import timezone, translation
from viewflow.workflow.models import Task

from core.actor import Kind
from core.refusals import NotFound, NotPermitted, Unmet
from tests import make
from tests.make import House
from tests.workflows import scene
from workflows import policy
from workflows.actions import assignments, decisions, reading
from workflows.models import Item
from workflows.states import State

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


def at(state: str) -> tuple[House, Item]:
    house = make.house()
    return house, make.item(state, house=house)


def approve(item: Item, house: House) -> Callable[[], Item]:
    actor, command = house.head.actor(), make.command(item)
    return lambda: decisions.approve(item.pk, actor=actor, command=command)


def test_in_a_review_without_a_submission_nobody_decides_and_nothing_changes() -> None:
    house, item = at(State.IN_REVIEW)
    Item.objects.filter(pk=item.pk).update(submission=None)
    before = scene.everything(item)
    with pytest.raises(NotPermitted) as refused:
        approve(item, house)()
    assert str(refused.value).startswith("Nobody may do this now")
    assert scene.everything(item) == before


def test_a_review_whose_route_has_ended_is_a_fault_and_changes_nothing() -> None:
    house, item = at(State.IN_REVIEW)
    Task.objects.filter(finished=None).update(finished=timezone.now(), status="DONE")
    before, events = scene.everything(item), scene.told()
    with pytest.raises(RuntimeError, match="waits, but its task is over"):
        approve(item, house)()
    assert (scene.everything(item), scene.told()) == (before, events)


def test_without_a_submission_nothing_is_closed() -> None:
    house, item = at(State.VERIFYING)
    Item.objects.filter(pk=item.pk).update(submission=None)
    with pytest.raises(NotPermitted):
        make.take(item, "close", house)
    assert Item.objects.get(pk=item.pk).state == State.VERIFYING


def test_without_a_lead_section_nobody_is_its_head() -> None:
    house, item = at(State.IN_REVIEW)
    item.lead_section = None
    no = policy.refusal(item, house.head.actor(), policy.section_head)
    assert no is not None
    assert str(no.rule) == "Nobody may do this now: no one is a head of the lead section."


def test_an_actor_that_is_no_person_decides_nothing_whatever_posts_it_carries() -> None:
    house, item = at(State.DRAFT)
    robot = replace(house.office.actor(), kind=Kind.SYSTEM, id=None)
    before = scene.everything(item)
    with pytest.raises(NotPermitted) as refused:
        assignments.assign(
            item.pk, actor=robot, command=make.command(item), assignee_id=house.staff.pk
        )
    assert str(refused.value) == "The system does not take decisions."
    assert scene.everything(item) == before
    with pytest.raises(TypeError, match="is not a person"):
        _ = robot.person_id


def test_an_item_is_not_reassigned_to_nobody() -> None:
    house, item = at(State.RECTIFYING)
    before = scene.everything(item)
    with pytest.raises(Unmet):
        assignments.reassign(
            item.pk,
            actor=house.office.actor(),
            command=make.command(item),
            assignee_id=None,
            reason=scene.REASON,
        )
    assert scene.everything(item) == before


def test_a_ledger_leaves_only_for_whoever_sees_its_round_and_is_told() -> None:
    house, item = at(State.DRAFT)
    with pytest.raises(NotFound):
        reading.export_ledger(item.round_id, actor=make.house().office.actor(), items=1)
    reading.export_ledger(item.round_id, actor=house.head.actor(), items=1)
    told = scene.last(item.round.subject)
    assert (told.name, told.actor_label) == ("ledger.exported", house.head.name)
    assert told.data == {"items": 1}
