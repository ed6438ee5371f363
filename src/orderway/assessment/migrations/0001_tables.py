import django.db.models.deletion
import orderway.sets.tables
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('assessment', '0001_initial')]

    initial = True

    dependencies = [
        ('masterdata', '0001_tables'),
        ('orders', '0001_tables'),
    ]

    operations = [
        orderway.sets.tables.Tables(
            tables=[
                migrations.CreateModel(
                    name='AssessedOrder',
                    fields=[
                        ('order', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='+', serialize=False, to='orders.order')),
                        ('sequence', models.PositiveIntegerField()),
                    ],
                ),
                migrations.CreateModel(
                    name='Alike',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('standard_id', models.CharField(max_length=64)),
                        ('stage', models.CharField(max_length=64)),
                        ('item', models.CharField(max_length=10)),
                        ('kind', models.CharField(max_length=64)),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('standard_id', 'stage', 'item', 'kind'), name='alike_once')],
                    },
                ),
                migrations.CreateModel(
                    name='DoneTask',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('path', models.CharField(blank=True, max_length=64)),
                        ('opened', models.PositiveIntegerField()),
                        ('sequence', models.PositiveIntegerField()),
                        ('run', models.PositiveIntegerField()),
                        ('day', models.DateField()),
                        ('came', models.PositiveIntegerField()),
                        ('done', models.PositiveIntegerField()),
                        ('minutes', models.PositiveIntegerField()),
                        ('limit', models.PositiveIntegerField()),
                        ('time', models.PositiveSmallIntegerField()),
                        ('excuse', models.PositiveSmallIntegerField()),
                        ('quality', models.PositiveSmallIntegerField()),
                        ('rework', models.PositiveSmallIntegerField()),
                        ('cause', models.CharField(blank=True, max_length=64)),
                        ('steps', models.PositiveSmallIntegerField()),
                        ('proven', models.PositiveSmallIntegerField()),
                        ('waived', models.PositiveSmallIntegerField()),
                        ('taken_over', models.PositiveSmallIntegerField()),
                        ('before_late', models.PositiveSmallIntegerField()),
                        ('alike', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='assessment.alike')),
                        ('order', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='tasks', to='assessment.assessedorder')),
                        ('person', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'indexes': [models.Index(fields=['person', 'day'], name='done_task_of_person'), models.Index(fields=['day'], name='done_task_day')],
                        'constraints': [models.UniqueConstraint(fields=('order', 'alike', 'path', 'opened'), name='done_task_once')],
                    },
                ),
                migrations.CreateModel(
                    name='Objection',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('path', models.CharField(blank=True, max_length=64)),
                        ('opened', models.PositiveIntegerField()),
                        ('day', models.DateField()),
                        ('reason', models.CharField(max_length=1000)),
                        ('salt', models.CharField(max_length=32)),
                        ('made_at', models.DateTimeField()),
                        ('decided_at', models.DateTimeField(blank=True, null=True)),
                        ('upheld', models.BooleanField(blank=True, null=True)),
                        ('answer', models.CharField(blank=True, max_length=1000)),
                        ('alike', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='assessment.alike')),
                        ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('order', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orders.order')),
                        ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='objections', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'indexes': [models.Index(condition=models.Q(('decided_at__isnull', True)), fields=['made_at'], name='objection_open')],
                        'constraints': [models.UniqueConstraint(fields=('order', 'alike', 'path', 'opened'), name='objection_once'), models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('upheld__isnull', True)), models.Q(('decided_at__isnull', False), ('upheld__isnull', False)), _connector='OR'), name='objection_decided_one_way'), models.CheckConstraint(condition=models.Q(('decided_by__isnull', True), models.Q(('decided_by', models.F('person')), _negated=True), _connector='OR'), name='objection_not_by_its_maker')],
                    },
                ),
                migrations.CreateModel(
                    name='Release',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('since', models.DateField()),
                        ('until', models.DateField()),
                        ('at', models.DateTimeField()),
                        ('person', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('person', 'since', 'until'), name='scorecard_released_once')],
                    },
                ),
                migrations.CreateModel(
                    name='SharedMilestone',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('milestone', models.CharField(max_length=40)),
                        ('at', models.DateTimeField()),
                        ('person', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('person', 'milestone'), name='milestone_shared_once')],
                    },
                ),
            ],
        ),
    ]
