"""Documents say how they were rounded. SQLite makes a table anew to add a column and forgets its triggers: they are set again."""

from importlib import import_module

from django.db import migrations, models

triggers = import_module("orderway.stages.aftersales.migrations.0002_issued_stands")


def again(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for statement in triggers.SQLITE:
            schema_editor.execute(statement.replace("CREATE TRIGGER", "CREATE TRIGGER IF NOT EXISTS"))


class Migration(migrations.Migration):

    dependencies = [
        ('aftersales', '0002_issued_stands'),
    ]

    operations = [
        migrations.AddField(
            model_name='creditnote',
            name='rounding',
            field=models.CharField(default='half_up', max_length=9),
        ),
        migrations.RunPython(again, migrations.RunPython.noop),
    ]
