"""The command that measures the checks, on small folders of two generators."""

from __future__ import annotations

import json
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from tests.checks import labelled, strangers
from tests.checks.labelled import Folder
from workflows.checks.scores import Score


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


def evaluated(folder: Path, *more: str) -> dict[str, Any]:
    out = StringIO()
    call_command("eval_checks", "--json", *more, str(folder), stdout=out)
    found: dict[str, Any] = json.loads(out.getvalue())
    return found


def test_what_the_thresholds_were_set_on_and_what_they_never_saw(tmp_path: Path) -> None:
    at = Folder(tmp_path)
    labelled.texts(at, 1)
    labelled.marks(at, 1)
    labelled.scans(at, 1)
    labelled.meetings(at, 1)
    strangers.pictures(at, 1)
    strangers.texts(at, 1)
    at.finish()
    found = evaluated(tmp_path)
    for name, row in {**found["pairs"], **found["flags"]}.items():
        assert row["precision"] in {1.0, None}, (name, row["wrong_examples"])
        assert row["recall"] in {1.0, None}, (name, row["missed_examples"])
    assert found["pairs"]["same_picture"]["right"] >= 14
    assert found["pairs"]["same_text"]["right"] == 10
    assert found["overall"]["f1"] == 1.0


def folder(root: Path, labels: str = "", flags: str = "") -> Path:
    (root / "a.txt").write_text("由××单位负责。", encoding="utf-8")
    (root / "b.jpg").write_bytes(b"no picture")
    for name, text in (("labels.csv", labels), ("flags.csv", flags)):
        if text:
            (root / name).write_text(text, encoding="utf-8")
    return root


def test_examples_of_what_was_wrong_and_missed_are_shown(tmp_path: Path) -> None:
    labels = "file_a,file_b,label\na.txt,b.jpg,same_picture\na.txt,a.txt,different\n"
    flags = "file,flag,feedback_date\na.txt,,2026-03-01\na.txt,Placeholders,\nb.jpg,editor,\n"
    out = StringIO()
    call_command("eval_checks", str(folder(tmp_path, labels, flags)), stdout=out)
    told = out.getvalue()
    assert "missed: a.txt | b.jpg" in told
    assert "wrong: a.txt | a.txt" in told
    assert "same_text                    —" in told
    assert "missed: b.jpg" in told


@pytest.mark.parametrize(
    ("labels", "flags", "words"),
    [
        ("", "", "neither a labels.csv nor a flags.csv"),
        ("file_a,file_b\n", "", "needs the columns file_a, file_b, label"),
        ("file_a,file_b,label\na.txt,c.txt,different\n", "", "“c.txt”, which is not in"),
        ("file_a,file_b,label\na.txt,../x.txt,different\n", "", "“../x.txt”, which is not in"),
        ("file_a,file_b,label\na.txt,a.txt,alike\n", "", "line 2: “alike” is none of"),
        ("", "file,flag,claimed_date\na.txt,blank,soon\n", "“soon” is not a date"),
    ],
)
def test_lists_that_do_not_fit_get_a_sentence(
    labels: str, flags: str, words: str, tmp_path: Path
) -> None:
    with pytest.raises(CommandError, match=words):
        evaluated(folder(tmp_path, labels, flags))


def test_a_list_of_others_is_measured_as_far_as_it_goes_and_the_rest_is_said(
    tmp_path: Path,
) -> None:
    """Paths as Windows writes them, a flag of another product, and no day of the feedback."""
    made = folder(
        tmp_path,
        "file_a,file_b,label\n.\\a.txt,b.jpg,different\n",
        "file,flag\na.txt,Placeholder\na.txt,ugly\nb.jpg,exif_before\n",
    )
    told = evaluated(made)
    assert told["flags"]["placeholder"]["right"] == 1
    assert told["flags"]["taken_before"]["missed"] == 0
    assert told["left_out"] == {
        "flag ugly: no rule has this name": 1,
        "flag taken_before: its row has no feedback_date": 1,
    }
    out = StringIO()
    call_command("eval_checks", str(made), stdout=out)
    assert "Not measured: flag ugly: no rule has this name (rows: 1)" in out.getvalue()


def test_a_folder_that_is_not_there_gets_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="There is no folder"):
        evaluated(tmp_path / "nowhere")


def test_a_score_of_nothing_is_no_score() -> None:
    told = Score().as_dict()
    assert (told["precision"], told["recall"], told["f1"]) == (None, None, None)
    assert Score(wrong=["a"], missed=["b"]).as_dict()["f1"] is None
