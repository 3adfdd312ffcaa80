"""make drill: every drill where it can be run; says the figures and writes drill/results.json.

A drill that cannot be run here is said aloud, and its place in the results is its reason.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from drill import broker
from drill.stage import RESULT, ROOT
from tests import postgres

HERE = Path(__file__).parent
# What was confirmed must survive a power cut here, as it must in production.
DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
DRILLS = (
    ("worker", "sqlite", ""),
    ("worker", "sqlite", "rabbitmq"),
    ("worker", "postgresql", ""),
    ("outbox", "sqlite", ""),
    ("uploads", "sqlite", ""),
    ("sealer", "sqlite", ""),
    ("sealer", "postgresql", ""),
    ("archive", "sqlite", ""),
    ("archive", "postgresql", ""),
    ("clients", "sqlite", ""),
    ("clients", "postgresql", ""),
)
LONGEST = 1800


@contextmanager
def surroundings(database: str, queue: str) -> Iterator[dict[str, str]]:
    """The environment of one drill, with servers of its own where it needs them."""
    environment = {**os.environ}
    environment.pop("RECTIFY_DATABASE_URL", None)
    environment.pop("RECTIFY_BROKER_URL", None)
    if queue:
        with broker.running() as address, surroundings(database, "") as rest:
            yield {**rest, "RECTIFY_BROKER_URL": address}
    elif database == "postgresql":
        with postgres.running() as address:
            yield {**environment, "RECTIFY_DATABASE_URL": address}
    else:
        yield environment


def one(name: str, database: str, queue: str) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder, surroundings(database, queue) as environment:
        figures = Path(folder) / "figures.json"
        done = subprocess.run(
            [sys.executable, "-m", f"drill.{name}"],
            cwd=ROOT,
            env={**environment, RESULT: str(figures)},
            timeout=LONGEST,
            check=False,
        )
        told = json.loads(figures.read_text()) if figures.exists() else {}
        return {"good": done.returncode == 0, **told}


def main() -> int:
    postgres.SETTINGS.update(DURABLE)
    results: dict[str, Any] = {}
    for name, database, queue in DRILLS:
        title = " ".join(word for word in (name, database, queue) if word)
        print(f"\n=== {title} ===", flush=True)
        try:
            results[title] = one(name, database, queue)
        except (broker.NoBrokerError, postgres.NoPostgresError) as why:
            print(f"!!! NOT RUN: {why}", flush=True)
            results[title] = {"not run": str(why)}
    machine = {"python": platform.python_version(), "processors": os.cpu_count()}
    text = json.dumps({"machine": machine, "drills": results}, indent=1)
    (HERE / "results.json").write_text(text + "\n", encoding="utf-8")
    bad = [title for title, figures in results.items() if not figures.get("good", True)]
    print("\n" + ("NOT GOOD: " + ", ".join(bad) if bad else "All that was run is good"))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
