import django.db.models.deletion
import orderway.improvement.models
import orderway.sets.tables
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('improvement', '0001_initial'), ('improvement', '0002_cycles_and_what_ifs'), ('improvement', '0003_outlook'), ('improvement', '0004_kinds_of_questions'), ('improvement', '0005_link_buckets')]

    initial = True

    dependencies = [
        ('masterdata', '0001_tables'),
        ('orders', '0001_tables'),
        ('releases', '0001_tables'),
    ]

    operations = [
        orderway.sets.tables.Tables(
            tables=[
                migrations.CreateModel(
                    name='Question',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('key', models.CharField(default=orderway.improvement.models.new_key, max_length=32, unique=True)),
                        ('name', models.CharField(max_length=64)),
                        ('stage', models.CharField(max_length=64)),
                        ('path', models.CharField(blank=True, max_length=64)),
                        ('run', models.PositiveIntegerField()),
                        ('asked_at', models.DateTimeField()),
                        ('expires_at', models.DateTimeField()),
                        ('revoked_at', models.DateTimeField(blank=True, null=True)),
                        ('revoked_by', models.CharField(blank=True, max_length=96)),
                        ('mails', models.PositiveSmallIntegerField(default=0)),
                        ('mail_tried_at', models.DateTimeField(blank=True, null=True)),
                        ('mail_error', models.CharField(blank=True, max_length=200)),
                        ('no_complaint', models.CharField(blank=True, max_length=500)),
                        ('answer', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='question', to='orders.feedback')),
                        ('order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='questions', to='orders.order')),
                    ],
                    options={
                        'indexes': [models.Index(condition=models.Q(('answer__isnull', True), ('revoked_at__isnull', True)), fields=['asked_at'], name='question_unanswered')],
                        'constraints': [models.UniqueConstraint(condition=models.Q(('revoked_at__isnull', True)), fields=('order',), name='question_one_stands_per_order')],
                    },
                ),
                migrations.CreateModel(
                    name='Cycle',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('title', models.CharField(max_length=160)),
                        ('standard_id', models.CharField(max_length=64)),
                        ('stage', models.CharField(blank=True, max_length=64)),
                        ('measure', models.CharField(choices=[('lead_time', 'lead time'), ('error_rate', 'orders with an error')], max_length=16)),
                        ('aim_percent', models.SmallIntegerField()),
                        ('problem', models.TextField()),
                        ('causes', models.TextField(blank=True)),
                        ('begun_at', models.DateTimeField()),
                        ('doing', models.TextField(blank=True)),
                        ('changed_at', models.DateTimeField(blank=True, null=True)),
                        ('outcome', models.CharField(blank=True, choices=[('release', 'kept'), ('drop', 'dropped'), ('next', 'goes on in the next cycle')], max_length=8)),
                        ('reason', models.TextField(blank=True)),
                        ('closed_at', models.DateTimeField(blank=True, null=True)),
                        ('begun_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('closed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('follows', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='followed_by', to='improvement.cycle')),
                        ('trial', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='releases.trial')),
                        ('version', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='releases.version')),
                    ],
                    options={
                        'constraints': [models.CheckConstraint(condition=models.Q(('closed_at__isnull', True), models.Q(('outcome', ''), _negated=True), _connector='OR'), name='cycle_closed_has_an_outcome'), models.CheckConstraint(condition=models.Q(('trial__isnull', True), ('version__isnull', False), _connector='OR'), name='cycle_trial_has_a_version')],
                    },
                ),
                migrations.CreateModel(
                    name='Reply',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('state', models.CharField(choices=[('open', 'open'), ('taken_up', 'taken up'), ('done', 'done'), ('declined', 'declined')], max_length=8)),
                        ('text', models.TextField(blank=True)),
                        ('at', models.DateTimeField()),
                        ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('cycle', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replies', to='improvement.cycle')),
                        ('feedback', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='replies', to='orders.feedback')),
                    ],
                ),
                migrations.CreateModel(
                    name='Result',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('content', models.TextField()),
                        ('sha256', models.CharField(max_length=64)),
                        ('at', models.DateTimeField()),
                        ('cycle', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='result', to='improvement.cycle')),
                    ],
                ),
                migrations.CreateModel(
                    name='WhatIf',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('title', models.CharField(max_length=160)),
                        ('draft', models.TextField(blank=True)),
                        ('draft_hash', models.CharField(blank=True, max_length=64)),
                        ('draft_name', models.CharField(blank=True, max_length=80)),
                        ('given', models.JSONField(blank=True, default=dict)),
                        ('replications', models.PositiveSmallIntegerField(default=30)),
                        ('seed', models.PositiveIntegerField(default=2026)),
                        ('asked_at', models.DateTimeField()),
                        ('state', models.CharField(choices=[('waiting', 'waiting'), ('running', 'running'), ('done', 'done'), ('failed', 'failed')], default='waiting', max_length=8)),
                        ('percent', models.PositiveSmallIntegerField(default=0)),
                        ('problem', models.TextField(blank=True)),
                        ('result', models.TextField(blank=True)),
                        ('finished_at', models.DateTimeField(blank=True, null=True)),
                        ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('cycle', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='what_ifs', to='improvement.cycle')),
                        ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='releases.version')),
                        ('from_now', models.BooleanField(default=False)),
                        ('kind', models.CharField(choices=[('compare', 'comparison'), ('staff', 'people needed')], default='compare', max_length=8)),
                    ],
                    options={
                        'indexes': [models.Index(condition=models.Q(('state__in', ['waiting', 'running'])), fields=['asked_at'], name='what_if_to_do'), models.Index(condition=models.Q(('draft_hash', ''), _negated=True), fields=['draft_hash'], name='what_if_of_draft')],
                    },
                ),
                migrations.CreateModel(
                    name='Outlook',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('standard_id', models.CharField(max_length=64, unique=True)),
                        ('content', models.TextField(blank=True)),
                        ('problem', models.TextField(blank=True)),
                        ('at', models.DateTimeField()),
                    ],
                ),
                migrations.CreateModel(
                    name='LinkBucket',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('key', models.CharField(max_length=40, unique=True)),
                        ('count', models.PositiveIntegerField()),
                        ('until', models.DateTimeField(db_index=True)),
                    ],
                ),
            ],
        ),
    ]
