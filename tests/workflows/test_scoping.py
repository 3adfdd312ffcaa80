"""Who sees what: own sections, own unit, units below; and missing looks like not yours."""

from __future__ import annotations

import pytest

from core.actor import SYSTEM, Actor, nobody
from core.refusals import NotFound
from core.roles import Role
from tests import make
from tests.make import House
from workflows import policy, queries
from workflows.models import Batch, Citation, Item, Round
from workflows.states import State

pytestmark = pytest.mark.django_db


def world() -> tuple[dict[str, Item], dict[str, Actor]]:
    """A city with two bureaus; the first has an item of each of two sections and a shared one."""
    city = make.unit()
    near, far = make.house(parent=city), make.house(parent=city)
    round_ = make.round_(near)
    other = near.other_section.name
    items = {
        "own": make.item(State.IN_REVIEW, house=near, round_=round_),
        "supported": make.item(house=near, round_=round_, support=(other,)),
        "other section": make.item(house=near, round_=round_, lead=(other,), assignee=""),
        "unassigned": make.item(house=near, round_=round_, lead=(), assignee=""),
        "far": make.item(State.IN_REVIEW, house=far),
    }
    return items, cast(near, far)


def cast(near: House, far: House) -> dict[str, Actor]:
    unit, city = near.unit, near.unit.parent

    def of(role: str, **where: object) -> Actor:
        return make.person(role, **where).actor()  # type: ignore[arg-type]  # as given

    return {
        "staff": near.staff.actor(),
        "head": near.head.actor(),
        "staff of the other section": of(Role.STAFF, section=near.other_section),
        "head of the other section": of(Role.SECTION_HEAD, section=near.other_section),
        "leader": of(Role.LEADER, unit=unit),
        "first responsible person": of(Role.UNIT_HEAD, unit=unit),
        "office": near.office.actor(),
        "inspection office": of(Role.INSPECTION_OFFICE, unit=city),
        "auditor of the city": of(Role.AUDITOR, unit=city),
        "audit officer": of(Role.AUDIT_OFFICER, unit=unit),
        "system officer": of(Role.SYSTEM_OFFICER, unit=city),
        "security officer": of(Role.SECURITY_OFFICER, unit=city),
        "office of the far bureau": far.office.actor(),
        "without a role": make.user().actor(),
        "system": SYSTEM,
        "nobody": nobody(""),
    }


NEAR = {"own", "supported", "other section", "unassigned"}
SEES: dict[str, set[str]] = {
    "staff": {"own", "supported"},
    "head": {"own", "supported"},
    "staff of the other section": {"supported", "other section"},
    "head of the other section": {"supported", "other section"},
    "leader": NEAR,
    "first responsible person": NEAR,
    "office": NEAR,
    "inspection office": NEAR | {"far"},
    "auditor of the city": NEAR | {"far"},
    "audit officer": NEAR,
    "system officer": set(),
    "security officer": set(),
    "office of the far bureau": {"far"},
    "without a role": set(),
    "system": set(),
    "nobody": set(),
}


def test_everybody_sees_the_items_of_their_posts_and_no_others() -> None:
    items, actors = world()
    names = {item.pk: name for name, item in items.items()}
    seen = {
        who: {names[i.pk] for i in Item.objects.visible_to(actor)} for who, actor in actors.items()
    }
    assert seen == SEES


def test_the_policy_and_the_queryset_see_the_same() -> None:
    items, actors = world()
    for who, actor in actors.items():
        seen = {name for name, item in items.items() if policy.sees(item, actor)}
        assert seen == SEES[who], who


def test_an_item_that_is_not_yours_is_not_there() -> None:
    items, actors = world()
    for who, actor in actors.items():
        for name, item in items.items():
            if name in SEES[who]:
                assert queries.item_for(actor, item.pk) == item
                continue
            with pytest.raises(NotFound) as hidden:
                queries.item_for(actor, item.pk)
            with pytest.raises(NotFound) as missing:
                queries.item_for(actor, 0)
            assert hidden.value.as_dict() == missing.value.as_dict()


def test_evidence_rounds_and_workbooks_are_seen_as_their_items_are() -> None:
    items, actors = world()
    near, far = items["own"].round, items["far"].round
    rounds = {who: set(Round.objects.visible_to(actor)) for who, actor in actors.items()}
    both = {"inspection office", "auditor of the city"}
    none = {"system officer", "security officer", "without a role", "system", "nobody"}
    assert {who for who, found in rounds.items() if found == {near, far}} == both
    assert {who for who, found in rounds.items() if not found} == none
    assert rounds["office of the far bureau"] == {far}
    assert rounds["staff"] == {near}
    assert all(round_.subject == f"round:{round_.pk}" for round_ in (near, far))
    for who, actor in actors.items():
        cited = {citation.item_id for citation in Citation.objects.visible_to(actor)}
        assert cited == {items[name].pk for name in SEES[who] & {"own", "far"}}
        workbooks = {batch.round for batch in Batch.objects.visible_to(actor)}
        assert workbooks == rounds[who]
