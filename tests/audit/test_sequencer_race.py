"""PostgreSQL commits in any order: nobody is missed, however late, and places are given once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial

import pytest
from django.db import connection, transaction

from audit import log_verify, record, sealing, sequencer
from audit.models import Event, Leaf, Reason
from core.actor import SYSTEM
from tests.audit.chains import write

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgresql]
PATIENCE = 20


class Slow:
    """A writer that has written its event, and commits when it is told to."""

    def __init__(self, subject: str, *, commits: bool = True) -> None:
        self.written, self.go = threading.Event(), threading.Event()
        self.commits = commits
        self.thread = threading.Thread(target=self._run, args=[subject])
        self.thread.start()
        assert self.written.wait(PATIENCE)

    def _run(self, subject: str) -> None:
        try:
            with transaction.atomic():
                head = record.head_of(subject)
                record.append("late", head=head, actor=SYSTEM, data={})
                self.written.set()
                assert self.go.wait(PATIENCE)
                transaction.set_rollback(not self.commits)
        finally:
            connection.close()

    def end(self) -> None:
        self.go.set()
        self.thread.join(PATIENCE)


def _write(no: int, n: int) -> None:
    write(f"item:{no}", f"a.{n}")


def seal() -> int:
    kept = sealing.seal(Reason.TIME, SYSTEM)
    return kept.size if kept else 0


def test_an_event_committed_after_later_ones_were_sealed_gets_its_place() -> None:
    slow = Slow("item:1")
    for n in range(6):
        write("item:2", f"after.{n}")
        assert seal() == n + 1
    slow.end()
    assert seal() == 7
    late = Event.objects.get(name="late")
    assert late.pk < min(Event.objects.filter(subject="item:2").values_list("pk", flat=True))
    assert late.leaf.index == 6
    assert log_verify.walk().breaks == []


def test_one_that_was_never_committed_holds_nothing_back_and_the_search_moves_on() -> None:
    write("item:2", "a")
    slow = Slow("item:1", commits=False)
    write("item:2", "b")
    assert seal() == 2
    seal()
    stuck = sequencer._horizon.floor
    assert stuck < Event.objects.order_by("pk")[1].pk
    slow.end()
    for n in range(3):
        write("item:2", f"c.{n}")
        seal()
    assert sequencer._horizon.floor > stuck
    assert Leaf.objects.count() == Event.objects.count() == 5


def test_many_writers_and_sealers_at_once_leave_no_gap_and_no_double() -> None:
    def many(work: Callable[[int], object]) -> Callable[[], None]:
        def run() -> None:
            try:
                for n in range(12):
                    work(n)
            finally:
                connection.close()

        return run

    works = [many(partial(_write, no)) for no in range(3)]
    works += [many(lambda _n: seal()) for _no in range(2)]
    threads = [threading.Thread(target=work) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE * 3)
    seal()
    found = log_verify.walk()
    assert (found.breaks, found.places, found.unplaced) == ([], 36, 0)


def test_what_was_placed_and_rolled_back_is_placed_again() -> None:
    write("item:1", "a")
    seal()
    write("item:1", "b")
    with transaction.atomic():
        sequencer.hold()
        assert sequencer.place() == 1
        transaction.set_rollback(True)
    assert seal() == 2
