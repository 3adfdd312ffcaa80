"""An archive holds all of its items, is the same bytes every time, and proves itself."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from tests.reports.archived import furnished, made, verified

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _apart(tmp_path: Path, settings: Settings) -> None:
    settings.EVIDENCE_ROOT = tmp_path / "evidence"
    settings.ARCHIVES_AT_WORK = tmp_path / "at-work"


def test_an_archive_of_a_round_is_whole(tmp_path: Path) -> None:
    house, round_ = furnished()
    archive = made(round_.subject, house.office)
    (tmp_path / "a.zip").write_bytes(archive)
    code, told = verified(archive, tmp_path)
    assert (code, told["findings"]) == (0, [])
