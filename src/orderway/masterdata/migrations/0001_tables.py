import django.db.models.deletion
import orderway.sets.tables
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('masterdata', '0001_initial'), ('masterdata', '0002_rounding'), ('masterdata', '0003_how_somebody_is_qualified'), ('masterdata', '0004_customer_blocked_reason'), ('masterdata', '0005_certified_for_a_stage')]

    initial = True

    dependencies = []

    operations = [
        orderway.sets.tables.Tables(
            tables=[
                migrations.CreateModel(
                    name='Person',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('password', models.CharField(max_length=128, verbose_name='password')),
                        ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                        ('key', models.CharField(max_length=64, unique=True, verbose_name='sign-in name')),
                        ('name', models.CharField(max_length=120, verbose_name='name')),
                        ('email', models.EmailField(blank=True, max_length=254, verbose_name='e-mail')),
                        ('language', models.CharField(default='en', max_length=10, verbose_name='language')),
                        ('is_active', models.BooleanField(default=True, verbose_name='active')),
                        ('is_administrator', models.BooleanField(default=False, verbose_name='administrator')),
                        ('quiet_from', models.TimeField(blank=True, null=True, verbose_name='quiet from')),
                        ('quiet_until', models.TimeField(blank=True, null=True, verbose_name='quiet until')),
                    ],
                    options={
                        'ordering': ['key'],
                    },
                ),
                migrations.CreateModel(
                    name='Company',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('name', models.CharField(max_length=200)),
                        ('names', models.JSONField(blank=True, default=dict)),
                        ('address', models.CharField(blank=True, max_length=300)),
                        ('tax_number', models.CharField(blank=True, max_length=40)),
                        ('zone', models.CharField(default='Asia/Shanghai', max_length=64)),
                        ('currency', models.CharField(default='CNY', max_length=3)),
                        ('prices_include_tax', models.BooleanField(default=False)),
                        ('rounding', models.CharField(choices=[('half_up', 'Halves away from zero'), ('half_even', 'Halves to the even neighbour'), ('up', 'Always away from zero'), ('down', 'Always towards zero')], default='half_up', max_length=9)),
                    ],
                ),
                migrations.CreateModel(
                    name='PriceList',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('key', models.CharField(max_length=32, unique=True)),
                        ('currency', models.CharField(max_length=3)),
                    ],
                ),
                migrations.CreateModel(
                    name='Supplier',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('key', models.CharField(max_length=32, unique=True)),
                        ('name', models.CharField(max_length=200)),
                        ('country', models.CharField(blank=True, max_length=2)),
                        ('city', models.CharField(blank=True, max_length=80)),
                        ('email', models.EmailField(blank=True, max_length=254)),
                        ('approved', models.BooleanField(default=True)),
                        ('active', models.BooleanField(default=True)),
                    ],
                ),
                migrations.CreateModel(
                    name='Warehouse',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('key', models.CharField(max_length=32, unique=True)),
                        ('name', models.CharField(max_length=120)),
                        ('rank', models.PositiveSmallIntegerField(default=1)),
                        ('allows_negative', models.BooleanField(default=False)),
                        ('active', models.BooleanField(default=True)),
                    ],
                    options={
                        'ordering': ['rank', 'key'],
                    },
                ),
                migrations.CreateModel(
                    name='Group',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('key', models.CharField(max_length=32, unique=True)),
                        ('name', models.CharField(max_length=120)),
                        ('active', models.BooleanField(default=True)),
                        ('lead', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='leads', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'ordering': ['name'],
                    },
                ),
                migrations.CreateModel(
                    name='Customer',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('key', models.CharField(max_length=32, unique=True)),
                        ('name', models.CharField(max_length=200)),
                        ('country', models.CharField(blank=True, max_length=2)),
                        ('city', models.CharField(blank=True, max_length=80)),
                        ('address', models.CharField(blank=True, max_length=300)),
                        ('tax_number', models.CharField(blank=True, max_length=40)),
                        ('email', models.EmailField(blank=True, max_length=254)),
                        ('language', models.CharField(default='en', max_length=10)),
                        ('currency', models.CharField(max_length=3)),
                        ('credit_limit', models.DecimalField(blank=True, decimal_places=2, max_digits=18, null=True)),
                        ('payment_days', models.PositiveSmallIntegerField(default=30)),
                        ('blocked', models.BooleanField(default=False)),
                        ('walk_in', models.BooleanField(default=False)),
                        ('active', models.BooleanField(default=True)),
                        ('price_list', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='masterdata.pricelist')),
                        ('blocked_reason', models.CharField(blank=True, max_length=200)),
                    ],
                    options={
                        'ordering': ['key'],
                    },
                ),
                migrations.CreateModel(
                    name='TaxCategory',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('key', models.CharField(max_length=16, unique=True)),
                        ('rate_percent', models.DecimalField(decimal_places=3, max_digits=6)),
                    ],
                    options={
                        'constraints': [models.CheckConstraint(condition=models.Q(('rate_percent__gte', 0)), name='tax_rate_not_negative')],
                    },
                ),
                migrations.CreateModel(
                    name='Item',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('sku', models.CharField(max_length=64, unique=True)),
                        ('name', models.CharField(max_length=200)),
                        ('names', models.JSONField(blank=True, default=dict)),
                        ('unit', models.CharField(default='pcs', max_length=12)),
                        ('route', models.CharField(choices=[('stock', 'from stock'), ('make', 'make'), ('buy', 'buy')], default='buy', max_length=8)),
                        ('stocked', models.BooleanField(default=True)),
                        ('list_price', models.DecimalField(decimal_places=8, default=0, max_digits=20)),
                        ('weight_kg', models.DecimalField(decimal_places=4, default=0, max_digits=12)),
                        ('lead_time_days', models.PositiveSmallIntegerField(default=5)),
                        ('return_days', models.PositiveSmallIntegerField(default=30)),
                        ('active', models.BooleanField(default=True)),
                        ('tax', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='masterdata.taxcategory')),
                    ],
                    options={
                        'ordering': ['sku'],
                    },
                ),
                migrations.CreateModel(
                    name='Absence',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('first_day', models.DateField()),
                        ('last_day', models.DateField()),
                        ('handed_over_at', models.DateTimeField(blank=True, null=True)),
                        ('withdrawn_at', models.DateTimeField(blank=True, null=True)),
                        ('deputy', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='deputy_for', to=settings.AUTH_USER_MODEL)),
                        ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='absences', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'indexes': [models.Index(condition=models.Q(('handed_over_at__isnull', True), ('withdrawn_at__isnull', True)), fields=['first_day'], name='absence_to_hand_over')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('last_day__gte', models.F('first_day'))), name='absence_ends_after_it_begins'), models.CheckConstraint(condition=models.Q(('deputy__isnull', True), models.Q(('deputy', models.F('person')), _negated=True), _connector='OR'), name='absence_deputy_is_another')],
                    },
                ),
                migrations.CreateModel(
                    name='GroupMember',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('left_on', models.DateField(blank=True, null=True)),
                        ('group', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='members', to='masterdata.group')),
                        ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='groups', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(condition=models.Q(('left_on__isnull', True)), fields=('group', 'person'), name='group_member_once')],
                    },
                ),
                migrations.CreateModel(
                    name='BillLine',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('quantity', models.DecimalField(decimal_places=6, max_digits=18)),
                        ('component', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='used_in', to='masterdata.item')),
                        ('item', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='bill', to='masterdata.item')),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('item', 'component'), name='bill_component_once'), models.CheckConstraint(condition=models.Q(('quantity__gt', 0), models.Q(('item', models.F('component')), _negated=True)), name='bill_line_sound')],
                    },
                ),
                migrations.CreateModel(
                    name='Price',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('from_quantity', models.DecimalField(decimal_places=6, default=0, max_digits=18)),
                        ('valid_from', models.DateField(blank=True, null=True)),
                        ('price', models.DecimalField(decimal_places=8, max_digits=20)),
                        ('item', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='prices', to='masterdata.item')),
                        ('price_list', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='prices', to='masterdata.pricelist')),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('price_list', 'item', 'from_quantity', 'valid_from'), name='price_once_per_start'), models.UniqueConstraint(condition=models.Q(('valid_from__isnull', True)), fields=('price_list', 'item', 'from_quantity'), name='price_once_without_start')],
                    },
                ),
                migrations.CreateModel(
                    name='Qualification',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('stage_hash', models.CharField(max_length=64)),
                        ('valid_until', models.DateField()),
                        ('person', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='qualifications', to=settings.AUTH_USER_MODEL)),
                        ('how', models.CharField(choices=[('certified', 'certified'), ('attested', 'proven elsewhere'), ('supervised', 'supervised')], default='certified', max_length=10)),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('person', 'stage_hash', 'valid_until', 'how'), name='qualification_once')],
                        'indexes': [models.Index(fields=['stage_hash', 'valid_until'], name='qualification_by_stage')],
                    },
                ),
                migrations.CreateModel(
                    name='RoleMember',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('role', models.CharField(max_length=64)),
                        ('valid_from', models.DateField(blank=True, null=True)),
                        ('valid_until', models.DateField(blank=True, null=True)),
                        ('person', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='roles', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'indexes': [models.Index(fields=['role'], name='role_member_role')],
                        'constraints': [models.UniqueConstraint(fields=('person', 'role', 'valid_from'), name='role_member_once_per_start'), models.UniqueConstraint(condition=models.Q(('valid_from__isnull', True)), fields=('person', 'role'), name='role_member_once_without_start')],
                    },
                ),
                migrations.CreateModel(
                    name='SupplierTerm',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('price', models.DecimalField(decimal_places=8, max_digits=20)),
                        ('lead_time_days', models.PositiveSmallIntegerField()),
                        ('preferred', models.BooleanField(default=False)),
                        ('item', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='supplier_terms', to='masterdata.item')),
                        ('supplier', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='terms', to='masterdata.supplier')),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('supplier', 'item'), name='supplier_term_once')],
                    },
                ),
            ],
        ),
    ]
