"""What every test begins with: a database that is migrated once, and empty after each test."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest
from django.db import connection
from django.test import TransactionTestCase
from django.test.utils import setup_databases, teardown_databases
from django.utils import translation
from pytest_django import DjangoDbBlocker

from audit import shields, triggers
from tests import template

_protections = [
    import_module("audit.migrations.0002_append_only"),
    import_module("audit.migrations.0006_log_append_only"),
]


@pytest.fixture(autouse=True)
def _each_test_begins_in_the_deployments_language() -> None:
    """A page that was asked for in English leaves its thread speaking English."""
    translation.deactivate()


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None,
    django_db_modify_db_settings: None,
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[None]:
    """In place of pytest-django's, which migrates a database for each worker."""
    with django_db_blocker.unblock(), template.taken() as copied:
        made = setup_databases(0, interactive=False, keepdb=copied, serialized_aliases=set())
    yield
    with django_db_blocker.unblock():
        teardown_databases(made, 0)
        template.leave()


@pytest.fixture(autouse=True, scope="session")
def _the_record_may_be_emptied_between_tests() -> Iterator[None]:
    """Only the flush after a transaction test goes unprotected; every test runs protected.

    SQLite's whole file is restored instead: a page copied costs less than a table emptied.
    """
    flush = getattr(TransactionTestCase, "_fixture_teardown")  # noqa: B009 -- the stubs hide it

    def teardown(self: Any) -> None:
        if connection.vendor == "sqlite":
            template.restore()
            triggers.forget()
            return
        with connection.schema_editor() as editor:
            for protection in _protections:
                protection.expose(None, editor)
        shields.remove()
        try:
            flush(self)
        finally:
            with connection.schema_editor() as editor:
                for protection in _protections:
                    protection.protect(None, editor)
            shields.install()
            triggers.forget()

    patch = pytest.MonkeyPatch()
    patch.setattr(TransactionTestCase, "_fixture_teardown", teardown)
    yield
    patch.undo()


@pytest.fixture(autouse=True, scope="session")
def _nobody_is_left_on_the_test_database(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """A server's thread may outlive its test with a connection, and then nothing can be dropped."""
    yield
    with django_db_blocker.unblock():
        if connection.vendor != "postgresql":
            return
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
