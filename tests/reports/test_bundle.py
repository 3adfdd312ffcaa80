"""A ZIP under construction goes on after a kill, and comes out as if there had been none."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from reports.archive import names
from reports.archive.bundle import JOURNAL, Bundle, BusyError

AT = datetime(2026, 3, 1, 8, 30, 20, tzinfo=UTC)


def step(bundle: Bundle, no: int) -> None:
    bundle.add(f"文件-{no}.txt", [b"some ", b"bytes %d" % no], at=AT)
    bundle.keep({"no": no}, {"fact": no})


def finished(bundle: Bundle) -> bytes:
    bundle.finish()
    return b"".join(bundle.chunks())


def test_what_was_written_is_in_it_dated_and_open_to_everybody(tmp_path: Path) -> None:
    with Bundle(tmp_path / "a") as bundle:
        step(bundle, 1)
        archive = finished(bundle)
        assert list(bundle.facts()) == [{"fact": 1}]
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        [info] = opened.infolist()
        assert opened.testzip() is None
        assert opened.read(info) == b"some bytes 1"
    assert (info.filename, info.compress_type) == ("文件-1.txt", zipfile.ZIP_STORED)
    assert info.date_time == (2026, 3, 1, 16, 30, 20)
    assert info.external_attr >> 16 == 0o100644


@pytest.mark.parametrize("torn", [b"", b"half a fi", b"PK\x03\x04" + bytes(500)])
def test_after_a_kill_it_goes_on_where_it_was(tmp_path: Path, torn: bytes) -> None:
    with Bundle(tmp_path / "whole") as bundle:
        for no in (1, 2, 3):
            step(bundle, no)
        whole = finished(bundle)
    with Bundle(tmp_path / "killed") as bundle:
        step(bundle, 1)
    with (tmp_path / "killed/archive.zip").open("ab") as file:
        file.write(torn)
    with (tmp_path / "killed" / JOURNAL).open("ab") as file:
        file.write(b'{"entries": [], "en')
    with Bundle(tmp_path / "killed") as bundle:
        assert [one.said for one in bundle.steps] == [{"no": 1}]
        for no in (2, 3):
            step(bundle, no)
        assert list(bundle.facts()) == [{"fact": 1}, {"fact": 2}, {"fact": 3}]
        assert finished(bundle) == whole


def test_a_step_whose_bytes_are_gone_is_taken_again(tmp_path: Path) -> None:
    with Bundle(tmp_path / "a") as bundle:
        step(bundle, 1)
        step(bundle, 2)
        end = bundle.steps[0].end
    with (tmp_path / "a/archive.zip").open("r+b") as file:
        file.truncate(end)
    with Bundle(tmp_path / "a") as bundle:
        assert [one.said for one in bundle.steps] == [{"no": 1}]


def test_what_moved_away_is_not_made_again_once_that_is_journalled(tmp_path: Path) -> None:
    with Bundle(tmp_path / "a") as bundle:
        step(bundle, 1)
        bundle.finish()
        bundle.path.replace(tmp_path / "kept.zip")
    with Bundle(tmp_path / "a") as bundle:
        assert bundle.steps == []  # killed before it could say so: it begins anew
        step(bundle, 1)
        assert finished(bundle) == (tmp_path / "kept.zip").read_bytes()
        bundle.path.replace(tmp_path / "kept.zip")
        bundle.keep({"made": True})
    whole = (tmp_path / "kept.zip").read_bytes()
    with Bundle(tmp_path / "a") as bundle:
        assert [one.said for one in bundle.steps] == [{"no": 1}, {"made": True}]
    assert (tmp_path / "kept.zip").read_bytes() == whole


def test_two_processes_are_not_at_work_in_one_folder(tmp_path: Path) -> None:
    with Bundle(tmp_path / "a"), pytest.raises(BusyError), Bundle(tmp_path / "a"):
        pass
    with Bundle(tmp_path / "a") as bundle:
        bundle.discard()
    assert not (tmp_path / "a").exists()


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("2-3", "2-3"),
        ("（一）1", "（一）1"),
        ("1/1", "1_1"),
        ("..", "_"),
        ("a:b*?", "a_b__"),
        ("CON", "_CON"),
        ("nul.txt", "_nul.txt"),
        ("trailing. ", "trailing"),
        ("\u202efdp", "_fdp"),
        ("x" * 99, "x" * 48),
        ("", "_"),
    ],
)
def test_names_can_be_unpacked_anywhere(text: str, name: str) -> None:
    assert names.plain(text) == name


def test_folders_that_would_be_the_same_bear_an_id() -> None:
    assert names.folders([(7, "1/1"), (8, "1:1"), (9, "A"), (10, "a"), (11, "2-3")]) == {
        7: "items/1_1-7",
        8: "items/1_1-8",
        9: "items/A-9",
        10: "items/a-10",
        11: "items/2-3",
    }


def test_an_ending_is_kept_where_it_is_one() -> None:
    assert [names.ending(n) for n in ("a.PDF", "a", "a.", "a.文件", "a.tar.gz")] == [
        ".pdf",
        "",
        "",
        "",
        ".gz",
    ]
