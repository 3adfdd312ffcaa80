"""What the reads of a route and of the rows around it answer where few ever come."""

from __future__ import annotations

from datetime import date

import pytest
from django.utils import timezone, translation

from core.roles import Role
from tests import make
from tests.workflows.review import leave, review
from workflows import holders
from workflows.actions import routes
from workflows.calendar import name_of
from workflows.models import (
    CalendarDay,
    Item,
    ItemSection,
    MorningRun,
    Muted,
    Notice,
    Reminder,
    Supervision,
    Urge,
)
from workflows.models.route import Step
from workflows.states import State

pytestmark = pytest.mark.django_db

HEAD, OFFICE = Step(party="head"), Step(party="office")


# Whose step went up one level because of them


def test_a_cooperating_head_who_agreed_before_is_passed_over() -> None:
    on = review("full")
    leave(on.people["other head"])
    make.membership(on.people["head"], Role.SECTION_HEAD, section=on.house.other_section)
    on.approve("head")
    assert on.waits_for() == {"leader"}
    assert holders.passed_over(on.now(), on.actor("head"))
    assert not holders.passed_over(on.now(), on.actor("staff"))


def test_a_named_person_who_agreed_before_is_passed_over() -> None:
    house = make.house()
    leader = make.person(Role.LEADER, unit=house.unit)
    round_ = make.round_(house)
    named = Step(party="person", person_id=house.head.pk)
    routes.set_route(round_.pk, actor=house.office.actor(), preset="", steps=(HEAD, named, OFFICE))
    item = make.item(State.IN_REVIEW, house=house, round_=round_)
    make.take(item, "approve", house)
    item = Item.objects.get(pk=item.pk)
    assert holders.duty_of(item, leader.actor())
    assert holders.passed_over(item, house.head.actor())
    assert not holders.passed_over(item, house.staff.actor())


def test_a_first_responsible_person_who_agreed_before_is_passed_over() -> None:
    on = review("three_levels")
    leave(on.people["first person"])
    make.membership(on.people["head"], Role.UNIT_HEAD, unit=on.house.unit)
    on.approve("head", "leader")
    assert on.waits_for() == {"office", "closer"}
    assert holders.passed_over(on.now(), on.actor("head"))
    assert not holders.passed_over(on.now(), on.actor("leader"))


def test_a_level_where_nobody_is_left_is_passed_by() -> None:
    on = review("full", leaders=())
    leave(on.people["other head"])
    make.membership(on.people["head"], Role.SECTION_HEAD, section=on.house.other_section)
    for who in ("leader", "second leader", "third leader"):
        leave(on.people[who])
    on.approve("head")
    [duty] = on.open()
    assert (duty.raised, on.waits_for()) == (True, {"first person"})


def test_where_nobody_is_left_above_the_step_stays_with_whom_it_asked() -> None:
    on = review("short")
    make.membership(on.people["head"], Role.OFFICE, unit=on.house.unit)
    leave(on.people["office"])
    leave(on.people["closer"])
    on.approve("head")
    [duty] = on.open()
    assert (duty.role, duty.raised, on.waits_for()) == (Role.OFFICE, False, set())


# Whom a duty asks


def test_a_duty_of_all_leaders_says_so() -> None:
    on = review("", HEAD, Step(party="leaders"), OFFICE, leaders=())
    on.approve("head")
    with translation.override("en"):
        assert str(holders.asks(on.open())) == "a responsible leader"


def test_side_by_side_each_section_is_answered_for_by_its_own_head() -> None:
    on = review("full")
    third = make.section(on.house.unit)
    head = make.person(Role.SECTION_HEAD, section=third)
    ItemSection(item=on.item, section=third, part="support", position=1).save()
    on.approve("head")
    names = holders.names(on.now())
    other = on.people["other head"].name
    assert sorted(names.values()) == sorted([[other], [head.name]])


# The calendar


def test_a_day_of_a_year_that_is_not_published_has_no_name() -> None:
    assert name_of(date(1990, 1, 1)) == ""


def test_days_of_a_unit_are_for_whoever_works_below_it() -> None:
    above = make.unit()
    house, stranger = make.house(parent=above), make.house()
    day = CalendarDay(unit=above, day=date(2026, 7, 1), working=False, note="Flood")
    day.save()
    assert list(CalendarDay.objects.visible_to(house.staff.actor())) == [day]
    assert not CalendarDay.objects.visible_to(stranger.staff.actor()).exists()
    assert str(day) == "2026-07-01 Flood"


# What rows are called


def test_a_duty_is_called_by_its_item_and_kind() -> None:
    on = review("short")
    [duty] = on.open()
    assert str(duty) == f"{on.item.no} {duty.get_kind_display()}"


def test_urges_and_supervisions_are_called_by_their_item() -> None:
    house = make.house()
    item = make.item(house=house)
    urge = Urge(item=item, person=house.head, day=date(2026, 7, 1))
    kept = Supervision(item=item, person=house.head, since=timezone.now(), told_seq=1)
    assert (str(urge), str(kept)) == (f"{item.pk} 2026-07-01", f"{item.pk} {house.head}")


def test_a_muted_channel_and_a_morning_are_called_by_what_they_are() -> None:
    assert str(Muted(channel="mail")) == "mail"
    assert str(MorningRun(day=date(2026, 7, 1))) == "2026-07-01"


def test_a_notice_is_called_by_its_kind_and_whom_it_tells() -> None:
    house = make.house()
    assert str(Notice(kind="urged", person=house.head)) == f"urged for {house.head.pk}"


def test_a_letter_is_called_by_its_number_and_its_addressees_by_name() -> None:
    house = make.house()
    letter = make.letter(house, make.round_(house))
    reminder = Reminder.objects.get(pk=letter.reminder_id)
    assert str(letter) == f"{letter.round_id}/{letter.no}"
    assert str(reminder) == f"{reminder.item_id}/{reminder.rule_id} {reminder.occasion}"
    assert [str(one) for one in reminder.addressees.all()] == [
        f"{reminder.pk}: {one.person}" for one in reminder.addressees.all()
    ]
