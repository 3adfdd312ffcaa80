"""An archive holds all of its items, is the same bytes every time, and proves itself."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from tests import make
from tests.reports.archived import files_of, furnished, made, verified
from workflows.actions import disposals, rectification
from workflows.models import Round, Submission
from workflows.states import State

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _apart(tmp_path: Path, settings: Settings) -> None:
    settings.EVIDENCE_ROOT = tmp_path / "evidence"
    settings.ARCHIVES_AT_WORK = tmp_path / "at-work"


def test_an_archive_of_a_round_is_whole(tmp_path: Path) -> None:
    house, round_ = furnished()
    archive = made(round_.subject, house.office)
    (tmp_path / "a.zip").write_bytes(archive)
    code, told = verified(archive, tmp_path)
    assert (code, told["findings"]) == (0, [])


def test_replaced_and_destroyed_evidence_is_explained_by_the_record_it_holds(
    tmp_path: Path,
) -> None:
    """The newer version stands for the older; what two people ended is listed without its bytes."""
    house = make.house()
    round_ = make.round_(house)
    Round.objects.filter(pk=round_.pk).update(retention="10y")
    item = make.item(State.RECTIFYING, house=house, round_=round_)
    make.prove(item, house)
    rectification.replace_evidence(
        item.pk,
        actor=house.staff.actor(),
        command=make.command(item),
        citation_id=item.citations.get().pk,
        file=make.paper("newer.pdf"),
    )
    for step in ("submit", "approve", "close"):
        make.take(item, step, house)
    Submission.objects.filter(item=item).update(decided_at=datetime(2010, 5, 1, tzinfo=UTC))
    assert verified(made(item.subject, house.office), tmp_path)[1]["findings"] == []
    office = house.office.actor()
    row = disposals.propose(round_.pk, actor=office, items=[item.pk], basis=make.REASON)
    disposals.confirm(row.pk, actor=house.closer.actor())
    archive = made(item.subject, house.office)
    code, told = verified(archive, tmp_path)
    assert (code, told["findings"]) == (0, [])
    assert not [name for name in files_of(archive) if name.endswith(".pdf")]
