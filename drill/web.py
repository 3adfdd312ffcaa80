"""The web process as drills and measurements start and kill it, and somebody who is logged in."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import time
from pathlib import Path
from typing import TYPE_CHECKING

from drill import stage

if TYPE_CHECKING:
    from core.models import User

PATIENCE = 120.0
WEB = ["-m", "gunicorn", "project.wsgi:application"]
SHAPE = ["--workers", "2", "--worker-class", "gthread", "--threads", "4"]
QUIET = ["--log-level", "critical", "--no-control-socket", "--preload"]
TOKEN = "t" * 32


class Web:
    """Two web processes and their master, started again after each kill."""

    def __init__(self, folder: Path) -> None:
        self._log = folder / "web.log"
        self.port = free_port()
        self.kills = 0
        self.start()

    def start(self) -> None:
        bind = ["--bind", f"127.0.0.1:{self.port}"]
        self.process = stage.child([*WEB, *bind, *SHAPE, *QUIET], self._log)
        self._await()

    def _await(self) -> None:
        until = time.monotonic() + PATIENCE
        while not answers(self.port):
            if self.process.poll() is not None or time.monotonic() > until:
                raise RuntimeError("no web: " + self._log.read_text(errors="replace")[-2000:])
            time.sleep(0.02)

    def kill(self) -> None:
        """-9 to both at once; their master starts new ones, or is killed with them."""
        self.kills += 1
        if self.kills % 10 == 0:
            stage.kill(self.process)
            self.start()
            return
        for one in stage.children(self.process.pid):
            os.kill(one, signal.SIGKILL)
        self._await()

    def stop(self) -> None:
        stage.stop(self.process)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(port: int) -> bool:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        line.request("GET", "/live")
        return line.getresponse().status > 0
    except OSError:
        return False
    finally:
        line.close()


def headers(owner: User) -> dict[str, str]:
    """The session and the token of somebody who is logged in."""
    from django.test import Client

    browser = Client()
    browser.force_login(owner)
    session = browser.cookies["sessionid"].value
    return {"Cookie": f"sessionid={session}; csrftoken={TOKEN}", "X-CSRFToken": TOKEN}
