"""What a decision stood on is kept by the database itself, on SQLite and on PostgreSQL."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from audit import shields, triggers
from core.refusals import Unsafe
from evidence.models import Evidence
from tests import make
from tests.audit.chains import run, unprotected
from workflows import verification
from workflows.actions import proving
from workflows.models import Citation, Exhibit, Item, Submission
from workflows.states import State

pytestmark = pytest.mark.django_db
OTHER = "'" + "f" * 64 + "'"
AGAIN = (
    "REPLACE INTO workflows_exhibit (id, submission_id, citation_id, digest)"
    f" SELECT id + 9, submission_id, citation_id, {OTHER} FROM workflows_exhibit"
)
ATTACKS = [
    "DELETE FROM evidence_evidence",
    f"UPDATE evidence_evidence SET digest = {OTHER}",
    "UPDATE evidence_evidence SET size = size + 1",
    "UPDATE evidence_evidence SET name = 'another.pdf'",
    "UPDATE evidence_evidence SET media_type = 'text/html'",
    "UPDATE evidence_evidence SET received_at = '2020-01-01T00:00:00Z'",
    "UPDATE evidence_evidence SET received_from_id = received_from_id + 1",
    "UPDATE evidence_evidence SET formed_on = '2020-01-01'",
    "UPDATE evidence_evidence SET id = id + 1000",
    "DELETE FROM workflows_citation",
    "UPDATE workflows_citation SET evidence_id = evidence_id + 1",
    "UPDATE workflows_citation SET item_id = item_id + 1",
    "UPDATE workflows_citation SET cited_by_id = cited_by_id + 1",
    "UPDATE workflows_citation SET cited_at = '2020-01-01T00:00:00Z'",
    "UPDATE workflows_citation SET claim = 'It proves another thing'",
    "UPDATE workflows_citation SET pages = '9'",
    "UPDATE workflows_citation SET measure_id = measure_id + 1",
    "UPDATE workflows_citation SET replaces_id = id",
    "DELETE FROM workflows_exhibit",
    f"UPDATE workflows_exhibit SET digest = {OTHER}",
    "UPDATE workflows_exhibit SET citation_id = citation_id + 1",
    "DELETE FROM workflows_submission",
    f"UPDATE workflows_submission SET digest = {OTHER}",
    "UPDATE workflows_submission SET outcome = 'returned'",
    "UPDATE workflows_submission SET decided_by_id = decided_by_id + 1",
]
ON_SQLITE = [
    "INSERT OR REPLACE INTO evidence_evidence SELECT * FROM evidence_evidence",
    "REPLACE INTO workflows_citation SELECT * FROM workflows_citation",
    AGAIN,
    "UPDATE OR REPLACE workflows_exhibit SET id = id + 1000",
]
ON_POSTGRESQL = [
    "TRUNCATE workflows_exhibit",
    "TRUNCATE evidence_evidence CASCADE",
    "SET session_replication_role = replica; DELETE FROM workflows_exhibit",
]


@pytest.fixture
def closed() -> Item:
    return make.item(State.CLOSED)


def refused(statement: str) -> None:
    before = [list(model.objects.values()) for model in (Evidence, Citation, Exhibit, Submission)]
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    after = [list(model.objects.values()) for model in (Evidence, Citation, Exhibit, Submission)]
    assert after == before


@pytest.mark.parametrize("statement", ATTACKS)
def test_the_database_refuses_to_change_what_was_decided_on(statement: str, closed: Item) -> None:
    refused(statement)


@pytest.mark.sqlite
@pytest.mark.parametrize("statement", ON_SQLITE)
def test_sqlite_refuses_to_replace_it(statement: str, closed: Item) -> None:
    refused(statement)


@pytest.mark.postgresql
@pytest.mark.parametrize("statement", ON_POSTGRESQL)
def test_postgresql_refuses_to_empty_it_away(statement: str, closed: Item) -> None:
    refused(statement)


def test_a_withdrawal_is_neither_undone_nor_put_on_another() -> None:
    house = make.house()
    item = make.item(State.VERIFYING, house=house)
    proving.withdraw_evidence(
        item.pk,
        actor=house.staff.actor(),
        command=make.command(item),
        citation_id=item.citations.get().pk,
        reason=make.REASON,
    )
    refused("UPDATE workflows_citation SET withdrawn_at = NULL, withdrawn_by_id = NULL")
    refused("UPDATE workflows_citation SET withdrawn_reason = 'It was wrong'")


def test_before_a_decision_what_a_citation_says_may_be_put_right() -> None:
    make.item(State.VERIFYING)
    assert Citation.objects.update(claim="The lamps on both sides", pages="2") == 1
    assert Evidence.objects.update(formed_on="2026-04-01") == 1
    assert Evidence.objects.update(preview=False, notes=["scanned"]) == 1


def test_without_a_shield_nothing_is_written_and_migrating_puts_it_up_again(
    closed: Item,
) -> None:
    name = "workflows_exhibit_no_delete"
    if connection.vendor == "postgresql":  # what the test wrote is not checked yet
        run("SET CONSTRAINTS ALL IMMEDIATE")
    shields.remove()
    triggers.forget()
    assert name in triggers.missing()
    with pytest.raises(Unsafe, match=name):
        make.item()
    call_command("migrate", verbosity=0)
    triggers.forget()
    assert triggers.missing() == frozenset()
    refused("DELETE FROM workflows_exhibit")


def test_no_two_shields_have_one_name() -> None:
    with pytest.raises(ValueError, match="two shields"):
        shields.keep("evidence_evidence", "again")


def test_a_table_that_is_not_there_yet_gets_no_shield(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half-way through the migrations of an empty database."""
    early = {
        "early": shields.Shield(name="early", table="not_there", act="DELETE", says="no"),
        "late": shields.Shield(
            name="late", table="audit_event", act="UPDATE", says="no", needs=("not_there",)
        ),
    }
    monkeypatch.setattr(shields, "_shields", early)
    shields.remove()
    shields.install()
    assert {one.name for one in shields.missing()} == {"early", "late"}


def test_what_a_decision_stood_on_is_told_by_its_event(closed: Item) -> None:
    assert verification.verify_all().breaks == []
    with unprotected():
        Exhibit.objects.all().delete()
    [broken] = verification.verify_all().breaks
    assert broken.subject == closed.subject
