"""Every benchmark at its smallest: its figures mean nothing here, but it still runs."""

from __future__ import annotations

import gc
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import override_settings

from bench import archive, breeding, checks, crowd, queue, raw, search
from drill.stage import EMPTY
from tests import template
from tests.house.source import ROOT

pytestmark = [pytest.mark.django_db(transaction=True, reset_sequences=True), pytest.mark.no_cover]
EACH_CONTENDER = """
import itertools, django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0, run_syncdb=True)
from bench.contenders import CONTENDERS
for name, verbs in CONTENDERS.items():
    print(name, sum(1 for _verb in itertools.islice(verbs(2), 4)))
"""


@pytest.fixture(autouse=True)
def _once(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(queue, "WARM_UP", 0)
    monkeypatch.setattr(queue, "PATIENCE", 0.0)
    yield
    gc.enable()  # one of them measures without


@pytest.mark.sqlite
def test_every_contender_does_its_verbs(tmp_path: Path) -> None:
    shutil.copyfile(template.MADE, tmp_path / "bench.sqlite3")
    said = subprocess.run(
        [sys.executable, "-c", EACH_CONTENDER],
        cwd=ROOT,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "bench.settings",
            "RECTIFY_DATABASE_URL": f"sqlite:///{tmp_path}/bench.sqlite3",
        },
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    verbs = dict(line.split() for line in said.splitlines())
    assert set(verbs) == {
        "ours",
        "ours_life",
        "ours_decision",
        "viewflow",
        "viewflow_decision",
        "fsm_history",
    }
    assert all(int(number) for number in verbs.values())
    assert raw.sqlite(tmp_path / "bench.sqlite3", seconds=1) > 0


@pytest.mark.postgresql
def test_the_pages_of_the_queue_are_measured() -> None:
    crowd.people()
    crowd.items(1, 100)
    figures = queue.pages()
    assert set(figures) == {*(one.role for one in crowd.BUSIEST), "stock viewflow"}
    assert all(page["queries"] for pages in figures.values() for page in pages.values())


@override_settings(ALLOWED_HOSTS=["127.0.0.1"])
def test_search_is_measured_on_either_database() -> None:
    crowd.people()
    search.load(1, 20)
    figures = search.answers()
    assert set(figures) == set(search.ROLES)
    assert all(page["slowest"]["plan"] for pages in figures.values() for page in pages.values())


def test_prints_are_looked_up_among_bred_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"REAL": 8, "ASKED": 2, "MINUTES": 4, "LIKEST": 3}.items():
        monkeypatch.setattr(breeding, name, value)
    checks.load(breeding.Crowd(), 20)
    assert checks.of_pictures(breeding.pictures())["pictures_found"] == "2 of 2"
    assert checks.of_texts(2)["texts_found"] == "2 of 2"


@pytest.mark.sqlite
def test_an_archive_is_made_and_another_verified(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if shutil.which("zip") is None:
        pytest.skip("no zip found, which an archive is measured against")
    monkeypatch.setattr(archive, "ITEMS", 1)
    assert archive.made(tmp_path, 3)["files"] == 3
    assert archive.verified(tmp_path / "grown", 40, "sha256")["events"] >= 40


@pytest.mark.sqlite
def test_a_film_too_large_to_be_looked_into_at_once_is_uploaded(tmp_path: Path) -> None:
    figures = tmp_path / "figures.json"
    large = f"from bench import upload as u; u.RESULTS = u.Path({str(figures)!r}); u.main(17)"
    empty = {EMPTY: str(template.MADE)}
    subprocess.run([sys.executable, "-c", large], cwd=ROOT, env={**os.environ, **empty}, check=True)
    assert json.loads(figures.read_text())["upload against sha256 and a copy"]["MB"] == 17
