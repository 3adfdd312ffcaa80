"""What `make run` does once the environment is there: python -m tools.run.

Keeps the web process and the worker running in one process group until Ctrl-C or until one of them
ends; tools/installation.py prepares what they need.
"""

from __future__ import annotations

import fcntl
import http.client
import importlib.util
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from tools.installation import ROOT, CannotRunError, prepare, prepared_environment
from tools.process import die_with_parent

PATIENCE = 60  # seconds for the first page to answer
GRACE = 15  # seconds a child gets to finish what it is doing


class StopRequestedError(Exception):
    """Ctrl-C, or a polite kill."""


def chosen_port(environment: Mapping[str, str]) -> int:
    """The port from RECTIFY_PORT, or 8000."""
    word = environment.get("RECTIFY_PORT") or "8000"
    if not (word.isascii() and word.isdigit() and 0 < int(word) < 65536):  # noqa: PLR2004  # TCP's
        raise CannotRunError(f"RECTIFY_PORT must be a number from 1 to 65535, not '{word}'.")
    return int(word)


def insist_on_free(port: int) -> None:
    """Say so now when the port is taken, rather than let the web process fail later."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as why:
            reason = "not allowed here" if isinstance(why, PermissionError) else "already in use"
            other = 8001 if port == 8000 else 8000  # noqa: PLR2004  # the port named by default
            raise CannotRunError(
                f"Port {port} is {reason}. "
                f"Stop what uses it, or choose another port: RECTIFY_PORT={other} make run"
            ) from None


def insist_on_packages() -> None:
    """A half-made environment gets a sentence, not the traceback of the first import."""
    missing = [
        name for name in ("django", "gunicorn", "celery") if not importlib.util.find_spec(name)
    ]
    if missing:
        raise CannotRunError(
            f"The environment lacks {', '.join(missing)}. Remove .venv and run: make setup"
        )


@contextmanager
def only_one(var: Path, port: int) -> Iterator[None]:
    """Hold the folder: two workers on one set of data would both ring the clock."""
    with (var / "run.lock").open("a+", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise CannotRunError(
                f"Rectify already runs from this folder, at http://127.0.0.1:{lock.read()}"
            ) from None
        lock.truncate(0)
        lock.write(str(port))
        lock.flush()
        yield


def commands(port: int) -> dict[str, list[str]]:
    """What runs side by side."""
    web = ["-m", "gunicorn", "project.wsgi:application", "--bind", f"127.0.0.1:{port}"]
    # A part of a file holds its thread while it comes, and on a slow line that is a minute.
    shape = ["--workers", "2", "--worker-class", "gthread", "--threads", "16"]
    quiet = ["--log-level", "warning", "--no-control-socket", "--umask", "0o077"]
    return {
        "The web process": [sys.executable, *web, *shape, *quiet],
        # Celery warns whoever is root; `make run` on a fresh machine often is.
        "The worker": [sys.executable, "-W", "ignore", "manage.py", "work"],
    }


def start(command: list[str], environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """Start one child in our process group; it ends when we do."""
    return subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        preexec_fn=die_with_parent(),  # noqa: PLW1509  # nothing here starts a thread
    )


def stop(children: Mapping[str, subprocess.Popen[bytes]]) -> None:
    """End every child, politely first; another Ctrl-C does not interrupt this."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    for child in children.values():
        if child.poll() is None:
            child.terminate()
    deadline = time.monotonic() + GRACE
    for child in children.values():
        try:
            child.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def insist_on_life(children: Mapping[str, subprocess.Popen[bytes]]) -> None:
    """One without the others is of no use: whichever ended takes the rest with it."""
    for name, child in children.items():
        if (code := child.poll()) is not None:
            raise CannotRunError(f"{name} ended by itself (exit {code}), so the rest was stopped.")


def answers(port: int) -> bool:
    """Whether the web process serves anything yet."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status > 0
    except OSError:
        return False
    finally:
        connection.close()


def await_first_answer(children: Mapping[str, subprocess.Popen[bytes]], port: int) -> None:
    """Wait until a browser would be served."""
    deadline = time.monotonic() + PATIENCE
    while not answers(port):
        insist_on_life(children)
        if time.monotonic() > deadline:
            raise CannotRunError(f"Rectify did not answer on port {port} in {PATIENCE} seconds.")
        time.sleep(0.1)


def serve(environment: Mapping[str, str], port: int, var: Path) -> None:
    """Run everything until told to stop."""
    children: dict[str, subprocess.Popen[bytes]] = {}
    try:
        for name, command in commands(port).items():
            children[name] = start(command, environment)
        await_first_answer(children, port)
        if (var / "demo-logins.txt").exists():
            print(f"The demonstration logins are in {var / 'demo-logins.txt'}", flush=True)
        print(f"Rectify is at http://127.0.0.1:{port} (Ctrl-C stops it)", flush=True)
        while True:
            insist_on_life(children)
            time.sleep(0.3)
    finally:
        stop(children)


def request_stop(*_: object) -> None:
    """Turn a signal into an exception, so that every clean-up on the way runs."""
    raise StopRequestedError


def speak_any_locale(stream: TextIO) -> None:
    """Print Chinese where the terminal can show it, and never fail where it cannot."""
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure:
        reconfigure(encoding="utf-8", errors="backslashreplace")


def main() -> int:
    """Start, and answer the exit code."""
    os.umask(0o077)  # what is written under var/ is the owner's alone
    speak_any_locale(sys.stdout)
    speak_any_locale(sys.stderr)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:  # nohup asked for it
            signal.signal(number, request_stop)
    var = Path(os.environ.get("RECTIFY_VAR") or ROOT / "var").resolve()
    try:
        insist_on_packages()
        port = chosen_port(os.environ)
        var.mkdir(parents=True, exist_ok=True)
        with only_one(var, port):
            insist_on_free(port)
            environment = prepared_environment(var, port)
            prepare(environment, var)
            serve(environment, port, var)
    except StopRequestedError:
        print("Stopped.", flush=True)
    except CannotRunError as why:
        print(why, file=sys.stderr)
        return 1
    except OSError as why:
        print(f"Rectify cannot use {why.filename}: {why.strerror}.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
