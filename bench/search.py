"""The search box over 10^3 and 10^6 short texts on both databases: python -m bench.search [TEXTS].

Whoever sees a section, a unit of a hundred, and all units, asks through Django's own client for
words that stand in nearly every text, in many, in few and in none. Writes bench/search.json: p50
and p95 of each answer, and the plan of its slowest query. TEXTS is the larger of the two sizes.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import nullcontext
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import quote

from bench.queue import ROOMY, Figures, measured
from tests import postgres

SMALL, LARGE = 1_000, 1_000_000
PAGES = 15
EACH = PAGES + 2
"""Texts of an item: itself, its measure, and so many pages of one piece of evidence."""
WORDS = (
    "城区内涝积水路段清淤管网排查整改措施落实责任科室台账验收单位会议纪要资金拨付项目工程质量监管巡察"
    "反馈问题销号完成时限制度建立健全学习中心理论党组干部群众投诉热线办理满意环卫垃圾分类绿化路灯照明"
    "桥梁养护停车执法广告拆除违建公示审计"
)
ASKED = {
    "in nearly all": "整改",
    "in many": "内涝积水",
    "two words": "路灯 验收",
    "in few": "编号777",
    "in none": "量子计算",
    "initials": "lddl",
    "a number": "777",
}
AT_ONCE = 5000
ROLES = ("staff", "leader", "office_above")
HERE = Path(__file__).parent


def texts(first: int, last: int) -> Iterator[tuple[str, int, int, str]]:
    """(kind, item, page, body): the same for the same numbers."""
    for item in range(first, last + 1):
        dice = random.Random(item)  # noqa: S311 -- to be the same everywhere
        yield "item", item, 0, f"{item}\n{_some(dice, 6)}编号{item}\nlddl{item % 97}\n\n\n"
        yield "measure", item, 0, _some(dice, 12)
        for page in range(1, PAGES + 1):
            yield "piece", item, page, f"第{page}页整改{_some(dice, 40)}编号{item}"


def _some(dice: random.Random, words: int) -> str:
    places = dice.choices(range(0, len(WORDS) - 1, 2), k=words)
    return "".join(WORDS[at : at + 2] for at in places)


def load(first: int, last: int) -> None:
    """Items of these numbers, each with a piece of evidence, and all that is searched of them."""
    from django.db import connection, transaction  # noqa: PLC0415 -- needs the settings

    from bench import crowd  # noqa: PLC0415
    from workflows.models import Measure  # noqa: PLC0415

    crowd.items(first, last)
    _cite(first, last)
    measures = dict(Measure.objects.filter(item__gte=first).values_list("item_id", "pk"))
    insert = (
        "INSERT INTO workflows_searchable"
        " (kind, item_id, measure_id, citation_id, page, body, slice)"
        " VALUES (%s, %s, %s, %s, %s, %s, 0)"
    )
    index = import_module("workflows.migrations.0026_search_index").POSTGRESQL[1:]
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # What is loaded points at what is loaded beside it: no need to ask for each row.
            cursor.execute("SET LOCAL session_replication_role = replica")
            for statement in index:
                cursor.execute("DROP INDEX " + statement.split()[2])
        found = texts(first, last)
        while some := list(islice(found, AT_ONCE)):
            rows = (
                (
                    kind, item, measures[item] if kind == "measure" else None,
                    item if kind == "piece" else None, page, body,
                )
                for kind, item, page, body in some
            )  # fmt: skip
            cursor.executemany(insert, list(rows))
        if connection.vendor == "postgresql":
            for statement in index:
                cursor.execute(statement)
    crowd.analysed()


def _cite(first: int, last: int) -> None:
    from bench import crowd  # noqa: PLC0415
    from bench.sql import inserted, is_postgresql, moment, series  # noqa: PLC0415
    from evidence.models import Evidence  # noqa: PLC0415
    from workflows.models import Citation  # noqa: PLC0415

    somebody, now = str(crowd.BUSIEST[0].user_id), moment("0")
    inserted(
        Evidence,
        series(first, last),
        id="i",
        digest="lpad(i::text, 64, '0')" if is_postgresql() else "printf('%%064d', i)",
        size="1",
        name="'paper' || i || '.pdf'",
        media_type="'application/pdf'",
        received_at=now,
        received_from_id=somebody,
        inspection="'clean'",
        inspected_at=now,
    )
    inserted(
        Citation,
        f"workflows_measure WHERE item_id BETWEEN {first} AND {last}",
        id="item_id",
        no="1",
        item_id="item_id",
        measure_id="id",
        evidence_id="item_id",
        cited_by_id=somebody,
        cited_at=now,
    )


def answers() -> Figures:
    from django.test import Client  # noqa: PLC0415

    from bench.crowd import BUSIEST  # noqa: PLC0415
    from core.models import User  # noqa: PLC0415

    found: Figures = {}
    for somebody in BUSIEST:
        if somebody.role not in ROLES:
            continue
        client = Client(SERVER_NAME="127.0.0.1")
        user = User._default_manager.get(pk=somebody.user_id)
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        found[somebody.role] = {
            what: _answer(client, f"/search/?q={quote(text)}") for what, text in ASKED.items()
        }
        for what, one in found[somebody.role].items():
            print(
                f"{somebody.role:14}{what:16}{one['p50_ms']:9.1f}{one['p95_ms']:9.1f}", flush=True
            )
    return found


def _answer(client: Any, path: str) -> Figures:
    def ask() -> None:
        if (status := client.get(path, HTTP_HX_REQUEST="true").status_code) != 200:  # noqa: PLR2004
            raise RuntimeError(f"{path} answers {status}")

    return measured(ask) | {"slowest": planned(ask)}


def planned(ask: Any) -> Figures:
    """The slowest query of an answer, and its plan."""
    from django.db import connection  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    with CaptureQueriesContext(connection) as queries:
        ask()
    read = [query for query in queries if query["sql"].startswith("SELECT")]
    slowest = max(read, key=lambda query: float(query["time"]))
    how = "(ANALYZE, BUFFERS)" if connection.vendor == "postgresql" else "QUERY PLAN"
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {how} {slowest['sql']}", None)
        plan = [str(row[-1]) for row in cursor.fetchall()]
    return {"queries": len(queries), "sql": slowest["sql"], "plan": plan}


def run(texts_: int) -> Figures:
    """On the database of this process's settings, which is its own."""
    import django  # noqa: PLC0415 -- reads the environment that was set for it

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415

    from bench import crowd  # noqa: PLC0415

    call_command("collectstatic", verbosity=0, interactive=False)
    call_command("migrate", verbosity=0)
    crowd.people()
    sizes: Figures = {}
    loaded = 0
    for size in (SMALL, texts_):
        items, began = size // EACH, time.perf_counter()
        load(loaded + 1, items)
        loaded = items
        took = time.perf_counter() - began
        print(f"\n{items * EACH} texts of {items} items, loaded in {took:.0f} s", flush=True)
        print(f"{'':30}{'p50 ms':>9}{'p95 ms':>9}")
        sizes[str(size)] = answers()
    return sizes


def main(texts_: int) -> None:
    postgres.SETTINGS.update(ROOMY)
    results: Figures = {}
    for name in ("postgresql", "sqlite"):
        with tempfile.TemporaryDirectory(prefix="rectify-bench-") as folder:
            sqlite = nullcontext(f"sqlite:///{folder}/bench.sqlite3")
            with postgres.running() if name == "postgresql" else sqlite as url:
                out = Path(folder) / "figures.json"
                environment = {
                    **os.environ,
                    "RECTIFY_AUDIT_KEY": "5a" * 32,
                    "RECTIFY_ENV": "demo",
                    "RECTIFY_VAR": folder,
                    "RECTIFY_DATABASE_URL": url,
                    "DJANGO_SETTINGS_MODULE": "project.settings",
                }
                command = [sys.executable, "-m", "bench.search", str(texts_), str(out)]
                subprocess.run(command, env=environment, check=True)
                results[name] = json.loads(out.read_text())
        told = json.dumps(results, indent=1, ensure_ascii=False) + "\n"
        (HERE / "search.json").write_text(told)
    print(f"\nwritten to {HERE.name}/search.json")


if __name__ == "__main__":
    size, *into = sys.argv[1:] or [str(LARGE)]
    if into:
        Path(into[0]).write_text(json.dumps(run(int(size)), ensure_ascii=False))
    else:
        main(int(size))
