import orderway.sets.tables
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('journal', '0001_initial')]

    initial = True

    dependencies = []

    operations = [
        orderway.sets.tables.Tables(
            tables=[
                migrations.CreateModel(
                    name='Cursor',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('follower', models.CharField(max_length=64, unique=True)),
                        ('transaction_id', models.BigIntegerField(default=0)),
                        ('entry_id', models.BigIntegerField(default=0)),
                        ('moved_at', models.DateTimeField(null=True)),
                    ],
                ),
                migrations.CreateModel(
                    name='Entry',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('subject_kind', models.CharField(max_length=16)),
                        ('subject_key', models.CharField(max_length=64)),
                        ('sequence', models.PositiveIntegerField()),
                        ('at', models.DateTimeField()),
                        ('act', models.CharField(max_length=48)),
                        ('actor', models.CharField(max_length=96)),
                        ('payload', models.TextField()),
                        ('previous_hash', models.CharField(max_length=64)),
                        ('hash', models.CharField(max_length=64)),
                        ('transaction_id', models.BigIntegerField(editable=False, null=True)),
                    ],
                    options={
                        'indexes': [models.Index(condition=models.Q(('transaction_id__isnull', False)), fields=['transaction_id', 'id'], name='entry_follow')],
                        'constraints': [models.UniqueConstraint(fields=('subject_kind', 'subject_key', 'sequence'), name='entry_once_per_sequence'), models.CheckConstraint(condition=models.Q(('sequence__gte', 1)), name='entry_sequence_from_one')],
                    },
                ),
            ],
        ),
    ]
