import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('review', '0001_initial')]

    initial = True

    dependencies = [
        ('orders', '0001_tables'),
    ]

    operations = [
        migrations.CreateModel(
            name='ReviewDecision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('place', models.CharField(max_length=40)),
                ('stage', models.CharField(max_length=64)),
                ('run', models.PositiveIntegerField()),
                ('verdict', models.CharField(choices=[('passed', 'passed'), ('sent_back', 'sent back'), ('blocked', 'blocked')], max_length=10)),
                ('answers', models.JSONField(default=dict)),
                ('facts', models.JSONField(default=dict)),
                ('reason', models.CharField(blank=True, max_length=500)),
                ('decided_by', models.CharField(max_length=96)),
                ('decided_at', models.DateTimeField()),
                ('order', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='reviews', to='orders.order')),
            ],
            options={
                'indexes': [models.Index(fields=['order', '-decided_at'], name='review_decision_of_order')],
            },
        ),
    ]
