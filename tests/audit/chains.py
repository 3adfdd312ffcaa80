"""Chains of a few plain events, and a way past the database's protection to tamper with them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from uuid import uuid4

from django.db import connection, transaction

from audit import record, shields, triggers
from audit.models import Event
from core.actor import Actor, Kind

ALICE = Actor(kind=Kind.PERSON, id=7, label="Alice", address="192.0.2.7")
PROTECTIONS = [
    import_module("audit.migrations.0002_append_only"),
    import_module("audit.migrations.0006_log_append_only"),
]


def write(subject: str, *names: str, commands: bool = True) -> list[Event]:
    """Events one after another on a chain of their own."""
    with transaction.atomic():
        for name in names:
            record.append(
                name,
                head=record.head_of(subject),
                actor=ALICE,
                data={"told": name},
                command=uuid4() if commands else None,
            )
    return list(Event.objects.filter(subject=subject).order_by("seq"))


@contextmanager
def unprotected() -> Iterator[None]:
    """As somebody with the database in their hands would: triggers off, tamper, triggers on."""
    vendor = connection.vendor.upper()
    run("SET CONSTRAINTS ALL IMMEDIATE" if vendor == "POSTGRESQL" else "SELECT 1")
    for protection in PROTECTIONS:
        run(*getattr(protection, f"{vendor}_OFF"))
    shields.remove()
    try:
        yield
    finally:
        for protection in PROTECTIONS:
            run(*getattr(protection, vendor))
        shields.install()
        triggers.forget()


def run(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
