"""make bench: verbs a second, ours and others', on PostgreSQL with 1 and 2 clients and on SQLite.

Prints a table and writes bench/verbs.json. The medians of three short turns in
which the contenders alternate, so that a noisy minute falls on all of them.
Then the queue's pages at two sizes: see bench.queue; QUEUE=0 leaves them out,
QUEUE=100000 loads so many tasks. Then search, doubts, a large upload and an
archive: PARTS= leaves them out, PARTS="search" runs that one.
"""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import IO

from bench import queue, raw
from tests import postgres

SECONDS, TURNS = 2, 3
NAMES = ("ours", "ours_life", "ours_decision", "viewflow", "viewflow_decision", "fsm_history")
# What is measured against which: a verb against the bare rows, a decision against the same step.
BESIDE = {"viewflow_decision": "ours_decision"}
PARTS = "search checks upload archive"
"""Each a module of its own, which writes its own figures."""
HERE = Path(__file__).parent
# A decision must survive a power cut here, as it must in production.
DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}

Rates = dict[str, float]


def measured(contender: str, clients: int, environment: dict[str, str]) -> float:
    """Verbs a second of `clients` processes that start together."""
    words = [sys.executable, "-m", "bench.client", contender, str(SECONDS)]
    ready = [_started(words, environment) for _n in range(clients)]
    for client in ready:
        if _pipe(client.stdout).readline().strip() != "ready":
            raise RuntimeError(f"a client of {contender} did not get ready")
    for client in ready:
        _pipe(client.stdin).write("go\n")
        _pipe(client.stdin).flush()
    total = 0.0
    for client in ready:
        done, seconds = client.communicate()[0].split()
        total += int(done) / float(seconds)
    return total


def _started(words: list[str], environment: dict[str, str]) -> subprocess.Popen[str]:
    pipe = subprocess.PIPE
    return subprocess.Popen(words, env=environment, stdin=pipe, stdout=pipe, text=True)


def _pipe(pipe: IO[str] | None) -> IO[str]:
    if pipe is None:
        raise RuntimeError("the client was started without its pipes")
    return pipe


def migrate(environment: dict[str, str]) -> None:
    words = [sys.executable, "manage.py", "migrate", "-v0"]
    extra = {**environment, "DJANGO_SETTINGS_MODULE": "bench.settings"}
    # The peer's tables point at ours, and Django would make them first.
    subprocess.run(words, env=extra, check=True)
    subprocess.run([*words, "--run-syncdb"], env=extra, check=True)


def on_postgresql(environment: dict[str, str], clients: int, place: Path, folder: Path) -> Rates:
    rates = defaultdict(list)
    for turn in range(TURNS):
        for name in NAMES:
            rates[name].append(measured(name, clients, environment))
        if turn == 0 and clients == 1:
            raw.psql(place, folder, raw.TABLES % {"items": raw.ITEMS})
        rates["pgbench"].append(raw.pgbench(place, folder, clients=clients, seconds=SECONDS))
    return {name: statistics.median(turns) for name, turns in rates.items()}


def on_sqlite(environment: dict[str, str], path: Path) -> Rates:
    rates = defaultdict(list)
    for turn in range(TURNS):
        for name in NAMES:
            rates[name].append(measured(name, 1, environment))
        copy = path.with_name(f"raw-{turn}.sqlite3")
        copy.write_bytes(path.read_bytes())
        rates["raw_sql"].append(raw.sqlite(copy, seconds=SECONDS))
    return {name: statistics.median(turns) for name, turns in rates.items()}


def show(title: str, rates: Rates, floor: str) -> None:
    print(f"\n{title}\n{'':18}{'verbs/s':>9}{'ours is':>12}")
    for name, rate in rates.items():
        mark = "  <- SQL only" if name == floor else ""
        own = rates[BESIDE.get(name, "ours")]
        print(f"{name:18}{rate:9.0f}{own / rate:11.2f}x{mark}")


def main() -> None:
    os.environ.setdefault("RECTIFY_AUDIT_KEY", "5a" * 32)
    results: dict[str, object] = {"seconds": SECONDS, "turns": TURNS}
    postgres.SETTINGS.update(DURABLE)
    with tempfile.TemporaryDirectory(prefix="rectify-bench-") as name:
        environment = {**os.environ, "RECTIFY_ENV": "demo", "RECTIFY_VAR": name}
        with postgres.running() as address:
            environment["RECTIFY_DATABASE_URL"] = address
            migrate(environment)
            folder = Path(address.partition("host=")[2])
            place = postgres.usable(folder)[0]
            for clients in (1, 2):
                rates = on_postgresql(environment, clients, place, folder)
                show(f"PostgreSQL, {clients} client(s), fsync on", rates, "pgbench")
                results["postgresql" if clients == 2 else "postgresql_1"] = {  # noqa: PLR2004
                    "clients": clients,
                    **{key: round(rate, 1) for key, rate in rates.items()},
                }
        path = Path(name) / "bench.sqlite3"
        environment["RECTIFY_DATABASE_URL"] = f"sqlite:///{path}"
        migrate(environment)
        rates = on_sqlite(environment, path)
        show("SQLite, 1 client, DELETE journal, synchronous FULL", rates, "raw_sql")
        results["sqlite"] = {"clients": 1, **{k: round(rate, 1) for k, rate in rates.items()}}
    results["machine"] = f"{os.cpu_count()} cores, Python {platform.python_version()}"
    (HERE / "verbs.json").write_text(json.dumps(results, indent=1) + "\n")
    print(f"\nwritten to {HERE.name}/verbs.json")
    if tasks := int(os.environ.get("QUEUE", queue.LARGE)):
        queue.main(tasks)
    for part in os.environ.get("PARTS", PARTS).split():
        subprocess.run([sys.executable, "-m", f"bench.{part}"], check=True)


if __name__ == "__main__":
    main()
