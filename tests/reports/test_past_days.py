"""Whatever happens to items later, the figures of a day that is past are told as on that day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from typing import ClassVar

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from core.actor import Actor
from core.refusals import Refusal
from reports import burn_up
from reports.board import board_of
from reports.burn_up import Past
from tests import make
from tests.make import House
from tests.workflows import scene
from workflows.actions import amendments, assignments
from workflows.actions.amendments import Deadline
from workflows.models import Item, Round, Submission
from workflows.states import Outcome, State

pytestmark = [pytest.mark.django_db, pytest.mark.no_cover]

START = datetime(2026, 6, 1, 2, tzinfo=UTC)
# What may happen to an item in a state; what leads on stands there more than once.
HAPPENS: dict[str, tuple[str, ...]] = {
    State.DRAFT: ("assign", "assign", "amend"),
    State.ASSIGNED: ("accept", "accept", "accept", "reassign", "amend"),
    State.RECTIFYING: ("submit", "submit", "submit", "reassign", "amend"),
    State.IN_REVIEW: ("approve", "approve", "approve", "withdraw", "send_back"),
    State.VERIFYING: ("close", "close", "close", "attach", "attach", "amend", "cancel"),
    State.CLOSED: ("reopen", "disclose"),
}
# Which of three items, which of what may happen to it, and how many days pass then.
LIVES = st.lists(
    st.tuples(st.integers(0, 2), st.integers(0, 6), st.sampled_from([0, 0, 1, 1, 4, 17])),
    min_size=35,
    max_size=45,
)


def explore() -> None:
    Days.visits = Counter()
    lives()


@settings(
    max_examples=12,
    deadline=None,
    database=None,
    derandomize=True,
    report_multiple_bugs=False,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate],
)
@given(life=LIVES)
def lives(life: list[tuple[int, int, int]]) -> None:
    before = transaction.savepoint()
    try:
        with pytest.MonkeyPatch.context() as patch:
            Days(patch).live(life)
    finally:
        transaction.savepoint_rollback(before)


class Days:
    """One round, its three items, and what was told of each day while it was today."""

    seen: dict[str, int]

    visits: ClassVar[Counter[str]]

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.moment = START
        patch.setattr(timezone, "now", lambda: self.moment)
        self.house: House = make.house()
        self.round: Round = make.round_(self.house, feedback_date=date(2026, 5, 20))
        lines = [make.line(self.house) for _item in range(3)]
        self.items = make.entered(self.house, self.round, *lines)
        self.actor: Actor = self.house.office.actor()
        self.told: dict[date, int] = {}
        self.drawn: dict[date, int | None] = {}

    def live(self, life: list[tuple[int, int, int]]) -> None:
        for which, what, days in life:
            self.befall(self.items[which], what)
            if days:
                self.end_of_day()
                self.moment += timedelta(days=days)
        self.end_of_day()

    def befall(self, row: Item, what: int) -> None:
        item = Item.objects.get(pk=row.pk)
        happens = HAPPENS.get(item.state, ("amend",))
        self.moment += timedelta(minutes=1)
        verb = happens[what % len(happens)]
        with suppress(Refusal):  # as things stand nothing may happen
            self.do(item, verb)
            self.visits[verb] += 1

    def do(self, item: Item, verb: str) -> None:
        house, command = self.house, make.command(item)
        office = house.office.actor()
        match verb:
            case "assign" | "accept" | "approve" | "close" | "cancel" | "reopen":
                make.take(item, verb, house)
                if verb == "accept":
                    make.prove(item, house)
            case "submit":
                make.take(item, "prove", house)
                make.take(item, verb, house)
            case "reassign":
                heir = house.colleague if item.assignee_id == house.staff.pk else house.staff
                assignments.reassign(
                    item.pk, actor=office, command=command, assignee_id=heir.pk, reason=make.REASON
                )
            case "amend":
                due = timezone.localdate() + timedelta(days=9)
                deadline = Deadline(raw="moved", track="dated", due=due, precision="day")
                amendments.amend(
                    item.pk, actor=office, command=command, deadline=deadline, reason=make.REASON
                )
            case _:
                who = {"withdraw": house.staff, "attach": house.staff, "send_back": house.head}
                do = scene.verbs(
                    heir=house.colleague.pk, file=make.paper(f"proof {make.number()}.pdf")
                )[verb]
                do(item, who.get(verb, house.office).actor(), command)

    def end_of_day(self) -> None:
        """All that was told before is told again; today is told for the first time."""
        today = timezone.localdate()
        past = Past.of(list(Item.objects.filter(round=self.round)))
        now = {day: past.closed(day) for day in {*self.told, today}}
        assert {day: now[day] for day in self.told} == self.told
        assert now[today] == Item.objects.filter(round=self.round, state=State.CLOSED).count()
        self.told = now
        board = board_of(self.actor, self.round, soon=14, at=self.moment)
        drawn = {one.day: one.closed for one in board.burn_up if one.day <= today}
        both = drawn.keys() & self.drawn.keys()
        assert {day: drawn[day] for day in both} == {day: self.drawn[day] for day in both}
        self.drawn |= drawn


def test_the_figures_of_a_day_that_is_past_never_change_whatever_happens_later() -> None:
    explore()
    often = ("reassign", "amend", "withdraw", "send_back", "attach", "close", "reopen", "cancel")
    assert {verb: Days.visits[verb] for verb in often if Days.visits[verb] < 5} == {}


def of_those_closed_today(items: list[Item]) -> list[date]:
    """Computed from where the items stand now: a reopened one was never closed."""
    closed = [item for item in items if item.state == State.CLOSED]
    last = Submission.objects.filter(item__in=closed, outcome=Outcome.CLOSED)
    return sorted(timezone.localdate(one.decided_at) for one in last)


def only_the_last_cycle(items: list[Item]) -> list[date]:
    """Computed from the present submission: closing again moves the close-out to the later day."""
    last = Submission.objects.filter(pk__in=[item.submission_id for item in items])
    closed = last.filter(outcome=Outcome.CLOSED)
    return sorted(timezone.localdate(one.decided_at) for one in closed)


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("closed_on", of_those_closed_today),
        ("closed_on", only_the_last_cycle),
        ("reopened_on", lambda _items: []),
    ],
)
def test_a_figure_made_of_what_stands_today_does_not_stay_unnoticed(
    name: str, fault: Callable[[list[Item]], list[date]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(burn_up, name, fault)
    with pytest.raises(AssertionError):
        explore()
