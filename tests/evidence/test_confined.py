"""A confined process is bounded in time, memory and words, and can only read and answer."""

from __future__ import annotations

import io
import os
import resource
import sys
import time
from pathlib import Path

import pytest

from evidence import cell, confined

CELLMATE = "tests.evidence.cellmate"
MEMORY = 512 << 20


@pytest.fixture
def note(tmp_path: Path) -> Path:
    path = tmp_path / "note"
    path.write_bytes(b"lamps")
    return path


def ran(
    path: Path, *words: str, seconds: int = 5, memory: int = MEMORY, longest: int = 99
) -> object:
    with path.open("rb") as file:
        return confined.run(
            CELLMATE, words, file, seconds=seconds, memory=memory, longest_answer=longest
        )


def test_a_module_is_given_the_file_and_the_words_and_its_answer_comes_back(note: Path) -> None:
    assert ran(note, "echo", "a b", "照明") == "lamps|a b|照明".encode()


def test_an_answer_longer_than_a_pipe_holds_comes_back_whole(note: Path) -> None:
    assert ran(note, "say", "3000000", longest=3_000_000) == b"x" * 3_000_000


def test_whoever_says_more_than_he_may_has_said_nothing(note: Path) -> None:
    assert ran(note, "say", "100", longest=99) is None
    began = time.monotonic()
    assert ran(note, "say", "300000000", longest=99) is None
    assert time.monotonic() - began < 8


@pytest.mark.parametrize("deed", ["loop", "sleep", "mute"])
def test_a_process_that_takes_too_long_is_stopped(note: Path, deed: str) -> None:
    began = time.monotonic()
    assert ran(note, deed, seconds=1) is None
    assert time.monotonic() - began < 8


@pytest.mark.parametrize("deed", ["raise", "abort", "kill", "exit"])
def test_a_process_that_falls_answers_nothing(note: Path, deed: str) -> None:
    assert ran(note, deed) is None


def test_a_process_gets_no_more_memory_than_it_may_have(note: Path) -> None:
    assert ran(note, "say", "10", longest=10) == b"x" * 10
    assert ran(note, "say", str(MEMORY), longest=MEMORY) is None


@pytest.mark.parametrize("deed", ["call", "write", "fork", "run"])
def test_a_process_can_neither_call_out_nor_write_nor_have_children(
    note: Path, tmp_path: Path, deed: str
) -> None:
    assert ran(note, deed, str(tmp_path / "a")) == b"held"
    assert list(tmp_path.iterdir()) == [note]


def test_a_large_file_gets_a_second_more_for_every_twenty_megabytes() -> None:
    assert [confined.seconds_for(n) for n in (1, 20 << 20, 200 << 20)] == [20, 21, 30]


def test_the_process_gives_up_what_it_does_not_need(monkeypatch: pytest.MonkeyPatch) -> None:
    given_up: dict[int, tuple[int, int]] = {}
    hooks: list[object] = []
    monkeypatch.setattr(resource, "setrlimit", given_up.__setitem__)
    monkeypatch.setattr(sys, "addaudithook", hooks.append)
    out, into = os.pipe()
    with io.FileIO(os.open(os.devnull, os.O_RDONLY)) as source:
        cell.main(CELLMATE, 2**30, 20, ["say", "9"], source=source.fileno(), answer=into)
    assert os.read(out, 4096) == b"x" * 9
    os.close(out)
    os.close(into)
    assert given_up == {
        resource.RLIMIT_AS: (2**30, 2**30),
        resource.RLIMIT_CPU: (20, 20),
        resource.RLIMIT_FSIZE: (0, 0),
        resource.RLIMIT_CORE: (0, 0),
    }
    assert hooks == [cell.forbid]


@pytest.mark.parametrize(
    ("event", "args"),
    [
        ("socket.connect", ()),
        ("subprocess.Popen", ()),
        ("os.exec", ()),
        ("os.remove", ()),
        ("open", ("/tmp/a", "w", os.O_WRONLY | os.O_CREAT)),
        ("open", ("/tmp/a", "r+", os.O_RDWR)),
    ],
)
def test_whoever_was_talked_into_more_than_reading_fails(
    event: str, args: tuple[object, ...]
) -> None:
    with pytest.raises(PermissionError):
        cell.forbid(event, args)


def test_reading_and_loading_are_allowed() -> None:
    cell.forbid("open", ("/tmp/a", "r", os.O_RDONLY))
    cell.forbid("open", ("/tmp/a", "r", None))
    cell.forbid("import", ("zlib",))
