"""Whatever happens to an item, and whichever mornings are missed or run twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from core.refusals import Refusal
from tests import make
from tests.make import House
from workflows import deadlines
from workflows.actions import amendments, assignments, reminding
from workflows.actions.amendments import Deadline
from workflows.deadlines import Due
from workflows.models import Item, LadderRule, Reminder
from workflows.states import ENDED, State, Track

pytestmark = pytest.mark.django_db

REACHED, RUNG_OF = deadlines.reached, deadlines.rung_of
START = date(2026, 6, 1)
HAPPENINGS = st.one_of(
    st.tuples(st.just("days pass"), st.integers(1, 20)),
    st.tuples(st.just("days pass"), st.integers(1, 20)),
    st.tuples(st.just("nobody runs"), st.integers(1, 20)),
    st.tuples(st.just("date moves"), st.integers(-30, 60)),
    st.tuples(st.just("class changes"), st.sampled_from(Track.values)),
    st.tuples(st.just("person changes"), st.just(0)),
    st.tuples(st.just("goes on"), st.sampled_from(["submit", "approve", "close", "cancel"])),
)


@settings(
    max_examples=30,
    deadline=None,
    database=None,
    derandomize=True,
    report_multiple_bugs=False,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate],
)
@given(happenings=st.lists(HAPPENINGS, min_size=8, max_size=20))
def explore(happenings: list[tuple[str, int | str]]) -> None:
    before = transaction.savepoint()
    try:
        play(happenings)
    finally:
        transaction.savepoint_rollback(before)


def test_no_reminder_is_made_twice_nor_for_the_ended_nor_for_a_date_that_moved() -> None:
    explore()


def daily(item: Item, ladder: Sequence[LadderRule], today: date) -> Due | None:
    due = REACHED(item, ladder, today)
    return due and replace(due, occasion=today)


def of_the_first_date(rule: LadderRule, due: date | None) -> date | None:
    return RUNG_OF(rule, due and START + timedelta(days=15))


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("TICKING", frozenset(State)),
        ("reached", daily),
        ("rung_of", of_the_first_date),
    ],
)
def test_a_seeded_fault_does_not_stay_unnoticed(
    name: str, fault: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deadlines, name, fault)
    with pytest.raises(AssertionError):
        explore()


def play(happenings: list[tuple[str, int | str]]) -> None:
    house, today = make.house(), START
    row = make.item(State.RECTIFYING, house=house, due=START + timedelta(days=15))
    make.prove(row, house)
    for what, how in happenings:
        if what in {"days pass", "nobody runs"}:
            today += timedelta(days=int(how))
            for _run in range(2 if what == "days pass" else 0):
                morning(row, today)
        else:
            befall(row, house, what, how, today)


def morning(row: Item, today: date) -> None:
    item = Item.objects.get(pk=row.pk)
    known = set(Reminder.objects.values_list("pk", flat=True))
    reminding.remind(today)
    new = list(Reminder.objects.exclude(pk__in=known).select_related("rule"))
    assert len(new) <= 1
    for one in new:
        assert item.state not in ENDED
        assert one.due_version == item.due_version
        assert one.occasion <= today
        assert one.rule.track in {"", item.track}
        # The rung belongs to the date as it is now, however often that has moved.
        if item.due is None:
            assert one.rule.days is None
        else:
            assert one.rule.days is not None
            assert one.occasion >= item.due - timedelta(days=one.rule.days)
            assert one.days == (item.due - today).days <= one.rule.days
    for rule in {one.rule for one in new}:
        told = [one.occasion for one in rule.reminders.filter(due_version=item.due_version)]
        gaps = {abs((a - b).days) for a in told for b in told if a != b}
        assert all(rule.repeat_days and gap % rule.repeat_days == 0 for gap in gaps)
    keys = list(Reminder.objects.values_list("item", "rule", "due_version", "occasion"))
    assert len(keys) == len(set(keys))


def befall(row: Item, house: House, what: str, how: int | str, today: date) -> None:
    """Something that may be refused as things stand; then nothing happened."""
    item = Item.objects.get(pk=row.pk)
    office, command = house.office.actor(), make.command(item)
    try:
        if what == "goes on":
            make.take(item, str(how), house)
        elif what == "person changes":
            heir = house.staff if item.assignee_id != house.staff.pk else house.colleague
            assignments.reassign(
                row.pk, actor=office, command=command, assignee_id=heir.pk, reason=make.REASON
            )
        else:
            moved = today + timedelta(days=int(how)) if what == "date moves" else item.due
            track = str(how) if what == "class changes" else item.track
            deadline = Deadline(raw="moved", track=track, due=moved, precision="day")
            amendments.amend(
                row.pk, actor=office, command=command, deadline=deadline, reason=make.REASON
            )
    except Refusal:
        pass
