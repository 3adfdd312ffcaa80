from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.source import ROOT
from tools import prove

SUITE = """
import pytest

@pytest.mark.browser
def test_page(): pass

@pytest.mark.sqlite
def test_sqlite(): pass

@pytest.mark.postgresql
def test_postgresql(): pass

@pytest.mark.django_db
def test_rows(): pass

@pytest.fixture
def db(): pass

def test_rows_by_a_fixture(db): pass

def test_plain(): pass
"""


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    (tmp_path / "test_sample.py").write_text(SUITE)
    return tmp_path


DYING = """
import os, pytest
from pathlib import Path

@pytest.mark.parametrize("number", range(60))
def test_one(number):
    if number == 30 and len(died := sorted(Path().glob("died*"))) < %d:
        Path(f"died{len(died)}").touch()
        os.abort()
"""


def run(suite: Path, *options: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the sample suite in a session of ours, on a PATH without a browser."""
    clean = {name: os.environ[name] for name in ("HOME", "TMPDIR") if name in os.environ}
    (suite / "bin").mkdir(exist_ok=True)
    ours = ["-p", "tests.session", "-p", "no:django", "-p", "no:cacheprovider", "-W", "ignore"]
    command = [sys.executable, "-m", "pytest", "-v", "-c", os.devnull, *ours, *options, str(suite)]
    return subprocess.run(
        command,
        cwd=suite,
        env={**clean, "PATH": str(suite / "bin"), "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.mark.parametrize("options", [(), ("-n", "2")])
def test_a_run_without_chromium_passes_and_says_loudly_what_it_left_out(
    suite: Path, options: tuple[str, ...]
) -> None:
    done = run(suite, *options)
    assert done.returncode == 0, done.stdout
    assert "4 passed, 1 skipped" in done.stdout
    assert "!! 1 TESTS WERE SKIPPED !!" in done.stdout
    assert "No Chromium was found, so no page was opened in a browser." in done.stdout


@pytest.mark.parametrize("options", [(), ("-n", "2")])
def test_where_nothing_may_be_skipped_a_skip_is_a_failure(
    suite: Path, options: tuple[str, ...]
) -> None:
    done = run(suite, *options, RECTIFY_NO_SKIPS="1")
    assert done.returncode == 1
    assert "RECTIFY_NO_SKIPS=1 makes this a failure." in done.stdout


def test_with_a_browser_named_nothing_is_skipped(suite: Path) -> None:
    done = run(suite, RECTIFY_CHROMIUM="/somewhere/chromium", RECTIFY_NO_SKIPS="1")
    assert done.returncode == 0, done.stdout
    assert "5 passed" in done.stdout
    assert "SKIPPED" not in done.stdout


def kept(suite: Path, address: str) -> list[str]:
    done = run(suite, RECTIFY_DATABASE_URL=address, RECTIFY_CHROMIUM="x", RECTIFY_NO_SKIPS="1")
    assert done.returncode == 0, done.stdout
    return sorted(re.findall(r"::test_(\w+) PASSED", done.stdout))


def test_a_run_on_sqlite_leaves_out_what_is_about_postgresql_alone(suite: Path) -> None:
    assert kept(suite, "") == ["page", "plain", "rows", "rows_by_a_fixture", "sqlite"]


def test_a_run_on_postgresql_has_what_asks_a_database_and_no_browser(suite: Path) -> None:
    assert kept(suite, "postgresql:///any") == ["postgresql", "rows", "rows_by_a_fixture"]


def test_a_run_whose_worker_dies_ends_says_so_and_leaves_nothing_untried(suite: Path) -> None:
    (suite / "test_sample.py").write_text(DYING % 1)
    done = run(suite, *prove.WORKERS)
    assert done.returncode == 1, done.stdout
    assert "1 failed, 59 passed" in done.stdout
    assert "crashed while running 'test_sample.py::test_one[30]'" in done.stdout


@pytest.mark.parametrize(
    ("dies", "code", "told"), [(1, 0, "60 passed, 1 rerun"), (2, 1, "1 failed, 59 passed, 1 rerun")]
)
def test_a_browser_test_whose_worker_dies_is_loudly_tried_once_more(
    suite: Path, dies: int, code: int, told: str
) -> None:
    pages = suite / "tests/browser"
    pages.mkdir(parents=True)
    (suite / "test_sample.py").rename(pages / "test_sample.py")
    (pages / "test_sample.py").write_text(DYING % dies)
    done = run(suite, *prove.WORKERS)
    assert done.returncode == code, done.stdout
    assert told in done.stdout
    assert "!! PROCESSES DIED: 1 !!" in done.stdout
    assert "test_sample.py::test_one[30] was tried again" in done.stdout
