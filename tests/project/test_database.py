from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from project.database import database
from project.sqlite.base import DatabaseWrapper

POSTGRESQL = {
    "ENGINE": "django.db.backends.postgresql",
    "NAME": "rectify",
    "USER": "",
    "PASSWORD": "",
    "HOST": "",
    "PORT": "",
    "CONN_MAX_AGE": 60,
    "CONN_HEALTH_CHECKS": True,
}


@pytest.mark.parametrize(
    ("url", "differs"),
    [
        ("postgresql:///rectify", {}),
        ("postgres://db.example.test/rectify", {"HOST": "db.example.test"}),
        (
            "postgresql://li:p%40ss%2Fw@db.example.test:6432/rectify",
            {"USER": "li", "PASSWORD": "p@ss/w", "HOST": "db.example.test", "PORT": "6432"},
        ),
        ("postgresql://li@/rectify?host=/run/pg", {"USER": "li", "HOST": "/run/pg"}),
        (
            "postgresql://?dbname=rectify&user=li&host=/run/pg&port=5433",
            {"USER": "li", "HOST": "/run/pg", "PORT": "5433"},
        ),
    ],
)
def test_an_address_of_postgresql_is_read(url: str, differs: dict[str, Any]) -> None:
    assert database(url) == POSTGRESQL | differs


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("sqlite:////var/lib/rectify/db.sqlite3", "/var/lib/rectify/db.sqlite3"),
        ("sqlite:///var/db.sqlite3", "var/db.sqlite3"),
        ("sqlite:////srv/my%20data/db", "/srv/my data/db"),
    ],
)
def test_an_address_of_sqlite_is_read(url: str, path: str) -> None:
    read = database(url)
    assert read["NAME"] == Path(path)
    assert read["TEST"]["NAME"] == Path(path).with_name(f"test-{Path(path).name}")
    assert read["OPTIONS"]["transaction_mode"] == "IMMEDIATE"


@pytest.mark.parametrize("url", ["", "mysql://db/rectify", "/var/lib/db.sqlite3"])
def test_any_other_address_is_refused_in_a_sentence(url: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="it must be sqlite:/// or postgresql://"):
        database(url)


@pytest.mark.sqlite
@pytest.mark.django_db
def test_sqlite_runs_as_the_settings_ask() -> None:
    with connection.cursor() as cursor:
        found = {}
        for name in ("journal_mode", "synchronous", "recursive_triggers", "foreign_keys"):
            cursor.execute(f"PRAGMA {name}")
            found[name] = cursor.fetchone()[0]
    assert found == {
        "journal_mode": "delete",
        "synchronous": 2,
        "recursive_triggers": 1,
        "foreign_keys": 1,
    }


@pytest.mark.sqlite
@pytest.mark.django_db
def test_writers_wait_at_a_door_beside_the_database_and_one_in_memory_has_none(
    tmp_path: Path,
) -> None:
    doors = {}
    for name in (":memory:", str(tmp_path / "a.sqlite3")):
        wrapper = DatabaseWrapper({**connection.settings_dict, "NAME": name}, alias="other")
        wrapper.ensure_connection()
        wrapper._start_transaction_under_autocommit()
        doors[name] = wrapper._door
        wrapper._close()
    assert doors[":memory:"] is None
    door = doors[str(tmp_path / "a.sqlite3")]
    assert door is not None
    assert (door.name, door.closed) == (str(tmp_path / "a.sqlite3-door"), True)
