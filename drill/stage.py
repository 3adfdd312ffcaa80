"""What a drill stands on: a database of its own, and children killed by their own id."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tools.process import die_with_parent

ROOT = Path(__file__).resolve().parent.parent
RESULT = "RECTIFY_DRILL_RESULT"
"""Names the file that a drill leaves its figures in, for `python -m drill`."""
EMPTY = "RECTIFY_DRILL_EMPTY"
"""Names an SQLite database that was migrated already: the tests run seven drills."""


@contextmanager
def prepared() -> Iterator[Path]:
    """Django over an empty database: one in a temporary folder, or RECTIFY_DATABASE_URL's."""
    with tempfile.TemporaryDirectory(prefix="rectify-drill-") as name:
        # As in production but for hashes that cost nothing and files served from their source.
        os.environ.update(RECTIFY_ENV="test", RECTIFY_VAR=name, RECTIFY_SMTP_HOST="")
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")
        migrated(Path(name))
        yield Path(name)


def migrated(folder: Path) -> None:
    """Start Django over a database with its tables and triggers, and no rows."""
    import django

    django.setup()
    if path := os.environ.pop(EMPTY, ""):
        shutil.copyfile(path, folder / "rectify.sqlite3")
        return
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def child(words: list[str], log: Path, **extra: str) -> subprocess.Popen[bytes]:
    """A process of ours in a group of its own, that does not outlive us."""
    with log.open("ab") as out:
        return subprocess.Popen(
            [sys.executable, "-W", "ignore", *words],
            cwd=ROOT,
            env={**os.environ, **extra},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            process_group=0,
            preexec_fn=die_with_parent(signal.SIGKILL),  # noqa: PLW1509 -- no thread yet
        )


def kill(process: subprocess.Popen[bytes]) -> None:
    """-9 to the whole group, at once."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def children(parent: int) -> list[int]:
    found = Path(f"/proc/{parent}/task/{parent}/children")
    return [int(word) for word in found.read_text().split()] if found.exists() else []


def stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            kill(process)


def conclude(name: str, outcome: Any) -> int:
    """Say the figures, leave them where they were asked for, and answer the exit code."""
    print(f"{name}: {outcome}")
    print("good" if outcome.good else "NOT GOOD")
    if path := os.environ.get(RESULT):
        Path(path).write_text(json.dumps(asdict(outcome)), encoding="utf-8")
    return 0 if outcome.good else 1
