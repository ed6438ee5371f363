import django.db.models.deletion
import orderway.sets.tables
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('releases', '0001_initial'), ('releases', '0003_pilots')]

    initial = True

    dependencies = [
        ('masterdata', '0001_tables'),
    ]

    operations = [
        orderway.sets.tables.Tables(
            tables=[
                migrations.CreateModel(
                    name='Version',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('standard_id', models.CharField(max_length=64)),
                        ('version', models.CharField(max_length=24)),
                        ('title', models.CharField(max_length=200)),
                        ('document', models.TextField()),
                        ('content_hash', models.CharField(max_length=64, unique=True)),
                        ('source', models.TextField()),
                        ('status', models.CharField(choices=[('draft', 'draft'), ('approved', 'approved'), ('effective', 'in force'), ('retired', 'retired')], default='draft', max_length=10)),
                        ('author', models.CharField(max_length=64)),
                        ('drafted_at', models.DateTimeField()),
                        ('approved_at', models.DateTimeField(blank=True, null=True)),
                        ('effective_at', models.DateTimeField(blank=True, null=True)),
                        ('retired_at', models.DateTimeField(blank=True, null=True)),
                        ('planned_on', models.DateField(blank=True, null=True)),
                        ('readiness_accepted', models.JSONField(blank=True, default=list)),
                        ('approved_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'ordering': ['standard_id', '-drafted_at', '-id'],
                        'constraints': [models.UniqueConstraint(fields=('standard_id', 'version'), name='version_once_per_standard'), models.CheckConstraint(condition=models.Q(('status', 'draft'), ('approved_at__isnull', False), _connector='OR'), name='version_approved_before_in_force'), models.CheckConstraint(condition=models.Q(('status__in', ['draft', 'approved']), ('effective_at__isnull', False), _connector='OR'), name='version_in_force_has_a_date'), models.UniqueConstraint(condition=models.Q(('status', 'effective')), fields=('standard_id',), name='version_one_in_force')],
                    },
                ),
                migrations.CreateModel(
                    name='Trial',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('share_percent', models.PositiveSmallIntegerField()),
                        ('seed', models.CharField(max_length=32)),
                        ('begins_at', models.DateTimeField()),
                        ('ends_at', models.DateTimeField(blank=True, null=True)),
                        ('from_version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='trials_away', to='releases.version')),
                        ('to_version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='trials_here', to='releases.version')),
                        ('customer_group', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='masterdata.pricelist')),
                        ('team', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='masterdata.group')),
                    ],
                    options={
                        'constraints': [models.CheckConstraint(condition=models.Q(('share_percent__lte', 100)), name='trial_share_is_a_percentage'), models.CheckConstraint(condition=models.Q(('from_version', models.F('to_version')), _negated=True), name='trial_compares_two_versions')],
                    },
                ),
                migrations.CreateModel(
                    name='Review',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('at', models.DateTimeField()),
                        ('outcome', models.CharField(choices=[('keep', 'still holds'), ('change', 'needs a change')], max_length=8)),
                        ('note', models.CharField(blank=True, max_length=500)),
                        ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reviews', to='releases.version')),
                    ],
                    options={
                        'ordering': ['-at'],
                    },
                ),
                migrations.CreateModel(
                    name='Acknowledgement',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('stage', models.CharField(max_length=64)),
                        ('stage_hash', models.CharField(max_length=64)),
                        ('at', models.DateTimeField()),
                        ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='acknowledgements', to=settings.AUTH_USER_MODEL)),
                        ('version', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='acknowledgements', to='releases.version')),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('version', 'person', 'stage'), name='acknowledgement_once')],
                    },
                ),
            ],
        ),
    ]
