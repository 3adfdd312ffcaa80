"""What is owed after an event: written with it, claimed by one, retried, and parked in the end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from audit import outbox, record
from audit.chain import Head
from audit.models import Event, Owed
from tests.audit.chains import ALICE, write

pytestmark = pytest.mark.django_db
HEARD: list[str] = []


class Deaf(Exception):
    """What a handler meets."""


@pytest.fixture(autouse=True)
def _handlers(monkeypatch: pytest.MonkeyPatch) -> None:
    HEARD.clear()
    monkeypatch.setattr(outbox, "_handlers", {})

    @outbox.follows("a", "b", name="hear")
    def hear(event: Event) -> None:
        HEARD.append(event.name)

    @outbox.follows("poison", name="choke")
    def choke(event: Event) -> None:
        HEARD.append("choked")
        raise Deaf("x" * 400)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta], datetime]:
    """Moves the outbox's clock forward."""
    now = [timezone.now() + timedelta(seconds=1)]
    monkeypatch.setattr("audit.outbox.timezone.now", lambda: now[0])

    def forward(by: timedelta) -> datetime:
        now[0] += by
        return now[0]

    return forward


def test_what_follows_is_owed_for_each_handler_of_the_event_and_no_other() -> None:
    outbox.follows("a", name="too")(lambda _event: None)
    write("item:1", "a", "c")
    owed = list(Owed.objects.order_by("id").values_list("event__name", "handler"))
    assert owed == [("a", "hear"), ("a", "too")]
    assert str(Owed.objects.first()) == f"hear after {Event.objects.get(seq=1).pk}"


def test_what_is_owed_goes_with_the_transaction_that_is_rolled_back() -> None:
    sid = transaction.savepoint()
    record.append("a", head=Head(subject="item:1"), actor=ALICE, data={})
    assert Owed.objects.count() == 1
    transaction.savepoint_rollback(sid)
    assert Owed.objects.count() == 0


def test_a_name_is_registered_once() -> None:
    with pytest.raises(ValueError, match="two handlers are named 'hear'"):
        outbox.follows("x", name="hear")(lambda _event: None)


def test_a_sweep_pays_everything_once() -> None:
    write("item:1", "a", "b")
    assert outbox.sweep() == 2
    assert HEARD == ["a", "b"]
    assert outbox.sweep() == 0
    assert Owed.objects.filter(paid_at=None).count() == 0


def test_more_than_one_claim_holds_is_paid_in_one_sweep() -> None:
    write("item:1", *["a"] * 25)
    assert len(outbox.claim(20)) == 20
    assert outbox.sweep() == 5


def test_of_two_workers_one_gets_the_row() -> None:
    write("item:1", "a")
    assert len(outbox.claim()) == 1
    assert outbox.claim() == []


def test_a_row_that_another_worker_took_between_look_and_claim_is_not_won() -> None:
    """The claim is compare-and-swap: here the other worker comes in after the look."""
    write("item:1", "a")

    def other(execute: object, sql: str, params: object, many: bool, context: object) -> object:
        if sql.startswith("UPDATE") and "leased_until" in sql:
            with connection.cursor() as cursor:
                cursor.cursor.execute("UPDATE audit_owed SET leased_until = '2999-01-01'")
        return execute(sql, params, many, context)  # type: ignore[operator]

    with connection.execute_wrapper(other):
        assert outbox.claim() == []


def test_the_lease_of_a_worker_that_died_runs_out(
    clock: Callable[[timedelta], datetime],
) -> None:
    write("item:1", "a")
    assert len(outbox.claim()) == 1
    clock(timedelta(minutes=1, seconds=59))
    assert outbox.claim() == []
    clock(timedelta(seconds=2))
    assert len(outbox.claim()) == 1


def test_a_fault_puts_the_row_off_with_growing_pauses_and_parks_it_after_eight_tries(
    clock: Callable[[timedelta], datetime],
) -> None:
    write("item:1", "poison")
    pauses = []
    for _try in range(8):
        [row] = outbox.claim()
        assert not outbox.pay(row)
        row.refresh_from_db()
        now = clock(timedelta(0))
        pauses.append(round((row.due_at - now).total_seconds()))
        assert outbox.claim() == []
        clock(row.due_at - now)
    assert pauses == [20, 40, 80, 160, 320, 640, 1280, 2560]
    parked = Owed.objects.get()
    assert parked.attempts == 8
    assert parked.parked_at is not None
    assert parked.paid_at is None
    assert parked.fault == ("Deaf: " + "x" * 400)[:300]
    clock(timedelta(days=30))
    assert outbox.claim() == []


def test_a_poisoned_row_does_not_hold_up_the_rest() -> None:
    write("item:1", "poison", "a", "b")
    assert outbox.sweep() == 2
    assert HEARD == ["choked", "a", "b"]
    assert Owed.objects.get(paid_at=None).attempts == 1


def test_what_a_failed_handler_wrote_is_undone() -> None:
    @outbox.follows("c", name="half")
    def half(event: Event) -> None:
        record.append("left.over", head=Head(subject="unit:9"), actor=ALICE, data={})
        raise Deaf

    write("item:1", "c")
    assert outbox.sweep() == 0
    assert not Event.objects.filter(name="left.over").exists()


def test_a_row_whose_handler_is_gone_is_put_off_not_lost(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write("item:1", "a")
    monkeypatch.setattr(outbox, "_handlers", {})
    assert outbox.sweep() == 0
    assert Owed.objects.get().fault.startswith("KeyError")
