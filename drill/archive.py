"""python -m drill.archive [PLACES [CLEAN]]: archives tampered with, and archives left alone.

Every kind of tests/reports/tampering.py is done at PLACES (40) places of a genuine archive, each
time to a fresh copy; the verifier of the archive must find what the kind says, every time. Of CLEAN
(200) genuine archives, made of rounds that were played at random, it must find nothing.

Works on a database of its own in a temporary folder, or on the one RECTIFY_DATABASE_URL names,
which must be empty.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from drill import stage

SEED = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    database: str
    kinds: int
    places: int
    tampered: int
    found: int
    clean: int
    false_alarms: int
    missed: dict[str, int] = field(default_factory=dict)
    """By kind, how often it was not found."""
    seconds: float

    @property
    def good(self) -> bool:
        return self.found == self.tampered == self.kinds * self.places and not self.false_alarms

    def __str__(self) -> str:
        return (
            f"{self.database}: {self.kinds} kinds at {self.places} places, {self.found} of"
            f" {self.tampered} found; {self.false_alarms} false alarms in {self.clean};"
            f" {self.seconds:.0f} s"
        )


def drilled(folder: Path, places: int, clean: int) -> Outcome:
    from django.db import connection

    from tests.reports import archived, tampering

    began = time.monotonic()
    house, round_ = archived.furnished()
    earlier = archived.files_of(archived.made(round_.subject, house.office))
    genuine = archived.files_of(archived.made(round_.subject, house.office))
    known = archived.Known.now(folder)
    missed: dict[str, int] = {}
    for name in tampering.KINDS:
        for place in range(places):
            if not tampering.is_found(name, place, genuine, earlier, known):
                missed[name] = missed.get(name, 0) + 1
    alarms = sum(bool(archived.Known.now(folder).findings(archive)) for archive in _played(clean))
    tampered = len(tampering.KINDS) * places
    return Outcome(
        database=connection.vendor,
        kinds=len(tampering.KINDS),
        places=places,
        tampered=tampered,
        found=tampered - sum(missed.values()),
        clean=clean,
        false_alarms=alarms,
        missed=missed,
        seconds=time.monotonic() - began,
    )


def _played(count: int) -> Iterator[bytes]:
    """Genuine archives of items, problems and rounds that were played at random."""
    from tests.reports import archived

    by = Random(SEED)  # noqa: S311 -- the same rounds every time
    made = 0
    while made < count:
        house, round_ = archived.furnished(by=by)
        for subject in archived.subjects_of(round_):
            if made < count:
                made += 1
                yield archived.made(subject, house.office)


def main() -> int:
    words = [int(word) for word in sys.argv[1:]]
    places, clean = [*words, 40, 200][:2] if len(words) != 1 else (words[0], 200)
    with stage.prepared() as folder:
        return stage.conclude("archive", drilled(folder, places, clean))


if __name__ == "__main__":
    sys.exit(main())
