"""A morning: reminders with their events and letters, one digest a person, and never twice."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from audit.models import Event
from core.models import User
from core.roles import Role
from tests import make
from tests.make import House
from workflows import deadlines
from workflows.actions import amendments, assignments, decisions, reminding
from workflows.actions.amendments import Deadline
from workflows.models import (
    Addressee,
    Item,
    ItemLeader,
    LadderRule,
    Letter,
    MorningRun,
    Notice,
    Reminder,
    Round,
)
from workflows.states import State, Track

pytestmark = pytest.mark.django_db

DUE = date(2026, 6, 30)
BEFORE, SOON, NEAR, LATE = (DUE - timedelta(days=n) for n in (21, 20, 10, -1))


@pytest.fixture
def house() -> House:
    return make.house()


@pytest.fixture
def leader(house: House) -> User:
    return make.person(Role.LEADER, unit=house.unit)


@pytest.fixture
def top(house: House) -> User:
    return make.person(Role.UNIT_HEAD, unit=house.unit)


@pytest.fixture
def round_(house: House) -> Round:
    return make.round_(house)


@pytest.fixture
def item(house: House, round_: Round, leader: User) -> Item:
    row = make.item(State.RECTIFYING, house=house, round_=round_, due=DUE)
    ItemLeader(item=row, position=1, name=leader.name, user=leader).save()
    return row


def told(day: date) -> list[str]:
    """Who is told something new on a morning."""
    last = Addressee.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    reminding.remind(day)
    new = Addressee.objects.filter(pk__gt=last).order_by("pk")
    return list(new.values_list("part", flat=True))


def redate(item: Item, house: House, due: date | None, *, track: str = Track.DATED) -> None:
    amendments.amend(
        item.pk,
        actor=house.office.actor(),
        command=make.command(item),
        deadline=Deadline(raw=f"by {due}", track=track, due=due, precision="day"),
        reason=make.REASON,
    )


def test_word_climbs_from_the_staff_to_the_leader_to_the_unit_head(
    item: Item, top: User, leader: User, house: House
) -> None:
    assert told(BEFORE) == []
    assert told(SOON) == ["assignee"]
    assert told(SOON + timedelta(days=1)) == []
    assert told(NEAR) == ["assignee", "leader"]
    assert told(DUE) == []
    assert told(LATE) == ["assignee", "leader", "unit_head"]
    assert told(LATE + timedelta(days=6)) == []
    assert told(LATE + timedelta(days=7)) == ["assignee", "leader", "unit_head"]
    warned = Reminder.objects.get(occasion=LATE)
    people = set(warned.addressees.values_list("person", flat=True))
    assert people == {house.staff.pk, leader.pk, top.pk}


def test_running_again_on_the_same_day_changes_nothing(item: Item) -> None:
    reminding.remind(LATE)
    before = (Reminder.objects.count(), Event.objects.count(), Notice.objects.count())
    assert reminding.remind(LATE) == 0
    assert (Reminder.objects.count(), Event.objects.count(), Notice.objects.count()) == before


def test_a_missed_morning_is_made_good_once_with_the_highest_rung(item: Item) -> None:
    assert told(LATE + timedelta(days=9)) == ["assignee", "leader"]  # nobody is the unit head
    [only] = Reminder.objects.all()
    assert (only.occasion, only.days) == (LATE + timedelta(days=7), -10)
    assert told(LATE + timedelta(days=10)) == []


def test_each_reminder_is_told_on_the_items_chain(item: Item) -> None:
    reminding.remind(LATE)
    event = Event.objects.get(name="item.reminded")
    reminder = Reminder.objects.get()
    assert (event.subject, event.actor) == (item.subject, "system")
    assert event.data == {
        "reminder": reminder.pk,
        "rule": reminder.rule_id,
        "occasion": "2026-07-01",
        "days": -1,
        "people": [row.person_id for row in reminder.addressees.all()],
        "letter": 1,
        "kind": "warning",
    }
    assert Item.objects.get(pk=item.pk).version == item.version


def break_off(day: date) -> None:
    """A morning whose worker is killed once the reminders are written."""
    for due in deadlines.due_reminders(day):
        assert reminding._make(due, day)


def reminders_told() -> list[str]:
    return list(Notice.objects.filter(key__startswith="reminder:").values_list("kind", flat=True))


def test_what_a_morning_that_broke_off_has_not_told_is_told_on_the_next(item: Item) -> None:
    break_off(LATE)
    assert reminders_told() == []
    reminding.remind(LATE + timedelta(days=1))
    assert set(reminders_told()) == {"overdue"}


def test_nobody_is_told_of_a_date_that_moved_since_the_morning_broke_off(
    item: Item, house: House
) -> None:
    break_off(LATE)
    redate(item, house, LATE + timedelta(days=90))
    reminding.remind(LATE + timedelta(days=1))
    assert reminders_told() == []
    assert not Addressee.objects.filter(told_at=None).exists()


def test_letters_are_numbered_without_a_gap_in_their_round(house: House, round_: Round) -> None:
    for _n in range(3):
        make.item(State.RECTIFYING, house=house, round_=round_, due=DUE)
    other = make.round_(house)
    make.item(State.RECTIFYING, house=house, round_=other, due=DUE)
    reminding.remind(SOON)
    reminding.remind(LATE)
    numbers = Letter.objects.order_by("no").values_list("no", flat=True)
    assert list(numbers.filter(round=round_)) == [1, 2, 3, 4, 5, 6]
    assert list(numbers.filter(round=other)) == [1, 2]
    kinds = Letter.objects.filter(round=other).order_by("no").values_list("kind", flat=True)
    assert list(kinds) == ["notice", "warning"]


def test_a_repetition_carries_no_second_letter(item: Item) -> None:
    reminding.remind(LATE)
    reminding.remind(LATE + timedelta(days=7))
    assert Reminder.objects.count() == 2
    assert Letter.objects.count() == 1


def test_a_letter_keeps_saying_what_it_said(item: Item, house: House, leader: User) -> None:
    reminding.remind(LATE)
    redate(item, house, DUE + timedelta(days=60))
    facts = Letter.objects.get().facts
    assert facts == {
        "unit": house.unit.name,
        "section": house.section.name,
        "no": item.no,
        "title": item.title,
        "deadline": "2026年12月底前",
        "due": "2026-06-30",
        "days": -1,
        "assignee": house.staff.name,
        "leaders": [leader.name],
    }


def test_a_person_gets_one_line_an_item_in_one_bundle(house: House, round_: Round) -> None:
    for _n in range(3):
        make.item(State.RECTIFYING, house=house, round_=round_, due=DUE)
    reminding.remind(LATE)
    lines = Notice.objects.filter(person=house.staff, kind="overdue")
    assert lines.count() == 3
    assert lines.values("bundle").distinct().count() == 1
    assert lines[0].params["days"] == 1
    assert lines[0].url.startswith("/letters/")


def test_a_moved_date_silences_the_old_rung_and_arms_the_new(item: Item, house: House) -> None:
    reminding.remind(NEAR)
    redate(item, house, DUE + timedelta(days=60))
    assert told(LATE) == []
    assert told(SOON + timedelta(days=60)) == ["assignee"]


def test_a_new_person_is_told_of_the_rung_the_old_one_knew(item: Item, house: House) -> None:
    reminding.remind(NEAR)
    assignments.reassign(
        item.pk,
        actor=house.office.actor(),
        command=make.command(item),
        assignee_id=house.colleague.pk,
        reason=make.REASON,
    )
    reminding.remind(NEAR + timedelta(days=1))
    assert Addressee.objects.filter(person=house.colleague).count() == 1


def test_only_a_change_of_date_class_or_person_arms_anew(item: Item, house: House) -> None:
    version = item.due_version
    amendments.amend(
        item.pk,
        actor=house.office.actor(),
        command=make.command(item),
        title="Another title",
        reason=make.REASON,
    )
    assert Item.objects.get(pk=item.pk).due_version == version
    redate(item, house, DUE)  # the same day in other words
    assert Item.objects.get(pk=item.pk).due_version == version
    redate(item, house, DUE, track=Track.IMMEDIATE)
    assert Item.objects.get(pk=item.pk).due_version == version + 1


@pytest.mark.parametrize("state", [State.DRAFT, State.CLOSED, State.CANCELLED])
def test_what_is_not_owed_is_not_told(state: str, house: House, round_: Round) -> None:
    make.item(state, house=house, round_=round_, due=DUE)
    assert deadlines.due_reminders(LATE) == []
    assert reminding.remind(LATE) == 0


def test_a_returned_item_stays_overdue(house: House, round_: Round) -> None:
    item = make.item(State.IN_REVIEW, house=house, round_=round_, due=DUE)
    decisions.send_back(
        item.pk, actor=house.head.actor(), command=make.command(item), reason=make.REASON
    )
    assert told(LATE) == ["assignee"]


@pytest.mark.parametrize(
    ("state", "who"), [(State.IN_REVIEW, ["head"]), (State.VERIFYING, ["closer", "office"])]
)
def test_what_is_being_decided_is_told_to_who_decides(
    state: str, who: list[str], house: House, round_: Round
) -> None:
    make.item(state, house=house, round_=round_, due=DUE)
    reminding.remind(SOON)
    people = {row.person_id for row in Addressee.objects.all()}
    assert people == {getattr(house, name).pk for name in who}


def test_what_ended_before_the_digest_went_out_is_not_in_it(item: Item, house: House) -> None:
    [due] = deadlines.due_reminders(LATE)
    assert reminding._make(due, LATE)
    make.take(item, "cancel", house)
    reminding.remind(LATE)
    assert not Notice.objects.filter(kind="overdue").exists()
    assert not Addressee.objects.filter(told_at=None).exists()


def test_what_moved_after_it_was_found_due_is_left_alone(item: Item, house: House) -> None:
    [due] = deadlines.due_reminders(LATE)
    redate(item, house, DUE + timedelta(days=60))
    assert not reminding._make(due, LATE)
    assert not Reminder.objects.exists()


def test_a_retired_rule_tells_nothing(item: Item) -> None:
    LadderRule.objects.update(retired=True)
    assert reminding.remind(LATE) == 0


def test_a_warning_goes_up_the_tree_until_somebody_answers(round_: Round) -> None:
    city = make.unit()
    mayor = make.person(Role.UNIT_HEAD, unit=city)
    below = make.house(parent=city)
    make.item(State.RECTIFYING, house=below, due=DUE)
    reminding.remind(LATE)
    assert Addressee.objects.filter(part="unit_head").get().person == mayor


def test_a_morning_is_done_by_one_and_only_once(item: Item) -> None:
    assert reminding.morning(LATE) == 1
    assert reminding.morning(LATE) is None
    run = MorningRun.objects.get()
    assert (run.day, run.made, run.finished_at is not None) == (LATE, 1, True)


def test_a_morning_in_other_hands_is_left_to_them_until_they_are_gone(item: Item) -> None:
    run = MorningRun(day=LATE, claimed_at=timezone.now())
    run.save()
    assert reminding.morning(LATE) is None
    assert not Reminder.objects.exists()
    MorningRun.objects.update(claimed_at=timezone.now() - timedelta(minutes=11))
    assert reminding.morning(LATE) == 1


def test_a_crowd_costs_as_many_reads_as_one(house: House, round_: Round) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def reads() -> int:
        with CaptureQueriesContext(connection) as caught:
            deadlines.due_reminders(LATE)
        return len(caught)

    make.item(State.RECTIFYING, house=house, round_=round_, due=DUE)
    one = reads()
    for _n in range(3):
        make.item(State.RECTIFYING, house=house, round_=round_, due=DUE)
    assert (one, reads()) == (3, 3)
