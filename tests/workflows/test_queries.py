"""What changed, and an item's history in words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from django.utils import translation

from core.refusals import Refusal
from tests import make
from tests.workflows import scene
from workflows import queries
from workflows.actions import decisions, ledgers, reading
from workflows.models import Item
from workflows.states import State

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


def test_the_history_tells_each_act_once_newest_first() -> None:
    house = make.house()
    item = make.item(State.IN_REVIEW, house=house)
    reading.download(item.citations.get().pk, actor=house.head.actor())
    with pytest.raises(Refusal):
        decisions.approve(item.pk, actor=house.office.actor(), command=make.command(item))
    decisions.send_back(
        item.pk, actor=house.head.actor(), command=make.command(item), reason=scene.REASON
    )
    entries = queries.history(item)
    staff, head, office = house.staff.name, house.head.name, house.office.name
    assert [(e.seq, e.verb, f"{e.who} {e.told}") for e in entries] == [
        (9, "send_back", f"{head} returned the item"),
        (8, "", f"{office} tried and was refused"),
        (7, "", f"{head} downloaded evidence"),
        (6, "submit", f"{staff} submitted for review"),
        (5, "record_progress", f"{staff} recorded progress"),
        (4, "attach", f"{staff} handed in evidence"),
        (3, "accept", f"{staff} signed for receipt"),
        (2, "assign", f"{office} assigned the item"),
        (1, "", f"{office} entered the item on the ledger"),
    ]
    assert [e.reason for e in entries[:3]] == [
        scene.REASON,
        "Only a head of the lead section may do this.",
        "",
    ]
    assert entries[0].short == bytes(scene.last(item.subject).hash).hex()[:8]
    assert entries[0].name == "item.returned"
    assert entries[0].at == scene.last(item.subject).at
    assert [e.seq for e in queries.history(item, refusals=False)] == [9, 7, 6, 5, 4, 3, 2, 1]


@pytest.mark.parametrize(
    ("state", "verb", "who", "reason"),
    [
        (State.IN_REVIEW, "approve", "head", "Seen."),
        (State.VERIFYING, "close", "closer", "The street is lit."),
        (State.CLOSED, "ask_reopen", "office", scene.REASON),
        (State.ASSIGNED, "accept", "staff", ""),
    ],
)
def test_the_reason_of_an_act_is_what_was_written_with_it(
    state: str, verb: str, who: str, reason: str
) -> None:
    house = make.house()
    item = make.item(state, house=house)
    verbs = scene.verbs(heir=0, file=make.paper())
    verbs[verb](item, getattr(house, who).actor(), make.command(item))
    assert queries.history(item)[0].reason == reason


def test_a_rule_that_is_a_code_is_no_reason() -> None:
    flag = make.flag(make.item(State.RECTIFYING), "same_picture")
    raised = queries.history(flag.item)[0]
    assert (raised.name, raised.data["rule"], raised.reason) == ("flag.raised", "same_picture", "")


def test_a_refused_attempt_says_by_which_rule() -> None:
    house = make.house()
    item = make.item(State.CLOSED, house=house)
    with pytest.raises(Refusal) as caught:
        scene.verbs(heir=0, file=make.paper())["accept"](
            item, house.staff.actor(), make.command(item)
        )
    assert queries.history(item)[0].reason == str(caught.value)


def test_an_item_that_was_taken_off_keeps_its_history() -> None:
    house = make.house()
    item = make.item(house=house)
    ledgers.undo(item.batch_id or 0, actor=house.office.actor())
    assert [str(e.told) for e in queries.history(item)] == [
        "took the item off again with its workbook",
        "entered the item on the ledger",
    ]


def test_only_the_last_twenty_changes_are_told() -> None:
    house = make.house()
    item = make.item(State.RECTIFYING, house=house)
    for _n in range(22):
        verbs = scene.verbs(heir=0, file=make.paper())
        verbs["record_progress"](item, house.staff.actor(), make.command(item))
    now = Item.objects.get(pk=item.pk)
    assert len(queries.changes_since(now, item.version)) == 20
    assert len(queries.changes_since(now, now.version - 3)) == 3
    assert queries.changes_since(now, now.version) == []


@pytest.mark.parametrize(
    ("state", "due", "left"),
    [
        (State.DRAFT, date(2026, 6, 20), 5),
        (State.DRAFT, date(2026, 6, 15), 0),
        (State.DRAFT, date(2026, 6, 1), -14),
        (State.DRAFT, None, None),
        (State.CANCELLED, date(2026, 6, 1), None),
    ],
)
def test_days_are_counted_to_the_deadline_while_the_item_is_open(
    state: str, due: date | None, left: int | None
) -> None:
    item = make.item(state, due=due)
    on = date(2026, 6, 15)
    assert item.days_left(on) == left
    overdue = left is not None and left < 0
    assert Item.objects.overdue(on).filter(pk=item.pk).exists() is overdue


def test_today_counts_where_no_day_is_named() -> None:
    item = make.item(due=date(2020, 1, 1))
    assert (item.days_left() or 0) < -365
    assert item in Item.objects.overdue()


def test_a_submission_reads_as_its_item_and_number() -> None:
    item = make.item(State.IN_REVIEW)
    assert str(item.submission) == f"{item.no} {item.title} #1"
