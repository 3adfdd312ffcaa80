"""Files tried by hand."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation
from pytest_django.fixtures import Settings

from tests.evidence.hostile.bad_documents import PROGRAM
from tests.evidence.hostile.bad_files import JPEG
from tests.evidence.hostile.containers import ole


def said(*args: object) -> list[str]:
    out = io.StringIO()
    with translation.override("en"):
        call_command("inspect_evidence", *args, stdout=out)
    return out.getvalue().splitlines()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "1 照片.jpg").write_bytes(JPEG)
    (tmp_path / "2.jpg").write_bytes(JPEG + PROGRAM)
    (tmp_path / "3.doc").write_bytes(ole({"WordDocument": b"", "Macros/VBA": b"x"}))
    (tmp_path / "4.exe").write_bytes(PROGRAM)
    return tmp_path


def test_a_verdict_is_a_sentence(folder: Path) -> None:
    photo, appended, old, program = said(str(folder))
    assert photo == f"{folder}/1 照片.jpg: taken in."
    assert appended.startswith(f"{folder}/2.jpg: refused. “2.jpg” goes on behind its own end;")
    assert "Macros found" in old
    assert old.endswith("It is handed out as a file only, never shown in a page.")
    assert "is not a type of file that evidence can be" in program


def test_a_verdict_is_a_line_of_json_for_a_program(folder: Path) -> None:
    photo, appended, old, program = (json.loads(line) for line in said(str(folder), "--json"))
    assert (photo["state"], photo["preview"], photo["pages"]) == ("clean", True, 1)
    assert (appended["state"], appended["code"]) == ("refused", "appended")
    assert (old["state"], old["preview"], old["notes"]) == ("clean", False, ["old", "macros"])
    assert program["state"] == "refused"
    assert appended["peak_kb"] > 0


def test_a_scanner_that_is_down_is_said(folder: Path, settings: Settings) -> None:
    settings.SCANNER = "tcp://127.0.0.1:1"
    (line,) = said(str(folder / "1 照片.jpg"))
    assert "waits for inspection" in line


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(CommandError):
        said(str(tmp_path / "none.pdf"))
