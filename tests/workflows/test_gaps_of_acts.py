"""What acts rarely meet: rows gone meanwhile, several people behind one, and calls out of turn."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError

from audit.models import Owed
from core.roles import Role
from tests import make
from tests.workflows import scene
from tests.workflows.review import leave, review
from workflows import deadlines, faults, guards, reviewing
from workflows.actions import attention, decisions, duties, passage, reminding
from workflows.actions.step import Done, submission_of, take
from workflows.guards import Act
from workflows.models import Item, LadderRule, Notice, Reminder, Supervision
from workflows.models.route import How, Step
from workflows.states import DutyKind, State, Track

pytestmark = pytest.mark.django_db


def test_a_supervision_that_was_ended_meanwhile_is_told_nothing() -> None:
    house = make.house()
    item = make.item(State.RECTIFYING, house=house)
    row = attention.supervise(item.pk, actor=house.office.actor())
    Supervision.objects.filter(pk=row.pk).delete()
    assert attention._catch_up(row.pk) == 0
    assert not Notice.objects.filter(kind__startswith="step-").exists()


def test_whoever_is_not_asked_has_nothing_to_answer_nor_to_add_to() -> None:
    on = review("short")
    before = scene.everything(on.item)
    with pytest.raises(RuntimeError, match="holds no duty"):
        decisions.answer(on.now(), on.actor("leader"), "approve")
    with pytest.raises(RuntimeError, match="holds no duty"):
        duties._held(on.now(), on.actor("leader"), "submission")
    assert scene.everything(on.item) == before


def test_a_deputy_reads_a_copy_for_whom_it_was_sent_to() -> None:
    on = review("short")
    make.deputy(on.people["leader"], on.people["colleague"])
    duties.copy_to(on.item.pk, person_ids=(on.id("leader"),), **on.form("head"))
    copy = on.item.duties.get(kind=DutyKind.COPY)
    read = duties.mark_read(copy.pk, actor=on.actor("colleague"))
    assert read.behind == on.people["leader"]
    assert scene.last(on.item.subject).data["behind"] == on.people["leader"].name


def test_of_two_whom_a_deputy_stands_in_for_the_one_asked_is_named() -> None:
    on = review("short")
    for who in ("leader", "head"):
        make.deputy(on.people[who], on.people["colleague"], with_tray=True)
    on.claim("colleague")
    assert scene.last(on.item.subject).data["behind"] == on.people["head"].name


def test_a_duty_without_a_task_is_no_step_to_go_on_from() -> None:
    on = review("short")
    duty = on.open()[0]
    on.item.duties.filter(pk=duty.pk).update(task=None)
    before = scene.everything(on.item)
    with pytest.raises(RuntimeError, match="not a step of a route"):
        on.add("head", "leader")
    with pytest.raises(RuntimeError, match="not a step of a route"):
        on.approve("head")
    assert scene.everything(on.item) == before


def test_who_has_no_date_to_keep_is_reminded_as_undated_and_once() -> None:
    house = make.house()
    make.item(
        State.RECTIFYING, house=house, track=Track.ONGOING, due=None, precision="", ongoing=True
    )
    today = date(2027, 3, 1)
    [due] = deadlines.due_reminders(today)
    assert reminding.remind(today) == 1
    assert Notice.objects.filter(person=house.staff, kind="undated").exists()
    assert not reminding._make(due, today)
    assert Reminder.objects.count() == 1


def test_an_item_that_was_not_submitted_has_no_submission_to_decide_nor_to_keep() -> None:
    house = make.house()
    item = make.item(State.RECTIFYING, house=house)
    with pytest.raises(RuntimeError, match="without a submission"):
        submission_of(item)
    assert guards.nobody_has_answered(Act(item=item, actor=house.staff.actor())) is None


def test_whoever_looks_after_no_unit_sees_no_fault() -> None:
    house = make.house()
    make.item(State.ASSIGNED, house=house)
    Owed.objects.update(parked_at="2026-01-01T00:00:00Z")
    assert faults.state(house.office.actor()).parked
    for who in (house.staff, make.person(Role.LEADER, unit=house.unit)):
        seen = faults.state(who.actor())
        assert (seen.parked, seen.late) == ([], [])


def test_nothing_goes_on_from_a_copy() -> None:
    on = review("short")
    duties.copy_to(on.item.pk, person_ids=(on.id("leader"),), **on.form("head"))
    copy = on.item.duties.get(kind=DutyKind.COPY)
    with pytest.raises(RuntimeError, match="not a step of a route"):
        passage.wait_on(copy, actor=on.actor("leader"))


def test_of_those_who_answer_in_order_the_next_is_asked_and_after_the_last_nobody() -> None:
    steps = Step(party="head"), Step(party="leaders", how=How.IN_ORDER), Step(party="office")
    on = review("", *steps, leaders=("leader", "second leader"))
    on.approve("head", "leader")
    assert on.waits_for() == {"second leader"}
    on.ask_help("second leader", "colleague")
    on.give_back("colleague")
    assert on.waits_for() == {"second leader"}
    on.approve("second leader")
    assert on.stands() == (State.VERIFYING, 2)


def test_a_clash_that_no_second_click_explains_is_not_called_one() -> None:
    on = review("short")
    before, events = scene.everything(on.item), scene.told()

    def clash(_item: Item) -> Done:
        raise IntegrityError("another row has it")

    with pytest.raises(IntegrityError, match="another row has it"):
        take(on.item.pk, "withdraw", work=clash, **on.form("staff"))
    assert (scene.everything(on.item), scene.told()) == (before, events)


def test_a_step_of_a_review_is_given_away_and_told_without_a_kind_of_request() -> None:
    on = review("short")
    for who in ("head", "second head"):
        leave(on.people[who])
    [duty] = on.open()
    on.give("closer", "leader", duty)
    told = scene.last(on.item.subject)
    assert (told.name, "kind" in told.data) == ("item.step_given", False)
    assert on.waits_for() == {"leader"}


def test_an_item_that_waits_twice_for_somebody_stands_in_their_queue_once() -> None:
    on = review("full", leaders=("leader", "second leader"))
    on.approve("head", "other head")
    first, second = on.open()
    [item] = reviewing._in_order([second.pk, first.pk]).values()
    assert (item, item.waiting_since) == (on.item, second.opened_at)  # type: ignore[attr-defined]


def test_a_rung_is_named_by_its_round_and_place() -> None:
    assert str(LadderRule(round_id=3, position=2)) == "3/2"
