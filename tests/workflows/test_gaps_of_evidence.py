"""Of evidence, its criteria and its keeping: what the pages rarely meet."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation
from pytest_django.fixtures import Settings

from audit.models import Checkpoint, Leaf
from evidence.management.commands import evidence_fsck
from evidence.models import Evidence
from evidence.prints import index
from tests import make
from workflows import guards
from workflows.actions import check_rules, standards
from workflows.actions.standards import CriterionText
from workflows.checks import evaluation
from workflows.guards import Act
from workflows.models import (
    Citation,
    Criterion,
    Disposal,
    DisposalPiece,
    Exhibit,
    Hold,
    Judgement,
)
from workflows.states import State

pytestmark = pytest.mark.django_db


def test_rows_say_what_they_are() -> None:
    paper = Evidence(name="a.pdf")
    cited = Citation(evidence=paper)
    day = datetime(2026, 11, 28, tzinfo=UTC)
    with translation.override("en"):
        assert [
            str(row)
            for row in (
                Leaf(index=3, event_id=7),
                Checkpoint(code="ABCD-EFGH", size=9),
                Criterion(text="Lit for a month"),
                Hold(round_id=2, item_id=5),
                Disposal(round_id=2, proposed_at=day),
                DisposalPiece(evidence=paper),
                Exhibit(citation=cited),
                Judgement(citation=cited, worth="wrong"),
            )
        ] == [
            "3: event 7",
            "ABCD-EFGH over 9",
            "Lit for a month",
            "2 5",
            "2 2026-11-28",
            "a.pdf",
            "a.pdf",
            "a.pdf: Does not correspond",
        ]


def test_a_long_check_of_the_storage_says_how_far_it_is(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, tmp_path: Path
) -> None:
    settings.EVIDENCE_ROOT = tmp_path / "evidence"
    make.item(State.IN_REVIEW)
    monkeypatch.setattr(evidence_fsck, "EACH", 1)
    said = io.StringIO()
    # The workbook that a made item comes from was never kept.
    with translation.override("en"), pytest.raises(CommandError, match="damaged"):
        call_command("evidence_fsck", stdout=io.StringIO(), stderr=said)
    assert "1 rows read …" in said.getvalue()


def test_a_criterion_that_says_the_same_stays_as_it_is() -> None:
    item = make.item(State.DRAFT)
    measure = item.measures.all()[0]
    make.criterion("Lit for a month", measure)
    row = measure.criteria.get()
    standards.write(item, measure, CriterionText(id=row.pk, text=" Lit for a month "))
    assert list(measure.criteria.values_list("pk", "number", "text")) == [
        (row.pk, 1, "Lit for a month")
    ]


def test_where_nothing_was_submitted_nothing_is_found_wanting() -> None:
    house = make.house()
    item = make.item(State.RECTIFYING, house=house)
    assert guards.nothing_is_found_wanting(Act(item=item, actor=house.head.actor())) is None


def test_an_item_without_replies_is_looked_at_for_its_papers_alone() -> None:
    house = make.house()
    item = make.item(State.ASSIGNED, house=house)
    assert check_rules._again(item) == (0, 0)


def test_a_key_that_many_pictures_have_is_kept_for_the_first_of_them(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(index, "CROWDED", 1)
    folder = evaluation.Folder(tmp_path, {}, lambda _path: "")
    files: Any = {
        name: SimpleNamespace(name=name, pictures=[{"keys": [7]}]) for name in ("a.png", "b.png")
    }
    folder._files = files
    assert folder._keys == {7: [("a.png", 0)]}
