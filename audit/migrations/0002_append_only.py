"""The database itself refuses to rewrite the record, on SQLite and on PostgreSQL."""

from typing import ClassVar

from django.db import migrations

SQLITE = [
    """
    CREATE TRIGGER audit_event_no_update BEFORE UPDATE ON audit_event
    BEGIN SELECT RAISE(ABORT, 'the record is append-only: no update'); END
    """,
    """
    CREATE TRIGGER audit_event_no_delete BEFORE DELETE ON audit_event
    BEGIN SELECT RAISE(ABORT, 'the record is append-only: no delete'); END
    """,
    # REPLACE deletes without asking the delete trigger (unless recursive_triggers), so whatever
    # it could replace is refused here: an id, a step or a command that is there already.
    """
    CREATE TRIGGER audit_event_in_sequence BEFORE INSERT ON audit_event
    BEGIN
      SELECT RAISE(ABORT, 'the record is append-only: this event is there already')
      WHERE EXISTS (SELECT 1 FROM audit_event WHERE id = NEW.id)
         OR (NEW.command IS NOT NULL AND EXISTS (
              SELECT 1 FROM audit_event WHERE subject = NEW.subject AND command = NEW.command));
      SELECT RAISE(ABORT, 'the record is append-only: not the next event of its chain')
      WHERE NEW.seq IS NOT 1 + COALESCE(
              (SELECT MAX(seq) FROM audit_event WHERE subject = NEW.subject), 0)
         OR NEW.prev IS NOT COALESCE(
              (SELECT hash FROM audit_event WHERE subject = NEW.subject
               ORDER BY seq DESC LIMIT 1), zeroblob(32));
    END
    """,
]
SQLITE_OFF = [
    "DROP TRIGGER audit_event_no_update",
    "DROP TRIGGER audit_event_no_delete",
    "DROP TRIGGER audit_event_in_sequence",
]
POSTGRESQL = [
    """
    CREATE FUNCTION audit_event_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'the record is append-only: no %', lower(TG_OP); END $$
    """,
    """
    CREATE FUNCTION audit_event_follows() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE last_seq integer; last_hash bytea;
    BEGIN
      SELECT seq, hash INTO last_seq, last_hash FROM audit_event
       WHERE subject = NEW.subject ORDER BY seq DESC LIMIT 1;
      IF NEW.seq IS DISTINCT FROM COALESCE(last_seq, 0) + 1
         OR NEW.prev IS DISTINCT FROM COALESCE(last_hash, decode(repeat('00', 32), 'hex')) THEN
        RAISE EXCEPTION 'the record is append-only: not the next event of its chain';
      END IF;
      RETURN NEW;
    END $$
    """,
    """
    CREATE TRIGGER audit_event_no_update BEFORE UPDATE ON audit_event
    FOR EACH ROW EXECUTE FUNCTION audit_event_is_append_only()
    """,
    """
    CREATE TRIGGER audit_event_no_delete BEFORE DELETE ON audit_event
    FOR EACH ROW EXECUTE FUNCTION audit_event_is_append_only()
    """,
    """
    CREATE TRIGGER audit_event_no_truncate BEFORE TRUNCATE ON audit_event
    FOR EACH STATEMENT EXECUTE FUNCTION audit_event_is_append_only()
    """,
    """
    CREATE TRIGGER audit_event_in_sequence BEFORE INSERT ON audit_event
    FOR EACH ROW EXECUTE FUNCTION audit_event_follows()
    """,
    # Otherwise a session that calls itself a replica would pass by them.
    "ALTER TABLE audit_event ENABLE ALWAYS TRIGGER audit_event_no_update",
    "ALTER TABLE audit_event ENABLE ALWAYS TRIGGER audit_event_no_delete",
    "ALTER TABLE audit_event ENABLE ALWAYS TRIGGER audit_event_no_truncate",
    "ALTER TABLE audit_event ENABLE ALWAYS TRIGGER audit_event_in_sequence",
]
POSTGRESQL_OFF = [
    "DROP TRIGGER audit_event_no_update ON audit_event",
    "DROP TRIGGER audit_event_no_delete ON audit_event",
    "DROP TRIGGER audit_event_no_truncate ON audit_event",
    "DROP TRIGGER audit_event_in_sequence ON audit_event",
    "DROP FUNCTION audit_event_is_append_only()",
    "DROP FUNCTION audit_event_follows()",
]


def protect(apps, schema_editor):
    for statement in {"sqlite": SQLITE, "postgresql": POSTGRESQL}[schema_editor.connection.vendor]:
        schema_editor.execute(statement, params=None)  # a % in it is no placeholder


def expose(apps, schema_editor):
    off = {"sqlite": SQLITE_OFF, "postgresql": POSTGRESQL_OFF}
    for statement in off[schema_editor.connection.vendor]:
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("audit", "0001_initial")]
    operations: ClassVar = [migrations.RunPython(protect, expose)]
