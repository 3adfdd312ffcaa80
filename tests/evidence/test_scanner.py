"""The scanner is asked by clamd's own protocol; without its yes a file stays in quarantine."""

from __future__ import annotations

import io
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from evidence import scanner
from evidence.inspection import inspector
from evidence.inspection.verdict import State
from tests.evidence.hostile.bad_files import EICAR

LIMIT = 300_000


def heard(line: socket.socket) -> bytes:
    """What came by INSTREAM, as a clamd hears it; cut at its own limit."""
    file = line.makefile("rb")
    assert file.read(10) == b"zINSTREAM\0"
    content = b""
    while length := int.from_bytes(file.read(4), "big"):
        content += file.read(length)
        if len(content) > LIMIT:
            line.sendall(b"INSTREAM size limit exceeded. ERROR\0")
            raise ConnectionAbortedError
    return content


def looks(line: socket.socket) -> None:
    found = b"Eicar-Signature FOUND" if EICAR in heard(line) else b"OK"
    line.sendall(b"stream: ")
    line.sendall(found + b"\0")


def fails(line: socket.socket) -> None:
    heard(line)
    line.sendall(b"stream: Can't allocate memory ERROR\0")


def hangs_up(line: socket.socket) -> None:
    heard(line)


def babbles(line: socket.socket) -> None:
    heard(line)
    line.sendall(b"x" * 9000)


def dawdles(line: socket.socket) -> None:
    line.recv(1)
    threading.Event().wait(3)


@contextmanager
def clamd(behaviour: Callable[[socket.socket], None], server: socket.socket) -> Iterator[None]:
    def serve() -> None:
        try:
            line, _address = server.accept()
        except OSError:
            return
        with line:
            try:
                behaviour(line)
            except (ConnectionError, AssertionError):
                return

    server.listen()
    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield
    finally:
        server.close()
        thread.join(10)


def tcp(settings: Settings) -> socket.socket:
    server = socket.create_server(("127.0.0.1", 0))
    settings.SCANNER = f"tcp://127.0.0.1:{server.getsockname()[1]}"
    return server


def test_without_a_scanner_nobody_is_asked(settings: Settings) -> None:
    settings.SCANNER = ""
    assert scanner.scan(io.BytesIO(EICAR)) == ""


@pytest.mark.parametrize(
    ("content", "found"),
    [(b"lamps", ""), (b"x" * 200_000, ""), (b"a" * 70_000 + EICAR, "Eicar-Signature")],
)
def test_it_says_clean_or_the_name_of_what_it_found(
    content: bytes, found: str, settings: Settings
) -> None:
    with clamd(looks, tcp(settings)):
        assert scanner.scan(io.BytesIO(content)) == found


def test_it_is_reached_by_a_socket_on_disk_too(tmp_path: Path, settings: Settings) -> None:
    settings.SCANNER = f"unix://{tmp_path}/clamd.ctl"
    server = socket.socket(socket.AF_UNIX)
    server.bind(f"{tmp_path}/clamd.ctl")
    with clamd(looks, server):
        assert scanner.scan(io.BytesIO(EICAR)) == "Eicar-Signature"


@pytest.mark.parametrize(
    ("behaviour", "why"),
    [
        (fails, "Can't allocate memory ERROR"),
        (hangs_up, "cut off"),
        (babbles, "cut off"),
        (dawdles, ""),
    ],
)
def test_an_error_a_cut_line_and_slowness_are_no_answer(
    behaviour: Callable[[socket.socket], None], why: str, settings: Settings
) -> None:
    settings.SCANNER_SECONDS = 1
    with clamd(behaviour, tcp(settings)), pytest.raises(scanner.Down) as down:
        scanner.scan(io.BytesIO(b"lamps"))
    assert why in str(down.value)


def test_a_file_larger_than_the_scanner_takes_is_not_let_through(settings: Settings) -> None:
    with clamd(looks, tcp(settings)), pytest.raises(scanner.Down):
        scanner.scan(io.BytesIO(bytes(40 << 20)))


def test_time_that_has_run_out_is_no_answer(settings: Settings) -> None:
    settings.SCANNER_SECONDS = 0
    with clamd(looks, tcp(settings)), pytest.raises(scanner.Down) as down:
        scanner.scan(io.BytesIO(b"lamps"))
    assert str(down.value) == "too slow"


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "unix:///nowhere/clamd.ctl"])
def test_a_scanner_that_is_not_there_keeps_the_file_in_quarantine(
    address: str, tmp_path: Path, settings: Settings
) -> None:
    settings.SCANNER = address
    path = tmp_path / "note"
    path.write_bytes(b"lamps")
    verdict = inspector.judge(path, "note.txt")
    assert (verdict.state, verdict.code) == (State.QUARANTINED, "scanner")


def test_what_the_scanner_found_refuses_the_file(tmp_path: Path, settings: Settings) -> None:
    path = tmp_path / "note"
    path.write_bytes(b"lamps")

    def finds(line: socket.socket) -> None:
        heard(line)
        line.sendall(b"stream: Test.Virus FOUND\0")

    with clamd(finds, tcp(settings)):
        verdict = inspector.judge(path, "note.txt")
    assert (verdict.state, verdict.code, verdict.about) == (State.REFUSED, "virus", "Test.Virus")
