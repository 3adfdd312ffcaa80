"""Every state x verb x person, against the law as typed out by hand; a refusal changes nothing."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from django.db import transaction

from core.actor import SYSTEM, Actor, nobody
from core.refusals import Refusal
from core.roles import Role
from tests import make
from tests.make import House
from tests.workflows import law, scene
from tests.workflows.law import GRANTS, LACKING, LAW, D, X
from workflows import machine
from workflows.actions import assignments, proving
from workflows.models import Item
from workflows.states import VERBS, State

pytestmark = [pytest.mark.django_db, pytest.mark.no_cover]

SEE_IT = {
    "assignee",
    "colleague in the section",
    "former submitter",
    "head of the lead section",
    "head of a supporting section",
    "leader",
    "first responsible person",
    "office",
    "second member of the office",
    "office above",
    "inspection office above",
    "auditor",
    "audit officer",
}
DO_NOT_SEE_IT = {
    "staff of another section",
    "head of another section",
    "leader of a sister unit",
    "office of a sister unit",
    "auditor of a sister unit",
    "system officer",
    "security officer",
    "system",
    "nobody",
}


@dataclass
class Stage:
    item: Item
    people: dict[str, Actor]
    heir: Actor
    other: Item
    """Another item of the round."""


def stage(state: State) -> Stage:
    above = make.unit()
    house = make.house(parent=above)
    people = cast(house, sister=make.house(parent=above))
    round_ = make.round_(house)
    item = make.item(house=house, round_=round_, support=(house.other_section.name,))
    other = make.item(house=house, round_=round_)
    if state is X:
        make.take(item, "cancel", house)
    elif state is not D:
        hand_over(item, house)
        for step in STEPS[state]:
            make.take(item, step, house)
    return Stage(Item.objects.get(pk=item.pk), people, house.colleague.actor(), other)


STEPS = {
    State.ASSIGNED: (),
    State.RECTIFYING: ("accept", "prove"),
    State.IN_REVIEW: ("accept", "prove", "submit"),
    State.VERIFYING: ("accept", "prove", "submit", "approve"),
    State.CLOSED: ("accept", "prove", "submit", "approve", "close"),
    State.SUSPENDED: ("accept", "suspend"),
}


def hand_over(item: Item, house: House) -> None:
    """The item has been through one review, of somebody else's submission, and came back."""
    make.take(item, "assign", house)
    former = make.person(Role.STAFF, section=house.section, name="Former").actor()
    assignments.reassign(
        item.pk,
        actor=house.office.actor(),
        command=make.command(item),
        assignee_id=former.id,
        reason=scene.REASON,
    )
    verbs = scene.verbs(heir=house.staff.pk, file=make.paper("former.pdf"))
    office, head = house.office.actor(), house.head.actor()
    walk = [("accept", former), ("attach", former), ("record_progress", former)]
    for verb, actor in walk:
        verbs[verb](item, actor, make.command(item))
    second = item.measures.all()[1].pk
    proving.attach(
        item.pk, actor=former, command=make.command(item), measure_id=second, files=[make.paper()]
    )
    for verb, actor in [("submit", former), ("send_back", head), ("reassign", office)]:
        verbs[verb](item, actor, make.command(item))


def cast(house: House, *, sister: House) -> dict[str, Actor]:
    above, unit, far = house.unit.parent, house.unit, sister.unit
    third = make.section(unit)

    def of(role: str, **where: object) -> Actor:
        return make.person(role, **where).actor()  # type: ignore[arg-type]

    return {
        "assignee": house.staff.actor(),
        "colleague in the section": of(Role.STAFF, section=house.section),
        "head of the lead section": house.head.actor(),
        "staff of another section": of(Role.STAFF, section=third),
        "head of another section": of(Role.SECTION_HEAD, section=third),
        "head of a supporting section": of(Role.SECTION_HEAD, section=house.other_section),
        "leader": of(Role.LEADER, unit=unit),
        "first responsible person": of(Role.UNIT_HEAD, unit=unit),
        "office": house.office.actor(),
        "second member of the office": house.closer.actor(),
        "office above": of(Role.OFFICE, unit=above),
        "inspection office above": of(Role.INSPECTION_OFFICE, unit=above),
        "auditor": of(Role.AUDITOR, unit=unit),
        "leader of a sister unit": of(Role.LEADER, unit=far),
        "office of a sister unit": sister.office.actor(),
        "auditor of a sister unit": of(Role.AUDITOR, unit=far),
        "system officer": of(Role.SYSTEM_OFFICER, unit=above),
        "security officer": of(Role.SECURITY_OFFICER, unit=above),
        "audit officer": of(Role.AUDIT_OFFICER, unit=above),
        "system": SYSTEM,
        "nobody": nobody("192.0.2.1"),
    }


def test_the_law_names_every_verb_and_the_machine_has_no_edge_more() -> None:
    assert {verb for _state, verb in LAW} == set(VERBS)
    edges = {(m.source, m.verb): m.target for m in machine.moves(Item)}
    assert edges == {key: target for key, (target, _who) in LAW.items()}


@pytest.mark.parametrize("state", list(State))
def test_every_verb_by_everybody_is_done_or_refused_as_the_law_says(state: State) -> None:
    set_up = stage(state)
    if state not in {D, X}:
        former = Item.objects.get(pk=set_up.item.pk).submissions.first()
        assert former is not None
        set_up.people["former submitter"] = former.submitted_by.actor()
    assert set(set_up.people) >= (SEE_IT | DO_NOT_SEE_IT) - {"former submitter"}
    verbs = scene.verbs(
        heir=set_up.heir.id or 0, file=make.paper("late.pdf"), other=set_up.other.pk
    )
    before = scene.everything(set_up.item)
    wrong = []
    for who, actor in set_up.people.items():
        for verb, do in verbs.items():
            sid = transaction.savepoint()
            fault = tried(set_up.item, verb, do, (who, actor), before)
            transaction.savepoint_rollback(sid)
            wrong += [(who, verb, fault)] if fault else []
    assert wrong == []


@dataclass
class Attempt:
    """One verb by one person, with how many events there were before it."""

    item: Item
    who: str
    actor: Actor
    verb: str
    events: int
    on_item: int
    on_actor: int


def tried(item: Item, verb: str, do: scene.Do, person: tuple[str, Actor], before: object) -> str:
    """What is wrong with how one attempt ended; empty when it ended as it should."""
    who, actor = person
    told = (scene.told(), scene.told(item.subject), scene.told(actor.subject))
    attempt = Attempt(item, who, actor, verb, *told)
    try:
        do(item, actor, make.command(item))
    except Refusal as refused:
        return wrong_refusal(attempt, refused, before)
    return wrong_deed(attempt)


def wrong_refusal(attempt: Attempt, refused: Refusal, before: object) -> str:
    item, actor, who = attempt.item, attempt.actor, attempt.who
    if may(attempt) or refused.code != expected_code(item, attempt.verb, who):
        return f"refused: {refused.as_dict()}"
    if scene.everything(item) != before:
        return "a refusal changed something"
    seen = who in SEE_IT
    added = (scene.told(item.subject), scene.told(actor.subject), scene.told())
    expected = (attempt.on_item + seen, attempt.on_actor + (not seen), attempt.events + 1)
    if added != expected:
        return f"told {added}, not {expected}"
    name = scene.last(item.subject if seen else actor.subject).name
    return "" if name == ("item.refused" if seen else "access.refused") else name


def wrong_deed(attempt: Attempt) -> str:
    item, verb = attempt.item, attempt.verb
    if not may(attempt):
        return "done, but nobody may"
    now = Item.objects.get(pk=item.pk)
    if (now.state, now.version) != (LAW[item.state, verb][0], item.version + 1):
        return f"led to {now.state} {now.version}"
    told = scene.last(item.subject).name
    return "" if (scene.told(), told) == (attempt.events + 1, law.EVENT[verb]) else told


def may(attempt: Attempt) -> bool:
    edge = (attempt.item.state, attempt.verb)
    _target, allowed = LAW.get(edge, ("", frozenset[str]()))
    return attempt.who in allowed and edge not in LACKING


def expected_code(item: Item, verb: str, who: str) -> str:
    if who in DO_NOT_SEE_IT:
        return "not-found"
    if (item.state, verb) not in LAW or (verb in GRANTS and item.state != D):
        return "no-such-move"
    lacks = (item.state, verb) in LACKING and who in LAW[item.state, verb][1]
    return LACKING[item.state, verb] if lacks else "not-permitted"


@pytest.mark.parametrize("state", list(State))
def test_the_buttons_offered_to_everybody_are_what_the_law_allows_them(state: State) -> None:
    set_up = stage(state)
    offered = {
        who: {move.verb for move in machine.offered(set_up.item, actor)}
        for who, actor in set_up.people.items()
    }
    assert offered == {
        who: {verb for (at, verb), (_to, may) in LAW.items() if at == state and who in may}
        for who in set_up.people
    }


# With a request open: by what, in which state, who may do what of it


ASKED = [
    (State.ASSIGNED, "extend", "staff"),
    (State.RECTIFYING, "extend", "staff"),
    (State.RECTIFYING, "suspend", "staff"),
    (State.ASSIGNED, "cancel", "office"),
    (State.RECTIFYING, "cancel", "office"),
    (State.IN_REVIEW, "cancel", "office"),
    (State.VERIFYING, "merge", "office"),
    (State.SUSPENDED, "merge", "office"),
    (State.CLOSED, "reopen", "office"),
]
OF_THE_HEAD = {"extend", "suspend"}
"""The first step asks the head of the section; of the others, the leader."""


@pytest.mark.parametrize(("state", "kind", "asker"), ASKED)
def test_an_open_request_is_its_askers_and_of_whom_it_waits_for(
    state: State, kind: str, asker: str
) -> None:
    set_up = stage(state)
    people = set_up.people
    verbs = scene.verbs(
        heir=set_up.heir.id or 0, file=make.paper("late.pdf"), other=set_up.other.pk
    )
    verbs[ASKING[kind]](set_up.item, people[ASKERS[asker]], make.command(set_up.item))
    item = Item.objects.get(pk=set_up.item.pk)
    answers = "head of the lead section" if kind in OF_THE_HEAD else "leader"
    may_do = {
        "take_back_request": {ASKERS[asker]},
        "agree": {answers},
        "refuse": {answers},
        "hand_over_request": {answers},
    }
    before = scene.everything(item)
    for verb, able in may_do.items():
        for who, actor in people.items():
            sid = transaction.savepoint()
            code = answered_with(verbs[verb], item, actor)
            expected = "not-found" if who in DO_NOT_SEE_IT else "not-permitted"
            assert code == ("" if who in able else expected), (verb, who)
            assert who in able or scene.everything(item) == before
            transaction.savepoint_rollback(sid)


def answered_with(do: scene.Do, item: Item, actor: Actor) -> str:
    """The code of the refusal, or nothing where it was done."""
    try:
        do(item, actor, make.command(item))
    except Refusal as refused:
        return refused.code
    return ""


ASKING = {
    "extend": "ask_extension",
    "suspend": "ask_suspension",
    "cancel": "ask_cancel",
    "merge": "ask_merge",
    "reopen": "ask_reopen",
}
ASKERS = {"staff": "assignee", "office": "office"}
