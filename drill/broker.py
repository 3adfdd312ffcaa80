"""A RabbitMQ of one's own for the length of a block: loopback alone, its own folder and epmd."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tools.process import die_with_parent

# Not the wrapper on the PATH: that one becomes another user and wants a service manager.
SERVER = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
PATIENCE = 90


class NoBrokerError(Exception):
    """No usable RabbitMQ; the sentence says why."""


@contextmanager
def running() -> Iterator[str]:
    """Yields the address of an empty broker."""
    epmd = shutil.which("epmd")
    if not SERVER.exists() or epmd is None:
        raise NoBrokerError("RabbitMQ is not installed (apt-get install rabbitmq-server)")
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="rectify-rabbit-"))
        names, port, between = free_port(), free_port(), free_port()
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": folder,
            "ERL_EPMD_PORT": str(names),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODENAME": "drill@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(port),
            "RABBITMQ_DIST_PORT": str(between),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": (
                "-kernel inet_dist_use_interface {127,0,0,1} +S 1:1"
            ),
            "RABBITMQ_MNESIA_BASE": f"{folder}/data",
            "RABBITMQ_LOG_BASE": f"{folder}/log",
            "RABBITMQ_PID_FILE": f"{folder}/pid",
            "RABBITMQ_ENABLED_PLUGINS_FILE": f"{folder}/plugins",
            "RABBITMQ_CONFIG_FILE": f"{folder}/none",
        }
        log = stack.enter_context(Path(folder, "out").open("wb"))
        words = [epmd, "-address", "127.0.0.1", "-port", str(names)]
        stack.enter_context(_child(words, environment, log.fileno()))
        server = stack.enter_context(_child([str(SERVER)], environment, log.fileno()))
        _await(server, port, Path(folder, "out"))
        yield f"amqp://guest:guest@127.0.0.1:{port}//"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _child(
    words: list[str], environment: dict[str, str], log: int
) -> Iterator[subprocess.Popen[bytes]]:
    """A process and whatever it starts, in a group of their own, ended with the block."""
    process = subprocess.Popen(
        words,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        process_group=0,
        preexec_fn=die_with_parent(),  # noqa: PLW1509 -- no thread yet
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _await(server: subprocess.Popen[bytes], port: int, log: Path) -> None:
    give_up = time.monotonic() + PATIENCE
    while time.monotonic() < give_up and server.poll() is None:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1) as probe:
                # The port opens a little before the node answers: ask for its greeting.
                probe.sendall(b"AMQP\x00\x00\x09\x01")
                if probe.recv(1):
                    return
        except OSError:
            time.sleep(0.2)
    raise NoBrokerError("RabbitMQ did not start: " + log.read_text(errors="replace")[-500:])
