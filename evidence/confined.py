"""Has a file read by a process of its own, which may fall over it and take nothing along."""

from __future__ import annotations

import os
import select
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from django.conf import settings

if TYPE_CHECKING:
    from collections.abc import Sequence

_HOME = str(Path(__file__).resolve().parent.parent)
_BOOT = (
    "import sys; sys.path.insert(0, sys.argv[1]);"
    "from evidence.cell import main;"
    "main(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), sys.argv[5:])"
)
# Nothing of ours, and one thread: the memory of a process is counted with room for each.
_SURROUNDINGS = {"LANG": "C.UTF-8", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
_BYTES_A_SECOND = 20 << 20


def run(
    module: str,
    arguments: Sequence[str],
    file: BinaryIO,
    *,
    seconds: int,
    memory: int,
    longest_answer: int,
) -> bytes | None:
    """What `module.answer(file, *arguments)` answered in a process without network or writing.

    Nothing when it fell, was stopped, took too long (`seconds` of the processor, twice as many of
    the clock) or said more than `longest_answer` bytes.
    """
    limits = [str(memory), str(seconds)]
    with subprocess.Popen(  # noqa: S603 -- our own interpreter with our own words
        [sys.executable, "-I", "-c", _BOOT, _HOME, module, *limits, *arguments],
        stdin=file,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=_SURROUNDINGS,
        cwd="/",
    ) as process:
        ends = time.monotonic() + 2 * seconds
        try:
            said = _heard(process, longest_answer, ends)
            ended_well = said is not None and _ended_well(process, ends)
        finally:
            process.kill()
    return said if ended_well else None


def seconds_for(size: int) -> int:
    """How much of the processor may go into a file: a larger one gets a little more."""
    return int(settings.INSPECTION_SECONDS + size // _BYTES_A_SECOND)


def _heard(process: subprocess.Popen[bytes], longest: int, ends: float) -> bytes | None:
    """All it says until it falls silent; None when that is too much, or too late."""
    assert process.stdout is not None  # noqa: S101 -- asked for above
    pipe = process.stdout.fileno()
    poll = select.poll()
    poll.register(pipe)
    said = bytearray()
    while poll.poll(1000 * max(0.0, ends - time.monotonic())):
        more = os.read(pipe, 1 << 20)
        said += more
        if not more:
            return bytes(said)
        if len(said) > longest:
            return None
    return None


def _ended_well(process: subprocess.Popen[bytes], ends: float) -> bool:
    try:
        return process.wait(max(0.0, ends - time.monotonic())) == 0
    except subprocess.TimeoutExpired:
        return False
