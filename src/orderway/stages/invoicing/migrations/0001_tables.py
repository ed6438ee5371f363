import django.db.models.deletion
import orderway.sets.tables
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('invoicing', '0001_initial'), ('invoicing', '0003_rounding')]

    initial = True

    dependencies = [
        ('masterdata', '0001_tables'),
        ('orders', '0001_tables'),
    ]

    operations = [
        orderway.sets.tables.Tables(
            tables=[
                migrations.CreateModel(
                    name='Invoice',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('number', models.CharField(max_length=32, unique=True)),
                        ('series', models.CharField(max_length=24)),
                        ('series_number', models.PositiveBigIntegerField()),
                        ('seller_name', models.CharField(max_length=200)),
                        ('seller_address', models.CharField(blank=True, max_length=300)),
                        ('seller_tax_number', models.CharField(blank=True, max_length=40)),
                        ('buyer_name', models.CharField(max_length=200)),
                        ('buyer_address', models.CharField(blank=True, max_length=300)),
                        ('buyer_tax_number', models.CharField(blank=True, max_length=40)),
                        ('currency', models.CharField(max_length=3)),
                        ('prices_include_tax', models.BooleanField()),
                        ('issued_on', models.DateField()),
                        ('issued_at', models.DateTimeField()),
                        ('issued_by', models.CharField(max_length=96)),
                        ('net', models.DecimalField(decimal_places=4, max_digits=20)),
                        ('tax', models.DecimalField(decimal_places=4, max_digits=20)),
                        ('total', models.DecimalField(decimal_places=4, max_digits=20)),
                        ('place', models.CharField(max_length=96)),
                        ('due_on', models.DateField()),
                        ('customer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='masterdata.customer')),
                        ('order', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orders.order')),
                        ('rounding', models.CharField(default='half_up', max_length=9)),
                    ],
                    options={
                        'indexes': [models.Index(fields=['order'], name='invoice_of_order'), models.Index(fields=['customer', 'due_on'], name='invoice_of_customer'), models.Index(fields=['-issued_on', '-id'], name='invoice_newest')],
                        'constraints': [models.UniqueConstraint(fields=('series', 'series_number'), name='invoice_number_once'), models.CheckConstraint(condition=models.Q(('total__gte', 0)), name='invoice_total_not_negative')],
                    },
                ),
                migrations.CreateModel(
                    name='InvoiceLine',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('position', models.PositiveIntegerField()),
                        ('sku', models.CharField(max_length=64)),
                        ('description', models.CharField(max_length=200)),
                        ('unit', models.CharField(max_length=12)),
                        ('quantity', models.DecimalField(decimal_places=6, max_digits=18)),
                        ('unit_price', models.DecimalField(decimal_places=8, max_digits=20)),
                        ('discount_percent', models.DecimalField(decimal_places=4, default=0, max_digits=7)),
                        ('tax_category', models.CharField(max_length=16)),
                        ('tax_rate', models.DecimalField(decimal_places=3, max_digits=6)),
                        ('amount', models.DecimalField(decimal_places=4, max_digits=20)),
                        ('discount', models.DecimalField(decimal_places=4, default=0, max_digits=20)),
                        ('invoice', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='invoicing.invoice')),
                        ('line', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orders.orderline')),
                    ],
                    options={
                        'ordering': ['invoice', 'position'],
                        'indexes': [models.Index(fields=['line'], name='invoice_line_of_line')],
                        'constraints': [models.UniqueConstraint(fields=('invoice', 'line'), name='invoice_line_once'), models.CheckConstraint(condition=models.Q(('quantity__gt', 0)), name='invoice_line_quantity_positive')],
                    },
                ),
                migrations.CreateModel(
                    name='InvoiceTax',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('category', models.CharField(max_length=16)),
                        ('rate_percent', models.DecimalField(decimal_places=3, max_digits=6)),
                        ('net', models.DecimalField(decimal_places=4, max_digits=20)),
                        ('tax', models.DecimalField(decimal_places=4, max_digits=20)),
                        ('invoice', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='taxes', to='invoicing.invoice')),
                    ],
                    options={
                        'ordering': ['invoice', 'rate_percent', 'category'],
                        'constraints': [models.UniqueConstraint(fields=('invoice', 'category', 'rate_percent'), name='invoice_tax_once')],
                    },
                ),
                migrations.CreateModel(
                    name='Overdue',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('noted_at', models.DateTimeField()),
                        ('invoice', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='overdue', to='invoicing.invoice')),
                    ],
                ),
                migrations.CreateModel(
                    name='Payment',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('currency', models.CharField(max_length=3)),
                        ('amount', models.DecimalField(decimal_places=4, max_digits=20)),
                        ('reference', models.CharField(max_length=80)),
                        ('received_on', models.DateField()),
                        ('booked_by', models.CharField(max_length=96)),
                        ('booked_at', models.DateTimeField()),
                        ('customer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='masterdata.customer')),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('customer', 'reference'), name='payment_booked_once'), models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='payment_is_positive')],
                    },
                ),
                migrations.CreateModel(
                    name='Allocation',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('credit_note', models.CharField(blank=True, max_length=32)),
                        ('amount', models.DecimalField(decimal_places=4, max_digits=20)),
                        ('at', models.DateTimeField()),
                        ('invoice', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='allocations', to='invoicing.invoice')),
                        ('payment', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='allocations', to='invoicing.payment')),
                    ],
                    options={
                        'indexes': [models.Index(fields=['invoice'], include=('amount',), name='allocation_of_invoice'), models.Index(condition=models.Q(('credit_note', ''), _negated=True), fields=['credit_note'], name='allocation_of_credit_note')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='allocation_is_positive'), models.CheckConstraint(condition=models.Q(models.Q(('credit_note', ''), ('payment__isnull', False)), models.Q(('payment__isnull', True), models.Q(('credit_note', ''), _negated=True)), _connector='OR'), name='allocation_has_one_source')],
                    },
                ),
            ],
        ),
    ]
