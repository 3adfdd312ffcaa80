from __future__ import annotations

import importlib.util
import os
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.house.source import ROOT
from tools import installation, run

POSIX = {"LC_ALL": "POSIX", "LANG": "", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that somebody else listens on."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


def start(var: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tools.run"],
        cwd=ROOT,
        env={**os.environ, "RECTIFY_VAR": str(var), **environment},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


def test_a_taken_port_is_said_in_a_sentence_that_names_it_and_the_way_out(
    taken: int, tmp_path: Path
) -> None:
    done = start(tmp_path, RECTIFY_PORT=str(taken))
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr == (
        f"Port {taken} is already in use. Stop what uses it, "
        "or choose another port: RECTIFY_PORT=8000 make run\n"
    )
    assert not (tmp_path / "secrets.env").exists()


def test_the_way_out_of_a_taken_8000_is_8001(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(98, "in use")

    monkeypatch.setattr(socket.socket, "bind", refuse)
    with pytest.raises(installation.CannotRunError, match="RECTIFY_PORT=8001 make run"):
        run.insist_on_free(8000)


def test_a_terminal_without_chinese_or_utf8_gets_the_same_sentence(
    taken: int, tmp_path: Path
) -> None:
    folder = tmp_path / "整改"
    done = start(folder, RECTIFY_PORT=str(taken), **POSIX)
    assert done.returncode == 1
    assert f"Port {taken} is already in use." in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("word", ["eighty", "0", "65536", "-1", "8000.0", "八千"])
def test_a_port_that_is_no_port_is_said_so(word: str, tmp_path: Path) -> None:
    done = start(tmp_path, RECTIFY_PORT=word)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"RECTIFY_PORT must be a number from 1 to 65535, not '{word}'.\n"


def test_a_second_start_from_the_same_folder_is_told_where_the_first_is(tmp_path: Path) -> None:
    with run.only_one(tmp_path, 8765):
        done = start(tmp_path, RECTIFY_PORT="8766")
    assert done.returncode == 1
    assert done.stderr == "Rectify already runs from this folder, at http://127.0.0.1:8765\n"


def test_a_folder_that_cannot_be_made_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    done = start(tmp_path / "file")
    assert done.returncode == 1
    assert done.stderr.startswith(f"Rectify cannot use {tmp_path / 'file'}: ")
    assert "Traceback" not in done.stderr


def test_an_environment_without_django_is_said_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: name != "django" or None)
    with pytest.raises(installation.CannotRunError, match=r"lacks django\. Remove \.venv and run"):
        run.insist_on_packages()


def test_secrets_are_made_once_and_only_the_owner_reads_them(tmp_path: Path) -> None:
    first = installation.saved_secrets(tmp_path)
    assert len(bytes.fromhex(first["RECTIFY_AUDIT_KEY"])) == 32
    assert len(first["RECTIFY_SECRET_KEY"]) >= 50
    assert stat.S_IMODE((tmp_path / "secrets.env").stat().st_mode) == 0o600
    assert installation.saved_secrets(tmp_path) == first


def test_a_secret_that_a_later_release_needs_is_added_to_those_that_are_kept(
    tmp_path: Path,
) -> None:
    first = installation.saved_secrets(tmp_path)
    assert len(bytes.fromhex(first["RECTIFY_CHECKPOINT_KEY"])) == 32
    older = {name: value for name, value in first.items() if "CHECKPOINT" not in name}
    (tmp_path / "rectify.sqlite3").write_bytes(b"data")
    (tmp_path / "secrets.env").write_text("".join(f"{n}={v}\n" for n, v in older.items()))
    then = installation.saved_secrets(tmp_path)
    assert then | older == then
    assert then.keys() == first.keys()
    assert installation.saved_secrets(tmp_path) == then


def test_lost_secrets_beside_kept_data_are_not_made_anew(tmp_path: Path) -> None:
    (tmp_path / "rectify.sqlite3").write_bytes(b"data")
    with pytest.raises(installation.CannotRunError, match="Put it back from a copy"):
        installation.saved_secrets(tmp_path)
    assert not (tmp_path / "secrets.env").exists()


def test_what_the_caller_sets_wins_over_what_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RECTIFY_DATABASE_URL", "postgresql:///elsewhere")
    environment = installation.prepared_environment(tmp_path, 8765)
    assert environment["RECTIFY_DATABASE_URL"] == "postgresql:///elsewhere"
    assert environment["RECTIFY_VAR"] == str(tmp_path)
    assert environment["RECTIFY_URL"] == "http://127.0.0.1:8765"
    assert environment["PYTHONUTF8"] == "1"


def sleeper(tmp_path: Path, words: str) -> list[str]:
    """A child that leaves its process number behind."""
    note = tmp_path / "pid"
    say = f"import os, pathlib, time; pathlib.Path({str(note)!r}).write_text(str(os.getpid()))"
    return [sys.executable, "-c", f"{say}; {words}"]


def gone(pid: int) -> bool:
    state = Path(f"/proc/{pid}/stat")
    return not state.exists() or state.read_text().rsplit(")", 1)[1].split()[0] == "Z"


def wait_until(what: Callable[[], object]) -> None:
    deadline = time.monotonic() + 20
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_child_that_ends_takes_the_other_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lasting = sleeper(tmp_path, "time.sleep(60)")
    monkeypatch.setattr(
        run,
        "commands",
        lambda _port: {"The worker": lasting, "The web": [sys.executable, "-c", "exit(3)"]},
    )
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    try:
        with pytest.raises(
            installation.CannotRunError, match=r"The web ended by itself \(exit 3\)"
        ):
            run.serve(dict(os.environ), 1, tmp_path)
    finally:
        signal.signal(signal.SIGINT, before[0])
        signal.signal(signal.SIGTERM, before[1])
    note = tmp_path / "pid"
    assert not note.exists() or gone(int(note.read_text()))


def test_children_end_even_when_the_parent_is_killed_outright(tmp_path: Path) -> None:
    child = sleeper(tmp_path, "time.sleep(60)")
    words = f"run.start({child!r}, dict(os.environ)); time.sleep(60)"
    parent = subprocess.Popen(
        [sys.executable, "-c", f"import os, time; from tools import installation, run; {words}"],
        cwd=ROOT,
    )
    note = tmp_path / "pid"
    wait_until(lambda: note.exists() and note.read_text())
    parent.kill()
    parent.wait()
    wait_until(lambda: gone(int(note.read_text())))
