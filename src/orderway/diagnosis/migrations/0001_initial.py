import django.db.models.deletion
import orderway.diagnosis.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('masterdata', '__first__'),
        ('releases', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Diagnosis',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(default=orderway.diagnosis.models.new_key, max_length=16, unique=True)),
                ('title', models.CharField(max_length=160)),
                ('own', models.BooleanField(default=False)),
                ('file', models.FileField(blank=True, upload_to='diagnosis/')),
                ('mapping', models.JSONField(blank=True, default=dict)),
                ('asked_at', models.DateTimeField()),
                ('state', models.CharField(choices=[('waiting', 'waiting'), ('running', 'running'), ('done', 'done'), ('failed', 'failed')], default='waiting', max_length=8)),
                ('step', models.CharField(blank=True, max_length=24)),
                ('percent', models.PositiveSmallIntegerField(default=0)),
                ('problem', models.TextField(blank=True)),
                ('problem_params', models.JSONField(blank=True, default=dict)),
                ('result', models.TextField(blank=True)),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
                ('against', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='releases.version')),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-asked_at', '-id'],
            },
        ),
    ]
