"""Looking up a new file among 10^5 fingerprints, on both databases: python -m bench.checks [MANY].

A few hundred pictures and texts are made for real by the generator of the tests. The rest are
bred from them: each local feature a mixture of two that were seen, so that keys crowd where real
ones do, and each text's keys from shingles drawn as often as real ones are said. Writes
bench/checks.json: p50 and p95 of a lookup by its keys and of a whole new picture and text, plans.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from tests import postgres

MANY, REAL, ASKED = 100_000, 90, 60
HERE = Path(__file__).parent
A_LOT = 20_000
ROOMY = {"shared_buffers": "256MB", "maintenance_work_mem": "256MB", "max_wal_size": "4GB"}
Figures = dict[str, Any]


def pictures() -> list[Any]:
    """Real ones: originals, and as many tampered with."""
    from evidence.prints.sight import Sight  # noqa: PLC0415
    from tests.checks import scenes, tampering  # noqa: PLC0415

    found = []
    hows = list(tampering.TAMPERINGS)
    for n in range(REAL):
        kind = list(scenes.PHOTOS)[n % 3]
        image = scenes.photographed(scenes.PHOTOS[kind](n).resize((800, 600)), n)
        again = tampering.tampered(image, hows[n % len(hows)], n)
        found.append((Sight.of(image), Sight.kept(Sight.of(again).as_bytes())))
    return found


def bred(real: list[Any], many: int) -> Iterator[tuple[int, int]]:
    """(picture, key) of pictures that never were."""
    from evidence.prints import sight  # noqa: PLC0415

    dice = np.random.default_rng(1)
    words = np.concatenate([one.features[1] for one, _again in real])
    planes = sight.planes()
    for first in range(0, many, 500):
        size = min(500, many - first)
        a, b = (words[dice.integers(len(words), size=size * sight.STORED)] for _ in "ab")
        share = dice.random((len(a), 1), dtype=np.float32) * 0.5
        sides = (a * (1 - share) + b * share) @ planes.T > 0
        powers = 1 << np.arange(sight.BITS - 1, -1, -1, dtype=np.int64)
        for table in range(sight.TABLES):
            bits = sides[:, table * sight.BITS : (table + 1) * sight.BITS]
            keys = (bits @ powers) + ((8 + table) << 32)
            for n, key in enumerate(keys.tolist()):
                yield first + n // sight.STORED, key
        for n in range(size):
            for band, word in enumerate(dice.integers(1 << 16, size=4).tolist()):
                yield first + n, (band << 32) | word


def crowded_out(rows: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """As the index does: a key that many have is kept for no more."""
    from evidence.prints.index import CROWDED  # noqa: PLC0415

    had: Counter[int] = Counter()
    for picture, key in rows:
        had[key] += 1
        if had[key] <= CROWDED:
            yield picture, key


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


def load(real: list[Any], many: int) -> Figures:
    from django.db import connection, transaction  # noqa: PLC0415

    now = "2026-11-23 00:00:00+00:00"
    began = time.perf_counter()
    copy = real[0][0].as_bytes()
    indexes = without_indexes()
    with transaction.atomic():
        prints = ((n + 1, f"{n:064x}", "{}", now) for n in range(many))
        put("evidence_print", "id, digest, facts, made_at", prints)
        rows = ((n + 1, n + 1, 1, 1, 800, 600, 0.5, copy if n < REAL else b"") for n in range(many))
        put("evidence_picture", "id, of_id, no, page, width, height, ink, copy", rows)
        rows_of_keys = crowded_out(bred(real, many))
        keys = ((picture + 1, key) for picture, key in rows_of_keys)
        of_pictures = put("evidence_picturekey", "picture_id, key", keys)
        texts = ((n + 1, f"{n:064x}", b"", now) for n in range(many))
        put("evidence_text", "id, digest, shingles, made_at", texts)
        dice = np.random.default_rng(2)
        words = ((n + 1, (band << 56) | int(w)) for n in range(many)
                 for band, w in enumerate(dice.integers(1 << 40, size=32)))  # fmt: skip
        of_texts = put("evidence_textkey", "text_id, key", words)
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
    took = round(time.perf_counter() - began)
    return {"picture_keys": of_pictures, "text_keys": of_texts, "load_s": took}


def timed(asks: list[Callable[[], Any]]) -> Figures:
    took = []
    for ask in asks:
        began = time.perf_counter()
        ask()
        took.append((time.perf_counter() - began) * 1000)
    took.sort()
    return {
        "p50_ms": round(statistics.median(took), 1),
        "p95_ms": round(took[int(len(took) * 0.95)], 1),
        "asked": len(took),
    }


def measured(real: list[Any]) -> Figures:
    """Real originals are entered among the bred; their tampered forms are looked up."""
    from django.utils import timezone  # noqa: PLC0415

    from evidence.prints import index, sight, wording  # noqa: PLC0415
    from evidence.prints.models import Picture, PictureKey, Print  # noqa: PLC0415
    from tests.checks import minutes  # noqa: PLC0415

    entered = []
    for n, (one, _again) in enumerate(real[:ASKED]):
        made = Print.objects.create(digest=f"f{n:063x}", made_at=timezone.now())
        picture = Picture.objects.create(of=made, no=1, page=1, width=800, height=600, ink=0.5,
                                         copy=one.as_bytes())  # fmt: skip
        PictureKey.objects.bulk_create(
            [PictureKey(picture=picture, key=key) for key in sight.stored_keys(one)]
        )
        entered.append(picture.pk)
    keys = [sight.asked_keys(again) for _one, again in real[:ASKED]]
    index.candidates(keys[0], beside=0)
    found = [entered[n] in index.candidates(one, beside=0) for n, one in enumerate(keys)]
    texts = [minutes.minutes(n) for n in range(ASKED)]
    for n, text in enumerate(texts):
        index.keep_text(f"e{n:063x}", text)
    again = [minutes.tampered(text, "reworded", n) for n, text in enumerate(texts)]
    kept = [index.keep_text(f"d{n:063x}", text) for n, text in enumerate(again)]
    like = [index.texts_like(one, least=0.7) for one in kept]
    of_keys = [wording.keys(wording.shingles(text)) for text in again]
    return {
        "picture_lookup": timed([lambda k=k: index.candidates(k, beside=0) for k in keys]),  # type: ignore[misc]
        "text_lookup": timed([lambda k=k: index.near_texts(k, beside=0) for k in of_keys]),  # type: ignore[misc]
        "text_lookup_and_comparison": timed(
            [lambda one=one: index.texts_like(one, least=0.7) for one in kept]  # type: ignore[misc]
        ),
        "pictures_found": f"{sum(found)} of {len(found)}",
        "texts_found": f"{sum(map(bool, like))} of {len(like)}",
        "keys_asked": statistics.mean(map(len, keys)),
        "plan": plan(keys[0]),
    }


def plan(keys: list[int]) -> list[str]:
    from django.db import connection  # noqa: PLC0415

    from evidence.prints import index  # noqa: PLC0415

    wanted = index.sharing(keys)
    on_postgresql = connection.vendor == "postgresql"
    told = wanted.explain(analyze=True) if on_postgresql else wanted.explain()
    return [line[:200] for line in told.splitlines()]


def on(url: str, real: list[Any], many: int) -> Figures:
    """In a process's own settings: one database a run."""
    from django.core.management import call_command  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    told = load(real, many)
    print(f"{url.partition(':')[0]}: loaded {told}", flush=True)
    return told | measured(real)


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
    return on(url, pictures(), many)


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else MANY, sys.argv[2] if sys.argv[2:] else "sqlite")
