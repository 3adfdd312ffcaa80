"""What holds for the whole test run: its environment, which tests apply, and skips said aloud.

Loaded with -p (see pyproject.toml) because pytest-django reads the settings before any conftest.
"""

from __future__ import annotations

import gc
import os
import shutil
import sys
import tempfile
from typing import Any

import pytest

from tools.browser import chromium

os.environ["RECTIFY_ENV"] = "test"
# A worker, a drill, an inspector: each starts a Python, which is to find its modules compiled.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # playwright's loop runs beside the ORM
if "PYTEST_XDIST_WORKER" not in os.environ:
    # Databases, evidence and letters of this run; its workers share it, each by its own names.
    os.environ["RECTIFY_VAR"] = tempfile.mkdtemp(prefix="rectify-test-")
# Each worker keeps its own evidence: what one test refuses must not be another's new file.
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")
os.environ["RECTIFY_EVIDENCE"] = f"{os.environ['RECTIFY_VAR']}/evidence-{WORKER}"
os.environ["RECTIFY_RECEIVING"] = f"{os.environ['RECTIFY_VAR']}/receiving-{WORKER}"

ASKING = {"db", "transactional_db"}
"""The fixtures by which a test gets at the database without saying so by a mark."""
ON_POSTGRES = os.environ.get("RECTIFY_DATABASE_URL", "").startswith("postgres")


def applies(item: pytest.Item) -> bool:
    """Whether a run on this database can tell something that the other run does not.

    Both are done one after the other: what asks no database is the same on either, and what a page
    does in a browser was seen on SQLite; which rows it gets is tried without a browser on both.
    """
    if not ON_POSTGRES:
        return not item.get_closest_marker("postgresql")
    if item.get_closest_marker("postgresql"):
        return True
    asks = item.get_closest_marker("django_db") or ASKING & set(item.fixturenames)  # type: ignore[attr-defined]
    return bool(asks) and not (
        item.get_closest_marker("sqlite") or item.get_closest_marker("browser")
    )


COUNTED_ON_POSTGRES = ("tests/audit/", "tests/core/", "tests/project/", "tests/workflows/test_s")
"""Where the branches are tried that PostgreSQL alone takes; all others were counted on SQLite."""


def counts(item: pytest.Item) -> bool:
    """Whether the lines that a test runs are written down, which makes it slower by three quarters.

    The gates ask whether every branch was tried, not how often: they are met, or not, by the tests
    that look at one thing each. Whatever plays the same a thousand times says so by `no_cover`.
    """
    if item.get_closest_marker("browser"):
        return False
    return not ON_POSTGRES or item.nodeid.startswith(COUNTED_ON_POSTGRES)


FIRST = ("tests/drill/", "tests/tools/", "tests/workflows/test_life", "tests/workflows/test_petit")
"""What takes a minute each: begun last, it would have the other workers wait at the end."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what this database has no part in; skip browser tests where there is no browser."""
    apply = [item for item in items if applies(item)]
    if len(apply) < len(items):
        config.hook.pytest_deselected(items=list(set(items) - set(apply)))
        items[:] = apply
    items.sort(key=lambda item: not item.nodeid.startswith(FIRST))
    for item in items:
        if not counts(item):
            item.add_marker(pytest.mark.no_cover)
    if chromium() is None:
        for item in items:
            if item.get_closest_marker("browser"):
                item.add_marker(pytest.mark.skip(reason="no Chromium found"))


def pytest_collection_finish(session: pytest.Session) -> None:
    """What stands now stands to the end: looking through it for litter took a tenth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


DIED: list[str] = []
"""Browser tests whose process died under them, and which were tried again."""


@pytest.hookimpl(optionalhook=True)
def pytest_handlecrashitem(crashitem: str, report: pytest.TestReport, sched: Any) -> None:
    """A browser test whose process was lost is tried once more; lost twice, it has failed.

    Once in dozens of runs one ended in abort(), in a thread without a line of Python, and has not
    been made to do so again. Elsewhere a lost process is a failure: its tests were not counted.
    """
    if crashitem.startswith("tests/browser/") and crashitem not in DIED:
        DIED.append(crashitem)
        report.outcome = "rerun"  # type: ignore[assignment]  # xdist's own word
        sched.mark_test_pending(crashitem)


def pytest_report_teststatus(report: pytest.TestReport) -> tuple[str, str, str] | None:
    """Neither passed nor failed so far."""
    again: str = report.outcome
    return ("rerun", "R", "RERUN") if again == "rerun" else None


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove what the run wrote, once its workers are done with it."""
    if not hasattr(config, "workerinput"):
        shutil.rmtree(os.environ["RECTIFY_VAR"], ignore_errors=True)


def skipped(config: pytest.Config) -> list[str]:
    """Names of the tests that were skipped."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    return [report.nodeid for report in reporter.stats.get("skipped", [])] if reporter else []


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Where nothing may be skipped, a skip is a failure."""
    if hasattr(session.config, "workerinput"):
        return
    if os.environ.get("RECTIFY_NO_SKIPS") == "1" and skipped(session.config):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Say skips, and processes that died, so that nobody misses them."""
    write = terminalreporter.write_line
    if DIED:
        terminalreporter.write_sep("!", f"PROCESSES DIED: {len(DIED)}", red=True, bold=True)
        for name in DIED:
            write(f"  {name} was tried again", red=True)
    if not (names := skipped(config)):
        return
    terminalreporter.write_sep("!", f"{len(names)} TESTS WERE SKIPPED", red=True, bold=True)
    for name in names[:20]:
        write(f"  {name}", red=True)
    if chromium() is None:
        write("No Chromium was found, so no page was opened in a browser.", red=True)
        write("On Debian: apt-get install chromium; or name one in RECTIFY_CHROMIUM.", red=True)
    if os.environ.get("RECTIFY_NO_SKIPS") == "1":
        write("RECTIFY_NO_SKIPS=1 makes this a failure.", red=True)
