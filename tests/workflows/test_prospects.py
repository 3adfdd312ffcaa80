from __future__ import annotations

from dataclasses import replace

import pytest

from core.models import User
from tests import make
from workflows import machine
from workflows.models import Item
from workflows.prospects import Prospect, ahead, candidates, prospects
from workflows.states import State

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("part", ["staff", "colleague", "head", "office", "closer"])
def test_what_somebody_may_is_what_the_machine_offers_them(state: State, part: str) -> None:
    house = make.house()
    item = make.item(state, house=house)
    actor = getattr(house, part).actor()
    found = prospects(item, actor)
    assert [p.verb for p in found if p.may] == [m.verb for m in machine.offered(item, actor)]


def test_submitting_lacks_each_measure_the_result_and_the_progress() -> None:
    house = make.house()
    item = make.item(State.RECTIFYING, house=house)
    submit = by_verb(item, house.staff)["submit"]
    first, second = item.measures.all()
    assert [at for at, _words in submit.holes] == [
        f"measure-{first.pk}",
        f"measure-{second.pk}",
        "result",
        "result",
    ]
    assert not submit.ready


def test_nothing_is_lacking_once_it_is_all_there() -> None:
    house = make.house()
    item = make.item(State.RECTIFYING, house=house)
    make.prove(item, house)
    item = Item.objects.get(pk=item.pk)
    assert by_verb(item, house.staff)["submit"].ready


def test_what_a_form_is_still_to_say_is_not_lacking() -> None:
    house = make.house()
    item = make.item(State.VERIFYING, house=house)
    may = by_verb(item, house.closer)
    verbs = ("close", "send_back", "ask_cancel", "ask_merge")
    assert [may[verb].ready for verb in verbs] == [True, True, True, True]
    draft = make.item(State.DRAFT, house=house)
    assert by_verb(draft, house.office)["assign"].ready


def test_an_approver_of_the_office_learns_beforehand_that_another_must_close() -> None:
    house = make.house()
    make.membership(house.closer, "section_head", section=house.section)
    item = make.item(State.IN_REVIEW, house=house)
    make.take(item, "approve", replace(house, head=house.closer))
    item = Item.objects.get(pk=item.pk)
    close = by_verb(item, house.closer)["close"]
    assert close.may
    assert not close.ready
    assert [r.code for r in close.unmet] == ["not-permitted"]


def test_who_may_is_said_by_name_and_each_name_once() -> None:
    house = make.house()
    make.membership(house.head, "office", unit=house.unit)
    item = make.item(State.RECTIFYING, house=house)
    names = by_verb(item, house.staff)["reassign"].names
    assert sorted(names) == sorted([house.head.name, house.office.name, house.closer.name])


@pytest.mark.parametrize(
    ("state", "verb"),
    [
        (State.DRAFT, "assign"),
        (State.ASSIGNED, "accept"),
        (State.RECTIFYING, "submit"),
        (State.IN_REVIEW, "approve"),
        (State.VERIFYING, "close"),
        (State.CLOSED, None),
        (State.CANCELLED, None),
    ],
)
def test_each_state_has_the_verb_that_brings_it_on(state: State, verb: str | None) -> None:
    house = make.house()
    step = ahead(prospects(make.item(state, house=house), house.staff.actor()))
    assert (step.verb if step else None) == verb


def test_an_item_may_be_entrusted_to_its_sections_people_only() -> None:
    house = make.house()
    outsider = make.person("staff", section=make.section(house.unit))
    item = make.item(State.DRAFT, house=house, support=(house.other_section.name,))
    helper = make.person("staff", section=house.other_section)
    people = {post.user for post in candidates(item)}
    assert people == {house.staff, house.colleague, house.head, helper}
    assert outsider not in people


def by_verb(item: Item, person: User) -> dict[str, Prospect]:
    return {p.verb: p for p in prospects(item, person.actor())}
