"""What the clock wakes, and the worker that needs no broker."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.mail import EmailMessage
from django.core.management import call_command
from django.utils import timezone

from project import tasks
from project.celery import app
from tests import make
from workflows.states import State


def test_every_task_on_the_clock_is_one_that_the_worker_knows() -> None:
    app.loader.import_default_modules()
    woken = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert woken == {
        "project.tasks.pay_what_is_owed",
        "project.tasks.run_jobs",
        "project.tasks.sweep_sessions",
    }
    assert woken <= set(app.tasks)


@pytest.mark.django_db
def test_the_clock_pays_what_is_owed(mailoutbox: list[EmailMessage]) -> None:
    house = make.house()
    make.item(State.ASSIGNED, house=house)
    assert tasks.pay_what_is_owed() == 2  # the row in the inbox, and the letter
    assert [m.to for m in mailoutbox] == [[house.staff.email]]
    assert tasks.pay_what_is_owed() == 0


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
