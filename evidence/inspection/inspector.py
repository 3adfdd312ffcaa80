"""Has a file looked into by a process that may fall over it, and believes only a whole answer."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings

from evidence import kinds, scanner
from evidence.inspection.verdict import Spent, State, Verdict

_HOME = str(Path(__file__).resolve().parent.parent.parent)
_BOOT = (
    "import sys; sys.path.insert(0, sys.argv[1]);"
    "from evidence.inspection.worker import main;"
    "main(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))"
)
_LONGEST_ANSWER = 1 << 15
"""Less than a pipe holds, so whoever writes more waits until he is stopped."""
_BYTES_A_SECOND = 20 << 20


def judge(path: Path, name: str, digest: str = "") -> Verdict:
    """What the gate says of a file under its cleaned name; Unmet when the name alone decides."""
    with path.open("rb") as file:
        kinds.kind_of(name, file.read(kinds.BEGINNING))
    return inspect(path, kinds.ending_of(name), digest)


def inspect(path: Path, ending: str, digest: str = "") -> Verdict:
    """Structure first, then the virus scanner where there is one; never an exception.

    `digest` is what the bytes must be, where that is known: what was looked
    into is then what is kept.
    """
    verdict = _looked_into(path, ending, digest)
    if not verdict.clean:
        return verdict
    try:
        with path.open("rb") as file:
            found = scanner.scan(file)
    except scanner.Down as down:
        return Verdict(state=State.QUARANTINED, kind=ending, code="scanner", about=str(down))
    if found:
        return Verdict(state=State.REFUSED, kind=ending, code="virus", about=found)
    return verdict


def _looked_into(path: Path, ending: str, digest: str) -> Verdict:
    size = path.stat().st_size
    seconds = settings.INSPECTION_SECONDS + size // _BYTES_A_SECOND
    limits = [str(settings.INSPECTION_MEMORY), str(seconds)]
    with path.open("rb") as file:
        answer = run([sys.executable, "-I", "-c", _BOOT, _HOME, ending, *limits], file, 2 * seconds)
    return read(answer, ending, digest)


def run(command: list[str], file: BinaryIO, seconds: float) -> bytes | None:
    """What the process answered; nothing when it fell, was stopped or took too long."""
    with subprocess.Popen(  # noqa: S603 -- our own interpreter with our own words
        command,
        stdin=file,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={"LANG": "C.UTF-8"},
        cwd="/",
    ) as process:
        try:
            code = process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            return None
        assert process.stdout is not None  # noqa: S101 -- asked for above
        return process.stdout.read(_LONGEST_ANSWER) if code == 0 else None


def read(answer: bytes | None, ending: str, digest: str) -> Verdict:
    """The verdict an answer is; anything but a whole and proper one is none in favour."""
    fallen = Verdict(state=State.REFUSED, kind=ending, code="inspection")
    if answer is None:
        return fallen
    try:
        told = json.loads(answer)
        if told["clean"] is not True:
            return Verdict(
                state=State.REFUSED,
                kind=ending,
                code=str(told["code"]),
                about=str(told["about"]),
                spent=_spent(told),
            )
        if digest and told["digest"] != digest:
            return fallen
        return Verdict(
            state=State.CLEAN,
            kind=ending,
            notes=tuple(map(str, told["notes"])),
            preview=told["preview"] is True,
            pages=None if told["pages"] is None else int(told["pages"]),
            spent=_spent(told),
        )
    except (ValueError, KeyError, TypeError):
        return fallen


def _spent(told: dict[str, Any]) -> Spent:
    return Spent(peak_kb=int(told["peak_kb"]), cpu_ms=int(told["cpu_ms"]))
