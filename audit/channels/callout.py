"""One POST to a checked address: bounded in time and in size, never sent on elsewhere."""

from __future__ import annotations

import http.client
import json
import socket
import ssl
from contextlib import suppress
from dataclasses import dataclass
from threading import Timer
from typing import TYPE_CHECKING, Any

from django.conf import settings

from audit.channels import guard

if TYPE_CHECKING:
    from collections.abc import Mapping

TIMEOUT = 5.0
"""Seconds for each step: connecting, and each wait for the other side."""
DEADLINE = 15.0
"""Seconds for the whole call, however slowly the other side drips."""
LARGEST_ANSWER = 64 * 1024
KEY_HEADER = "X-Rectify-Key"


class NotTaken(Exception):
    """The other side answered, and not with yes. Says the host, the status and its words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    host: str
    status: int
    body: bytes

    def json(self) -> dict[str, Any]:
        with suppress(ValueError):
            read = json.loads(self.body)
            if isinstance(read, dict):
                return read
        raise NotTaken(f"{self.host} answered with something that is not JSON.")


def encoded(body: dict[str, Any]) -> bytes:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def post(url: str, body: bytes, headers: Mapping[str, str] | None = None) -> Answer:
    """Send JSON; NotTaken unless the answer is a plain yes (2xx)."""
    allowed = settings.CALLOUT_HOSTS
    target = guard.target_of(url, allowed)
    address = guard.address_of(target, allowed)
    line = socket.create_connection((address, target.port), timeout=TIMEOUT)
    # A thread, because a timeout on the socket begins anew with every byte that comes; its own
    # handle, because TLS takes the first one over.
    handle = line.dup()
    cut = Timer(DEADLINE, _hang_up, [handle])
    cut.start()
    try:
        answer = _ask(line, target, body, headers or {})
    finally:
        cut.cancel()
        cut.join()
        handle.close()
        line.close()
    if not 200 <= answer.status < 300:  # noqa: PLR2004 -- what HTTP calls a success
        raise NotTaken(f"{answer.host} answered {answer.status}.")
    return answer


def _ask(
    line: socket.socket, target: guard.Target, body: bytes, headers: Mapping[str, str]
) -> Answer:
    if target.scheme == "https":
        # The name is checked against the certificate, though the number was dialled.
        line = ssl.create_default_context().wrap_socket(line, server_hostname=target.host)
    connection = http.client.HTTPConnection(target.host, target.port)
    connection.sock = line
    try:
        connection.request(
            "POST",
            target.path,
            body=body,
            headers={
                "Host": target.authority,
                "Content-Type": "application/json; charset=utf-8",
                "User-Agent": "Rectify",
                **headers,
            },
        )
        response = connection.getresponse()
        read = response.read(LARGEST_ANSWER + 1)
    except http.client.HTTPException as fault:
        raise NotTaken(f"{target.host} does not speak HTTP: {type(fault).__name__}.") from None
    finally:
        connection.close()
    if len(read) > LARGEST_ANSWER:
        raise NotTaken(f"{target.host} answered with more than {LARGEST_ANSWER} bytes.")
    return Answer(host=target.host, status=response.status, body=read)


def _hang_up(line: socket.socket) -> None:
    with suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)
