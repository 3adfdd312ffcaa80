"""Just the necessary SQL of one verb: pgbench on PostgreSQL, prepared statements on SQLite."""

from __future__ import annotations

import os
import secrets
import sqlite3
import subprocess
import time
import uuid
from pathlib import Path

ITEMS = 200
# A verb's rows without Rectify: the same columns and indexes, no trigger, no foreign keys.
TABLES = """
CREATE TABLE raw_item (LIKE workflows_item INCLUDING ALL);
CREATE TABLE raw_event (LIKE audit_event INCLUDING ALL);
CREATE TABLE raw_owed (LIKE audit_owed INCLUDING ALL);
INSERT INTO raw_item SELECT * FROM workflows_item ORDER BY id LIMIT %(items)s;
UPDATE raw_item SET version = 0;
CREATE SEQUENCE raw_place; CREATE SEQUENCE raw_seq;
ALTER TABLE raw_item ADD place bigint NOT NULL DEFAULT nextval('raw_place');
CREATE INDEX ON raw_item (place);
VACUUM ANALYZE raw_item;
"""
SCRIPT = r"""
\set place random(1, {items})
BEGIN;
SELECT id, version, state FROM raw_item WHERE place = :place FOR NO KEY UPDATE;
INSERT INTO raw_event (subject, seq, name, at, actor, actor_label, command, body, prev, hash, mac,
  key_id, algorithm)
VALUES ('item:1', nextval('raw_seq'), 'item.accepted', now(), 'person:1', 'somebody',
  gen_random_uuid(), decode(repeat('7b', 420), 'hex'), decode(repeat('00', 32), 'hex'),
  decode(repeat('00', 32), 'hex'), decode(repeat('00', 32), 'hex'), '1', 'sha256') RETURNING id;
INSERT INTO raw_owed (event_id, handler, attempts, due_at, fault)
VALUES (currval('raw_event_id_seq'), 'mail', 0, now(), '');
UPDATE raw_item SET version = version + 1, trail_seq = trail_seq + 1,
  trail_head = decode(repeat('00', 32), 'hex') WHERE place = :place;
COMMIT;
"""


def pgbench(place: Path, folder: Path, *, clients: int, seconds: int) -> float:
    """Transactions a second of pgbench with prepared statements."""
    script = folder / "raw.sql"
    script.write_text(SCRIPT.format(items=ITEMS))
    script.chmod(0o644)
    words = [place / "pgbench", "-h", folder, "-U", "rectify", "-n", "-M", "prepared"]
    words += ["-c", str(clients), "-j", str(clients), "-T", str(seconds), "-f", script, "rectify"]
    done = subprocess.run(
        [str(w) for w in words], cwd=folder, capture_output=True, text=True, check=False
    )
    for line in done.stdout.splitlines():
        if line.startswith("tps"):
            return float(line.split()[2])
    raise RuntimeError(done.stderr)


def sqlite(path: Path, *, seconds: int) -> float:
    """The same rows on SQLite, from Python's own module."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.executescript(
        "PRAGMA journal_mode=DELETE; PRAGMA synchronous=FULL;"
        "CREATE TABLE raw_item AS SELECT * FROM workflows_item;"
        "CREATE UNIQUE INDEX raw_item_id ON raw_item (id);"
        "CREATE TABLE raw_event AS SELECT * FROM audit_event WHERE 0;"
        "CREATE UNIQUE INDEX raw_event_step ON raw_event (subject, seq);"
        "CREATE INDEX raw_event_at ON raw_event (at);"
        "CREATE TABLE raw_owed AS SELECT * FROM audit_owed WHERE 0;"
    )
    ids = [row[0] for row in connection.execute("SELECT id FROM raw_item LIMIT 500")]
    began, done, blank = time.perf_counter(), 0, bytes(32)
    while time.perf_counter() - began < seconds:
        item = ids[done % len(ids)]
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("SELECT * FROM raw_item WHERE id = ?", [item]).fetchone()
        connection.execute(
            "INSERT INTO raw_event (subject, seq, name, at, command, body, prev, hash, mac)"
            " VALUES (?, ?, 'item.accepted', datetime('now'), ?, ?, ?, ?, ?)",
            [f"item:{item}", done, uuid.uuid4().hex, secrets.token_bytes(420), *[blank] * 3],
        )
        connection.execute(
            "INSERT INTO raw_owed (event_id, handler, due_at) VALUES (?, 'mail', datetime('now'))",
            [done],
        )
        connection.execute(
            "UPDATE raw_item SET version = version + 1, trail_head = ? WHERE id = ?", [blank, item]
        )
        connection.execute("COMMIT")
        done += 1
    connection.close()
    return done / (time.perf_counter() - began)


def psql(place: Path, folder: Path, sql: str) -> None:
    words: list[str | Path] = [place / "psql", "-h", folder, "-U", "rectify", "-d", "rectify"]
    subprocess.run(
        [str(word) for word in (*words, "-v", "ON_ERROR_STOP=1")],
        input=sql,
        text=True,
        cwd=folder,
        check=True,
        capture_output=True,
        env={**os.environ, "LC_ALL": "C"},
    )
