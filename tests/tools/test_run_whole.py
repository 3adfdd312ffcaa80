from __future__ import annotations

import http.client
import os
import re
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from tests.house.source import ROOT


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(var: Path, port: int) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """`make run` without make, on a terminal whose locale knows no Chinese."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tools.run"],
        cwd=ROOT,
        env={
            "PATH": os.environ["PATH"],
            "LC_ALL": "POSIX",
            "RECTIFY_VAR": str(var),
            "RECTIFY_PORT": str(port),
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        start_new_session=True,
        # A suite that was itself started in the background ignores Ctrl-C, and so would this.
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 -- only that
    )
    try:
        assert process.stdout is not None
        said = ""
        for line in process.stdout:
            said += line
            if "(Ctrl-C stops it)" in line:
                break
        yield process, said
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)


def group(leader: int) -> list[int]:
    """Living processes of a process group."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _parent, its_group = entry.read_text().rsplit(")", 1)[1].split()[:3]
        except OSError:
            continue
        if int(its_group) == leader and state != "Z":
            found.append(int(entry.parent.name))
    return found


def status(port: int, path: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    finally:
        connection.close()


@pytest.mark.sqlite  # the embedded default; it is not the suite's database in any case
def test_the_first_run_prints_logins_the_second_keeps_the_data_and_both_end_whole(
    tmp_path: Path,
) -> None:
    var, port = tmp_path / "整改 var", free_port()

    with running(var, port) as (process, said):
        assert f"Rectify is at http://127.0.0.1:{port} (Ctrl-C stops it)" in said, said
        assert "Traceback" not in said
        logins = (var / "demo-logins.txt").read_text(encoding="utf-8")
        assert logins.strip() in said
        assert stat.S_IMODE((var / "demo-logins.txt").stat().st_mode) == 0o600
        assert stat.S_IMODE((var / "rectify.sqlite3").stat().st_mode) == 0o600
        assert status(port, "/login/") == 200
        assert len(group(process.pid)) >= 4  # this one, the web process and its two, the worker
        os.killpg(process.pid, signal.SIGINT)  # what Ctrl-C does
        rest, _nothing = process.communicate(timeout=60)
        assert process.returncode == 0, rest
        assert group(process.pid) == []

    with running(var, port) as (process, said):
        assert f"Rectify is at http://127.0.0.1:{port} (Ctrl-C stops it)" in said, said
        assert f"The demonstration logins are in {var / 'demo-logins.txt'}" in said
        assert not re.search(logins.splitlines()[1].split()[-2], said)
        assert (var / "demo-logins.txt").read_text(encoding="utf-8") == logins
    assert group(process.pid) == []
