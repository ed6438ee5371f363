import django.db.models.deletion
import orderway.sets.tables
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('stock', '0001_initial')]

    initial = True

    dependencies = [
        ('masterdata', '0001_tables'),
        ('orders', '0001_tables'),
    ]

    operations = [
        orderway.sets.tables.Tables(
            tables=[
                migrations.CreateModel(
                    name='Location',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('key', models.CharField(max_length=48, unique=True)),
                        ('kind', models.CharField(choices=[('storage', 'storage'), ('quarantine', 'quarantine'), ('transit', 'in transit'), ('customer', 'customer'), ('supplier', 'supplier'), ('production', 'production'), ('loss', 'loss')], max_length=12)),
                        ('warehouse', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='locations', to='masterdata.warehouse')),
                    ],
                    options={
                        'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('kind__in', ['storage', 'quarantine', 'transit']), ('warehouse__isnull', False)), models.Q(('kind__in', ['customer', 'supplier', 'production', 'loss']), ('warehouse__isnull', True)), _connector='OR'), name='location_kept_in_a_warehouse_or_virtual'), models.UniqueConstraint(condition=models.Q(('warehouse__isnull', False)), fields=('warehouse', 'kind'), name='location_once_per_warehouse'), models.UniqueConstraint(condition=models.Q(('warehouse__isnull', True)), fields=('kind',), name='location_virtual_once')],
                    },
                ),
                migrations.CreateModel(
                    name='ExpectedReceipt',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('quantity', models.DecimalField(decimal_places=6, max_digits=18)),
                        ('due_on', models.DateField()),
                        ('reconfirmed_on', models.DateField(blank=True, null=True)),
                        ('reference', models.CharField(max_length=64)),
                        ('delivery', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orders.delivery')),
                        ('item', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='masterdata.item')),
                        ('line', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orders.orderline')),
                        ('location', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='stock.location')),
                    ],
                    options={
                        'indexes': [models.Index(condition=models.Q(('quantity__gt', 0)), fields=['item', 'due_on'], name='expected_receipt_open'), models.Index(fields=['reference'], name='expected_receipt_of_supply')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('quantity__gte', 0)), name='expected_receipt_not_negative')],
                    },
                ),
                migrations.CreateModel(
                    name='StockLevel',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('on_hand', models.DecimalField(decimal_places=6, default=0, max_digits=18)),
                        ('reserved', models.DecimalField(decimal_places=6, default=0, max_digits=18)),
                        ('allows_negative', models.BooleanField(default=False)),
                        ('item', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='masterdata.item')),
                        ('location', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='levels', to='stock.location')),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('item', 'location'), name='stock_level_once'), models.CheckConstraint(condition=models.Q(('reserved__gte', 0)), name='stock_reserved_not_negative'), models.CheckConstraint(condition=models.Q(('allows_negative', True), ('reserved__lte', models.F('on_hand')), _connector='OR'), name='stock_reserved_is_on_hand')],
                    },
                ),
                migrations.CreateModel(
                    name='Reservation',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('quantity', models.DecimalField(decimal_places=6, max_digits=18)),
                        ('picked', models.DecimalField(decimal_places=6, default=0, max_digits=18)),
                        ('made_at', models.DateTimeField()),
                        ('delivery', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orders.delivery')),
                        ('line', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orders.orderline')),
                        ('level', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reservations', to='stock.stocklevel')),
                    ],
                    options={
                        'indexes': [models.Index(condition=models.Q(('quantity__gt', 0)), fields=['level'], name='reservation_open')],
                        'constraints': [models.UniqueConstraint(condition=models.Q(('delivery__isnull', True)), fields=('line', 'level'), name='reservation_once_per_line'), models.UniqueConstraint(condition=models.Q(('delivery__isnull', False)), fields=('line', 'level', 'delivery'), name='reservation_once_per_delivery'), models.CheckConstraint(condition=models.Q(('quantity__gte', 0)), name='reservation_not_negative'), models.CheckConstraint(condition=models.Q(('picked__gte', 0), ('picked__lte', models.F('quantity'))), name='reservation_picked_is_reserved')],
                    },
                ),
                migrations.CreateModel(
                    name='StockMove',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('quantity', models.DecimalField(decimal_places=6, max_digits=18)),
                        ('reason', models.CharField(choices=[('opening', 'opening stock'), ('received', 'goods receipt'), ('produced', 'finished by production'), ('consumed', 'used by production'), ('shipped', 'shipped'), ('returned', 'returned by the customer'), ('counted', 'difference of a count'), ('scrapped', 'scrapped'), ('transferred', 'moved between locations')], max_length=12)),
                        ('reference', models.CharField(blank=True, max_length=64)),
                        ('actor', models.CharField(max_length=96)),
                        ('at', models.DateTimeField()),
                        ('item', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='masterdata.item')),
                        ('line', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orders.orderline')),
                        ('source', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='moves_out', to='stock.location')),
                        ('target', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='moves_in', to='stock.location')),
                    ],
                    options={
                        'indexes': [models.Index(fields=['item', '-at'], name='stock_move_of_item')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('quantity__gt', 0)), name='stock_move_moves_something'), models.CheckConstraint(condition=models.Q(('source', models.F('target')), _negated=True), name='stock_move_goes_elsewhere')],
                    },
                ),
            ],
        ),
    ]
