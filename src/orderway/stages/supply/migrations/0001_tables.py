import django.db.models.deletion
import orderway.sets.tables
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('supply', '0001_initial')]

    initial = True

    dependencies = [
        ('masterdata', '0001_tables'),
        ('orders', '0001_tables'),
        ('stock', '0001_tables'),
    ]

    operations = [
        orderway.sets.tables.Tables(
            tables=[
                migrations.CreateModel(
                    name='SupplyOrder',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('number', models.CharField(max_length=24, unique=True)),
                        ('kind', models.CharField(choices=[('make', 'production order'), ('buy', 'purchase order')], max_length=4)),
                        ('status', models.CharField(choices=[('open', 'open'), ('received', 'received'), ('closed', 'closed')], default='open', max_length=8)),
                        ('due_on', models.DateField()),
                        ('release_by', models.DateField(blank=True, null=True)),
                        ('created_by', models.CharField(max_length=96)),
                        ('created_at', models.DateTimeField()),
                        ('released_by', models.CharField(blank=True, max_length=96)),
                        ('released_at', models.DateTimeField(blank=True, null=True)),
                        ('closed_by', models.CharField(blank=True, max_length=96)),
                        ('closed_at', models.DateTimeField(blank=True, null=True)),
                        ('supplier', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='masterdata.supplier')),
                        ('warehouse', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='masterdata.warehouse')),
                    ],
                    options={
                        'indexes': [models.Index(condition=models.Q(('status', 'open')), fields=['due_on'], name='supply_order_open')],
                        'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('kind', 'make'), ('supplier__isnull', True)), models.Q(('kind', 'buy'), ('supplier__isnull', False)), _connector='OR'), name='supply_order_bought_from_somebody'), models.CheckConstraint(condition=models.Q(('status__in', ['open', 'received', 'closed'])), name='supply_order_status_known'), models.CheckConstraint(condition=models.Q(models.Q(('status', 'closed'), _negated=True), ('closed_at__isnull', False), _connector='OR'), name='supply_order_closed_by_somebody')],
                    },
                ),
                migrations.CreateModel(
                    name='SupplyLine',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('position', models.PositiveIntegerField()),
                        ('quantity', models.DecimalField(decimal_places=6, max_digits=18)),
                        ('received', models.DecimalField(decimal_places=6, default=0, max_digits=18)),
                        ('price', models.DecimalField(decimal_places=8, default=0, max_digits=20)),
                        ('expected', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='stock.expectedreceipt')),
                        ('item', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='masterdata.item')),
                        ('supply_order', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='supply.supplyorder')),
                    ],
                    options={
                        'ordering': ['supply_order', 'position'],
                        'indexes': [models.Index(condition=models.Q(('received__lt', models.F('quantity'))), fields=['item'], name='supply_line_open')],
                        'constraints': [models.UniqueConstraint(fields=('supply_order', 'position'), name='supply_line_position_once'), models.CheckConstraint(condition=models.Q(('quantity__gt', 0)), name='supply_line_quantity_positive'), models.CheckConstraint(condition=models.Q(('received__gte', 0)), name='supply_line_received_not_negative')],
                    },
                ),
                migrations.CreateModel(
                    name='SupplyPeg',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('quantity', models.DecimalField(decimal_places=6, max_digits=18)),
                        ('received', models.DecimalField(decimal_places=6, default=0, max_digits=18)),
                        ('delivery', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orders.delivery')),
                        ('expected', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='stock.expectedreceipt')),
                        ('order_line', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orders.orderline')),
                        ('supply_line', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='pegs', to='supply.supplyline')),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('supply_line', 'order_line', 'delivery'), name='supply_peg_once'), models.CheckConstraint(condition=models.Q(('received__gte', 0), ('received__lte', models.F('quantity'))), name='supply_peg_received_within')],
                    },
                ),
                migrations.CreateModel(
                    name='SupplyReceipt',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('quantity', models.DecimalField(decimal_places=6, max_digits=18)),
                        ('paper', models.CharField(blank=True, max_length=64)),
                        ('actor', models.CharField(max_length=96)),
                        ('at', models.DateTimeField()),
                        ('supply_line', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='receipts', to='supply.supplyline')),
                    ],
                    options={
                        'constraints': [models.CheckConstraint(condition=models.Q(('quantity__gt', 0)), name='supply_receipt_brings_something'), models.UniqueConstraint(condition=models.Q(('paper', ''), _negated=True), fields=('supply_line', 'paper'), name='supply_receipt_paper_once')],
                    },
                ),
            ],
        ),
    ]
