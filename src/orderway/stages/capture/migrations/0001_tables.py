import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('capture', '0001_initial')]

    initial = True

    dependencies = [
        ('orders', '0001_tables'),
    ]

    operations = [
        migrations.CreateModel(
            name='AmendmentProposal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('content_hash', models.CharField(max_length=64)),
                ('draft', models.JSONField()),
                ('channel', models.CharField(max_length=32)),
                ('state', models.CharField(choices=[('waiting', 'waiting'), ('applied', 'applied'), ('dismissed', 'dismissed')], default='waiting', max_length=10)),
                ('proposed_by', models.CharField(max_length=96)),
                ('proposed_at', models.DateTimeField()),
                ('settled_by', models.CharField(blank=True, max_length=96)),
                ('settled_at', models.DateTimeField(blank=True, null=True)),
                ('reason', models.CharField(blank=True, max_length=500)),
                ('order', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='amendment_proposals', to='orders.order')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('state', 'waiting')), fields=['order'], name='amendment_waiting')],
                'constraints': [models.UniqueConstraint(fields=('order', 'content_hash'), name='amendment_once_per_content'), models.CheckConstraint(condition=models.Q(('state', 'waiting'), ('settled_at__isnull', False), _connector='OR'), name='amendment_settled_has_a_time')],
            },
        ),
    ]
