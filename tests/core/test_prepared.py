"""The compiled statements do what the ORM would have done."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection, transaction
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext

from core import prepared
from core.models import Membership, Unit
from core.prepared import Objects, Reading
from core.roles import Role
from tests import make
from workflows.models import Duty
from workflows.states import State

pytestmark = pytest.mark.django_db


def test_a_locked_row_is_the_row_or_nothing() -> None:
    unit = make.unit("Bureau")
    same = prepared.locked(Unit, unit.pk)
    assert same == unit
    assert same is not None
    assert (same.name, same.path, same._state.adding) == ("Bureau", unit.path, False)
    assert prepared.locked(Unit, 0) is None


def test_columns_come_back_as_the_fields_have_them() -> None:
    row = make.membership(make.user(), Role.OFFICE, unit=make.unit(), ends=date(2021, 2, 3))
    same = prepared.locked(Membership, row.pk)
    assert same is not None
    assert (same.starts, same.ends) == (date(2020, 1, 1), date(2021, 2, 3))


def test_an_inserted_row_has_its_id_and_is_no_longer_new() -> None:
    row = Unit(name="Bureau", path="9999/")
    prepared.insert(row)
    assert Unit.objects.get(name="Bureau") == row
    assert not row._state.adding


def test_only_the_named_fields_are_updated() -> None:
    unit = make.unit("Bureau")
    unit.name, path, unit.path = "Other", unit.path, "0/"
    prepared.update(unit, {"name"})
    again = Unit.objects.get(pk=unit.pk)
    assert (again.name, again.path) == ("Other", path)
    with pytest.raises(ValueError, match="Unit has no field nickname"):
        prepared.update(unit, {"name", "nickname"})


def test_a_reading_is_compiled_once_and_asked_about_other_values() -> None:
    built = []

    def build(user: int, day: date) -> object:
        built.append(day)
        rows = Membership.objects.filter(user=user, starts__lte=day)
        return rows.values_list("role")[:1]

    reading = Reading(build, -1, date(1, 2, 3))  # type: ignore[arg-type]
    office = make.person(Role.OFFICE, unit=make.unit())
    auditor = make.person(Role.AUDITOR, unit=make.unit())
    assert reading.first(office.pk, date(2026, 1, 1)) == ("office",)
    assert reading.first(auditor.pk, date(2026, 1, 1)) == ("auditor",)
    assert reading.first(auditor.pk, date(2019, 1, 1)) is None
    assert len(built) == 1


def test_whole_rows_come_back_as_the_queryset_gives_them() -> None:
    house = make.house()
    item = make.item(State.IN_REVIEW, house=house)
    submission = item.submission
    assert submission is not None

    def build(pk: int) -> QuerySet[Duty, Duty]:
        return Duty.objects.filter(submission=pk).select_related("task__process", "person")

    statement = Objects(build, -1)
    (asked,) = build(submission.pk)
    (found,) = statement.found(submission.pk)
    assert asked.task is not None
    assert found.task is not None
    for one, same in ((found, asked), (found.task, asked.task)):
        assert type(one) is type(same)
        assert {**vars(one), "_state": ""} == {**vars(same), "_state": ""}
    with CaptureQueriesContext(connection) as queries:
        assert found.task.process == asked.task.process
        assert found.person is None
    assert not queries.captured_queries
    assert not found._state.adding
    assert statement.found(0) == []


@pytest.mark.django_db(transaction=True)
def test_a_statement_takes_part_in_the_transaction() -> None:
    with transaction.atomic():
        prepared.insert(Unit(name="Bureau", path="9999/"))
        transaction.set_rollback(True)
    assert not Unit.objects.exists()
    assert not connection.in_atomic_block
