"""What stands at the other end: an HTTP receiver and an SMTP server of a few lines, on loopback."""

from __future__ import annotations

import json
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(slots=True)
class Call:
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        read: dict[str, Any] = json.loads(self.body)
        return read


@dataclass(slots=True)
class Receiver:
    """What came in, and what it answers: (status, headers, body) of each call."""

    port: int = 0
    calls: list[Call] = field(default_factory=list)
    answer: Callable[[Call], tuple[int, dict[str, str], bytes]] = lambda _call: (200, {}, b"{}")

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    def says(self, body: dict[str, Any], status: int = 200) -> None:
        self.answer = lambda _call: (status, {}, json.dumps(body).encode())


@contextmanager
def http_receiver() -> Iterator[Receiver]:
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            call = Call(self.path, dict(self.headers.items()), self.rfile.read(length))
            receiver.calls.append(call)
            status, headers, body = receiver.answer(call)
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: object) -> None:
            pass

    with _served(ThreadingHTTPServer(("127.0.0.1", 0), Handler)) as port:
        receiver.port = port
        yield receiver


@dataclass(slots=True)
class Letterbox:
    port: int = 0
    letters: list[EmailMessage] = field(default_factory=list)
    refuses: set[str] = field(default_factory=set)
    """Addresses that are answered with 550."""


@contextmanager
def smtp_server() -> Iterator[Letterbox]:
    """HELO, MAIL, RCPT, DATA, QUIT: enough of RFC 5321 to take a letter or refuse it."""
    box = Letterbox()

    class Session(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.wfile.write(b"220 letterbox\r\n")
            while line := self.rfile.readline():
                words = line.decode().strip()
                match words[:4].upper():
                    case "RCPT" if any(address in words for address in box.refuses):
                        self.wfile.write(b"550 5.1.1 nobody of that name\r\n")
                    case "DATA":
                        self.take()
                    case "QUIT":
                        self.wfile.write(b"221 bye\r\n")
                        return
                    case _:
                        self.wfile.write(b"250 ok\r\n")

        def take(self) -> None:
            self.wfile.write(b"354 go on\r\n")
            lines = []
            while (line := self.rfile.readline()) not in {b".\r\n", b""}:
                lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
            box.letters.append(
                message_from_bytes(b"".join(lines), _class=EmailMessage, policy=policy.default)
            )
            self.wfile.write(b"250 taken\r\n")

    with _served(socketserver.ThreadingTCPServer(("127.0.0.1", 0), Session)) as port:
        box.port = port
        yield box


@contextmanager
def _served(server: socketserver.TCPServer) -> Iterator[int]:
    # Callers that hang up in the middle are part of the tests.
    server.handle_error = lambda *_args: None  # type: ignore[method-assign]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
