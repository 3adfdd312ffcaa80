"""The record verified at an auditor's word: what comes of it, and for whom."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path
from uuid import uuid4

import pytest
from django.utils import translation
from pytest_django.fixtures import Settings

from audit import jobs, outbox, sealing
from audit.models import Event, Job, JobRow, JobState, Reason
from core.actor import SYSTEM, Actor
from core.refusals import Conflict, NotPermitted
from core.roles import OF_A_SECTION, Role
from evidence.storage.folder import path_of
from tests import make
from tests.audit.chains import unprotected
from workflows import verified
from workflows.actions import verifying
from workflows.models import Citation, Item
from workflows.states import State

pytestmark = pytest.mark.django_db
MOVED = (
    "The item's row says “Closed”, version 6; its events lead to “Awaiting close-out”, version 6."
)


@pytest.fixture(autouse=True)
def _english(tmp_path: Path, settings: Settings) -> Iterator[None]:
    settings.EVIDENCE_ROOT = tmp_path
    settings.AUDIT_KEYS = {"1": "11" * 32}
    with translation.override("en"):
        yield


@pytest.fixture
def item() -> Item:
    return make.item(State.VERIFYING, house=make.house())


def auditor_of(item: Item, role: Role = Role.AUDIT_OFFICER) -> Actor:
    if role in OF_A_SECTION:
        return make.person(role, section=item.lead_section).actor()
    return make.person(role, unit=item.round.unit).actor()


def verify(actor: Actor) -> verified.Verified:
    verifying.ask(actor=actor, command_id=uuid4())
    jobs.sweep()
    came = verified.last(actor)
    assert came is not None
    return came


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.AUDIT_OFFICER])
def test_a_whole_record_is_told_with_what_was_looked_at(
    item: Item, role: Role, settings: Settings, tmp_path: Path
) -> None:
    (tmp_path / "outside").mkdir()
    settings.OUTSIDE_FOLDER = str(tmp_path / "outside")
    auditor = auditor_of(item, role)
    sealing.seal(Reason.TIME, SYSTEM)
    outbox.sweep()
    sealed = Event.objects.count()
    came = verify(auditor)
    looked_at = {"items": 1, "evidence": 1, "sealed": sealed, "copies": 1}
    assert {key: came.told[key] for key in looked_at} == looked_at
    assert (came.told["ok"], came.told["broken"], came.shown, came.hidden) == (True, 0, [], 0)
    # That it was asked for is an event by then.
    told = Event.objects.get(name="record.verified")
    assert (told.subject, told.actor_label) == ("record", auditor.label)
    assert told.data == {
        "job": Job.objects.get().pk,
        "events": sealed + 1,
        "chains": came.told["chains"],
        "breaks": 0,
        **looked_at,
    }
    job = Job.objects.get()
    assert (job.state, job.rows.get().done, job.rows.get().ref) == (JobState.DONE, True, "record")


def test_a_folder_outside_that_is_gone_is_not_compared_and_that_is_said(
    item: Item, settings: Settings, tmp_path: Path
) -> None:
    settings.OUTSIDE_FOLDER = str(tmp_path / "gone")
    came = verify(auditor_of(item))
    assert came.told["copies"] == 0
    assert any(one.startswith("No copy outside was compared") for one in came.told["unchecked"])


def test_what_is_broken_is_shown_to_whoever_may_see_it_and_counted_for_others(item: Item) -> None:
    with unprotected():
        Item.objects.filter(pk=item.pk).update(state=State.CLOSED)
    auditor, stranger = auditor_of(item), make.person(Role.AUDITOR, unit=make.unit()).actor()
    came = verify(auditor)
    assert (came.told["ok"], came.told["broken"]) == (False, 1)
    assert ([(one, text) for one, text in came.shown], came.hidden) == ([(item, MOVED)], 0)
    assert Event.objects.get(name="record.verified").data["breaks"] == 1
    assert Job.objects.get().rows.get().done is False
    elsewhere = verified.last(stranger)
    assert elsewhere is not None
    assert (elsewhere.told["ok"], elsewhere.shown, elsewhere.hidden) == (False, [], 1)


def test_what_only_looks_broken_while_it_is_moved_is_no_break_and_the_rest_stays_one(
    item: Item,
) -> None:
    asked: list[None] = []
    assert verifying.found(lambda: asked.append(None)).breaks == []
    file = path_of(Citation.objects.get().evidence.digest)
    away = file.with_suffix(".away")
    step = count()

    def still() -> None:
        match next(step):
            case 0:
                file.rename(away)
            case again if again == len(asked):
                away.rename(file)

    assert verifying.found(still).breaks == []
    assert (next(step), file.exists()) == (2 * len(asked), True)
    file.unlink()
    assert [one.text for one in verifying.found(lambda: None).breaks] == [
        "The bytes of “proof.pdf” are missing or not what was handed in."
    ]


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.AUDITOR, Role.AUDIT_OFFICER}))
def test_nobody_else_has_it_verified(item: Item, role: Role) -> None:
    actor = auditor_of(item, role)
    events = Event.objects.count()
    with pytest.raises(NotPermitted) as refused:
        verifying.ask(actor=actor, command_id=uuid4())
    assert str(refused.value.rule) == "Only auditors have the record verified."
    assert (Job.objects.count(), Event.objects.count()) == (0, events)


def test_it_is_verified_once_at_a_time_and_a_form_sent_twice_asks_once(item: Item) -> None:
    first, second = auditor_of(item), auditor_of(item, Role.AUDITOR)
    command = uuid4()
    job = verifying.ask(actor=first, command_id=command)
    assert verifying.ask(actor=first, command_id=command) == job
    with pytest.raises(Conflict) as refused:
        verifying.ask(actor=second, command_id=uuid4())
    assert first.label in str(refused.value.rule)
    assert Job.objects.count() == 1
    jobs.sweep()
    assert verified.under_way() is None
    assert verifying.ask(actor=second, command_id=uuid4()) != job


def test_a_worker_killed_after_the_row_was_written_does_not_verify_again(item: Item) -> None:
    verifying.ask(actor=auditor_of(item), command_id=uuid4())
    claimed = jobs.claim()
    assert claimed is not None
    data = {"ok": True, "broken": 0, "breaks": []}
    JobRow.objects.create(job=claimed, no=0, ref="record", done=True, data=data)
    Job.objects.filter(pk=claimed.pk).update(done_count=1, lease_until=None)
    jobs.sweep()
    claimed.refresh_from_db()
    assert (claimed.state, claimed.rows.count()) == (JobState.DONE, 1)
    assert not Event.objects.filter(name="record.verified").exists()
