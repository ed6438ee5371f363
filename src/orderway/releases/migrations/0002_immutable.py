"""A version that left the draft state keeps its content: a trigger refuses a change."""

from django.db import migrations

POSTGRESQL = [
    """
    CREATE FUNCTION releases_version_stands() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'a version that was approved never changes its content'; END $$
    """,
    """
    CREATE TRIGGER releases_version_stands BEFORE UPDATE ON releases_version FOR EACH ROW
    WHEN (OLD.status <> 'draft' AND (NEW.document, NEW.content_hash, NEW.source, NEW.standard_id, NEW.version)
          IS DISTINCT FROM (OLD.document, OLD.content_hash, OLD.source, OLD.standard_id, OLD.version))
    EXECUTE FUNCTION releases_version_stands()
    """,
]
POSTGRESQL_BACK = ["DROP TRIGGER releases_version_stands ON releases_version", "DROP FUNCTION releases_version_stands"]
SQLITE = [
    """
    CREATE TRIGGER releases_version_stands BEFORE UPDATE ON releases_version
    WHEN OLD.status <> 'draft' AND (NEW.document <> OLD.document OR NEW.content_hash <> OLD.content_hash OR NEW.source <> OLD.source
         OR NEW.standard_id <> OLD.standard_id OR NEW.version <> OLD.version)
    BEGIN SELECT RAISE(ABORT, 'a version that was approved never changes its content'); END
    """,
]
SQLITE_BACK = ["DROP TRIGGER releases_version_stands"]


def forwards(apps, schema_editor):
    for statement in POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE:
        schema_editor.execute(statement)


def backwards(apps, schema_editor):
    for statement in POSTGRESQL_BACK if schema_editor.connection.vendor == "postgresql" else SQLITE_BACK:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("releases", "0001_tables")]
    operations = [migrations.RunPython(forwards, backwards)]
