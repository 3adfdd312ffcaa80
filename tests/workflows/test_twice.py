"""Two clicks are one decision, and a stale page learns what changed."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest
from django.utils import translation

from core.refusals import Conflict, NotFound, StaleItem
from tests import make
from tests.workflows import scene
from workflows.actions import assignments, decisions, rectification, requests
from workflows.actions.step import Command
from workflows.models import Item
from workflows.states import State

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


def test_a_second_click_is_the_same_decision_and_not_an_error() -> None:
    house = make.house()
    item = make.item(State.IN_REVIEW, house=house)
    click = make.command(item)
    actor = house.head.actor()
    decisions.approve(item.pk, actor=actor, command=click, opinion="Good.")
    before, events = scene.everything(item), scene.told()
    again = decisions.approve(item.pk, actor=actor, command=click, opinion="Good.")
    assert again.state == State.VERIFYING
    assert scene.everything(item) == before
    assert scene.told() == events


def test_a_second_click_long_after_is_still_the_same_decision() -> None:
    house = make.house()
    item = make.item(State.RECTIFYING, house=house)
    click = make.command(item)
    verbs = scene.verbs(heir=0, file=make.paper("another.pdf"))
    verbs["attach"](item, house.staff.actor(), click)
    make.prove(item, house)
    make.take(item, "submit", house)
    before, events = scene.everything(item), scene.told()
    verbs["attach"](item, house.staff.actor(), click)
    assert scene.everything(item) == before
    assert scene.told() == events


def conflicting(item: Item, do: object) -> Conflict:
    before, events = scene.everything(item), scene.told(item.subject)
    with pytest.raises(Conflict) as refused:
        do()  # type: ignore[operator]  # a lambda
    assert scene.everything(item) == before
    assert scene.told(item.subject) == events + 1
    return refused.value


def test_a_used_form_is_refused_for_another_verb_another_person_and_another_text() -> None:
    house = make.house()
    item = make.item(State.IN_REVIEW, house=house)
    click = make.command(item)
    head, office = house.head.actor(), house.office.actor()
    decisions.approve(item.pk, actor=head, command=click, opinion="Good.")
    text, verb, person = (
        conflicting(
            item, lambda: decisions.approve(item.pk, actor=head, command=click, opinion="Bad.")
        ),
        conflicting(
            item,
            lambda: decisions.send_back(item.pk, actor=head, command=click, reason=scene.REASON),
        ),
        conflicting(
            item,
            lambda: decisions.approve(item.pk, actor=office, command=click, opinion="Good."),
        ),
    )
    for refused in (text, verb, person):
        assert type(refused) is Conflict
        assert str(refused) == "This form was used already, for something else."


def test_a_used_form_with_a_forged_version_is_refused_by_the_database() -> None:
    house = make.house()
    item = make.item(State.ASSIGNED, house=house)
    click = make.command(item)
    assignments.accept(item.pk, actor=house.staff.actor(), command=click)
    forged = Command(id=click.id, version=click.version + 1)
    refused = conflicting(
        item,
        lambda: rectification.record_progress(
            item.pk,
            actor=house.staff.actor(),
            command=forged,
            progress="done",
            result="Done.",
        ),
    )
    assert str(refused) == "This form was used already, for something else."


def test_a_stale_page_is_refused_with_what_changed_newest_first() -> None:
    house = make.house()
    item = make.item(State.RECTIFYING, house=house)
    old = make.command(item)
    make.prove(item, house)
    make.take(item, "submit", house)
    refused = conflicting(
        item,
        lambda: requests.ask_cancel(
            item.pk, actor=house.office.actor(), command=old, reason=scene.REASON
        ),
    )
    assert isinstance(refused, StaleItem)
    name = house.staff.name
    assert [change.rpartition(" (")[0] for change in refused.changes] == [
        f"{name} submitted for review",
        f"{name} recorded progress",
        f"{name} handed in evidence",
    ]
    assert refused.as_dict()["state"] == "In review"
    assert refused.as_dict()["next"] == (
        "Read what changed, then decide again on the page as it is now."
    )


def test_a_version_that_never_was_is_stale_too() -> None:
    house = make.house()
    item = make.item(State.ASSIGNED, house=house)
    ahead = Command(id=uuid4(), version=item.version + 5)
    refused = conflicting(
        item, lambda: assignments.accept(item.pk, actor=house.staff.actor(), command=ahead)
    )
    assert isinstance(refused, StaleItem)
    assert refused.changes == ()


def test_an_item_that_is_not_there_is_told_on_the_actors_own_chain() -> None:
    actor = make.house().staff.actor()
    with pytest.raises(NotFound):
        assignments.accept(0, actor=actor, command=Command(id=uuid4(), version=0))
    told = scene.last(actor.subject)
    assert told.name == "access.refused"
    assert told.data == {
        "verb": "accept",
        "code": "not-found",
        "rule": "There is no such thing here.",
        "item": 0,
    }
