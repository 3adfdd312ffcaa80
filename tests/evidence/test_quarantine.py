"""Only what an inspection found clean is cited or handed out; what waits is looked into again."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.utils import translation
from pytest_django.fixtures import Settings

from audit.models import Event
from core.refusals import Conflict, Unmet
from demo import papers
from evidence import intake, quarantine, storage
from evidence.inspection.verdict import State
from evidence.intake import Received
from evidence.models import Evidence
from evidence.storage.folder import path_of
from tests import make
from workflows.actions import proving, reading
from workflows.models import Citation, Item
from workflows.states import State as ItemState

pytestmark = pytest.mark.django_db
PDF = papers.pdf(["the lamps are lit"])
NOBODY_THERE = "tcp://127.0.0.1:1"


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, settings: Settings) -> None:
    settings.EVIDENCE_ROOT = tmp_path / "evidence"


def waiting(content: bytes = PDF, name: str = "a.pdf") -> Evidence:
    """A row from before files were inspected."""
    stored = storage.keep([content])
    row = Received(stored.digest, stored.size, name, "application/pdf")
    return intake.enter(row, actor=make.user().actor())


def test_a_clean_file_is_entered_with_what_was_found() -> None:
    received = intake.receive(SimpleUploadedFile("a.pdf", PDF))
    row = intake.enter(received, actor=make.user().actor())
    intake.insist_on_clean(row)
    assert (row.inspection, row.finding, row.preview) == (State.CLEAN, "", True)
    assert (row.page_count, row.notes) == (1, [])
    assert row.inspected_at == row.received_at


def test_what_was_received_is_the_same_whatever_the_scanner_said() -> None:
    """A form that is sent twice says the same, also when the scanner came back in between."""
    one = Received("0" * 64, 1, "a.pdf", "application/pdf")
    two = Received("0" * 64, 1, "a.pdf", "application/pdf", make.CLEAN)
    assert (one, repr(one)) == (two, repr(two))


def test_while_the_scanner_is_down_a_file_is_kept_but_cited_by_nobody(settings: Settings) -> None:
    settings.SCANNER = NOBODY_THERE
    house = make.house()
    item = make.item(ItemState.RECTIFYING, house=house)
    received = intake.receive(SimpleUploadedFile("a.pdf", PDF))
    assert storage.intact(received.digest)
    version = item.version
    with translation.override("en"), pytest.raises(Conflict) as refused:
        proving.attach(
            item.pk,
            actor=house.staff.actor(),
            command=make.command(item),
            measure_id=item.measures.values_list("pk", flat=True)[0],
            files=[received],
        )
    assert "the virus scanner does not answer" in str(refused.value)
    assert "请过几分钟再提交" in str(refused.value.then)
    assert Item.objects.get(pk=item.pk).version == version
    assert not Evidence.objects.exists()
    assert not Citation.objects.exists()


@pytest.mark.parametrize("state", [State.RECEIVING, State.QUARANTINED, State.REFUSED])
def test_what_is_not_clean_is_handed_out_to_nobody(state: State) -> None:
    house = make.house()
    item = make.item(ItemState.IN_REVIEW, house=house)
    citation = Citation.objects.filter(item=item).earliest("pk")
    Evidence.objects.filter(pk=citation.evidence_id).update(inspection=state, finding="macros")
    events = Event.objects.count()
    with pytest.raises((Conflict, Unmet)) as refused:
        reading.download(citation.pk, actor=house.head.actor())
    assert refused.type is (Unmet if state is State.REFUSED else Conflict)
    assert Event.objects.count() == events


def test_the_sweep_gives_what_waits_its_verdict_and_records_it() -> None:
    good, bad = waiting(), waiting(PDF[:-30], "b.pdf")
    with translation.override("en"), pytest.raises(Conflict) as refused:
        intake.insist_on_clean(good)
    assert str(refused.value) == "“a.pdf” waits for inspection."
    assert quarantine.sweep() == 2
    good.refresh_from_db()
    bad.refresh_from_db()
    intake.insist_on_clean(good)
    assert (bad.inspection, bad.finding, bad.preview) == (State.REFUSED, "damaged", False)
    with pytest.raises(Unmet):
        intake.insist_on_clean(bad)
    told = [
        (event.subject, event.actor, event.data["state"], event.data["finding"])
        for event in Event.objects.filter(name="evidence.inspected").order_by("pk")
    ]
    assert told == [
        (f"evidence:{good.pk}", "system", "clean", ""),
        (f"evidence:{bad.pk}", "system", "refused", "damaged"),
    ]
    assert quarantine.sweep() == 0


def test_while_the_scanner_is_down_the_sweep_leaves_the_rest_and_says_why(
    settings: Settings,
) -> None:
    first, second = waiting(), waiting(papers.pdf(["b"]), "b.pdf")
    settings.SCANNER = NOBODY_THERE
    assert quarantine.sweep() == 0
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.inspection, first.finding) == (State.QUARANTINED, "scanner")
    assert (second.inspection, second.finding) == (State.QUARANTINED, "")
    settings.SCANNER = ""
    assert quarantine.sweep() == 2
    first.refresh_from_db()
    assert (first.inspection, first.finding) == (State.CLEAN, "")


def test_bytes_that_were_changed_since_they_were_kept_are_not_clean() -> None:
    row = waiting()
    path_of(row.digest).write_bytes(papers.pdf(["something else"]))
    assert quarantine.sweep() == 1
    row.refresh_from_db()
    assert (row.inspection, row.finding) == (State.REFUSED, "inspection")


def test_a_row_without_its_bytes_waits_and_stops_nobody_behind_it() -> None:
    lost, good = waiting(papers.pdf(["lost"])), waiting()
    path_of(lost.digest).unlink()
    assert quarantine.sweep() == 1
    good.refresh_from_db()
    assert good.inspection == State.CLEAN


def test_of_two_sweeps_one_settles_a_row() -> None:
    row = waiting()
    verdict = make.CLEAN
    assert quarantine._settle(row, verdict) == 1
    assert quarantine._settle(row, verdict) == 0
    assert Event.objects.filter(name="evidence.inspected").count() == 1


def test_the_sweep_is_made_by_hand_too() -> None:
    waiting()
    out = io.StringIO()
    with translation.override("en"):
        call_command("inspect_evidence", "--waiting", stdout=out)
    assert out.getvalue() == "1 pieces of evidence inspected.\n"


@pytest.mark.parametrize(
    "fields",
    [{"inspected_at": None}, {"inspected_at": datetime(2026, 5, 1, tzinfo=UTC), "finding": "zip"}],
)
def test_the_database_knows_nothing_clean_that_was_not_inspected(fields: dict[str, object]) -> None:
    row = waiting()
    with pytest.raises(IntegrityError), transaction.atomic():
        Evidence.objects.filter(pk=row.pk).update(inspection=State.CLEAN, **fields)
