"""Whatever is done to an archive is found; of one left alone nothing is."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from pytest_django.fixtures import Settings

from tests.reports import tampering
from tests.reports.archived import Known, files_of, furnished, made, subjects_of

pytestmark = [pytest.mark.django_db, pytest.mark.no_cover]


@pytest.fixture(autouse=True)
def _apart(tmp_path: Path, settings: Settings) -> None:
    settings.EVIDENCE_ROOT = tmp_path / "evidence"
    settings.ARCHIVES_AT_WORK = tmp_path / "at-work"
    settings.AUDIT_KEYS = {"1": "00" * 32}  # to a MAC the same as no key at all


@pytest.mark.sqlite  # what is done is done to files
def test_there_are_35_kinds_and_each_is_found_at_every_place(tmp_path: Path) -> None:
    house, round_ = furnished()
    earlier = files_of(made(round_.subject, house.office))
    genuine = files_of(made(round_.subject, house.office))
    known = Known.now(tmp_path)
    assert len(tampering.KINDS) == 35
    missed = [
        (name, place)
        for name in tampering.KINDS
        for place in range(3)
        if not tampering.is_found(name, place, genuine, earlier, known)
    ]
    assert missed == []


def test_of_archives_of_a_round_played_at_random_nothing_is_found(tmp_path: Path) -> None:
    house, round_ = furnished(by=Random(7))
    found = {}
    for subject in subjects_of(round_):
        archive = made(subject, house.office)
        found[subject] = Known.now(tmp_path).findings(archive)
    assert len(found) == 10
    assert {subject: codes for subject, codes in found.items() if codes} == {}
