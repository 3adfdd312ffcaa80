"""Rows by plain SQL, on PostgreSQL and SQLite alike: one INSERT … SELECT a table."""

from __future__ import annotations

from typing import Any

from django.db import connection, models
from django.db.models.fields import NOT_PROVIDED

TODAY = "2026-11-23"


def is_postgresql() -> bool:
    return connection.vendor == "postgresql"


def series(first: int, last: int) -> str:
    """A table of the whole numbers from first to last, in a column i."""
    if is_postgresql():
        return f"(SELECT i::bigint FROM generate_series({first}, {last}) i) numbers"
    counted = f"SELECT {first} AS i UNION ALL SELECT i + 1 FROM n WHERE i < {last}"
    return f"(WITH RECURSIVE n AS ({counted}) SELECT i FROM n) numbers"


def day(days: str) -> str:
    """So many days after the bench's today."""
    if is_postgresql():
        return f"(date '{TODAY}' + ({days})::int)"
    return f"date('{TODAY}', ({days}) || ' days')"


def moment(seconds: str) -> str:
    """So many seconds before the bench's midnight."""
    if is_postgresql():
        return f"(timestamptz '{TODAY} 00:00+00' - ({seconds}) * interval '1 second')"
    return f"datetime('{TODAY} 00:00:00', (-({seconds})) || ' seconds')"


def inserted(model: type[models.Model], source: str, **columns: str) -> int:
    """Insert a row for each of the source: expressions by field, and the model's own defaults."""
    names, places, values = [], [], []
    for field in model._meta.concrete_fields:
        if (given := columns.pop(field.attname, None)) is not None:
            names.append(field.column)
            places.append(given)
        elif not field.primary_key:
            names.append(field.column)
            places.append("%s")
            values.append(_default(field))
    if columns:
        raise ValueError(f"{model.__name__} has no {', '.join(columns)}")
    listed = ", ".join(f'"{name}"' for name in names)
    sql = (
        f'INSERT INTO "{model._meta.db_table}" ({listed}) SELECT {", ".join(places)} FROM {source}'
    )
    with connection.cursor() as cursor:
        # A value stands for itself, so a per cent sign of the SQL's own must be doubled.
        cursor.execute(sql, values)
        return int(cursor.rowcount)


def _default(field: models.Field[Any, Any]) -> Any:
    """What the model itself would have written into a field nobody named."""
    value = None if field.null and field.default is NOT_PROVIDED else field.get_default()
    if isinstance(field, models.BinaryField) and value is not None:
        return bytes(value)
    return field.get_db_prep_save(value, connection)
