"""What the clock wakes, and the worker that needs no broker."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from celery.exceptions import OperationalError
from celery.signals import worker_ready
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.mail import EmailMessage
from django.core.management import call_command
from django.utils import timezone

from audit import jobs
from project import tasks
from project.celery import app
from tests import make
from tests.house.source import ROOT
from workflows.actions import attention, bulk
from workflows.models import Item, MorningRun, Reminder
from workflows.states import State


def test_every_task_on_the_clock_is_one_that_the_worker_knows() -> None:
    app.loader.import_default_modules()
    woken = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    names = (
        "pay_what_is_owed",
        "run_jobs",
        "sweep_sessions",
        "remind",
        "tell_supervisors",
        "inspect_waiting",
        "derive_waiting",
        "index_what_lacks",
        "sweep_orphans",
        "seal",
        "inspect_arrived",
        "expire_uploads",
        "expire_archives",
    )
    assert woken == {f"project.tasks.{name}" for name in names}
    assert woken <= set(app.tasks)


@pytest.mark.django_db
def test_the_clock_inspects_what_waits(tmp_path: Path, settings: Any) -> None:
    settings.EVIDENCE_ROOT = tmp_path / "evidence"  # other tests let files grow old in theirs
    assert tasks.inspect_waiting() == 0
    assert tasks.sweep_orphans() == 0
    assert tasks.inspect_waiting() == tasks.inspect_arrived() == tasks.expire_uploads() == 0


@pytest.mark.django_db
def test_the_clock_pays_what_is_owed(mailoutbox: list[EmailMessage]) -> None:
    house = make.house()
    make.item(State.ASSIGNED, house=house)
    assert tasks.pay_what_is_owed() == 2  # the row in the inbox, and the letter
    assert [m.to for m in mailoutbox] == [[house.staff.email]]
    assert tasks.pay_what_is_owed() == 0


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("now", "runs"), [((7, 29), False), ((7, 30), True), ((9, 10), True), ((23, 50), True)]
)
def test_the_morning_is_at_half_past_seven_or_whenever_somebody_is_there_after_it(
    now: tuple[int, int], runs: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    moment = datetime(2026, 4, 2, *now, tzinfo=ZoneInfo("Asia/Shanghai"))
    monkeypatch.setattr(timezone, "localtime", lambda *_at: moment)
    make.item(State.RECTIFYING, due=date(2026, 4, 1))
    assert tasks.remind() == (1 if runs else None)
    assert tasks.remind() is None
    assert Reminder.objects.count() == int(runs)
    assert list(MorningRun.objects.values_list("day", flat=True)) == [date(2026, 4, 2)] * runs


@pytest.mark.django_db
def test_a_worker_that_starts_asks_for_the_morning_it_missed_and_for_what_evidence_lacks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(tasks.remind, "delay", lambda: asked.append("morning"))
    monkeypatch.setattr(tasks.derive_what_lacks, "delay", lambda: asked.append("evidence"))
    monkeypatch.setattr(tasks.index_what_lacks, "delay", lambda: asked.append("search"))
    worker_ready.send(sender=None)
    assert asked == ["morning", "evidence", "search"]


@pytest.mark.django_db
def test_the_clock_tells_supervisors() -> None:
    house = make.house()
    item = make.item(house=house)
    attention.supervise(item.pk, actor=house.closer.actor())
    make.take(item, "assign", house)
    assert tasks.tell_supervisors() == 1


@pytest.mark.django_db
def test_the_clock_sweeps_sessions_that_ran_out() -> None:
    now = timezone.now()
    for key, days in (("old", -1), ("new", 1)):
        Session.objects.create(
            session_key=key, session_data="", expire_date=now + timedelta(days=days)
        )
    tasks.sweep_sessions()
    assert list(Session.objects.values_list("session_key", flat=True)) == ["new"]


def test_the_worker_runs_with_its_clock_in_one_process_and_stops_it_in_the_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    done: list[str] = []

    class Clock:
        def start(self) -> None:
            done.append("clock starts")

        def stop(self) -> None:
            done.append("clock stops")

    class Worker:
        def __init__(self, **options: Any) -> None:
            done.append(f"worker in {options['pool']}")

        def start(self) -> None:
            done.append("worker runs")
            raise KeyboardInterrupt

    here = "project.management.commands.work.EmbeddedService"
    monkeypatch.setattr(here, lambda *_args, **_options: Clock())
    monkeypatch.setattr(app, "Worker", Worker)
    with pytest.raises(KeyboardInterrupt):
        call_command("work")
    assert done == ["clock starts", "worker in solo", "worker runs", "clock stops"]


def test_a_worker_behind_a_broker_is_told_of_a_new_job(
    monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    woken: list[dict[str, Any]] = []
    monkeypatch.setattr(tasks.run_jobs, "apply_async", lambda **how: woken.append(how))
    jobs.asked.send(None)
    assert woken == []  # the embedded worker shares no queue with this process
    settings.WITH_BROKER = True
    jobs.asked.send(None)
    assert woken == [{"retry": False}]


def test_a_job_is_asked_all_the_same_where_the_broker_is_away(
    monkeypatch: pytest.MonkeyPatch, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    def away(**_how: object) -> None:
        raise OperationalError("no route")

    settings.WITH_BROKER = True
    monkeypatch.setattr(tasks.run_jobs, "apply_async", away)
    jobs.asked.send(None)
    assert "no worker was woken: no route" in caplog.text


@pytest.mark.django_db
def test_the_clock_runs_what_was_asked() -> None:
    house = make.house()
    items = make.entered(house, make.round_(house), *(make.line(house) for _ in range(21)))
    bulk.ask(
        "assign",
        [(item.pk, 0) for item in items],
        actor=house.office.actor(),
        command_id=uuid4(),
        said={"assignee_id": None, "reason": "As the meeting decided."},
    )
    assert tasks.run_jobs() == 1
    assert set(Item.objects.values_list("state", flat=True)) == {"assigned"}
    assert tasks.run_jobs() == 0


def test_with_a_broker_the_queue_is_a_quorum_queue_and_a_message_is_confirmed() -> None:
    """Asked of a process of its own: the settings are read once."""
    asks = (
        "from project.celery import app; q = app.amqp.queues['rectify']; c = app.conf;"
        "print(q.queue_arguments, c.broker_transport_options, c.task_acks_late,"
        " c.task_reject_on_worker_lost, c.worker_prefetch_multiplier,"
        " c.worker_detect_quorum_queues)"
    )
    said = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", asks],
        env={**os.environ, "RECTIFY_BROKER_URL": "amqp://guest:guest@127.0.0.1:1//"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    quorum, confirmed = "{'x-queue-type': 'quorum'}", "{'confirm_publish': True}"
    assert said == f"{quorum} {confirmed} True True 1 True"
