"""What is owed by a key: once, in no transaction, again after a crash, and not for ever."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from audit import outbox
from audit.models import Event, Owed, Pulse
from tests.audit.chains import write

pytestmark = pytest.mark.django_db
SENT: list[str] = []


class Unreachable(Exception):
    """The other side does not answer."""


@pytest.fixture(autouse=True)
def _handlers(monkeypatch: pytest.MonkeyPatch) -> None:
    SENT.clear()
    monkeypatch.setattr(outbox, "_handlers", {})
    outbox.delivers("far", SENT.append)

    def fail(key: str) -> None:
        SENT.append(f"tried {key}")
        raise Unreachable(key)

    outbox.delivers("broken", fail)


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    moment = [timezone.now() + timedelta(seconds=1)]
    monkeypatch.setattr("audit.outbox.timezone.now", lambda: moment[0])
    return moment


def test_a_key_is_owed_once_however_often_it_is_said() -> None:
    [event] = write("item:1", "a")
    outbox.owe_keyed([("far", "1"), ("far", "2"), ("broken", "1")], event=event)
    outbox.owe_keyed([("far", "1"), ("far", "3")])
    assert sorted(Owed.objects.values_list("handler", "key")) == [
        ("broken", "1"),
        ("far", "1"),
        ("far", "2"),
        ("far", "3"),
    ]
    assert str(Owed.objects.get(key="3")) == "far of 3"


def test_a_key_that_was_paid_is_not_owed_again() -> None:
    outbox.owe_keyed([("far", "1")])
    assert outbox.sweep() == 1
    outbox.owe_keyed([("far", "1")])
    assert outbox.sweep() == 0
    assert SENT == ["1"]


def test_the_database_refuses_what_is_owed_for_no_cause() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Owed.objects.create(handler="far", due_at=timezone.now())


def test_word_leaves_the_house_while_no_transaction_holds_the_database() -> None:
    depths: list[int] = []
    outbox.delivers("looking", lambda _key: depths.append(len(connection.savepoint_ids)))
    before = len(connection.savepoint_ids)
    outbox.owe_keyed([("looking", "1")])
    assert outbox.sweep() == 1
    assert depths == [before]


def test_a_worker_that_dies_between_claim_and_payment_leaves_the_row_to_another(
    now: list[datetime],
) -> None:
    outbox.owe_keyed([("far", "1")])
    assert len(outbox.claim(outside=True)) == 1  # and here it is killed
    assert outbox.sweep() == 0
    now[0] += outbox.LEASE + timedelta(seconds=1)
    assert outbox.sweep() == 1
    assert SENT == ["1"]


def test_a_worker_that_dies_after_sending_makes_another_send_the_same_key(
    now: list[datetime], monkeypatch: pytest.MonkeyPatch
) -> None:
    outbox.owe_keyed([("far", "1")])

    def die(_row: Owed) -> None:
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(outbox, "_settle", die)
        with pytest.raises(SystemExit):
            outbox.sweep()
    now[0] += outbox.LEASE + timedelta(seconds=1)
    assert outbox.sweep() == 1
    assert SENT == ["1", "1"]


def test_a_worker_whose_lease_ran_out_neither_sends_nor_settles(now: list[datetime]) -> None:
    outbox.owe_keyed([("far", "1")])
    [slow] = outbox.claim(outside=True)
    now[0] += outbox.LEASE + timedelta(seconds=1)
    [quick] = outbox.claim(outside=True)
    assert not outbox.pay(slow)
    assert SENT == []
    assert outbox.pay(quick)
    assert SENT == ["1"]


def test_what_a_handler_wrote_after_its_lease_ran_out_is_undone(now: list[datetime]) -> None:
    @outbox.follows("a", name="near")
    def near(event: Event) -> None:
        Pulse.objects.create(name=f"{event.name}{Pulse.objects.count()}", at=now[0])

    write("item:1", "a")
    now[0] = timezone.now() + timedelta(seconds=2)
    [slow] = outbox.claim()
    now[0] += outbox.LEASE + timedelta(seconds=1)
    [quick] = outbox.claim()
    assert outbox.pay(quick)
    assert not outbox.pay(slow)
    assert Pulse.objects.count() == 1


def test_a_way_that_fails_rests_until_the_next_sweep_and_holds_up_no_other() -> None:
    outbox.owe_keyed([("broken", "1"), ("broken", "2"), ("far", "1"), ("broken", "3")])
    assert outbox.sweep() == 1
    assert SENT == ["tried 1", "1"]
    assert outbox.sweep() == 0
    assert SENT == ["tried 1", "1", "tried 2"]


def test_what_stays_in_the_house_goes_before_what_leaves_it() -> None:
    outbox.follows("a", name="near")(lambda event: SENT.append(event.name))
    outbox.owe_keyed([("far", "1"), ("far", "2")])
    write("item:1", "a")
    assert outbox.sweep() == 3
    assert SENT == ["a", "1", "2"]


def test_a_parked_row_is_sent_again_from_its_first_try(now: list[datetime]) -> None:
    outbox.owe_keyed([("broken", "1")])
    for _try in range(outbox.TRIES):
        outbox.sweep()
        now[0] += timedelta(hours=1)
    row = Owed.objects.get()
    assert (row.attempts, row.parked_at is None) == (8, False)
    assert outbox.resend(row.pk)
    row.refresh_from_db()
    assert (row.attempts, row.parked_at) == (0, None)
    assert len(outbox.claim(outside=True)) == 1


def test_only_what_is_parked_is_sent_again() -> None:
    outbox.owe_keyed([("far", "1")])
    row = Owed.objects.get()
    assert not outbox.resend(row.pk)
    outbox.sweep()
    assert not outbox.resend(row.pk)


def test_a_sweep_leaves_its_pulse_and_not_at_every_tick(now: list[datetime]) -> None:
    assert outbox.last_sweep() is None
    outbox.sweep()
    first = outbox.last_sweep()
    assert first == now[0]
    now[0] += timedelta(seconds=2)
    outbox.sweep()
    assert outbox.last_sweep() == first
    now[0] += timedelta(seconds=14)
    outbox.sweep()
    assert outbox.last_sweep() == now[0]
