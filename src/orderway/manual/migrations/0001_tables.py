import django.db.models.deletion
import orderway.sets.tables
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('manual', '0001_initial')]

    initial = True

    dependencies = [
        ('masterdata', '0001_tables'),
        ('releases', '0001_tables'),
    ]

    operations = [
        orderway.sets.tables.Tables(
            tables=[
                migrations.CreateModel(
                    name='ControlledCopy',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('number', models.PositiveIntegerField()),
                        ('holder', models.CharField(max_length=120)),
                        ('issued_at', models.DateTimeField()),
                        ('returned_at', models.DateTimeField(blank=True, null=True)),
                        ('issued_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='releases.version')),
                    ],
                    options={
                        'ordering': ['number'],
                    },
                ),
                migrations.CreateModel(
                    name='WorkingDraft',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('standard_id', models.CharField(max_length=64)),
                        ('source', models.TextField()),
                        ('state', models.CharField(choices=[('writing', 'being written'), ('submitted', 'submitted'), ('dropped', 'dropped')], default='writing', max_length=10)),
                        ('begun_at', models.DateTimeField()),
                        ('saved_at', models.DateTimeField()),
                        ('saves', models.PositiveIntegerField(default=0)),
                        ('author', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('based_on', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='releases.version')),
                        ('version', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='releases.version')),
                    ],
                    options={
                        'ordering': ['-saved_at'],
                        'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('state', 'submitted'), _negated=True), ('version__isnull', False), _connector='OR'), name='working_draft_submitted_is_a_version')],
                    },
                ),
                migrations.CreateModel(
                    name='Comment',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('text', models.CharField(max_length=2000)),
                        ('at', models.DateTimeField()),
                        ('author', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('draft', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='comments', to='manual.workingdraft')),
                    ],
                    options={
                        'ordering': ['at'],
                    },
                ),
            ],
        ),
    ]
