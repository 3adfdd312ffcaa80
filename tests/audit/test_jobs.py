"""Long work: one job a command, one outcome a row, resumed where it was, stopped when asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError
from django.utils import timezone, translation

from audit import jobs
from audit.jobs import Told
from audit.models import Event, Job, JobRow, JobState
from core.actor import Actor
from core.refusals import Conflict, NotFound, Unmet, Unsafe
from tests import make

pytestmark = pytest.mark.django_db
RUN: list[str] = []


class Broken(Exception):
    """What a handler meets."""


@pytest.fixture(autouse=True)
def _handlers(monkeypatch: pytest.MonkeyPatch) -> None:
    RUN.clear()
    monkeypatch.setattr(jobs, "_handlers", {})

    @jobs.job("count")
    def count(job: Job, actor: Actor) -> Iterator[Told]:
        """Rows 0, 1, 2, … of which those named in `bad` are skipped."""
        for no in range(job.done_count, job.total):
            RUN.append(f"{actor.label} {no}")
            yield Told(ref=f"row:{no}", label=str(no), done=no not in job.params.get("bad", []))

    @jobs.job("break")
    def fall(job: Job, actor: Actor) -> Iterator[Told]:
        RUN.append("broken")
        raise {"broken": Broken, "unsafe": Unsafe, "unmet": Unmet}[job.params["how"]]("No ink.")
        yield Told(ref="")


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta], datetime]:
    """Moves the clock of the jobs forward."""
    now = [timezone.now() + timedelta(seconds=1)]
    monkeypatch.setattr("audit.jobs.timezone.now", lambda: now[0])

    def forward(by: timedelta) -> datetime:
        now[0] += by
        return now[0]

    return forward


def asker() -> Actor:
    return make.user("Asker").actor(address="10.0.0.7")


def ask(
    actor: Actor | None = None,
    total: int = 3,
    *,
    kind: str = "count",
    command: UUID | None = None,
    at_once: bool = False,
    **params: Any,
) -> Job:
    return jobs.ask(
        kind,
        actor=actor or asker(),
        command_id=command or uuid4(),
        params=params,
        total=total,
        at_once=at_once,
    )


def now(job: Job) -> Job:
    return Job.objects.get(pk=job.pk)


def told(actor: Actor) -> list[tuple[str, dict[str, Any]]]:
    return [(e.name, e.data) for e in Event.objects.filter(subject=actor.subject).order_by("seq")]


def test_a_job_is_asked_run_and_finished_and_the_record_says_so() -> None:
    actor = asker()
    job = ask(actor, bad=[1])
    assert (job.state, job.ended, str(job)) == ("queued", False, f"count {job.pk}")
    assert jobs.sweep() == 1
    assert [(r.no, r.ref, r.done) for r in job.rows.all()] == [
        (0, "row:0", True),
        (1, "row:1", False),
        (2, "row:2", True),
    ]
    assert str(job.rows.first()) == f"row:0 of job {job.pk}"
    ended = now(job)
    assert (ended.state, ended.done_count, ended.ended) == ("done", 3, True)
    assert ended.started_at
    assert ended.finished_at
    assert told(actor) == [
        ("job.asked", {"job": job.pk, "kind": "count", "total": 3}),
        (
            "job.finished",
            {"job": job.pk, "kind": "count", "state": "done", "done": 2, "skipped": 1},
        ),
    ]
    assert RUN == ["Asker 0", "Asker 1", "Asker 2"]
    assert jobs.sweep() == 0


def test_a_second_click_is_the_same_job_run_once() -> None:
    actor, command = asker(), uuid4()
    first = ask(actor, command=command)
    assert ask(actor, command=command) == first
    jobs.sweep()
    assert ask(actor, command=command) == first
    assert (Job.objects.count(), len(RUN)) == (1, 3)


def test_the_same_command_for_something_else_is_refused() -> None:
    actor, command = asker(), uuid4()
    ask(actor, command=command)
    with pytest.raises(Conflict):
        ask(actor, command=command, bad=[1])
    assert Job.objects.count() == 1
    assert ask(asker(), command=command).pk  # another person's ids are their own


def test_two_clicks_that_meet_are_one_job(monkeypatch: pytest.MonkeyPatch) -> None:
    actor, command = asker(), uuid4()
    first = ask(actor, command=command)
    look = jobs._known
    answers: list[Job | None] = [None]
    monkeypatch.setattr(
        jobs, "_known", lambda *words: answers.pop() if answers else look(*words)
    )  # fmt: skip
    assert ask(actor, command=command) == first
    assert Event.objects.filter(name="job.asked").count() == 1


def test_an_integrity_fault_of_another_kind_is_not_hidden() -> None:
    with pytest.raises(IntegrityError):
        ask(total=-1)
    assert Job.objects.count() == 0


def test_a_job_at_once_is_done_when_it_is_answered() -> None:
    job = ask(at_once=True)
    assert (now(job).state, len(RUN)) == ("done", 3)
    assert jobs.claim() is None


def test_whoever_has_a_broker_hears_of_a_job_for_the_worker_alone() -> None:
    heard: list[Job] = []

    def hear(job: Job, **_rest: Any) -> None:
        heard.append(job)

    jobs.asked.connect(hear)
    try:
        later = ask()
        ask(at_once=True)
    finally:
        jobs.asked.disconnect(hear)
    assert heard == [later]


def test_a_kind_is_registered_once() -> None:
    with pytest.raises(ValueError, match="two handlers run 'count'"):
        jobs.job("count")(lambda _job, _actor: iter(()))


def test_of_two_workers_one_gets_the_job(clock: Callable[[timedelta], datetime]) -> None:
    job = ask()
    assert jobs.claim() == job
    assert jobs.claim() is None
    clock(timedelta(seconds=61))
    assert jobs.claim() == job


def test_a_job_that_another_worker_took_between_look_and_claim_is_not_won(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    job = ask()

    def late() -> timedelta:
        Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() + timedelta(hours=1))
        return timedelta(seconds=60)

    monkeypatch.setattr(jobs, "lease", late)
    assert jobs.claim() is None


def test_after_a_kill_the_next_worker_goes_on_with_the_next_row(
    clock: Callable[[timedelta], datetime],
) -> None:
    job = ask()
    dying = jobs.claim()
    assert dying
    rows = jobs._handlers["count"](dying, asker())
    jobs._advance(dying, next(rows))
    next(rows)  # done, and killed before its outcome was written
    assert now(job).done_count == 1
    clock(timedelta(seconds=61))
    assert jobs.sweep() == 1
    assert RUN == ["Asker 0", "Asker 1", "Asker 1", "Asker 2"]  # done again, by the same key
    assert list(JobRow.objects.values_list("no", flat=True)) == [0, 1, 2]
    assert now(job).state == "done"


def test_a_worker_that_was_away_for_longer_than_its_lease_writes_nothing_more(
    clock: Callable[[timedelta], datetime],
) -> None:
    job = ask()
    slow = jobs.claim()
    assert slow
    clock(timedelta(seconds=61))
    assert jobs.claim() == job
    jobs.run(slow)
    assert (now(job).done_count, JobRow.objects.count()) == (0, 0)
    jobs._put_off(slow, Broken("late"), asker())
    assert now(job).fault == ""


def test_a_long_job_gives_the_others_their_turn(clock: Callable[[timedelta], datetime]) -> None:
    long, other = ask(total=5), ask(total=1)
    taken = jobs.claim()
    assert taken == long
    jobs.run(taken, seconds=0)
    assert (now(long).state, now(long).attempts) == ("running", 0)
    clock(timedelta(seconds=1))
    assert jobs.claim() == other
    assert jobs.claim() == long


def test_a_job_that_waits_is_cancelled_at_once() -> None:
    actor = asker()
    job = ask(actor)
    assert jobs.cancel(job.pk, actor=actor).state == "cancelled"
    assert jobs.sweep() == 0
    assert RUN == []
    assert told(actor)[-1] == (
        "job.cancelled",
        {"job": job.pk, "kind": "count", "done": 0, "total": 3},
    )


def test_a_running_job_stops_before_its_next_row() -> None:
    actor = asker()
    job = ask(actor)
    running = jobs.claim()
    assert running
    rows = jobs._handlers["count"](running, actor)
    jobs._advance(running, next(rows))
    assert jobs.cancel(job.pk, actor=actor).state == "running"
    assert jobs.cancel(job.pk, actor=actor).cancel_asked_at
    jobs.run(running)
    assert (now(job).state, now(job).done_count) == ("cancelled", 1)
    assert told(actor)[-1] == (
        "job.cancelled",
        {"job": job.pk, "kind": "count", "done": 1, "total": 3},
    )


def test_a_job_that_ended_stays_as_it_is() -> None:
    actor = asker()
    job = ask(actor, at_once=True)
    assert jobs.cancel(job.pk, actor=actor).state == "done"
    assert now(job).cancel_asked_at is None


def test_nobody_cancels_or_sees_anothers_job() -> None:
    job = ask()
    with pytest.raises(NotFound):
        jobs.cancel(job.pk, actor=asker())
    assert now(job).state == "queued"
    assert list(Job.objects.visible_to(asker())) == []


@pytest.mark.parametrize(("how", "fault"), [("broken", "Broken: No ink."), ("unsafe", "Unsafe: ")])
def test_a_fault_is_tried_again_with_growing_pauses_and_then_given_up(
    how: str, fault: str, clock: Callable[[timedelta], datetime]
) -> None:
    job = ask(kind="break", how=how)
    pauses = []
    for _try in range(5):
        start = clock(timedelta(0))
        assert jobs.sweep() == 1
        assert now(job).fault.startswith(fault)
        until = now(job).lease_until
        if until is None:
            break
        pauses.append(round((until - start).total_seconds()))
        clock(until - start + timedelta(seconds=1))
    assert pauses == [10, 20, 40, 80]
    assert (now(job).state, len(RUN)) == ("failed", 5)
    assert Event.objects.get(name="job.finished").data["state"] == "failed"


def test_a_refusal_of_the_whole_job_ends_it_with_its_words() -> None:
    job = ask(kind="break", how="unmet")
    jobs.sweep()
    assert (now(job).state, now(job).fault, len(RUN)) == ("failed", "No ink.", 1)


def test_a_job_that_kills_its_worker_again_and_again_is_given_up(
    clock: Callable[[timedelta], datetime],
) -> None:
    job = ask()
    for _kill in range(5):
        assert jobs.claim()
        clock(timedelta(seconds=61))
    assert jobs.sweep() == 1
    assert (now(job).state, RUN) == ("failed", [])
    assert now(job).fault == "连续 5 次在下一项办完之前中断。"


def test_outcomes_are_worded_in_the_language_of_who_asked() -> None:
    @jobs.job("speak")
    def speak(_job: Job, _actor: Actor) -> Iterator[Told]:
        yield Told(ref="row:0", label=translation.get_language() or "")

    with translation.override("en"):
        job = ask(kind="speak", total=1)
    jobs.sweep()
    assert job.rows.get().label == "en"
    assert now(job).state == JobState.DONE


def test_a_long_row_keeps_its_lease_and_finds_out_when_it_lost_it(
    clock: Callable[[timedelta], datetime],
) -> None:
    ask()
    claimed = jobs.claim()
    assert claimed is not None
    first = claimed.lease_until
    jobs.hold(claimed)
    assert Job.objects.get().lease_until == first
    now = clock(timedelta(seconds=45))
    jobs.hold(claimed)
    assert Job.objects.get().lease_until == now + jobs.lease()
    Job.objects.update(lease_until=now)
    clock(timedelta(seconds=45))
    with pytest.raises(jobs.LeaseLostError):
        jobs.hold(claimed)
