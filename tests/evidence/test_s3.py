"""The same storage in a bucket, on a server that checks signatures."""

from __future__ import annotations

import hashlib
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from core.refusals import Unsafe
from demo import papers
from evidence import storage
from tests import s3

PDF = papers.pdf(["the lamps are lit"])
DIGEST = hashlib.sha256(PDF).hexdigest()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[s3.Server]:
    with s3.server(tmp_path_factory.mktemp("s3")) as found:
        yield found


@pytest.fixture(autouse=True)
def _bucket(server: s3.Server, settings: Settings, tmp_path: Path) -> None:
    settings.EVIDENCE_ROOT = tmp_path / "scratch"
    settings.EVIDENCE_S3 = server.settings()


def scratch(settings: Settings) -> list[Path]:
    return [path for path in settings.EVIDENCE_ROOT.rglob("*") if path.is_file()]


def test_bytes_go_into_the_bucket_under_what_they_are_and_come_out_again(
    server: s3.Server, settings: Settings
) -> None:
    stored = storage.keep([PDF[:7], PDF[7:]])
    assert (stored.digest, stored.size) == (DIGEST, len(PDF))
    assert server.path_of(DIGEST).read_bytes() == PDF
    with storage.opened(DIGEST) as file:
        assert file.read(4) == PDF[:4]
        assert file.read() == PDF[4:]
    assert storage.exists(DIGEST)
    assert storage.size(DIGEST) == len(PDF)
    assert storage.intact(DIGEST)
    assert [(f.digest, f.size) for f in storage.everything()] == [(DIGEST, len(PDF))]
    assert scratch(settings) == []


def test_a_finished_file_goes_into_the_bucket_and_is_gone_from_where_it_was(
    server: s3.Server, settings: Settings, tmp_path: Path
) -> None:
    arrived = tmp_path / "arrived"
    arrived.write_bytes(PDF)
    storage.adopt(arrived, DIGEST)
    assert server.path_of(DIGEST).read_bytes() == PDF
    assert not arrived.exists()
    assert scratch(settings) == []


def test_a_parser_gets_a_file_of_its_own_that_is_gone_afterwards(settings: Settings) -> None:
    storage.keep([PDF])
    with storage.local(DIGEST) as path:
        assert path.read_bytes() == PDF
    assert not path.exists()
    assert scratch(settings) == []


def test_what_is_not_in_the_bucket_is_said_not_to_be_there() -> None:
    absent = "0" * 64
    assert not storage.exists(absent)
    assert not storage.intact(absent)
    for ask in (storage.opened, storage.size, storage.delete):
        with pytest.raises(FileNotFoundError):
            ask(absent)
    with pytest.raises(FileNotFoundError), storage.local(absent):
        pass


def test_bytes_changed_on_the_server_are_found_and_sending_them_again_mends_them(
    server: s3.Server,
) -> None:
    storage.keep([PDF])
    server.path_of(DIGEST).write_bytes(PDF + b"!")
    assert not storage.intact(DIGEST)
    storage.keep([PDF])
    assert storage.intact(DIGEST)


def test_what_is_deleted_is_gone() -> None:
    storage.keep([PDF])
    storage.delete(DIGEST)
    assert not storage.exists(DIGEST)
    assert list(storage.everything()) == []


def test_what_the_gate_refuses_never_reaches_the_bucket(server: s3.Server) -> None:
    def refuse(path: Path, digest: str) -> None:
        assert (path.read_bytes(), digest) == (b"bad", hashlib.sha256(b"bad").hexdigest())
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        storage.keep([b"bad"], refuse)
    assert not server.path_of(hashlib.sha256(b"bad").hexdigest()).exists()


@pytest.mark.parametrize("wrong", [{"secret": "another"}, {"key": "stranger"}, {"bucket": "none"}])
def test_a_wrong_secret_a_stranger_and_a_bucket_that_is_none_are_refused_and_change_nothing(
    wrong: dict[str, str], server: s3.Server, settings: Settings
) -> None:
    settings.EVIDENCE_S3 = server.settings(**wrong)
    with pytest.raises(Unsafe):
        storage.keep([b"unsigned"])
    with pytest.raises(Unsafe):
        list(storage.everything())
    assert not server.path_of(hashlib.sha256(b"unsigned").hexdigest()).exists()
    assert scratch(settings) == []


@pytest.mark.parametrize("answers", [False, True])
def test_a_server_that_is_down_or_silent_is_said_to_be_so_and_nothing_is_kept(
    answers: bool, server: s3.Server, settings: Settings
) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        if answers:  # the connection, and then nothing
            silent.listen()
        endpoint = f"http://127.0.0.1:{silent.getsockname()[1]}"
        settings.EVIDENCE_S3 = server.settings(endpoint=endpoint, seconds=1)
        for ask in (lambda: storage.keep([b"lost"]), lambda: storage.intact(DIGEST)):
            with pytest.raises(Unsafe, match="暂无响应"):
                ask()
    assert scratch(settings) == []


def test_an_answer_that_breaks_off_is_no_file(server: s3.Server, settings: Settings) -> None:
    """The server goes away while the bytes are on their way."""

    def half(connection: socket.socket) -> None:
        connection.recv(4096)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf of it")
        connection.close()

    with socket.create_server(("127.0.0.1", 0)) as gone:
        endpoint = f"http://127.0.0.1:{gone.getsockname()[1]}"
        settings.EVIDENCE_S3 = server.settings(endpoint=endpoint, seconds=1)
        answering = threading.Thread(target=lambda: half(gone.accept()[0]))
        answering.start()
        with pytest.raises(Unsafe), storage.local(DIGEST):
            pass
        answering.join()
    assert scratch(settings) == []
