"""Everything that is checked without running a test: python -m tools.check."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
# What a careful installation would set; invented here, for nothing is served.
PRODUCTION = {
    "RECTIFY_ENV": "production",
    "RECTIFY_SECRET_KEY": "only-for-this-check-" + "k7" * 32,
    "RECTIFY_AUDIT_KEY": "5a" * 32,
    "RECTIFY_CHECKPOINT_KEY": "c4" * 32,
    "RECTIFY_ALLOWED_HOSTS": "rectify.example",
    "RECTIFY_URL": "https://rectify.example",
    "RECTIFY_DATABASE_URL": "postgresql://rectify:unused@127.0.0.1:5432/rectify",
}
TEST = {"RECTIFY_ENV": "test"}
FORMAT = [str(BIN / "ruff"), "format", "--check"]
MANAGE = [sys.executable, "-W", "ignore", "manage.py"]
CHECKS: dict[str, tuple[list[str], dict[str, str]]] = {
    "types (mypy --strict)": ([str(BIN / "mypy")], TEST),
    "rules (ruff)": ([str(BIN / "ruff"), "check", "."], {}),
    "format (ruff)": ([*FORMAT, "--output-format", "concise", "."], {}),
    "layers (import-linter)": ([str(BIN / "lint-imports")], {}),
    "migrations are complete": ([*MANAGE, "makemigrations", "--check", "--dry-run"], TEST),
    "deployment": ([*MANAGE, "check", "--deploy", "--fail-level", "WARNING"], PRODUCTION),
}


def run(name: str) -> bool:
    """Run one check and say how it went, with its words when it failed."""
    command, extra = CHECKS[name]
    begun = time.monotonic()
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, **extra},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    verdict = "FAILED" if done.returncode else "ok"
    words = "\n" + done.stdout.rstrip() if done.returncode else ""
    print(f"{verdict:>6}  {name} ({time.monotonic() - begun:.0f} s){words}", flush=True)
    return done.returncode == 0


def main() -> int:
    """Run all, two at a time; answer the exit code."""
    with ThreadPoolExecutor(2) as pool:
        return 0 if all(list(pool.map(run, CHECKS))) else 1


if __name__ == "__main__":
    sys.exit(main())
