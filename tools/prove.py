"""What `make test` does: every check, every test on SQLite and on PostgreSQL, and the gates.

python -m tools.prove
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests import postgres
from tools import check

ROOT = Path(__file__).resolve().parent.parent
COVERAGE = [sys.executable, "-m", "coverage"]
HEART = "core/*,audit/*,evidence/*,workflows/*"
WORKERS = ("-n", "3", "--dist", "load", "--maxschedchunk", "1")
"""Tests are dealt one by one. Dealt in groups, a run never ends once one of its workers died."""
SUITE = [sys.executable, "-m", "pytest", *WORKERS]


def title(words: str) -> None:
    """Say what comes next."""
    print(f"\n=== {words} ===", flush=True)


def call(*command: str, **extra: str) -> bool:
    """Run one step with its output shown; answer whether it went well."""
    return (
        subprocess.run(command, cwd=ROOT, env={**os.environ, **extra}, check=False).returncode == 0
    )


def tests(*options: str, **extra: str) -> bool:
    """Run all but the browser tests on whatever database the environment names."""
    counted = ("--cov", "--cov-report=", "--ignore=tests/browser")
    return call(*SUITE, *counted, *options, **extra)


def in_browser() -> bool:
    """Run the browser tests on SQLite, in processes that no other test left anything in."""
    return call(*SUITE, "tests/browser")


def on_postgres() -> bool:
    """The same tests again, beside a server of our own."""
    try:
        with postgres.running() as address:
            return tests("--cov-append", RECTIFY_DATABASE_URL=address)
    except postgres.NoPostgresError as why:
        print(why, flush=True)
        return False


def main() -> int:
    """Run everything even when something fails; say at the end what did."""
    os.environ.pop("RECTIFY_DATABASE_URL", None)
    failed = []
    title("Checks")
    if check.main():
        failed.append("the checks")
    title("Tests on SQLite")
    call(*COVERAGE, "erase")
    if not tests():
        failed.append("the tests on SQLite")
    title("Tests in a browser, on SQLite")
    if not in_browser():
        failed.append("the tests in a browser")
    title("Tests on PostgreSQL")
    if not on_postgres():
        failed.append("the tests on PostgreSQL")
    title("Branch coverage: 100 % of core, audit, evidence, workflows; 95 % of everything")
    if not call(*COVERAGE, "report", f"--include={HEART}", "--fail-under=100"):
        failed.append("coverage of core, audit, evidence, workflows")
    if not call(*COVERAGE, "report", "--fail-under=95"):
        failed.append("coverage of everything")
    title("Failed: " + "; ".join(failed) if failed else "Everything passed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
