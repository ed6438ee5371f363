import django.db.models.deletion
import orderway.sets.tables
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('measures', '0001_initial'), ('measures', '0002_management_reviews')]

    initial = True

    dependencies = [
        ('masterdata', '0001_tables'),
        ('orders', '0001_tables'),
    ]

    operations = [
        orderway.sets.tables.Tables(
            tables=[
                migrations.CreateModel(
                    name='MeasuredOrder',
                    fields=[
                        ('order', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='+', serialize=False, to='orders.order')),
                        ('day', models.DateField(blank=True, null=True)),
                        ('customer_group', models.CharField(blank=True, max_length=64)),
                        ('channel', models.CharField(blank=True, max_length=64)),
                        ('item_groups', models.CharField(blank=True, max_length=120)),
                        ('sequence', models.PositiveIntegerField()),
                        ('parts', models.TextField()),
                    ],
                    options={
                        'indexes': [models.Index(fields=['day'], name='measured_order_day')],
                    },
                ),
                migrations.CreateModel(
                    name='RollUp',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('figure', models.CharField(max_length=120)),
                        ('dimension', models.CharField(blank=True, max_length=16)),
                        ('value', models.CharField(blank=True, max_length=64)),
                        ('day', models.CharField(max_length=10)),
                        ('numerator', models.BigIntegerField()),
                        ('denominator', models.BigIntegerField()),
                    ],
                    options={
                        'indexes': [models.Index(fields=['dimension', 'day', 'figure', 'value'], include=('numerator', 'denominator'), name='roll_up_range')],
                        'constraints': [models.UniqueConstraint(fields=('figure', 'dimension', 'value', 'day'), name='roll_up_once')],
                    },
                ),
                migrations.CreateModel(
                    name='MeasuredValue',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('figure', models.CharField(max_length=120)),
                        ('day', models.DateField()),
                        ('amount', models.BigIntegerField()),
                        ('order', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='values_measured', to='measures.measuredorder')),
                    ],
                    options={
                        'indexes': [models.Index(fields=['figure', 'day', 'amount'], name='measured_value_sorted')],
                        'constraints': [models.UniqueConstraint(fields=('order', 'figure'), name='measured_value_once')],
                    },
                ),
                migrations.CreateModel(
                    name='ReviewPack',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('key', models.CharField(max_length=40, unique=True)),
                        ('kind', models.CharField(choices=[('month', 'monthly review'), ('quarter', 'quarterly review'), ('demand', 'review on demand')], max_length=8)),
                        ('since', models.DateField()),
                        ('until', models.DateField()),
                        ('made_by', models.CharField(max_length=96)),
                        ('made_at', models.DateTimeField()),
                        ('content', models.TextField()),
                    ],
                    options={
                        'ordering': ['-until', '-made_at'],
                    },
                ),
                migrations.CreateModel(
                    name='Decision',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('text', models.CharField(max_length=500)),
                        ('due_on', models.DateField()),
                        ('made_by', models.CharField(max_length=96)),
                        ('made_at', models.DateTimeField()),
                        ('done_at', models.DateTimeField(blank=True, null=True)),
                        ('done_by', models.CharField(blank=True, max_length=96)),
                        ('result', models.CharField(blank=True, max_length=500)),
                        ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='review_decisions', to=settings.AUTH_USER_MODEL)),
                        ('pack', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='decisions', to='measures.reviewpack')),
                    ],
                    options={
                        'ordering': ['due_on', 'pk'],
                        'indexes': [models.Index(condition=models.Q(('done_at__isnull', True)), fields=['owner', 'due_on'], name='decision_open')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('done_at__isnull', True), models.Q(('result', ''), _negated=True), _connector='OR'), name='decision_done_has_a_result')],
                    },
                ),
            ],
        ),
    ]
