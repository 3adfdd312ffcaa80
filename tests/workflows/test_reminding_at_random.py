"""Whatever happens to an item, and whichever mornings are missed, run twice or broken off.

Seeded faults: a reminder for what has ended; one each day; one for the first date although it
moved; one sent after the date moved; one that a broken-off morning has written and nobody sends.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import transaction
from django.db.models import Q
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from core.refusals import Refusal
from tests import make
from tests.make import House
from workflows import deadlines
from workflows.actions import amendments, assignments, reminding
from workflows.actions.amendments import Deadline
from workflows.actions.reminding import Line
from workflows.deadlines import Due
from workflows.models import Addressee, Item, LadderRule, Notice, Reminder
from workflows.states import ENDED, State, Track

pytestmark = [pytest.mark.django_db, pytest.mark.no_cover]

REACHED, RUNG_OF = deadlines.reached, deadlines.rung_of
START = date(2026, 6, 1)
HAPPENINGS = st.one_of(
    st.tuples(st.just("days pass"), st.integers(1, 20)),
    st.tuples(st.just("days pass"), st.integers(1, 20)),
    st.tuples(st.just("nobody runs"), st.integers(1, 20)),
    st.tuples(st.just("breaks off"), st.integers(1, 20)),
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


def whatever_was_written(rows: Sequence[Addressee]) -> list[Line]:
    """Sent as it was written, although the date or the owner changed meanwhile."""
    return [
        Line(
            key=f"reminder:{row.pk}",
            item=row.reminder.item,
            kind="overdue" if (row.reminder.days or 0) < 0 else "due",
            days=row.reminder.days,
            params={"days": abs(row.reminder.days or 0)},
        )
        for row in rows
        if row.reminder.item.state in deadlines.TICKING
    ]


@pytest.mark.parametrize(
    ("place", "name", "fault"),
    [
        (deadlines, "TICKING", frozenset(State)),
        (deadlines, "reached", daily),
        (deadlines, "rung_of", of_the_first_date),
        (reminding, "_lines", whatever_was_written),
        (reminding, "_untold", lambda: Q(pk=None)),
    ],
)
def test_a_seeded_fault_does_not_stay_unnoticed(
    place: object, name: str, fault: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(place, name, fault)
    with pytest.raises(AssertionError):
        explore()


def play(happenings: list[tuple[str, int | str]]) -> None:
    house, today = make.house(), START
    row = make.item(State.RECTIFYING, house=house, due=START + timedelta(days=15))
    make.prove(row, house)
    for what, how in happenings:
        if what in {"days pass", "nobody runs", "breaks off"}:
            today += timedelta(days=int(how))
            for _run in range(2 if what == "days pass" else 0):
                morning(row, today)
            if what == "breaks off":
                broken_off(row, today)
        else:
            befall(row, house, what, how, today)


def broken_off(row: Item, today: date) -> None:
    """The worker is killed once it has written what is due, and before it has told anybody."""
    known = set(Reminder.objects.values_list("pk", flat=True))
    for due in deadlines.due_reminders(today):
        reminding._make(due, today)
    look_at_reminders(row, known, today)


def morning(row: Item, today: date) -> None:
    known = set(Reminder.objects.values_list("pk", flat=True))
    heard = set(Notice.objects.values_list("pk", flat=True))
    reminding.remind(today)
    look_at_reminders(row, known, today)
    look_at_notices(row, heard)


def look_at_notices(row: Item, heard: set[int]) -> None:
    """Nobody is told twice, nor of a date or by an owner that is no more; and nobody is left."""
    item = Item.objects.get(pk=row.pk)
    new = Notice.objects.exclude(pk__in=heard).filter(key__startswith="reminder:")
    assert len({notice.person_id for notice in new}) == len(new) <= 1
    for notice in new:
        of = Addressee.objects.get(pk=notice.key.partition(":")[2])
        assert of.reminder.due_version == item.due_version
        assert item.state not in ENDED
        assert (
            of.part != "assignee"
            or item.state != State.RECTIFYING
            or (notice.person_id == item.assignee_id)
        )
    assert not Addressee.objects.filter(told_at=None).exists()


def look_at_reminders(row: Item, known: set[int], today: date) -> None:
    item = Item.objects.get(pk=row.pk)
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
