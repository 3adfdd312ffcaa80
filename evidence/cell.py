"""The inside of a confined process: it may read, think and answer, and little of each.

Started by `confined` with a file as its standard input. It asks one module for its
`answer(file, *arguments)`, writes those bytes and ends.
"""

from __future__ import annotations

import os
import resource
import sys
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

# No parser has business with any of these; should one be talked into it, it fails.
_FORBIDDEN = (
    "socket.",
    "subprocess.",
    "os.exec",
    "os.fork",
    "os.posix_spawn",
    "os.spawn",
    "os.system",
    "os.remove",
    "os.rename",
    "os.truncate",
    "os.chmod",
    "os.kill",
    "os.link",
    "os.symlink",
)
_WRITING = os.O_WRONLY | os.O_RDWR


def main(
    module: str,
    memory: int,
    seconds: int,
    arguments: Sequence[str],
    *,
    source: int = 0,
    answer: int = 1,
) -> None:
    confine(memory, seconds)
    with os.fdopen(source, "rb", closefd=False) as file:
        left = memoryview(import_module(module).answer(file, *arguments))
    while left:
        left = left[os.write(answer, left) :]


def confine(memory: int, seconds: int) -> None:
    """Give up what is not needed, before the first byte of the file is read."""
    for limit, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (most, most))
    sys.addaudithook(forbid)


def forbid(event: str, args: tuple[object, ...]) -> None:
    if event == "open":
        flags = args[2]
        if isinstance(flags, int) and flags & _WRITING:
            raise PermissionError(event)
    elif event.startswith(_FORBIDDEN):
        raise PermissionError(event)
