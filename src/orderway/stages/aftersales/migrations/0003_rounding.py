"""Documents say how they were rounded."""

from importlib import import_module

from django.db import migrations, models

from orderway.sets.triggers import set_again

triggers = import_module("orderway.stages.aftersales.migrations.0002_issued_stands")


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
        set_again(triggers.SQLITE),
    ]
