"""manage.py import_ledger: looked at, entered whole, or one sentence and nothing."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.models import Event
from evidence.storage.folder import root
from tests import make
from tests.ledger.books import PLAIN_HEADER, PLAIN_ROW, archive, book
from workflows.models import Batch, Item

pytestmark = pytest.mark.django_db
S12 = Path(__file__).parent / "data/S12_ledger_merged.xlsx"
OLE = bytes.fromhex("d0cf11e0a1b11ae1")


def told(*words: object, **options: object) -> str:
    out = StringIO()
    call_command("import_ledger", *map(str, words), stdout=out, **options)
    return out.getvalue()


def kept() -> list[Path]:
    return sorted(root().rglob("*")) if root().exists() else []


def saved(folder: Path, data: bytes, name: str = "a.xlsx") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def test_a_dry_run_prints_the_published_shape_and_writes_nothing() -> None:
    round_ = make.round_()
    before, events = kept(), Event.objects.count()
    with CaptureQueriesContext(connection) as queries:
        answer = json.loads(told(S12, "--round", round_.code, "--dry-run", "--json"))
    assert not [query for query in queries if not query["sql"].startswith("SELECT")]
    assert (kept(), Event.objects.count(), Batch.objects.count()) == (before, events, 0)
    assert list(answer) == ["aspects", "doubts"]
    assert [doubt["cell"] for doubt in answer["doubts"]] == ["K4", "I10"]
    problem = answer["aspects"][0]["problems"][0]
    assert list(problem) == [
        "no", "title", "measures", "deadline", "leaders", "sections", "status",
    ]  # fmt: skip
    assert problem["deadline"] == {
        "raw": "立行立改并长期坚持",
        "class": "immediate",
        "date": None,
        "precision": None,
        "ongoing": True,
    }


def test_a_dry_run_needs_no_round() -> None:
    assert "3" in told(S12, "--round", "nowhere", "--dry-run")
    answer = json.loads(told(S12, "--round", "nowhere", "--dry-run", "--json"))
    assert len(answer["aspects"]) == 3


def test_a_dry_run_tells_what_the_ledger_would_refuse() -> None:
    of = make.house()
    round_ = make.round_(of)
    make.entered(of, round_, make.line(of, no="1-1"))
    answer = json.loads(told(S12, "--round", round_.code, "--dry-run", "--json"))
    assert [doubt["cell"] for doubt in answer["doubts"]] == ["K4", "I10", "A5"]
    assert "! A5" in told(S12, "--round", round_.code, "--dry-run")


def test_entering_prints_counts_and_again_changes_nothing() -> None:
    of = make.house()
    round_ = make.round_(of)
    words = (S12, "--round", round_.code, "--as", of.office.username)
    assert "7" in told(*words)
    assert Item.objects.filter(round=round_).count() == 7
    answer = json.loads(told(*words, "--json"))
    assert (answer["entered"], answer["unchanged"]) == (0, 7)


def test_entering_asks_who_and_where() -> None:
    of = make.house()
    round_ = make.round_(of)
    for words in (
        ("--round", round_.code),
        ("--round", round_.code, "--as", "nobody"),
        ("--round", round_.code, "--as", of.staff.username),
        ("--round", "nowhere", "--as", of.office.username),
    ):
        with pytest.raises(CommandError):
            told(S12, *words)
    assert not Batch.objects.exists()
    assert not Item.objects.exists()


def test_a_fault_enters_and_keeps_nothing(tmp_path: Path) -> None:
    of = make.house()
    round_ = make.round_(of)
    path = saved(tmp_path, book(PLAIN_HEADER, PLAIN_ROW, ["=1+1", *PLAIN_ROW[1:]]))
    before = kept()
    with pytest.raises(CommandError) as refused:
        told(path, "--round", round_.code, "--as", of.office.username)
    assert "A3" in str(refused.value)
    assert (kept(), Batch.objects.count(), Item.objects.count()) == (before, 0, 0)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"hello",
        OLE + b"\0" * 600,
        OLE + "EncryptedPackage".encode("utf-16-le"),
        archive({"a.txt": b"x"}),
        archive({"xl/workbook.xml": b"0" * (65 << 20)}),
        book(["a"], ["b"]),
    ],
    ids=["empty", "text", "xls", "encrypted", "zip", "bomb", "no ledger"],
)
@pytest.mark.parametrize("dry", [True, False])
def test_what_is_no_ledger_gets_one_sentence(data: bytes, dry: bool, tmp_path: Path) -> None:
    of = make.house()
    round_ = make.round_(of)
    path = saved(tmp_path, data)
    before, events = kept(), Event.objects.count()
    words = ["--dry-run", "--json"] if dry else ["--as", of.office.username]
    with pytest.raises(CommandError) as refused:
        told(path, "--round", round_.code, *words)
    assert "a.xlsx" in str(refused.value)
    assert "\n" not in str(refused.value)
    assert (kept(), Event.objects.count(), Batch.objects.count()) == (before, events, 0)


def test_a_file_that_cannot_be_opened_gets_one_sentence(tmp_path: Path) -> None:
    for path in (tmp_path / "none.xlsx", tmp_path):
        with pytest.raises(CommandError) as refused:
            told(path, "--round", "x", "--dry-run")
        assert path.name in str(refused.value)


@pytest.mark.sqlite  # elsewhere the failed query ends the test's own transaction
def test_without_a_database_a_dry_run_still_reads() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE workflows_round RENAME TO workflows_elsewhere")
    try:
        assert "3" in told(S12, "--round", "x", "--dry-run")
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE workflows_elsewhere RENAME TO workflows_round")
