"""The index over what is searched. Whoever rebuilds the table on SQLite makes its triggers again."""

from django.db import migrations

# Every two signs that stand together, each pair once; what the index holds and what it is asked for.
POSTGRESQL = [
    """
    CREATE FUNCTION search_grams(body text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
      SELECT COALESCE(array_agg(DISTINCT pair), '{}') FROM (
        SELECT sign || lead(sign) OVER (ORDER BY place) AS pair
        FROM unnest(string_to_array(body, NULL)) WITH ORDINALITY AS signs (sign, place)
      ) pairs WHERE pair IS NOT NULL
    $$
    """,
    *(
        f"CREATE INDEX search_{kind}_grams ON workflows_searchable"
        f" USING gin (search_grams(body)) WHERE kind = '{kind}'"
        for kind in ("item", "measure", "piece")
    ),
]
# Nothing but the pairs, in their order: `search_grams` is core.grams.tokens, which each connection
# of ours knows (project/sqlite).
_ADD = """
  INSERT INTO workflows_searchable_grams (rowid, grams)
  VALUES (new.id, search_grams(new.kind, new.body));
"""
_TAKE = """
  INSERT INTO workflows_searchable_grams (workflows_searchable_grams, rowid, grams)
  VALUES ('delete', old.id, search_grams(old.kind, old.body));
"""
SQLITE = [
    """
    CREATE VIRTUAL TABLE workflows_searchable_grams
    USING fts5(grams, content='', columnsize=0, tokenize='ascii')
    """,
    f"CREATE TRIGGER searchable_added AFTER INSERT ON workflows_searchable BEGIN {_ADD} END",
    f"CREATE TRIGGER searchable_gone AFTER DELETE ON workflows_searchable BEGIN {_TAKE} END",
    f"""
    CREATE TRIGGER searchable_reworded AFTER UPDATE OF kind, body ON workflows_searchable
    BEGIN {_TAKE} {_ADD} END
    """,
]


def index(apps, schema_editor):
    for statement in POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE:
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [
        ("workflows", "0025_searchable"),
    ]

    operations = [migrations.RunPython(index)]
