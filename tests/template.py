"""One empty database for a whole run: the first worker migrates it, the others copy it.

Migrating takes a worker fourteen seconds of a core, copying half of one.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from django.db import connection

_creation: Any = connection.creation  # the stubs hide what is asked of it here
FOLDER = Path(os.environ["RECTIFY_VAR"]) / "template"
MADE = FOLDER / "made"
"""There once the template is whole: on SQLite the database itself."""
USER = FOLDER / f"user-{os.getpid()}"


@contextmanager
def taken() -> Iterator[bool]:
    """The block has the template to itself; tells whether this worker's database is a copy of it.

    Where it is not, the block migrates one, and `save` makes it the template.
    """
    with _alone():
        USER.touch()
        if copied := MADE.exists():
            _copy()
        yield copied
        if not copied:
            _save()


def restore() -> None:
    """Make this worker's SQLite database what it was before the first test, triggers and all."""
    connection.ensure_connection()
    with closing(sqlite3.connect(MADE)) as source:
        source.backup(connection.connection)


def leave() -> None:
    """The last worker takes it away: a server may outlive the run."""
    with _alone():
        USER.unlink()
        if connection.vendor == "postgresql" and not list(FOLDER.glob("user-*")):
            _tell(f"DROP DATABASE IF EXISTS {_quoted(_template())}")
            MADE.unlink(missing_ok=True)


@contextmanager
def _alone() -> Iterator[None]:
    FOLDER.mkdir(exist_ok=True)
    with (FOLDER / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _save() -> None:
    own = str(connection.settings_dict["NAME"])
    connection.close()
    if connection.vendor == "sqlite":
        shutil.copyfile(own, MADE)
    else:
        _clone(own, _template())
        MADE.touch()


def _copy() -> None:
    """Lay a copy where Django expects this worker's database."""
    own = _creation._get_test_db_name()
    if connection.vendor == "sqlite":
        shutil.copyfile(MADE, own)
    else:
        _clone(_template(), own)


def _template() -> str:
    return f"template_{FOLDER.parent.name}"


def _clone(source: str, target: str) -> None:
    _tell(
        f"DROP DATABASE IF EXISTS {_quoted(target)}",
        f"CREATE DATABASE {_quoted(target)} TEMPLATE {_quoted(source)}",
    )


def _tell(*statements: str) -> None:
    """Said to the server from beside the database that it is about."""
    with _creation._nodb_cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _quoted(name: str) -> str:
    return str(connection.ops.quote_name(name))
