"""A real S3 server for the length of a block: rclone, which checks signatures.

It keeps no versions and knows no object lock.
"""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools.process import die_with_parent

RCLONE = Path(sys.executable).with_name("rclone")
KEY, SECRET = "rectify", "a-secret-of-the-tests"
BUCKET = "evidence"
PATIENCE = 20


@dataclass(slots=True)
class Server:
    folder: Path
    port: int
    process: subprocess.Popen[bytes]

    def settings(self, **other: object) -> dict[str, Any]:
        """What `settings.EVIDENCE_S3` is for a deployment that uses this server."""
        return {
            "endpoint": f"http://127.0.0.1:{self.port}",
            "bucket": BUCKET,
            "region": "us-east-1",
            "key": KEY,
            "secret": SECRET,
            "seconds": 5,
            "lock_mode": "",
            "lock_days": 1,
            **other,
        }

    def path_of(self, digest: str) -> Path:
        """Where the server itself has these bytes: whoever breaks into it changes them there."""
        return self.folder / BUCKET / digest[:2] / digest

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(PATIENCE)


@contextmanager
def server(folder: Path) -> Iterator[Server]:
    (folder / BUCKET).mkdir(parents=True)
    port = free_port()
    words = ["serve", "s3", "--addr", f"127.0.0.1:{port}", "--auth-key", f"{KEY},{SECRET}"]
    process = subprocess.Popen(
        [RCLONE, *words, "--vfs-cache-mode", "off", "--dir-cache-time", "0s", str(folder)],
        env={"HOME": str(folder)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=die_with_parent(),  # noqa: PLW1509  # no thread yet
    )
    found = Server(folder, port, process)
    try:
        _wait_for(found)
        yield found
    finally:
        if process.poll() is None:
            found.stop()


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port


def _wait_for(server: Server) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        with socket.socket() as sock:
            if sock.connect_ex(("127.0.0.1", server.port)) == 0:
                return
        time.sleep(0.02)
    raise TimeoutError("rclone did not start")
