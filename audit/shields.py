"""Rows that the database itself keeps as they are, on SQLite and on PostgreSQL.

Declared beside the model. Installed after every migration and not by one: SQLite drops a table's
triggers whenever a column of it changes. Where one is missing nothing is written: see
`audit.triggers`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import connections

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

DEFAULT = "default"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shield:
    """One trigger: what it refuses, and in which words."""

    name: str
    table: str
    act: str
    """DELETE, UPDATE, INSERT or TRUNCATE."""
    says: str
    condition: str = ""
    """SQL over OLD and NEW; empty for always. `~` stands for “is another than”."""
    needs: tuple[str, ...] = ()
    """Other tables it looks into."""

    def applies(self, vendor: str) -> bool:
        """SQLite knows no TRUNCATE, PostgreSQL no REPLACE."""
        return self.act != {"sqlite": "TRUNCATE", "postgresql": "INSERT"}[vendor]

    def sqlite(self) -> Iterator[str]:
        when = f"WHEN {self.condition.replace('~', 'IS NOT')}" if self.condition else ""
        yield (
            f"CREATE TRIGGER {self.name} BEFORE {self.act} ON {self.table} {when} "
            f"BEGIN SELECT RAISE(ABORT, '{self.says}'); END"
        )

    def postgresql(self) -> Iterator[str]:
        condition = self.condition.replace("~", "IS DISTINCT FROM") or "TRUE"
        row = "STATEMENT" if self.act == "TRUNCATE" else "ROW"
        yield (
            f"CREATE OR REPLACE FUNCTION {self.name}() RETURNS trigger LANGUAGE plpgsql AS $$ "
            f"BEGIN IF {condition} THEN RAISE EXCEPTION '{self.says}'; END IF; "
            f"RETURN {'OLD' if self.act == 'DELETE' else 'NEW'}; END $$"
        )
        yield (
            f"CREATE TRIGGER {self.name} BEFORE {self.act} ON {self.table} "
            f"FOR EACH {row} EXECUTE FUNCTION {self.name}()"
        )
        # Otherwise a session that calls itself a replica would pass by it.
        yield f"ALTER TABLE {self.table} ENABLE ALWAYS TRIGGER {self.name}"


_shields: dict[str, Shield] = {}


def keep(table: str, says: str, *, keys: Sequence[Sequence[str]] = (), when: str = "TRUE") -> None:
    """No row of the table, or none of which `when` is true, is ever deleted or replaced.

    `keys` are its unique columns besides `id`: SQLite's REPLACE takes away what they clash with,
    and asks no trigger about it. Emptied away at once none of them is.
    """
    same = [" AND ".join(f"{column} = NEW.{column}" for column in key) for key in (["id"], *keys)]
    kept = when.format(row=table)
    clash = f"EXISTS (SELECT 1 FROM {table} WHERE ({' OR '.join(same)}) AND {kept})"  # noqa: S608 -- our words
    gone = when.format(row="OLD")
    _add(Shield(name=f"{table}_no_delete", table=table, act="DELETE", says=says, condition=gone))
    _add(Shield(name=f"{table}_no_truncate", table=table, act="TRUNCATE", says=says))
    _add(Shield(name=f"{table}_no_replace", table=table, act="INSERT", says=says, condition=clash))


def freeze(
    table: str,
    name: str,
    columns: Sequence[str],
    says: str,
    *,
    when: str = "TRUE",
    needs: Sequence[str] = (),
) -> None:
    """These columns are never changed: of any row, or of those of which `when` is true."""
    changed = " OR ".join(f"OLD.{column} ~ NEW.{column}" for column in columns)
    _add(
        Shield(
            name=f"{table}_{name}",
            table=table,
            act="UPDATE",
            says=says,
            condition=f"({when}) AND ({changed})",
            needs=tuple(needs),
        )
    )


def _add(shield: Shield) -> None:
    if shield.name in _shields:
        raise ValueError(f"two shields are named {shield.name!r}")
    _shields[shield.name] = shield


_LIST = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    # tgenabled 'A', always: disabled, or passed by in a replica's session, is as good as none.
    "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'A'",
}


def missing(using: str = DEFAULT) -> list[Shield]:
    """The shields that should stand and do not."""
    connection = connections[using]
    with connection.cursor() as cursor:
        cursor.execute(_LIST[connection.vendor])
        standing = {row[0] for row in cursor.fetchall()}
    wanted = (one for one in _shields.values() if one.applies(connection.vendor))
    return [one for one in wanted if one.name not in standing]


def install(using: str = DEFAULT, **_about: Any) -> None:
    """Put up what is missing, as far as its tables are there yet."""
    connection = connections[using]
    tables = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for shield in missing(using):
            if {shield.table, *shield.needs} <= tables:
                for statement in getattr(shield, connection.vendor)():
                    cursor.execute(statement)


def remove(using: str = DEFAULT, **_about: Any) -> None:
    """Make way for a migration; `install` puts all up again as they are declared by then."""
    connection = connections[using]
    tables = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for shield in _shields.values():
            if connection.vendor == "sqlite":
                cursor.execute(f"DROP TRIGGER IF EXISTS {shield.name}")
            elif shield.table in tables:
                cursor.execute(f"DROP TRIGGER IF EXISTS {shield.name} ON {shield.table}")
                cursor.execute(f"DROP FUNCTION IF EXISTS {shield.name}()")
