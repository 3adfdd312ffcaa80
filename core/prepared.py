"""The few statements that every verb runs, compiled once: building them costs more than running.

One row locked, one inserted, some named fields of one updated. PostgreSQL keeps
them prepared, so a pooler in front of it must pool sessions, not transactions.
Everything else in Rectify is plain ORM.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import psycopg
from django.db import connection
from django.db.models.query import get_related_populators

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from django.db.models import Model, QuerySet

Row = TypeVar("Row", bound="Model")


def locked(model: type[Row], pk: int) -> Row | None:
    """The row, held until the transaction ends; None when there is none."""
    names, sql = _select(model, connection.vendor)
    with _run(sql, [pk]) as cursor:
        values = cursor.fetchone()
    if values is None:
        return None
    converted = [
        convert(value, None, connection) if convert else value
        for convert, value in zip(_converters(model, connection.vendor), values, strict=True)
    ]
    return model.from_db(connection.alias, names, converted)


def insert(row: Model) -> None:
    """Insert a new row and give it its id."""
    fields, sql = _insert(type(row), connection.vendor)
    values = [f.get_db_prep_save(getattr(row, f.attname), connection) for f in fields]
    with _run(sql, values) as cursor:
        row.pk = cursor.fetchone()[0]
    row._state.adding = False
    row._state.db = connection.alias


def update(row: Model, names: Collection[str]) -> None:
    """Update the named fields of a row that the caller holds."""
    fields, sql = _update(type(row), frozenset(names), connection.vendor)
    values = [f.get_db_prep_save(getattr(row, f.attname), connection) for f in fields]
    with _run(sql, [*values, row.pk]):
        pass


class Reading:
    """A queryset of plain values, compiled once for whatever values are asked about.

    `build` makes it from as many arguments as there are `markers`: values of the
    right types that stand nowhere else in the statement, each replaced when run.
    """

    def __init__(self, build: Callable[..., QuerySet[Any, Any]], *markers: object) -> None:
        self._build = build
        self._markers = markers
        self._statements: dict[str, tuple[str, tuple[Any, ...]]] = {}

    def first(self, *values: object) -> tuple[Any, ...] | None:
        """The first row for these values, or None."""
        with self._asked(values) as cursor:
            row: tuple[Any, ...] | None = cursor.fetchone()
        return row

    def all(self, *values: object) -> list[tuple[Any, ...]]:
        """Every row for these values."""
        with self._asked(values) as cursor:
            rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows

    def _asked(self, values: tuple[object, ...]) -> Any:
        given = {
            _as_parameter(marker): _as_parameter(value)
            for marker, value in zip(self._markers, values, strict=True)
        }
        sql, places = self._statement(connection.vendor)
        return _run(sql, [given.get(place, place) for place in places])

    def _statement(self, vendor: str) -> tuple[str, tuple[Any, ...]]:
        if vendor not in self._statements:
            self._statements[vendor] = self._compiled(vendor)
        return self._statements[vendor]

    def _compiled(self, _vendor: str) -> tuple[str, tuple[Any, ...]]:
        return self._build(*self._markers).query.sql_with_params()


class Objects(Reading, Generic[Row]):
    """Whole rows, with what the queryset selects beside them, compiled once in the same way."""

    def __init__(self, build: Callable[..., QuerySet[Row, Row]], *markers: object) -> None:
        super().__init__(build, *markers)
        self._shapes: dict[str, _Shape] = {}

    def found(self, *values: object) -> list[Row]:
        """Every row for these values, as the queryset itself would have given them."""
        rows = self.all(*values)
        return [self._shapes[connection.vendor].instance(row) for row in rows]

    def _compiled(self, vendor: str) -> tuple[str, tuple[Any, ...]]:
        compiler = self._build(*self._markers).query.get_compiler(connection.alias)
        sql, places = compiler.as_sql()
        self._shapes[vendor] = _shape(compiler)
        return sql, places


@dataclass(frozen=True, slots=True)
class _Shape:
    """How the columns of a row become an object and those beside it."""

    model: type[Model]
    names: list[str]
    columns: slice
    converters: list[tuple[int, list[Any], Any]]
    beside: list[Any]

    def instance(self, row: Sequence[Any]) -> Any:
        values = list(row)
        for place, converters, column in self.converters:
            for convert in converters:
                values[place] = convert(values[place], column, connection)
        made = self.model.from_db(connection.alias, self.names, values[self.columns])
        for related in self.beside:
            related.populate(values, made)
        return made


def _shape(compiler: Any) -> _Shape:
    """What Django's own iteration works out anew each time that a queryset is read."""
    chosen, info = compiler.select, compiler.klass_info
    places = info["select_fields"]
    columns = slice(places[0], places[-1] + 1)
    needed = compiler.get_converters([column for column, *_rest in chosen])
    return _Shape(
        model=info["model"],
        names=[column.target.attname for column, *_rest in chosen[columns]],
        columns=columns,
        converters=[(place, converters, column) for place, (converters, column) in needed.items()],
        # The type stubs know a later Django's fourth argument already.
        beside=get_related_populators(info, chosen, connection.alias),  # type: ignore[call-arg]
    )


def _as_parameter(value: object) -> object:
    """As the compiled statement holds it: SQLite's dates are text."""
    return connection.ops.adapt_datefield_value(value) if isinstance(value, date) else value


def _run(sql: str, values: Sequence[Any]) -> Any:
    """A cursor that has run the statement; on PostgreSQL prepared, with the values beside it."""
    if connection.vendor != "postgresql":
        cursor = connection.cursor()
        cursor.execute(sql, values)
        return cursor
    connection.ensure_connection()
    if connection.queries_logged:
        # As Django's own cursor does: tests and query logs must see these statements too.
        connection.queries_log.append({"sql": sql, "time": "0"})
    with connection.wrap_database_errors:
        raw = psycopg.Cursor(connection.connection)
        return raw.execute(sql, values, prepare=True)


@lru_cache(maxsize=64)
def _select(model: type[Model], vendor: str) -> tuple[list[str], str]:
    fields = model._meta.concrete_fields
    columns = ", ".join(f'"{f.column}"' for f in fields)
    table, key = model._meta.db_table, model._meta.pk.column
    sql = f'SELECT {columns} FROM "{table}" WHERE "{key}" = %s'  # noqa: S608 -- names of our own models
    # NO KEY: rows that point here may still be inserted meanwhile. SQLite's IMMEDIATE
    # transactions hold the whole database already.
    return [f.attname for f in fields], sql + " FOR NO KEY UPDATE" * (vendor == "postgresql")


@lru_cache(maxsize=64)
def _converters(model: type[Model], _vendor: str) -> list[Any]:
    """What turns a column into the field's value where the driver alone does not."""
    found = []
    for field in model._meta.concrete_fields:
        converters = connection.ops.get_db_converters(field.get_col(model._meta.db_table))
        found.append(converters[0] if converters else None)
    return found


@lru_cache(maxsize=64)
def _insert(model: type[Model], _vendor: str) -> tuple[list[Any], str]:
    fields = [f for f in model._meta.concrete_fields if not f.primary_key]
    columns = ", ".join(f'"{f.column}"' for f in fields)
    places = ", ".join(["%s"] * len(fields))
    table, key = model._meta.db_table, model._meta.pk.column
    sql = f'INSERT INTO "{table}" ({columns}) VALUES ({places}) RETURNING "{key}"'  # noqa: S608
    return fields, sql


@lru_cache(maxsize=256)
def _update(model: type[Model], names: frozenset[str], _vendor: str) -> tuple[list[Any], str]:
    fields = [f for f in model._meta.concrete_fields if {f.name, f.attname} & names]
    if unknown := names - {n for f in fields for n in (f.name, f.attname)}:
        raise ValueError(f"{model.__name__} has no field {', '.join(sorted(unknown))}")
    changes = ", ".join(f'"{f.column}" = %s' for f in fields)
    table, key = model._meta.db_table, model._meta.pk.column
    return fields, f'UPDATE "{table}" SET {changes} WHERE "{key}" = %s'  # noqa: S608
