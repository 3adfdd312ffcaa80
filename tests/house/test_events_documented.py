from __future__ import annotations

import ast
import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from audit.models import Event
from core.actor import Actor
from core.models import Membership, User
from core.refusals import Refusal
from evidence.models import Evidence
from tests import make
from tests.audit.chains import unprotected
from tests.house.source import PACKAGES, ROOT, within
from tests.make import House
from tests.workflows import scene
from tests.workflows.law import OF_THE_ROUTE, ON_ITS_STEP
from tests.workflows.planned import planned, redate
from tests.workflows.review import leave
from workflows import extensions
from workflows.actions import (
    amendments,
    assignments,
    attention,
    check_rules,
    decisions,
    deputies,
    disclosures,
    disposals,
    duties,
    flags,
    giving,
    holds,
    leadership,
    ledgers,
    proving,
    reading,
    rectification,
    requests,
    rounds,
    routes,
)
from workflows.actions.disclosures import Answer
from workflows.checks import rules
from workflows.checks.found import Found
from workflows.checks.rules import Rule
from workflows.extensions import ExtensionRule
from workflows.holders import On
from workflows.models import Deputy, Item, PlanOpinion, Submission
from workflows.standing_in import as_actor
from workflows.states import EVENTS, State

NAME = re.compile(r"[a-z]+\.[a-z_]+")
ROW = re.compile(r"^\| `([a-z]+\.[a-z_]+)` \|(.*)\|$", re.MULTILINE)
WRITERS = {
    ("audit", "record"),
    ("workflows.actions", "rounds"),
    ("workflows.actions.plan_forms", "Said"),
}
OF_EVERY_VERB = {"from", "to", "version", "form"}
OF_EVERY_STEP = {"no", "step"}
OF_AN_ANSWER = {"agree", "refuse", "extend", "suspend", "merge", "reopen", *ON_ITS_STEP}
ON_A_STEP = {
    EVENTS[verb] for verb in OF_THE_ROUTE | {"approve", "send_back", "close"} | OF_AN_ANSWER
}


def documented() -> dict[str, str]:
    return dict(ROW.findall((ROOT / "docs/events.md").read_text(encoding="utf-8")))


def writes_events(tree: ast.Module) -> bool:
    return any(
        isinstance(node, ast.ImportFrom)
        and any((node.module, alias.name) in WRITERS for alias in node.names)
        for node in ast.walk(tree)
    )


def names_in(source: str) -> set[str]:
    """Every event name written out in a module that writes events."""
    tree = ast.parse(source)
    if not writes_events(tree):
        return set()
    texts = {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    return {text for text in texts if NAME.fullmatch(text) and not text.endswith(".html")}


def appended() -> set[str]:
    paths: list[Path] = within(*PACKAGES, suffix=".py")
    found = [names_in(path.read_text(encoding="utf-8")) for path in paths]
    return set(EVENTS.values()).union(*found)


def test_names_are_found_where_events_are_written_and_nowhere_else() -> None:
    writing = "from audit import record\nrecord.note('door.opened', subject='x')\na = 'a.html'\n"
    assert names_in(writing) == {"door.opened"}
    assert names_in("mail('door.opened')") == set()


def test_every_event_is_documented_and_every_documented_event_is_written() -> None:
    assert appended() == set(documented())


def keys(row: str) -> tuple[set[str], set[str]]:
    """(always there, there sometimes) of a row's data, explanations in brackets left out."""
    plain = re.sub(r"\([^)]*\)", "", row)
    sometimes = set(re.findall(r"\*`(\w+)`\*", plain))
    return set(re.findall(r"`(\w+)`", plain)) - sometimes, sometimes


def live_through_everything() -> None:
    """One act of every verb, with what else its item's chain and its round's may hold."""
    house = make.house()
    round_ = make.round_(house)
    item = make.item(State.VERIFYING, house=house, round_=round_)
    staff, office = house.staff.actor(), house.office.actor()
    citation = item.citations.get()
    reading.download(citation.pk, actor=staff)
    proving.replace_evidence(
        item.pk,
        actor=staff,
        command=make.command(item),
        citation_id=citation.pk,
        file=make.paper("newer.pdf"),
        reason=make.REASON,
    )
    citation = item.citations.standing().get()
    make.take(item, "approve", house)
    proven = make.item(State.RECTIFYING, house=house, criteria=("Lit", ""))
    make.prove(proven, house)
    proving.relink(
        proven.pk,
        actor=staff,
        command=make.command(proven),
        citation_id=proven.citations.get().pk,
        measure_id=proven.measures.all()[1].pk,
        pages="1",
    )
    proving.withdraw_evidence(
        item.pk,
        actor=staff,
        command=make.command(item),
        citation_id=citation.pk,
        reason=make.REASON,
    )
    with pytest.raises(Refusal):
        decisions.approve(item.pk, actor=office, command=make.command(item))
    rectification.withdraw(item.pk, actor=staff, command=make.command(item))
    assignments.reassign(
        item.pk,
        actor=office,
        command=make.command(item),
        assignee_id=house.colleague.pk,
        reason=make.REASON,
    )
    amendments.amend(
        item.pk, actor=office, command=make.command(item), title="Dark", reason=make.REASON
    )
    other = make.item(State.IN_REVIEW, house=house, round_=round_)
    do_everything_with_a_flag(other, house)
    decisions.send_back(
        other.pk, actor=house.head.actor(), command=make.command(other), reason=make.REASON
    )
    closed = make.item(State.CLOSED, house=house, round_=round_)
    closed = disclosures.disclose(
        closed.pk,
        actor=office,
        command=make.command(closed),
        answers=[Answer(audience="party", text="Lit.")],
    )
    make.take(closed, "reopen", house)
    make.item(State.CANCELLED, house=house, round_=round_)
    keep_and_destroy(house)
    do_everything_with_a_step(house)
    do_everything_with_a_plan()
    ask_for_everything(house)
    ask_for_papers(house)
    [draft] = make.entered(house, round_, make.line(house, lead=("A new section",)))
    ledgers.undo(draft.batch_id or 0, actor=office)
    full = make.line(house, target="Light", criteria=("Lit", ""), remark="Urgent")
    make.entered(house, round_, full)
    ledgers.discard(make.batch(house, round_).pk, actor=office, version=0)


def ask_for_papers(house: House) -> None:
    item = make.item(State.IN_REVIEW, house=house)
    verbs = scene.verbs(heir=0, file=make.paper("minutes.pdf"))
    head, staff = house.head.actor(), house.staff.actor()
    for answer, actor in (("supply", staff), ("decline", staff), ("spare", head)):
        for verb, who in (("ask_evidence", head), (f"{answer}_evidence", actor)):
            verbs[verb](item, who, make.command(item))


def do_everything_with_a_flag(item: Item, house: House) -> None:
    office, raised = house.office.actor(), make.flag(item)
    flags.clear(raised.pk, actor=office, reason=make.REASON)
    flags.reopen(raised.pk, actor=office, reason=make.REASON)
    flags.send_back(item.pk)
    flags.come_back(item.pk)
    said = Found(rule=Rule.REPEATS_MEASURE, measure=item.measures.all()[0], own_digest="a" * 64)
    flags.raise_all(item.pk, [said])
    flags.end_of_words(item.pk, {"b" * 64})
    strict = rules.preset("strict")
    check_rules.set_rules(item.round_id, actor=office, settings=strict)
    check_rules.set_rules(item.round_id, actor=office, settings=rules.usual())


def keep_and_destroy(house: House) -> None:
    """Held and let go, then proposed three times: taken back, refused, and destroyed."""
    round_ = make.round_(house)
    item = make.item(State.CLOSED, house=house, round_=round_)
    Submission.objects.filter(item=item).update(decided_at=datetime(2010, 5, 1, tzinfo=UTC))
    office, second = house.office.actor(), house.closer.actor()
    holds.set_retention(round_.pk, actor=office, retention="10y")
    for key in (item.pk, None):
        held = holds.hold(round_.pk, actor=office, reason=make.REASON, item_id=key)
        holds.lift(held.pk, actor=office, reason=make.REASON)
    words = {"actor": office, "items": [item.pk], "basis": make.REASON}

    def proposed() -> int:
        return disposals.propose(round_.pk, **words).pk  # type: ignore[arg-type]  # typed above

    # The same bytes stand for other items too: only once these are out of the way.
    with unprotected():
        Evidence.objects.filter(citations__item=item).update(digest="f" * 64)
    disposals.take_back(proposed(), actor=office)
    disposals.refuse(proposed(), actor=second, reason=make.REASON)
    disposals.confirm(proposed(), actor=second)


def do_everything_with_a_step(house: House) -> None:
    """A deputy of the head does it, so that whom they stand in for is said too."""
    round_ = make.round_(house)
    item = make.item(State.IN_REVIEW, house=house, round_=round_)
    leader = make.person("leader", unit=house.unit)
    deputy = make.person("staff", section=house.section)
    make.deputy(house.head, deputy, with_tray=True)
    office, stand_in, other = house.office.actor(), as_actor(deputy), house.colleague
    routes.set_route(round_.pk, actor=office, preset="standard")

    def form() -> dict[str, Any]:
        return {"command": make.command(item)}

    routes.move_to_current(item.pk, actor=office, reason=make.REASON, **form())
    do_the_rest_of_a_step(item, stand_in, other, "submission")
    decisions.approve(item.pk, actor=stand_in, **form())
    decisions.step_back(item.pk, actor=leader.actor(), position=0, reason=make.REASON, **form())
    passing = make.person("staff", section=house.section)
    duties.hand_over(item.pk, actor=stand_in, person_id=passing.pk, reason=make.REASON, **form())
    leave(passing)
    stuck = item.duties.get(state="open", kind="step").pk
    giving.give_step(
        item.pk,
        actor=office,
        duty_id=stuck,
        person_id=house.head.pk,
        reason=make.REASON,
        **form(),
    )
    decisions.approve(item.pk, actor=house.head.actor(), **form())
    decisions.approve(item.pk, actor=leader.actor(), **form())
    second = make.person("leader", unit=house.unit)
    for person in (second, leader):
        leadership.change_leaders(
            item.pk, actor=office, person_ids=(person.pk,), reason=make.REASON, **form()
        )
    deputies.recall(Deputy.objects.get().pk, actor=house.head.actor())


def do_the_rest_of_a_step(item: Item, actor: Actor, other: User, on: On) -> None:
    def form() -> dict[str, Any]:
        return {"actor": actor, "command": make.command(item), "on": on}

    added = item.duties.exclude(**{on: None})
    duties.claim(item.pk, **form())
    duties.release(item.pk, **form())
    duties.copy_to(item.pk, person_ids=(other.pk,), **form())
    duties.mark_read(added.get(kind="copy").pk, actor=other.actor())
    duties.ask_help(item.pk, person_id=other.pk, question="Lit?", **form())
    duties.give_back(item.pk, opinion="Lit.", **{**form(), "actor": other.actor()})
    duties.add_signer(item.pk, person_id=other.pk, **form())
    duties.drop_signer(item.pk, duty_id=added.get(kind="before").pk, **form())


def do_everything_with_a_plan() -> None:
    """Two versions, the second instead of the first; a deputy of the first person approves it."""
    on = planned()
    on.people["deputy"] = on.house.colleague
    make.deputy(on.people["first"], on.people["deputy"], with_tray=True)
    on.put_forward()
    on.withdraw()
    on.put_forward()
    heads = Membership.objects.filter(user=on.people["head"])
    heads.update(ends=date(2020, 1, 2))
    place = PlanOpinion.objects.get(state="open", section=on.house.section)
    giving.give_place(
        place.plan_id,
        actor=on.house.closer.actor(),
        command_id=uuid4(),
        opinion_id=place.pk,
        person_id=on.house.staff.pk,
        reason=make.REASON,
    )
    heads.update(ends=None)
    on.people["stand-in"] = on.house.staff
    on.send_back("stand-in")
    for due in (date(2027, 1, 31), date(2027, 2, 28)):
        redate(on, due)
        on.put_forward()
        on.agree("head", "other head", "leader", "second leader", "deputy")


def ask_for_everything(house: House) -> None:
    """Each kind of request granted, one handed over and refused, one taken back, one lapsed."""
    round_ = make.round_(house)
    item = make.item(State.RECTIFYING, house=house, round_=round_)
    other = make.item(State.RECTIFYING, house=house, round_=round_)
    office = house.office.actor()

    def form() -> dict[str, Any]:
        return {"command": make.command(item)}

    for kind in ("extend", "suspend"):
        make.take(item, kind, house)
    assignments.wake(item.pk, actor=office, reason=make.REASON, **form())
    make.ask(item, "suspend", house)
    head, leader = house.head.actor(), make.leader_of(house)
    do_the_rest_of_a_step(item, head, house.colleague, "request")
    attention.urge(item.pk, actor=house.staff.actor(), on="request")
    duties.hand_over(
        item.pk, actor=head, person_id=leader.pk, reason=make.REASON, on="request", **form()
    )
    requests.refuse(item.pk, actor=leader.actor(), reason=make.REASON, **form())
    make.ask(item, "suspend", house)
    requests.take_back(item.pk, actor=house.staff.actor(), **form())
    make.ask(item, "suspend", house)
    make.prove(item, house)
    make.take(item, "submit", house)
    requests.ask_merge(item.pk, actor=office, into_id=other.pk, reason=make.REASON, **form())
    make.grant(item, house)
    make.take(other, "cancel", house)
    rules = {**extensions.PRESETS, "dated": ExtensionRule(times=1, days=1)}
    rounds.set_extension_rules(round_.pk, actor=office, rules=rules)
    routes.set_route(round_.pk, actor=office, preset="short", matter="cancel")


@pytest.mark.django_db
def test_what_events_say_is_what_their_page_lists() -> None:
    live_through_everything()
    pages = documented()
    for event in Event.objects.all():
        always, sometimes = keys(pages[event.name])
        if event.name in EVENTS.values():
            always |= OF_EVERY_VERB
            sometimes = sometimes | {"voids"}
        if event.name in ON_A_STEP:
            always |= OF_EVERY_STEP
            sometimes = sometimes | {"behind", "behind_id"}
        said = set(event.data)
        assert always <= said <= always | sometimes, event.name
    assert set(EVENTS.values()) <= set(Event.objects.values_list("name", flat=True))
