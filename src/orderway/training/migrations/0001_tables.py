import django.db.models.deletion
import orderway.sets.tables
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('training', '0001_initial')]

    initial = True

    dependencies = [
        ('masterdata', '0001_tables'),
        ('releases', '0001_tables'),
    ]

    operations = [
        orderway.sets.tables.Tables(
            tables=[
                migrations.CreateModel(
                    name='Attempt',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('role', models.CharField(max_length=64)),
                        ('number', models.PositiveIntegerField()),
                        ('stages', models.JSONField()),
                        ('paper', models.JSONField()),
                        ('fingerprint', models.CharField(max_length=64)),
                        ('answers', models.JSONField()),
                        ('begun_at', models.DateTimeField()),
                        ('finished_at', models.DateTimeField(blank=True, null=True)),
                        ('right', models.PositiveSmallIntegerField(blank=True, null=True)),
                        ('pass_mark', models.PositiveSmallIntegerField()),
                        ('passed', models.BooleanField(default=False)),
                        ('person', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='attempts', to=settings.AUTH_USER_MODEL)),
                        ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='releases.version')),
                    ],
                    options={
                        'ordering': ['-begun_at', '-id'],
                        'constraints': [models.UniqueConstraint(fields=('person', 'version', 'role', 'number'), name='attempt_numbered'), models.UniqueConstraint(condition=models.Q(('finished_at__isnull', True)), fields=('person', 'version', 'role'), name='attempt_one_open'), models.UniqueConstraint(fields=('person', 'fingerprint'), name='attempt_paper_once'), models.CheckConstraint(condition=models.Q(('finished_at__isnull', True), ('right__isnull', False), _connector='OR'), name='attempt_finished_is_marked')],
                    },
                ),
                migrations.CreateModel(
                    name='Answered',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('standard_id', models.CharField(max_length=64)),
                        ('question', models.CharField(max_length=160)),
                        ('right', models.BooleanField()),
                        ('attempt', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='answered', to='training.attempt')),
                    ],
                    options={
                        'indexes': [models.Index(fields=['standard_id', 'question'], name='answered_by_question')],
                    },
                ),
                migrations.CreateModel(
                    name='Certificate',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('role', models.CharField(max_length=64)),
                        ('issued_at', models.DateTimeField()),
                        ('valid_until', models.DateField()),
                        ('percent', models.PositiveSmallIntegerField()),
                        ('stages', models.JSONField()),
                        ('content_hash', models.CharField(max_length=64)),
                        ('attempt', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='certificate', to='training.attempt')),
                        ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='certificates', to=settings.AUTH_USER_MODEL)),
                        ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='releases.version')),
                    ],
                    options={
                        'ordering': ['-issued_at', '-id'],
                    },
                ),
            ],
        ),
    ]
