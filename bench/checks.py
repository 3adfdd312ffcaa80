"""Looking up a new file among 10^5 fingerprints: python -m bench.checks [MANY [sqlite|postgresql]].

Pictures and texts that were tampered with are looked up among as many as are bred by
bench/breeding.py, beside their originals. Writes bench/checks.json: p50 and p95 of a lookup by its
keys and with the comparison of what it found, how many were found, and how much keys crowd.
"""

from __future__ import annotations

import base64
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench import breeding
from tests import postgres

if TYPE_CHECKING:
    from evidence.prints.models import Picture

MANY = 100_000
HERE = Path(__file__).parent
A_LOT = 20_000
ROOMY = {"shared_buffers": "256MB", "maintenance_work_mem": "256MB", "max_wal_size": "4GB"}
Figures = dict[str, Any]


def put(table: str, columns: str, rows: Iterable[tuple[Any, ...]]) -> int:
    from django.db import connection  # noqa: PLC0415

    places = ", ".join(["%s"] * (columns.count(",") + 1))
    sql = f"INSERT INTO {table} ({columns}) VALUES ({places})"
    done = 0
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
                    done += 1
            return done
        batch: list[tuple[Any, ...]] = []
        for row in rows:
            batch.append(row)
            done += 1
            if len(batch) == A_LOT:
                cursor.executemany(sql, batch)
                batch.clear()
        cursor.executemany(sql, batch)
    return done


def without_indexes() -> list[str]:
    """Drop those of the keys while millions of them are loaded; how to make them again."""
    from django.db import connection  # noqa: PLC0415

    from evidence.prints.models import PictureKey, TextKey  # noqa: PLC0415

    again = []
    with connection.schema_editor() as editor:
        for model in (PictureKey, TextKey):
            for one in model._meta.indexes:
                again.append(str(one.create_sql(model, editor)))
                editor.remove_index(model, one)
    return again


def load(crowd: breeding.Crowd, many: int) -> Figures:
    from django.db import connection, transaction  # noqa: PLC0415

    now = "2026-11-23 00:00:00+00:00"
    bred, texts = crowd.bred(many), breeding.texts(many)
    pictures = breeding.crowded_out(bred)
    began = time.perf_counter()
    indexes = without_indexes()
    with transaction.atomic():
        prints = ((n + 1, f"{n:064x}", "{}", now) for n in range(many))
        put("evidence_print", "id, digest, facts, made_at", prints)
        kept = crowd.kept
        rows = ((n + 1, n + 1, 1, 1, 800, 600, 0.5, *kept[n % len(kept)]) for n in range(many))
        put("evidence_picture", "id, of_id, no, page, width, height, ink, copy, features", rows)
        put("evidence_picturekey", "key, picture_id", _counted(pictures))
        named = ((n + 1, f"{n:064x}", b"", now) for n in range(many))
        put("evidence_text", "id, digest, shingles, made_at", named)
        put("evidence_textkey", "key, text_id", _counted(texts))
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                for table in ("print", "picture", "text"):
                    cursor.execute(
                        f"SELECT setval(pg_get_serial_sequence('evidence_{table}', 'id'), {many})"
                    )
    with connection.cursor() as cursor:
        for create in indexes:
            cursor.execute(create)
        cursor.execute("ANALYZE")
    return {
        "picture_keys": len(pictures),
        "text_keys": len(texts),
        "load_s": round(time.perf_counter() - began),
        "crowding_of_real_and_bred": [breeding.crowding(crowd.real), breeding.crowding(bred)],
    }


def _counted(rows: breeding.Rows) -> Iterable[tuple[int, int]]:
    """From one on, as a database numbers them; a part at a time."""
    for first in range(0, len(rows), A_LOT):
        for key, place in rows[first : first + A_LOT].tolist():
            yield key, place + 1


def timed(asks: list[Callable[[], Any]]) -> Figures:
    """Beside the time on the clock, the processor's in this process: others share the machine."""
    took, worked = [], []
    for ask in asks:
        began, busy = time.perf_counter(), time.process_time()
        ask()
        took.append((time.perf_counter() - began) * 1000)
        worked.append((time.process_time() - busy) * 1000)
    return {
        "p50_ms": round(statistics.median(took), 1),
        "p95_ms": round(sorted(took)[int(len(took) * 0.95)], 1),
        "p50_processor_ms": round(statistics.median(worked), 1),
        "p95_processor_ms": round(sorted(worked)[int(len(worked) * 0.95)], 1),
        "asked": len(took),
    }


def entered(sign: str, no: int, seen: Any) -> Picture:
    """Kept as the worker keeps what the confined process tells of a file."""
    from evidence.prints import index, sight  # noqa: PLC0415

    told = {
        "page": 1,
        "size": [800, 600],
        "ink": sight.ink(seen),
        "copy": base64.b64encode(seen.as_bytes()).decode(),
        "keys": sight.stored_keys(seen),
        "features": base64.b64encode(seen.features.packed()).decode(),
    }
    answer = json.dumps({"facts": {}, "pictures": [told]}).encode()
    return index.keep(f"{sign}{no:063x}", answer).pictures.get()


def of_pictures(real: list[Any]) -> Figures:
    """Originals are entered among the bred; their tampered forms are looked up."""
    from evidence.prints import index, sight  # noqa: PLC0415

    entering = timed([lambda n=n: entered("f", n, real[n][0]) for n in range(len(real))])  # type: ignore[misc]
    own = [entered("f", n, one) for n, (one, _again) in enumerate(real)]
    keys = [sight.asked_keys(again) for _one, again in real]
    near = [index.candidates(one, beside=0) for one in keys]
    new = [entered("d", n, again) for n, (_one, again) in enumerate(real)]
    like = [[one.picture.pk for one in index.pictures_like(one, least=0.87)] for one in new]
    return {
        "picture_entered": entering,
        "picture_lookup": timed([lambda k=k: index.candidates(k, beside=0) for k in keys]),  # type: ignore[misc]
        "picture_lookup_and_comparison": timed(
            [lambda one=one: index.pictures_like(one, least=0.87) for one in new]  # type: ignore[misc]
        ),
        "pictures_among_candidates": f"{_hits(own, near)} of {len(own)}",
        "pictures_found": f"{_hits(own, like)} of {len(own)}",
        "candidates": statistics.mean(map(len, near)),
        "keys_asked": round(statistics.mean(map(len, keys))),
        "plan": plan(keys[0]),
    }


def _hits(own: list[Picture], found: list[list[int]]) -> int:
    return sum(one.pk in some for one, some in zip(own, found, strict=True))


def of_texts(many: int) -> Figures:
    from evidence.prints import index, wording  # noqa: PLC0415
    from tests.checks import minutes  # noqa: PLC0415

    said = [minutes.minutes(n) for n in range(many)]
    again = [minutes.tampered(text, "reworded", n) for n, text in enumerate(said)]
    own = [index.keep_text(f"e{n:063x}", text) for n, text in enumerate(said)]
    new = [index.keep_text(f"d{n:063x}", text) for n, text in enumerate(again)]
    like = [[one.text.pk for one in index.texts_like(one, least=0.7)] for one in new]
    keys = [wording.keys(wording.shingles(text)) for text in again]
    found = sum(one.pk in some for one, some in zip(own, like, strict=True))
    return {
        "text_lookup": timed([lambda k=k: index.near_texts(k, beside=0) for k in keys]),  # type: ignore[misc]
        "text_lookup_and_comparison": timed(
            [lambda one=one: index.texts_like(one, least=0.7) for one in new]  # type: ignore[misc]
        ),
        "texts_found": f"{found} of {many}",
    }


def plan(keys: list[int]) -> list[str]:
    from django.db import connection  # noqa: PLC0415

    from evidence.prints import index  # noqa: PLC0415

    wanted = index.sharing(keys)
    on_postgresql = connection.vendor == "postgresql"
    told = wanted.explain(analyze=True) if on_postgresql else wanted.explain()
    return [line[:200] for line in told.splitlines()]


def on(url: str, many: int) -> Figures:
    """In a process's own settings: one database a run."""
    from django.core.management import call_command  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    told = load(breeding.Crowd(), many)
    print(f"{url.partition(':')[0]}: loaded {told}", flush=True)
    return told | of_pictures(breeding.pictures()) | of_texts(breeding.ASKED)


def main(many: int, database: str) -> None:
    os.environ.setdefault("RECTIFY_AUDIT_KEY", "5a" * 32)
    postgres.SETTINGS.update(ROOMY)
    with tempfile.TemporaryDirectory(prefix="rectify-bench-") as name:
        os.environ |= {"RECTIFY_ENV": "demo", "RECTIFY_VAR": name}
        os.environ["DJANGO_SETTINGS_MODULE"] = "project.settings"
        if database == "postgresql":
            with postgres.running() as url:
                os.environ["RECTIFY_DATABASE_URL"] = url
                results = _run(url, many)
        else:
            results = _run("sqlite:", many)
    path = HERE / "checks.json"
    known = json.loads(path.read_text()) if path.exists() else {}
    known[database] = {"stored": many, **results}
    path.write_text(json.dumps(known, indent=1, ensure_ascii=False) + "\n")
    print(json.dumps(known[database], indent=1, ensure_ascii=False))


def _run(url: str, many: int) -> Figures:
    import django  # noqa: PLC0415 -- reads the environment set before

    django.setup()
    return on(url, many)


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else MANY, sys.argv[2] if sys.argv[2:] else "sqlite")
