"""python -m bench.archive [FILES [EVENTS]]: how fast an archive is made, and how fast verified.

Making: FILES (10,000; 0 leaves it out) pieces of evidence under a hundred items, against `zip -0`
of the same files unpacked. Verifying: one archive of EVENTS (100,000; 0 leaves it out) events, all
of it, on one core, against a loop that only hashes the bodies, in SHA-256 and in SM3: the ZIP as it
is handed over, and unpacked; then with the events' seals, and the chains and the log alone. The
figures go into bench/evidence.json.
"""

from __future__ import annotations

import gc
import hashlib
import json
import os
import resource
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from drill import stage

if TYPE_CHECKING:
    from core.crypto import Algorithm

RESULTS = Path(__file__).with_name("evidence.json")
ITEMS = 100
SIZE = 50_000
"""Bytes of one piece of evidence."""
TAG = b"rectify-event-v1\0"
RUNS = 3
ALGORITHMS: tuple[Algorithm, ...] = ("sha256", "sm3")


def best(work: Callable[[], Any]) -> float:
    """Seconds of processor time, the least of a few runs: others share this machine."""
    found = []
    for _run in range(RUNS):
        began = time.process_time()
        work()
        found.append(time.process_time() - began)
    return min(found)


def made(folder: Path, files: int) -> dict[str, Any]:
    from tests import make  # noqa: PLC0415 -- once Django is set up
    from tests.reports import archived, grown  # noqa: PLC0415

    house = make.house()
    round_ = make.round_(house)
    with patch("os.fsync"):  # what is put down to be archived need not reach the disk
        grown.laden(house, round_, items=ITEMS, files=files, size=SIZE)
    job = archived.asked(round_.subject, house.office)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    archive = folder / "made.zip"
    began = time.process_time()
    seconds = grown.timed(job, archive)
    busy = time.process_time() - began
    more = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    out = folder / "unpacked"
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(out)
    os.sync()
    idle, began = _of_children(), time.monotonic()
    subprocess.run(["zip", "-0", "-q", "-r", folder / "plain.zip", "."], cwd=out, check=True)
    plain, zipping = time.monotonic() - began, _of_children() - idle
    return {
        "files": files,
        "megabytes": round(archive.stat().st_size / 1e6, 1),
        "seconds": round(seconds, 2),
        "processor seconds": round(busy, 2),
        "zip -0 seconds": round(plain, 2),
        "zip -0 processor seconds": round(zipping, 2),
        "against it": round(seconds / plain, 1),
        "memory grown by megabytes": round(more / 1024, 1),
    }


def _of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def packed(folder: Path) -> Path:
    """The ZIP of a folder, stored as an archive is."""
    path = folder.with_suffix(".zip")
    with zipfile.ZipFile(path, "w") as out:
        for each in sorted(folder.rglob("*")):
            if each.is_file():
                out.write(each, each.relative_to(folder))
    return path


def verified(folder: Path, events: int, algorithm: Algorithm) -> dict[str, Any]:
    from django.conf import settings  # noqa: PLC0415

    from reports.archive import verify  # noqa: PLC0415
    from tests.reports import grown  # noqa: PLC0415

    grown.grown(folder, events=events, algorithm=algorithm)
    seals = {name: bytes.fromhex(key) for name, key in settings.AUDIT_KEYS.items()}

    def checked(path: Path, macs: dict[str, bytes]) -> int:
        done = verify.Verification(verify.Box(str(path)), macs, "", "")
        counted = sum(len(hashes) - 1 for hashes in done.hashes.values())
        bad = [code for code, _where, _about in done.findings if not code.startswith("not ")]
        if bad or counted < events:
            raise SystemExit(f"the archive is not whole: {counted} events, {bad[:5]}")
        return counted

    archive = packed(folder)
    counted = checked(archive, {})
    gc.disable()  # as the program does
    whole, sealed = best(lambda: checked(archive, {})), best(lambda: checked(archive, seals))
    unpacked = best(lambda: checked(folder, {}))
    bodies = [
        line.split(b"\t", 12)[12]
        for path in folder.rglob("events.tsv")
        for line in path.read_bytes().splitlines()[1:]
    ]

    def hashed() -> None:
        prev = bytes(32)
        for body in bodies:
            prev = hashlib.new(algorithm, TAG + prev + body).digest()

    only = best(hashed)
    grown.bared(folder)
    archive = packed(folder)
    bare = best(lambda: checked(archive, {}))
    return {
        "events": counted,
        "bytes a body": sum(map(len, bodies)) // len(bodies),
        "events a second": round(counted / whole),
        "unpacked": round(counted / unpacked),
        "with their seals": round(counted / sealed),
        "chains and log alone": round(counted / bare),
        "hashing only": round(counted / only),
        "hashing against it": round(whole / only, 1),
    }


def main() -> int:
    words = [int(word) for word in sys.argv[1:]]
    files, events = (words + [10_000, 100_000][len(words) :])[:2]
    figures: dict[str, Any] = {}
    with stage.prepared() as folder:
        if files:
            figures["archive against zip -0"] = made(folder, files)
        for algorithm in ALGORITHMS if events else ():
            title = f"verifier of archives, {algorithm}"
            figures[title] = verified(folder / algorithm, events, algorithm)
    known = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    RESULTS.write_text(json.dumps({**known, **figures}, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(figures, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
