import django.db.models.deletion
import django.db.models.expressions
import orderway.sets.tables
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('delivery', '0001_initial')]

    initial = True

    dependencies = [
        ('orders', '0001_tables'),
    ]

    operations = [
        orderway.sets.tables.Tables(
            tables=[
                migrations.CreateModel(
                    name='HandOver',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('outcome', models.CharField(choices=[('delivered', 'delivered'), ('refused', 'refused by the customer')], max_length=10)),
                        ('signed_by', models.CharField(blank=True, max_length=120)),
                        ('damaged', models.BooleanField(default=False)),
                        ('note', models.CharField(blank=True, max_length=500)),
                        ('actor', models.CharField(max_length=96)),
                        ('at', models.DateTimeField()),
                        ('delivery', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='hand_over', to='orders.delivery')),
                        ('document', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orders.storeddocument')),
                    ],
                    options={
                        'constraints': [models.CheckConstraint(condition=models.Q(('outcome', 'delivered'), models.Q(('note', ''), _negated=True), _connector='OR'), name='hand_over_refusal_has_a_reason')],
                    },
                ),
                migrations.CreateModel(
                    name='Parcel',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('number', models.PositiveIntegerField()),
                        ('tracking_number', models.CharField(blank=True, max_length=60)),
                        ('packed_by', models.CharField(max_length=96)),
                        ('packed_at', models.DateTimeField()),
                        ('delivery', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='parcels', to='orders.delivery')),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('delivery', 'number'), name='parcel_number_once')],
                    },
                ),
                migrations.CreateModel(
                    name='Pick',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('quantity', models.DecimalField(decimal_places=6, max_digits=18)),
                        ('handed_over', models.DecimalField(decimal_places=6, default=0, max_digits=18)),
                        ('put_back', models.DecimalField(decimal_places=6, default=0, max_digits=18)),
                        ('picked_by', models.CharField(max_length=96)),
                        ('picked_at', models.DateTimeField()),
                        ('delivery', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='picks', to='orders.delivery')),
                        ('line', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orders.orderline')),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(condition=models.Q(('put_back__lt', models.F('quantity'))), fields=('delivery', 'line'), name='pick_once_per_delivery_line'), models.CheckConstraint(condition=models.Q(('quantity__gt', 0)), name='pick_takes_something'), models.CheckConstraint(condition=models.Q(('handed_over__gte', 0), ('put_back__gte', 0), ('quantity__gte', django.db.models.expressions.CombinedExpression(models.F('handed_over'), '+', models.F('put_back')))), name='pick_leaves_once')],
                    },
                ),
                migrations.CreateModel(
                    name='Trip',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('carrier', models.CharField(max_length=120)),
                        ('vehicle', models.CharField(blank=True, max_length=60)),
                        ('window_from', models.DateTimeField(blank=True, null=True)),
                        ('window_until', models.DateTimeField(blank=True, null=True)),
                        ('booked_by', models.CharField(max_length=96)),
                        ('booked_at', models.DateTimeField()),
                        ('delivery', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='trips', to='orders.delivery')),
                    ],
                    options={
                        'constraints': [models.CheckConstraint(condition=models.Q(('window_from__isnull', True), ('window_until__isnull', True), ('window_until__gt', models.F('window_from')), _connector='OR'), name='trip_window_ends_after_it_begins')],
                    },
                ),
            ],
        ),
    ]
