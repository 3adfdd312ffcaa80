"""What a confined process is talked into, by a file as hostile as can be."""

from __future__ import annotations

import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO


def answer(file: BinaryIO, deed: str, *about: str) -> bytes:
    """Do one deed, or read the file aloud; `held` when it was kept from the deed."""
    if deed not in DEEDS:
        return b"|".join([file.read(), *(word.encode() for word in about)])
    try:
        said = DEEDS[deed](*about)
    except PermissionError:
        return b"held"
    return said if isinstance(said, bytes) else b"free"


def loop() -> None:
    while True:
        pass


def mute() -> None:
    os.close(1)
    time.sleep(60)


def fall() -> None:
    raise ValueError


def stop_halfway() -> None:
    os.write(1, b"half of it")
    sys.exit(1)


DEEDS: dict[str, Callable[..., object]] = {
    "say": lambda many: b"x" * int(many),
    "loop": loop,
    "sleep": lambda: time.sleep(60),
    "mute": mute,
    "raise": fall,
    "abort": os.abort,
    "kill": lambda: signal.raise_signal(signal.SIGKILL),
    "exit": stop_halfway,
    "call": lambda _path: socket.socket(),
    "write": lambda path: Path(path).write_bytes(b""),
    "fork": lambda _path: os.fork(),
    "run": lambda _path: os.system("true"),
}
