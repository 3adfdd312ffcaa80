"""The database itself refuses to rewrite the log and its checkpoints, as it refuses for events."""

from typing import ClassVar

from django.db import migrations

TABLES = ("audit_leaf", "audit_checkpoint")


def sqlite_keeps(table):
    for act in ("update", "delete"):
        yield f"""
        CREATE TRIGGER {table}_no_{act} BEFORE {act.upper()} ON {table}
        BEGIN SELECT RAISE(ABORT, 'the log is append-only: no {act}'); END
        """


# As with events: REPLACE passes by the delete trigger, so whatever it could replace is refused.
SQLITE = [
    *sqlite_keeps("audit_leaf"),
    *sqlite_keeps("audit_checkpoint"),
    """
    CREATE TRIGGER audit_leaf_in_sequence BEFORE INSERT ON audit_leaf
    BEGIN
      SELECT RAISE(ABORT, 'the log is append-only: this event has its place already')
      WHERE EXISTS (SELECT 1 FROM audit_leaf WHERE event_id = NEW.event_id);
      SELECT RAISE(ABORT, 'the log is append-only: not the next place')
      WHERE NEW."index" IS NOT COALESCE((SELECT MAX("index") FROM audit_leaf), -1) + 1;
      SELECT RAISE(ABORT, 'the log is append-only: not the hash of the event')
      WHERE NEW.hash IS NOT (SELECT hash FROM audit_event WHERE id = NEW.event_id);
    END
    """,
    """
    CREATE TRIGGER audit_checkpoint_in_sequence BEFORE INSERT ON audit_checkpoint
    BEGIN
      SELECT RAISE(ABORT, 'the log is append-only: this checkpoint is there already')
      WHERE EXISTS (SELECT 1 FROM audit_checkpoint WHERE id = NEW.id OR code = NEW.code);
      SELECT RAISE(ABORT, 'the log is append-only: a checkpoint grows, and no further than the log')
      WHERE NEW.size <= COALESCE((SELECT MAX(size) FROM audit_checkpoint), 0)
         OR NEW.size > COALESCE((SELECT MAX("index") FROM audit_leaf), -1) + 1;
    END
    """,
]
SQLITE_OFF = [
    f"DROP TRIGGER {table}_{name}"
    for table in TABLES
    for name in ("no_update", "no_delete", "in_sequence")
]


def postgresql_keeps(table):
    for act, each in (("update", "ROW"), ("delete", "ROW"), ("truncate", "STATEMENT")):
        yield f"""
        CREATE TRIGGER {table}_no_{act} BEFORE {act.upper()} ON {table}
        FOR EACH {each} EXECUTE FUNCTION audit_log_is_append_only()
        """
        yield f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_no_{act}"


POSTGRESQL = [
    """
    CREATE FUNCTION audit_log_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'the log is append-only: no %', lower(TG_OP); END $$
    """,
    """
    CREATE FUNCTION audit_leaf_follows() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE last_index bigint; told bytea;
    BEGIN
      SELECT max("index") INTO last_index FROM audit_leaf;
      SELECT hash INTO told FROM audit_event WHERE id = NEW.event_id;
      IF NEW."index" IS DISTINCT FROM COALESCE(last_index, -1) + 1 THEN
        RAISE EXCEPTION 'the log is append-only: not the next place';
      END IF;
      IF NEW.hash IS DISTINCT FROM told THEN
        RAISE EXCEPTION 'the log is append-only: not the hash of the event';
      END IF;
      RETURN NEW;
    END $$
    """,
    """
    CREATE FUNCTION audit_checkpoint_follows() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE last_size bigint; places bigint;
    BEGIN
      SELECT max(size) INTO last_size FROM audit_checkpoint;
      SELECT max("index") + 1 INTO places FROM audit_leaf;
      IF NEW.size <= COALESCE(last_size, 0) OR NEW.size > COALESCE(places, 0) THEN
        RAISE EXCEPTION 'the log is append-only: a checkpoint grows, and no further than the log';
      END IF;
      RETURN NEW;
    END $$
    """,
    *postgresql_keeps("audit_leaf"),
    *postgresql_keeps("audit_checkpoint"),
    """
    CREATE TRIGGER audit_leaf_in_sequence BEFORE INSERT ON audit_leaf
    FOR EACH ROW EXECUTE FUNCTION audit_leaf_follows()
    """,
    """
    CREATE TRIGGER audit_checkpoint_in_sequence BEFORE INSERT ON audit_checkpoint
    FOR EACH ROW EXECUTE FUNCTION audit_checkpoint_follows()
    """,
    *[f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_in_sequence" for table in TABLES],
]
POSTGRESQL_OFF = [
    *[
        f"DROP TRIGGER {table}_{name} ON {table}"
        for table in TABLES
        for name in ("no_update", "no_delete", "no_truncate", "in_sequence")
    ],
    "DROP FUNCTION audit_log_is_append_only()",
    "DROP FUNCTION audit_leaf_follows()",
    "DROP FUNCTION audit_checkpoint_follows()",
]


def protect(apps, schema_editor):
    for statement in {"sqlite": SQLITE, "postgresql": POSTGRESQL}[schema_editor.connection.vendor]:
        schema_editor.execute(statement, params=None)  # a % in it is no placeholder


def expose(apps, schema_editor):
    off = {"sqlite": SQLITE_OFF, "postgresql": POSTGRESQL_OFF}
    for statement in off[schema_editor.connection.vendor]:
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("audit", "0005_log")]
    operations: ClassVar = [migrations.RunPython(protect, expose)]
