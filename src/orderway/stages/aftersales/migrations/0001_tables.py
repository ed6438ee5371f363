import django.db.models.deletion
import orderway.sets.tables
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('aftersales', '0001_initial'), ('aftersales', '0003_rounding')]

    initial = True

    dependencies = [
        ('masterdata', '0001_tables'),
        ('orders', '0001_tables'),
    ]

    operations = [
        orderway.sets.tables.Tables(
            tables=[
                migrations.CreateModel(
                    name='Complaint',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.CharField(max_length=64)),
                        ('text', models.TextField()),
                        ('made_by', models.CharField(max_length=96)),
                        ('made_at', models.DateTimeField()),
                        ('resolution', models.TextField(blank=True)),
                        ('resolved_by', models.CharField(blank=True, max_length=96)),
                        ('resolved_at', models.DateTimeField(blank=True, null=True)),
                        ('order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='complaints', to='orders.order')),
                    ],
                    options={
                        'indexes': [models.Index(condition=models.Q(('resolved_at__isnull', True)), fields=['order'], name='complaint_open')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('resolved_at__isnull', True), models.Q(('resolved_by', ''), _negated=True), _connector='OR'), name='complaint_resolved_by_somebody')],
                    },
                ),
                migrations.CreateModel(
                    name='CreditNote',
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
                        ('reason', models.CharField(choices=[('return', 'return'), ('allowance', 'allowance')], max_length=10)),
                        ('text', models.CharField(blank=True, max_length=200)),
                        ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='masterdata.customer')),
                        ('order', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orders.order')),
                        ('rounding', models.CharField(default='half_up', max_length=9)),
                    ],
                    options={
                        'indexes': [models.Index(fields=['order'], name='credit_note_of_order'), models.Index(fields=['-issued_on', '-id'], name='credit_note_newest')],
                        'constraints': [models.UniqueConstraint(fields=('series', 'series_number'), name='credit_note_number_once'), models.CheckConstraint(condition=models.Q(('total__gte', 0)), name='credit_note_total_not_negative'), models.CheckConstraint(condition=models.Q(('reason__in', ['return', 'allowance'])), name='credit_note_reason_known')],
                    },
                ),
                migrations.CreateModel(
                    name='CreditNoteLine',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('position', models.PositiveIntegerField()),
                        ('sku', models.CharField(max_length=64)),
                        ('description', models.CharField(max_length=200)),
                        ('unit', models.CharField(max_length=12)),
                        ('quantity', models.DecimalField(decimal_places=6, max_digits=18)),
                        ('amount', models.DecimalField(decimal_places=4, max_digits=20)),
                        ('tax_category', models.CharField(max_length=16)),
                        ('tax_rate', models.DecimalField(decimal_places=3, max_digits=6)),
                        ('credit_note', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='aftersales.creditnote')),
                        ('line', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orders.orderline')),
                    ],
                    options={
                        'ordering': ['credit_note', 'position'],
                        'indexes': [models.Index(fields=['line'], name='credit_note_line_of_line')],
                        'constraints': [models.UniqueConstraint(fields=('credit_note', 'line'), name='credit_note_line_once'), models.CheckConstraint(condition=models.Q(('amount__gte', 0), ('quantity__gte', 0)), name='credit_note_line_not_negative')],
                    },
                ),
                migrations.CreateModel(
                    name='CreditNoteTax',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('category', models.CharField(max_length=16)),
                        ('rate_percent', models.DecimalField(decimal_places=3, max_digits=6)),
                        ('net', models.DecimalField(decimal_places=4, max_digits=20)),
                        ('tax', models.DecimalField(decimal_places=4, max_digits=20)),
                        ('credit_note', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='taxes', to='aftersales.creditnote')),
                    ],
                    options={
                        'ordering': ['credit_note', 'rate_percent', 'category'],
                        'constraints': [models.UniqueConstraint(fields=('credit_note', 'category', 'rate_percent'), name='credit_note_tax_once')],
                    },
                ),
                migrations.CreateModel(
                    name='Replacement',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('quantity', models.DecimalField(decimal_places=6, max_digits=18)),
                        ('reason', models.CharField(blank=True, max_length=200)),
                        ('shipped_by', models.CharField(max_length=96)),
                        ('shipped_at', models.DateTimeField()),
                        ('line', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orders.orderline')),
                    ],
                    options={
                        'indexes': [models.Index(fields=['line'], name='replacement_of_line')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('quantity__gt', 0)), name='replacement_quantity_positive')],
                    },
                ),
                migrations.CreateModel(
                    name='Return',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('number', models.PositiveIntegerField()),
                        ('reason', models.CharField(blank=True, max_length=200)),
                        ('external_reference', models.CharField(blank=True, max_length=80)),
                        ('before_shipping', models.BooleanField(default=False)),
                        ('announced_by', models.CharField(max_length=96)),
                        ('announced_at', models.DateTimeField()),
                        ('closed_at', models.DateTimeField(blank=True, null=True)),
                        ('complaint', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='returns', to='aftersales.complaint')),
                        ('order', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='returns', to='orders.order')),
                    ],
                    options={
                        'indexes': [models.Index(condition=models.Q(('closed_at__isnull', True)), fields=['order'], name='return_open')],
                        'constraints': [models.UniqueConstraint(fields=('order', 'number'), name='return_number_once')],
                    },
                ),
                migrations.CreateModel(
                    name='ReturnLine',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('quantity', models.DecimalField(decimal_places=6, max_digits=18)),
                        ('external_reference', models.CharField(blank=True, max_length=80)),
                        ('line', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orders.orderline')),
                        ('of', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='aftersales.return')),
                    ],
                    options={
                        'indexes': [models.Index(fields=['line'], name='return_line_of_line')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('quantity__gt', 0)), name='return_line_quantity_positive')],
                    },
                ),
                migrations.CreateModel(
                    name='ReturnReceipt',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('quantity', models.DecimalField(decimal_places=6, max_digits=18)),
                        ('condition', models.CharField(choices=[('good', 'good, back to stock'), ('damaged', 'damaged, written off')], max_length=8)),
                        ('received_by', models.CharField(max_length=96)),
                        ('received_at', models.DateTimeField()),
                        ('return_line', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='receipts', to='aftersales.returnline')),
                    ],
                    options={
                        'indexes': [models.Index(fields=['return_line'], name='return_receipt_of_line')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('quantity__gt', 0)), name='return_receipt_quantity_positive'), models.CheckConstraint(condition=models.Q(('condition__in', ['good', 'damaged'])), name='return_receipt_condition_known')],
                    },
                ),
            ],
        ),
    ]
