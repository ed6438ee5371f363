"""Entries cannot be changed: a trigger refuses it. On PostgreSQL each row names the transaction that wrote it, for followers."""

from django.db import migrations

POSTGRESQL = [
    "ALTER TABLE journal_entry ALTER COLUMN transaction_id SET DEFAULT (pg_current_xact_id()::text::bigint)",
    """
    CREATE FUNCTION journal_entry_stands() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'journal entries are never changed or deleted'; END $$
    """,
    "CREATE TRIGGER journal_entry_stands BEFORE UPDATE OR DELETE ON journal_entry FOR EACH ROW EXECUTE FUNCTION journal_entry_stands()",
]
POSTGRESQL_BACK = [
    "DROP TRIGGER journal_entry_stands ON journal_entry",
    "DROP FUNCTION journal_entry_stands",
    "ALTER TABLE journal_entry ALTER COLUMN transaction_id DROP DEFAULT",
]
SQLITE = [
    """
    CREATE TRIGGER journal_entry_stands BEFORE UPDATE ON journal_entry
    BEGIN SELECT RAISE(ABORT, 'journal entries are never changed'); END
    """,
]
SQLITE_BACK = ["DROP TRIGGER journal_entry_stands"]


def forwards(apps, schema_editor):
    for statement in POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE:
        schema_editor.execute(statement)


def backwards(apps, schema_editor):
    for statement in POSTGRESQL_BACK if schema_editor.connection.vendor == "postgresql" else SQLITE_BACK:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("journal", "0001_tables")]
    operations = [migrations.RunPython(forwards, backwards)]
