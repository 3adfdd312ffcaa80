"""The queue's pages at 10^3 and at 10^6 open tasks on PostgreSQL: python -m bench.queue [TASKS].

Each page is asked for through Django's own client, as the busiest person of each role, and stock
viewflow for its inbox and queue on the same rows. Writes bench/queue.json: p50 and p95, the number
of queries, and the plan of the slowest of them. TASKS is the larger of the two sizes.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests import postgres

if TYPE_CHECKING:
    from core.models import User

SMALL, LARGE = 1_000, 1_000_000
REQUESTS, WARM_UP, PATIENCE = 100, 3, 3.0
"""So many requests a page, or as many as fit into so many seconds."""
PAGES = {
    "my_work": "/",
    "unit": "/?whose=unit&tile=open",
    "last_page": "/?whose=unit&tile=open&page=5000",
    "waiting": "/?whose=mine&tile=waiting",
    "review": "/review/",
}
SEE_A_UNIT = frozenset({"leader", "office", "office_above"})
HERE = Path(__file__).parent
# Nothing here asks how fast a row is written, so the load need not wait for the disk.
ROOMY = {"shared_buffers": "512MB", "maintenance_work_mem": "256MB", "max_wal_size": "4GB"}

Figures = dict[str, Any]


def measured(ask: Callable[[], object]) -> Figures:
    """The middle and the slow end of many askings, the first few left out."""
    for _n in range(WARM_UP):
        ask()
    took = list(_times(ask))
    return {
        "p50_ms": round(statistics.median(took), 1),
        "p95_ms": round(sorted(took)[int(len(took) * 0.95)], 1),
        "requests": len(took),
    }


def _times(ask: Callable[[], object]) -> Iterator[float]:
    until = time.perf_counter() + PATIENCE
    for _n in range(REQUESTS):
        began = time.perf_counter()
        ask()
        yield (time.perf_counter() - began) * 1000
        if time.perf_counter() > until:
            return


def watched(ask: Callable[[], object]) -> Figures:
    """How many queries it takes, how long they take, and the plan of the slowest."""
    from django.db import connection  # noqa: PLC0415 -- needs the settings
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    with CaptureQueriesContext(connection) as queries:
        ask()
    read = [query for query in queries if query["sql"].startswith("SELECT")]
    if not read:
        raise RuntimeError("nothing was asked of the database")
    slowest = max(read, key=lambda query: float(query["time"]))
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS) {slowest['sql']}", None)
        plan = [line for (line,) in cursor.fetchall()]
    return {
        "queries": len(queries),
        "sql_ms": round(sum(float(query["time"]) for query in queries) * 1000),
        "slowest": {"sql": slowest["sql"], "plan": plan},
    }


def pages() -> Figures:
    from django.test import Client  # noqa: PLC0415

    from bench.crowd import BUSIEST  # noqa: PLC0415
    from core.models import User  # noqa: PLC0415

    found: Figures = {}
    for somebody in BUSIEST:
        user = User._default_manager.get(pk=somebody.user_id)
        client = Client(SERVER_NAME="127.0.0.1")
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        wanted = {k: v for k, v in PAGES.items() if somebody.role in SEE_A_UNIT or "unit" not in v}
        found[somebody.role] = {page: _page(client, path) for page, path in wanted.items()}
        _show(somebody.role, found[somebody.role])
    leader = next(one for one in BUSIEST if one.role == "leader")
    found["stock viewflow"] = stock(User._default_manager.get(pk=leader.user_id))
    _show("stock viewflow", found["stock viewflow"])
    return found


def _page(client: Any, path: str) -> Figures:
    def ask() -> None:
        if (status := client.get(path).status_code) != 200:  # noqa: PLR2004
            raise RuntimeError(f"{path} answers {status}")

    return measured(ask) | watched(ask)


def stock(user: User) -> Figures:
    """What viewflow's own inbox and queue pages ask: a page of tasks, and how many there are."""
    from django.contrib.auth.models import Permission  # noqa: PLC0415
    from viewflow.workflow.models import Task  # noqa: PLC0415

    from workflows.flows import Review  # noqa: PLC0415

    user.user_permissions.set(Permission.objects.filter(content_type__app_label="viewflow"))

    def listed(name: str) -> Callable[[], object]:
        def ask() -> object:
            rows = getattr(Task.objects, name)([Review], user).order_by("-created")
            return rows.count(), list(rows[:25])

        return ask

    lists = {"inbox": listed("inbox"), "queue": listed("queue")}
    return {name: measured(ask) | watched(ask) for name, ask in lists.items()}


def _show(who: str, found: Figures) -> None:
    for page, one in found.items():
        words = f"{who:16}{page:12}{one['p50_ms']:9.1f}{one['p95_ms']:9.1f}"
        print(f"{words}{one['queries']:9}{one['sql_ms']:9}", flush=True)


def compared(small: Figures, large: Figures) -> Figures:
    """How many times slower a page is at the larger size."""
    return {
        who: {
            page: {at: round(large[who][page][at] / one[at], 2) for at in ("p50_ms", "p95_ms")}
            for page, one in found.items()
        }
        for who, found in small.items()
    }


def run(tasks: int) -> Figures:
    from django.core.management import call_command  # noqa: PLC0415

    from bench import crowd  # noqa: PLC0415

    call_command("collectstatic", verbosity=0, interactive=False)
    call_command("migrate", verbosity=0)
    crowd.people()
    sizes: Figures = {}
    loaded = 0
    for size in (SMALL, tasks):
        items = size * 100 // crowd.OPEN_OF_A_HUNDRED
        began = time.perf_counter()
        crowd.items(loaded + 1, items)
        loaded = items
        took = time.perf_counter() - began
        print(f"\n{size} open tasks of {items} items, loaded in {took:.0f} s", flush=True)
        print(f"{'':28}{'p50 ms':>9}{'p95 ms':>9}{'queries':>9}{'SQL ms':>9}")
        sizes[str(size)] = pages()
    return {"sizes": sizes, "ratios": compared(sizes[str(SMALL)], sizes[str(tasks)])}


def main(tasks: int) -> None:
    os.environ.setdefault("RECTIFY_AUDIT_KEY", "5a" * 32)
    postgres.SETTINGS.update(ROOMY)
    with tempfile.TemporaryDirectory(prefix="rectify-bench-") as name, postgres.running() as url:
        os.environ |= {"RECTIFY_ENV": "demo", "RECTIFY_VAR": name, "RECTIFY_DATABASE_URL": url}
        os.environ["DJANGO_SETTINGS_MODULE"] = "project.settings"
        import django  # noqa: PLC0415 -- reads the environment set above

        django.setup()
        results = run(tasks)
    (HERE / "queue.json").write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n")
    print(f"\nwritten to {HERE.name}/queue.json")


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else LARGE)
