"""Urging, supervising, signing for letters, the ladder and the days of a unit."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from audit.models import Event
from core.models import User
from core.refusals import Conflict, NotFound, NotPermitted, Refusal, Unmet
from core.roles import Role
from tests import make
from tests.make import House
from workflows import deadlines, periods
from workflows.actions import assignments, attention, calendar_days, ladders, letters, reminding
from workflows.actions.ladders import Rung
from workflows.models import (
    Addressee,
    CalendarDay,
    Item,
    LadderRule,
    Letter,
    Notice,
    Reminder,
    Round,
    Supervision,
    Urge,
)
from workflows.states import State

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> House:
    return make.house()


def events(name: str) -> int:
    return Event.objects.filter(name=name).count()


@pytest.mark.parametrize("role", [Role.OFFICE, Role.LEADER, Role.UNIT_HEAD, Role.SECTION_HEAD])
def test_whoever_stands_above_an_item_urges_it_on(role: Role, house: House) -> None:
    item = make.item(State.RECTIFYING, house=house)
    where = {"section": house.section} if role == Role.SECTION_HEAD else {"unit": house.unit}
    person = make.person(role, **where)
    attention.urge(item.pk, actor=person.actor(), reason=" By Friday. ")
    [notice] = Notice.objects.filter(kind="urged")
    assert (notice.person, notice.params["reason"]) == (house.staff, "By Friday.")
    event = Event.objects.get(name="item.urged")
    assert event.subject == item.subject
    assert event.data == {"people": [house.staff.name], "reason": "By Friday."}


def test_an_item_is_urged_once_a_person_and_a_day(house: House) -> None:
    item = make.item(State.RECTIFYING, house=house)
    attention.urge(item.pk, actor=house.office.actor())
    attention.urge(item.pk, actor=house.closer.actor())
    with pytest.raises(Conflict) as refused:
        attention.urge(item.pk, actor=house.office.actor())
    assert "起可再次催办" in str(refused.value.then)
    assert (Urge.objects.count(), events("item.urged")) == (2, 2)
    Urge.objects.update(day=date(2026, 1, 1))
    attention.urge(item.pk, actor=house.office.actor())
    assert Urge.objects.count() == 3


@pytest.mark.parametrize(
    ("state", "who", "kind"),
    [
        (State.RECTIFYING, "staff", NotPermitted),
        (State.RECTIFYING, "colleague", NotPermitted),
        (State.DRAFT, "office", Conflict),
        (State.CLOSED, "office", Conflict),
        (State.CANCELLED, "office", Conflict),
        (State.IN_REVIEW, "head", Unmet),  # it is in the head's own hands
    ],
)
def test_urging_is_refused_where_it_makes_no_sense(
    state: str, who: str, kind: type[Refusal], house: House
) -> None:
    item = make.item(state, house=house)
    with pytest.raises(kind):
        attention.urge(item.pk, actor=getattr(house, who).actor())
    assert (Urge.objects.count(), events("item.urged")) == (0, 0)
    assert not Notice.objects.filter(kind="urged").exists()


def test_what_somebody_may_not_see_they_cannot_run_after(house: House) -> None:
    item, stranger = make.item(State.RECTIFYING, house=house), make.house().office.actor()
    for act in (attention.urge, attention.supervise, attention.release):
        with pytest.raises(NotFound):
            act(item.pk, actor=stranger)
    assert not Supervision.objects.exists()


def test_a_supervisor_gets_word_of_each_step_of_others_once(house: House) -> None:
    item = make.item(house=house)
    boss = make.person(Role.LEADER, unit=house.unit)
    attention.supervise(item.pk, actor=boss.actor())
    attention.supervise(item.pk, actor=boss.actor())
    attention.supervise(item.pk, actor=house.office.actor())
    for step in ("assign", "accept"):
        make.take(item, step, house)
    assert attention.tell_supervisors() == 3  # the office assigned it itself
    assert attention.tell_supervisors() == 0
    told = Notice.objects.filter(person=boss).order_by("pk").values_list("kind", flat=True)
    assert list(told) == ["step-assign", "step-accept"]
    mine = Notice.objects.filter(person=house.office, kind__startswith="step-")
    assert [one.kind for one in mine] == ["step-accept"]
    assert (Supervision.objects.count(), events("item.supervised")) == (2, 2)


def test_who_takes_an_item_off_their_list_hears_no_more_of_it(house: House) -> None:
    item, boss = make.item(house=house), make.person(Role.LEADER, unit=house.unit).actor()
    attention.supervise(item.pk, actor=boss)
    attention.release(item.pk, actor=boss)
    attention.release(item.pk, actor=boss)
    make.take(item, "assign", house)
    assert attention.tell_supervisors() == 0
    assert events("item.supervision_ended") == 1


@pytest.mark.parametrize("who", ["staff", "head"])
def test_supervising_is_for_those_above(who: str, house: House) -> None:
    item = make.item(State.RECTIFYING, house=house)
    with pytest.raises(NotPermitted):
        attention.supervise(item.pk, actor=getattr(house, who).actor())
    assert (Supervision.objects.count(), events("item.supervised")) == (0, 0)


def test_what_has_ended_needs_no_supervision(house: House) -> None:
    item = make.item(State.CLOSED, house=house)
    with pytest.raises(Conflict):
        attention.supervise(item.pk, actor=house.office.actor())
    assert not Supervision.objects.exists()


def test_word_of_an_item_ends_with_the_right_to_see_it(house: House) -> None:
    item, boss = make.item(house=house), make.person(Role.LEADER, unit=house.unit)
    attention.supervise(item.pk, actor=boss.actor())
    boss.memberships.update(ends=date(2021, 1, 1))
    make.take(item, "assign", house)
    attention.tell_supervisors()
    assert not Notice.objects.filter(person=boss).exists()


def test_a_letter_is_signed_for_by_whom_it_is_addressed_to_once(house: House) -> None:
    letter = make.letter(house, make.round_(house))
    letters.sign(letter.pk, actor=house.staff.actor())
    letters.sign(letter.pk, actor=house.staff.actor())
    assert Addressee.objects.get(person=house.staff).signed_at is not None
    [event] = Event.objects.filter(name="item.letter_signed")
    assert event.data == {"letter": 1, "kind": "warning", "part": "assignee"}
    with pytest.raises(NotPermitted) as refused:
        letters.sign(letter.pk, actor=house.office.actor())
    assert house.staff.name in str(refused.value.who)
    with pytest.raises(NotFound):
        letters.sign(letter.pk, actor=make.house().staff.actor())
    assert events("item.letter_signed") == 1


def rungs_of(round_: Round) -> list[Rung]:
    return [
        Rung(
            id=r.pk,
            track=r.track,
            days=r.days,
            colour=r.colour,
            recipients=tuple(r.recipients),
            letter=r.letter,
            repeat_days=r.repeat_days,
        )
        for r in deadlines.ladder_of(round_)
    ]


def saw(round_: Round) -> str:
    return ladders.seen(deadlines.ladder_of(round_))


def test_the_office_sets_the_ladder_and_kept_rules_keep_their_row(house: House) -> None:
    round_ = make.round_(house)
    before = rungs_of(round_)
    wanted = [replace(before[0], days=15), before[3], Rung(colour="red", recipients=("office",))]
    ladders.set_ladder(round_.pk, actor=house.office.actor(), rungs=wanted, saw=saw(round_))
    after = deadlines.ladder_of(round_)
    assert [(r.pk, r.days) for r in after[:2]] == [(before[0].id, 15), (before[3].id, -1)]
    assert (after[2].recipients, after[2].days) == (["office"], None)
    event = Event.objects.get(name="round.ladder_set")
    assert (len(event.data["before"]), len(event.data["rules"])) == (7, 3)  # type: ignore[arg-type]


def test_going_back_to_the_usual_rules_tells_nobody_again(house: House) -> None:
    round_ = make.round_(house)
    make.item(State.RECTIFYING, house=house, round_=round_, due=date(2026, 6, 30))
    office = house.office.actor()
    reminding.remind(date(2026, 7, 1))
    ladders.set_ladder(round_.pk, actor=office, rungs=[], saw=saw(round_))
    assert deadlines.ladder_of(round_) == []
    ladders.set_ladder(round_.pk, actor=office, rungs=ladders.preset(), saw=saw(round_))
    assert len(deadlines.ladder_of(round_)) == 7
    assert LadderRule.objects.count() == 7
    reminding.remind(date(2026, 7, 1))
    assert Reminder.objects.count() == 1


def test_a_ladder_that_makes_no_sense_is_not_set(house: House) -> None:
    round_ = make.round_(house)
    good = rungs_of(round_)
    wrong: list[tuple[list[Rung], type[Refusal]]] = [
        ([replace(good[0], recipients=())], Unmet),
        ([replace(good[0], recipients=("mayor",))], Unmet),
        ([replace(good[0], days=1000)], Unmet),
        ([replace(good[0], repeat_days=-1)], Unmet),
        ([replace(good[0], days=None)], Unmet),  # with its letter
        ([replace(good[0], id=0)], Unmet),
        ([replace(good[0], colour="blue")], Unmet),
        ([good[5]] * 31, Unmet),
        (good, Unmet),  # nothing changed
    ]
    for rungs, kind in wrong:
        with pytest.raises(kind):
            ladders.set_ladder(round_.pk, actor=house.office.actor(), rungs=rungs, saw=saw(round_))
    with pytest.raises(Conflict):
        ladders.set_ladder(round_.pk, actor=house.office.actor(), rungs=[], saw="earlier")
    with pytest.raises(NotPermitted):
        ladders.set_ladder(round_.pk, actor=house.staff.actor(), rungs=[], saw=saw(round_))
    stranger = make.house().office.actor()
    with pytest.raises(NotFound):
        ladders.set_ladder(round_.pk, actor=stranger, rungs=[], saw=saw(round_))
    assert rungs_of(round_) == good
    assert events("round.ladder_set") == 0


def test_a_unit_decides_its_days_for_itself_and_those_below(house: House) -> None:
    below, day = make.house(parent=house.unit), date(2026, 3, 4)
    system = make.person(Role.SYSTEM_OFFICER, unit=house.unit).actor()
    calendar_days.set_day(actor=system, unit_id=house.unit.pk, day=day, working=False, note="Flood")
    assert CalendarDay.objects.local(below.unit) == {day: False}
    assert CalendarDay.objects.local(make.unit()) == {}
    calendar_days.set_day(
        actor=below.office.actor(), unit_id=below.unit.pk, day=day, working=True, note="Here not"
    )
    assert CalendarDay.objects.local(below.unit) == {day: True}
    assert CalendarDay.objects.local(house.unit) == {day: False}
    calendar_days.set_day(actor=system, unit_id=house.unit.pk, day=day, working=None)
    assert CalendarDay.objects.local(house.unit) == {}
    told = [e.data["working"] for e in Event.objects.filter(name="calendar.day_set")]
    assert sorted(told, key=str) == [False, None, True]


def test_who_may_not_decide_a_day_does_not(house: House) -> None:
    def decide(user: User, **words: object) -> None:
        said = {"unit_id": house.unit.pk, "day": date(2026, 3, 4), "working": False, "note": "x"}
        calendar_days.set_day(actor=user.actor(), **{**said, **words})  # type: ignore[arg-type]

    with pytest.raises(NotPermitted):
        decide(make.person(Role.LEADER, unit=house.unit))
    with pytest.raises(NotFound):
        decide(make.house().office)
    with pytest.raises(Unmet):
        decide(house.office, note="")
    with pytest.raises(Unmet):
        decide(house.office, working=None)
    assert (CalendarDay.objects.count(), events("calendar.day_set")) == (0, 0)


def test_the_dates_of_a_round_move_with_the_days_of_its_unit(house: House) -> None:
    round_ = make.round_(house, feedback_date=date(2026, 3, 2), plan_term="15w", period="6m")
    before = periods.dates_of(round_, on=date(2026, 3, 3))
    assert (before.plan_due, before.plan_left) == (date(2026, 3, 23), 20)
    assert (before.ends, before.known) == (date(2026, 9, 2), True)
    calendar_days.set_day(
        actor=house.office.actor(),
        unit_id=house.unit.pk,
        day=date(2026, 3, 4),
        working=False,
        note="Flood",
    )
    assert periods.dates_of(round_).plan_due == date(2026, 3, 24)
    [(_round, dates)] = periods.dated([round_])
    assert dates.plan_due == date(2026, 3, 24)
    month = make.round_(house, feedback_date=date(2026, 1, 31))
    assert periods.dates_of(month).plan_due == date(2026, 2, 28)


def test_a_plan_due_in_a_year_not_published_says_so(house: House) -> None:
    round_ = make.round_(house, feedback_date=date(2040, 3, 1), plan_term="15w")
    assert not periods.dates_of(round_).known


def test_reassigning_gives_the_letter_of_the_rung_to_the_new_person_too(house: House) -> None:
    round_ = make.round_(house)
    letter = make.letter(house, round_)
    item = Item.objects.get(pk=letter.item_id)
    assignments.reassign(
        item.pk,
        actor=house.office.actor(),
        command=make.command(item),
        assignee_id=house.colleague.pk,
        reason=make.REASON,
    )
    reminding.remind(date(2026, 4, 3))
    assert [one.no for one in Letter.objects.order_by("no")] == [1, 2]
    assert Letter.objects.get(no=2).facts["assignee"] == house.colleague.name
