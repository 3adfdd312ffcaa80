"""Has a file looked into by a process that may fall over it, and believes only a whole answer."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.conf import settings

from evidence import confined, kinds, scanner
from evidence.inspection.verdict import Spent, State, Verdict

if TYPE_CHECKING:
    from pathlib import Path

_LONGEST_ANSWER = 1 << 15


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
    with path.open("rb") as file:
        answer = confined.run(
            "evidence.inspection.worker",
            [ending],
            file,
            seconds=confined.seconds_for(path.stat().st_size),
            memory=settings.INSPECTION_MEMORY,
            longest_answer=_LONGEST_ANSWER,
        )
    return read(answer, ending, digest)


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
