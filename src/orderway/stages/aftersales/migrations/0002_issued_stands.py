"""An issued credit note is never changed or deleted: a trigger refuses it. (SQLite refuses changes only: its tests empty tables by DELETE.)"""

from django.db import migrations

TABLES = ("aftersales_creditnote", "aftersales_creditnoteline", "aftersales_creditnotetax")
POSTGRESQL = [
    """
    CREATE FUNCTION aftersales_issued_stands() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'an issued credit note is never changed'; END $$
    """,
    *(
        f"CREATE TRIGGER {table}_stands BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION aftersales_issued_stands()"
        for table in TABLES
    ),
]
POSTGRESQL_BACK = [*(f"DROP TRIGGER {table}_stands ON {table}" for table in TABLES), "DROP FUNCTION aftersales_issued_stands"]
SQLITE = [
    f"CREATE TRIGGER {table}_stands BEFORE UPDATE ON {table} BEGIN SELECT RAISE(ABORT, 'an issued credit note is never changed'); END"
    for table in TABLES
]
SQLITE_BACK = [f"DROP TRIGGER {table}_stands" for table in TABLES]


def forwards(apps, schema_editor):
    for statement in POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE:
        schema_editor.execute(statement)


def backwards(apps, schema_editor):
    for statement in POSTGRESQL_BACK if schema_editor.connection.vendor == "postgresql" else SQLITE_BACK:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("aftersales", "0001_tables")]
    operations = [migrations.RunPython(forwards, backwards)]
