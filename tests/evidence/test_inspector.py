"""The process that looks into a file is bounded, and nothing but its whole answer is believed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import translation
from pytest_django.fixtures import Settings

from evidence.inspection import inspector, words, worker
from evidence.inspection.verdict import State, Verdict
from tests.evidence.hostile import bad_files

TEXT = "路灯已修复".encode()
WHOLE = {"clean": True, "digest": "d", "preview": True, "pages": 2, "notes": ["motion"]}
SPENT = {"peak_kb": 1, "cpu_ms": 2}


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def note(tmp_path: Path) -> Path:
    path = tmp_path / "note"
    path.write_bytes(TEXT)
    return path


def test_an_honest_file_is_found_clean_with_what_it_took(note: Path) -> None:
    verdict = inspector.judge(note, "note.txt")
    assert (verdict.state, verdict.preview, verdict.code) == (State.CLEAN, True, "")
    assert verdict.spent is not None
    assert 5_000 < verdict.spent.peak_kb < 100_000
    assert verdict.spent.cpu_ms < 5_000


def test_the_process_answers_with_what_it_took(note: Path) -> None:
    with note.open("rb") as file:
        told = json.loads(worker.answer(file, "txt"))
    assert (told["clean"], told["pages"]) == (True, None)
    assert told["peak_kb"] > 0


def test_what_was_looked_into_must_be_what_is_kept(note: Path) -> None:
    verdict = inspector.inspect(note, "txt", digest="0" * 64)
    assert (verdict.state, verdict.code) == (State.REFUSED, "inspection")


def test_a_file_that_needs_more_memory_than_there_is_takes_only_its_process_along(
    tmp_path: Path, settings: Settings
) -> None:
    """A picture of 300 megabytes unpacked, within a limit of 300 for all."""
    settings.INSPECTION_MEMORY = 300 * 2**20
    path = tmp_path / "a"
    path.write_bytes(bad_files.wide_picture(10_000, 10_000))
    verdict = inspector.inspect(path, "png")
    assert verdict.state is State.REFUSED
    assert verdict.code in {"heavy", "damaged", "inspection"}


@pytest.mark.parametrize(
    "answer",
    [
        None,
        b"",
        b"{",
        b"[]",
        b"true",
        b"{}",
        json.dumps(WHOLE).encode(),
        json.dumps({**WHOLE, **SPENT, "clean": 1}).encode(),
        json.dumps({**WHOLE, **SPENT, "digest": "other"}).encode(),
        json.dumps({**WHOLE, **SPENT, "notes": None}).encode(),
        json.dumps({**WHOLE, **SPENT, "pages": "many"}).encode(),
        b"\xff\xfe",
    ],
)
def test_half_an_answer_is_no_answer(answer: bytes | None) -> None:
    verdict = inspector.read(answer, "pdf", "d")
    assert (verdict.state, verdict.code) == (State.REFUSED, "inspection")
    assert "could not be inspected" in str(verdict.refusal("a.pdf"))


def test_a_whole_answer_is_believed() -> None:
    clean = inspector.read(json.dumps({**WHOLE, **SPENT}).encode(), "pdf", "d")
    assert (clean.state, clean.pages, clean.preview) == (State.CLEAN, 2, True)
    assert clean.told_notes() == ["A telephone's moving picture: only the still is shown."]
    told = {"clean": False, "code": "macros", "about": "a.bin", **SPENT}
    refused = inspector.read(json.dumps(told).encode(), "docx", "")
    assert str(refused.refusal("a.docx")) == "“a.docx” contains macros (a.bin)."


def test_every_reason_has_its_sentence_and_says_what_to_do() -> None:
    for code in [*words.CODES, "unheard of"]:
        refusal = Verdict(state=State.REFUSED, kind="pdf", code=code, about="A").refusal("n.pdf")
        assert "n.pdf" in str(refusal)
        assert "%(" not in str(refusal)
        assert str(refusal.then)
