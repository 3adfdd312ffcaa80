"""LibreOffice, where it is installed: an office paper as a PDF, in a folder thrown away after."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from collections.abc import Iterator

PROGRAMS = ("soffice", "libreoffice")
# Enough for LibreOffice to start with its fonts; a paper that wants more is not drawn.
MEMORY = 4 << 30
LARGEST_PDF = 512 << 20


class NotConvertedError(Exception):
    """LibreOffice fell, took too long, or left no PDF behind."""


def program() -> str | None:
    """Where LibreOffice is, or None."""
    return next(filter(None, map(shutil.which, PROGRAMS)), None)


@contextmanager
def as_pdf(path: Path, ending: str) -> Iterator[Path]:
    """The paper as a PDF, for as long as the block lasts.

    What it may reach is little: a home of its own, no proxy, limits on time, memory and files. The
    inspection has turned away macros, external links and embedded objects before.
    """
    command = program()
    if command is None:
        raise NotConvertedError
    with tempfile.TemporaryDirectory(prefix="rectify-office-") as name:
        folder = Path(name)
        paper = folder / f"paper.{ending}"
        shutil.copyfile(path, paper)
        _convert(command, paper, folder)
        pdf = folder / "paper.pdf"
        if not pdf.exists():
            raise NotConvertedError
        yield pdf


def _convert(command: str, paper: Path, folder: Path) -> None:
    words = [
        command,
        f"-env:UserInstallation=file://{folder}/profile",
        *("--headless", "--norestore", "--nolockcheck", "--nodefault"),
        *("--convert-to", "pdf", "--outdir", str(folder), str(paper)),
    ]
    surroundings = {"HOME": str(folder), "PATH": os.defpath, "LANG": "C.UTF-8"}
    with subprocess.Popen(  # noqa: S603 -- the program found above, with our own words
        words,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=surroundings,
        cwd=folder,
        preexec_fn=_confine,  # noqa: PLW1509 -- only sets limits
        start_new_session=True,
    ) as process:
        try:
            process.wait(settings.OFFICE_SECONDS)
        except subprocess.TimeoutExpired:
            raise NotConvertedError from None
        finally:
            _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """LibreOffice is a shell script that starts another: the whole group ends."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def _confine() -> None:
    for limit, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, int(settings.OFFICE_SECONDS)),
        (resource.RLIMIT_FSIZE, LARGEST_PDF),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (most, most))
