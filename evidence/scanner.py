"""Asks clamd, where one is named, by its INSTREAM command; no answer is no permission."""

from __future__ import annotations

import os
import socket
import time
from typing import BinaryIO
from urllib.parse import urlsplit

from django.conf import settings

CHUNK = 1 << 16
_BYTES_A_SECOND = 20 << 20
_CONNECT = 2.0
_LONGEST_ANSWER = 4096


class Down(Exception):
    """The scanner did not answer whether the file is clean; its words say why."""


def scan(file: BinaryIO) -> str:
    """The name of what was found in the file, or nothing; also where no scanner is named."""
    if not settings.SCANNER:
        return ""
    try:
        with _connected(settings.SCANNER) as line:
            return _verdict(_asked(line, file))
    except OSError as broken:
        raise Down(broken.strerror or type(broken).__name__) from broken


def _connected(address: str) -> socket.socket:
    """`tcp://host:port` or `unix:///path/of.sock`."""
    parts = urlsplit(address)
    if parts.scheme == "tcp":
        return socket.create_connection((parts.hostname, parts.port or 3310), _CONNECT)
    line = socket.socket(socket.AF_UNIX)
    try:
        line.settimeout(_CONNECT)
        line.connect(parts.path)
    except OSError:
        line.close()
        raise
    return line


def _asked(line: socket.socket, file: BinaryIO) -> bytes:
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    deadline = time.monotonic() + settings.SCANNER_SECONDS + size // _BYTES_A_SECOND
    try:
        _send(line, b"zINSTREAM\0", deadline)
        while chunk := file.read(CHUNK):
            _send(line, len(chunk).to_bytes(4, "big") + chunk, deadline)
        _send(line, bytes(4), deadline)
    except (BrokenPipeError, ConnectionResetError):
        # It hangs up on a file that is too large for it, after saying so.
        return _heard(line, deadline)
    return _heard(line, deadline)


def _send(line: socket.socket, data: bytes, deadline: float) -> None:
    line.settimeout(_left(deadline))
    line.sendall(data)


def _heard(line: socket.socket, deadline: float) -> bytes:
    answer = b""
    while not answer.endswith(b"\0"):
        line.settimeout(_left(deadline))
        part = line.recv(_LONGEST_ANSWER)
        answer += part
        if not part or len(answer) > _LONGEST_ANSWER:
            raise Down("cut off")
    return answer.rstrip(b"\0")


def _left(deadline: float) -> float:
    if (left := deadline - time.monotonic()) <= 0:
        raise Down("too slow")
    return left


def _verdict(answer: bytes) -> str:
    words = answer.decode("utf-8", "replace").removeprefix("stream: ")
    if words == "OK":
        return ""
    if words.endswith(" FOUND"):
        return words.removesuffix(" FOUND")
    raise Down(words)
