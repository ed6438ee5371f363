import django.db.models.deletion
import orderway.diagnosis.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('diagnosis', '0001_initial'), ('diagnosis', '0002_who_may_see_it_and_until_when')]

    initial = True

    dependencies = [
        ('masterdata', '0001_tables'),
        ('releases', '0001_tables'),
    ]

    operations = [
        migrations.CreateModel(
            name='Diagnosis',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(default=orderway.diagnosis.models.new_key, max_length=16, unique=True)),
                ('title', models.CharField(blank=True, max_length=160)),
                ('own', models.BooleanField(default=False)),
                ('file', models.FileField(blank=True, upload_to='diagnosis/')),
                ('mapping', models.JSONField(blank=True, default=dict)),
                ('asked_at', models.DateTimeField()),
                ('state', models.CharField(choices=[('waiting', 'waiting'), ('running', 'running'), ('done', 'done'), ('failed', 'failed'), ('erased', 'deleted')], default='waiting', max_length=8)),
                ('step', models.CharField(blank=True, max_length=24)),
                ('percent', models.PositiveSmallIntegerField(default=0)),
                ('problem', models.TextField(blank=True)),
                ('problem_params', models.JSONField(blank=True, default=dict)),
                ('result', models.TextField(blank=True)),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
                ('against', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='releases.version')),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('erased_at', models.DateTimeField(blank=True, null=True)),
                ('erased_by', models.CharField(blank=True, max_length=96)),
                ('expires_on', models.DateField()),
                ('readers', models.ManyToManyField(blank=True, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('sha256', models.CharField(blank=True, max_length=64)),
                ('size_bytes', models.PositiveBigIntegerField(default=0)),
            ],
            options={
                'ordering': ['-asked_at', '-id'],
                'indexes': [models.Index(condition=models.Q(('state__in', ['waiting', 'running'])), fields=['attempts', 'asked_at'], name='diagnosis_to_do'), models.Index(condition=models.Q(('erased_at__isnull', True)), fields=['expires_on'], name='diagnosis_expiry')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('erased_at__isnull', False), ('file', ''), ('result', ''), ('state', 'erased'), ('title', '')), models.Q(models.Q(('state', 'erased'), _negated=True), ('erased_at__isnull', True)), _connector='OR'), name='diagnosis_erased_is_empty')],
            },
        ),
    ]
