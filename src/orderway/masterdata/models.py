"""What the company deals with: people and their roles, parties, items, bills of material, prices, warehouses.

Masters are never deleted, they are closed (`active`). Nothing here knows an order.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

QUANTITY: dict[str, Any] = {"max_digits": 18, "decimal_places": 6}
MONEY: dict[str, Any] = {"max_digits": 18, "decimal_places": 2}
PRICE: dict[str, Any] = {"max_digits": 20, "decimal_places": 8}


class PersonManager(BaseUserManager["Person"]):
    """Creates people; those without a password cannot sign in."""

    def create_user(self, key: str, password: str | None = None, **fields: Any) -> Person:
        """A person with this key; `password` None means that nobody can sign in as them."""
        person = self.model(key=key, **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person

    def create_superuser(self, key: str, password: str | None = None, **fields: Any) -> Person:
        """An administrator."""
        return self.create_user(key, password, is_administrator=True, **fields)

    def get_by_natural_key(self, username: str | None) -> Person:
        """The person who signs in under this key."""
        return self.get(key=username)


class Person(AbstractBaseUser):
    """Somebody who works here or acts in the system. Keys, not names, stand in the journal."""

    key = models.CharField(_("sign-in name"), max_length=64, unique=True)
    name = models.CharField(_("name"), max_length=120)
    email = models.EmailField(_("e-mail"), blank=True)
    language = models.CharField(_("language"), max_length=10, default="en")
    is_active = models.BooleanField(_("active"), default=True)
    is_administrator = models.BooleanField(_("administrator"), default=False)
    quiet_from = models.TimeField(
        _("quiet from"), null=True, blank=True
    )  # no mail in these hours of the company's zone, also past midnight
    quiet_until = models.TimeField(_("quiet until"), null=True, blank=True)

    USERNAME_FIELD = "key"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects = PersonManager()

    class Meta:
        ordering = ["key"]

    def __str__(self) -> str:
        return self.name


class RoleMember(models.Model):
    """A person has a role for a time. Role ids are the company's own words in its standard."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="roles", db_index=False)
    role = models.CharField(max_length=64)
    valid_from = models.DateField(null=True, blank=True)
    valid_until = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [  # two each, as SQLite cannot take empty dates for equal
            models.UniqueConstraint(fields=["person", "role", "valid_from"], name="role_member_once_per_start"),
            models.UniqueConstraint(fields=["person", "role"], condition=Q(valid_from__isnull=True), name="role_member_once_without_start"),
        ]
        indexes = [models.Index(fields=["role"], name="role_member_role")]  # assignment: who has this role


class Absence(models.Model):
    """A person is away from `first_day` to `last_day`, both included; the deputy takes the work."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="absences")
    first_day = models.DateField()
    last_day = models.DateField()
    deputy = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="deputy_for")
    handed_over_at = models.DateTimeField(null=True, blank=True)  # when the open work was moved: once, as the absence begins
    withdrawn_at = models.DateTimeField(null=True, blank=True)  # it never happened; kept, as nothing is deleted

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(last_day__gte=F("first_day")), name="absence_ends_after_it_begins"),
            models.CheckConstraint(condition=Q(deputy__isnull=True) | ~Q(deputy=F("person")), name="absence_deputy_is_another"),
        ]
        indexes = [
            # absences.hand_over: what begins and has not moved its work yet
            models.Index(
                fields=["first_day"], condition=Q(handed_over_at__isnull=True, withdrawn_at__isnull=True), name="absence_to_hand_over"
            )
        ]


class Group(models.Model):
    """People who work together, and who leads them: the lead gives work to whoever has the roles of the group's people."""

    key = models.CharField(max_length=32, unique=True)
    name = models.CharField(max_length=120)
    lead = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="leads")
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class GroupMember(models.Model):
    """A person is in a group until they leave it; the row stays."""

    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="members")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="groups")
    left_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["group", "person"], condition=Q(left_on__isnull=True), name="group_member_once"),
        ]


class Qualification(models.Model):
    """A person may work in a stage whose content had this hash; filled by training.

    `how`: by a certificate, by proof from elsewhere, or for a few days under somebody's supervision, which teaches but proves nothing.
    """

    class How(models.TextChoices):
        CERTIFIED = "certified", _("certified")
        ATTESTED = "attested", _("proven elsewhere")
        SUPERVISED = "supervised", _("supervised")

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="qualifications", db_index=False)
    stage_hash = models.CharField(max_length=64)
    valid_until = models.DateField()
    how = models.CharField(max_length=10, choices=How.choices, default=How.CERTIFIED)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "stage_hash", "valid_until", "how"], name="qualification_once")]
        indexes = [
            models.Index(fields=["stage_hash", "valid_until"], name="qualification_by_stage")
        ]  # assignment: who is certified for this


class TaxCategory(models.Model):
    """A VAT category and its rate in percent."""

    key = models.CharField(max_length=16, unique=True)
    rate_percent = models.DecimalField(max_digits=6, decimal_places=3)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(rate_percent__gte=0), name="tax_rate_not_negative")]

    def __str__(self) -> str:
        return f"{self.key} ({self.rate_percent.normalize():f} %)"


class PriceList(models.Model):
    """A list of agreed prices in one currency."""

    key = models.CharField(max_length=32, unique=True)
    currency = models.CharField(max_length=3)

    def __str__(self) -> str:
        return f"{self.key} ({self.currency})"


class Customer(models.Model):
    """Who orders. `walk_in` takes rows of an import that name nobody."""

    key = models.CharField(max_length=32, unique=True)
    name = models.CharField(max_length=200)
    country = models.CharField(max_length=2, blank=True)
    city = models.CharField(max_length=80, blank=True)
    address = models.CharField(max_length=300, blank=True)
    tax_number = models.CharField(max_length=40, blank=True)
    email = models.EmailField(blank=True)
    language = models.CharField(max_length=10, default="en")
    currency = models.CharField(max_length=3)
    price_list = models.ForeignKey(PriceList, on_delete=models.PROTECT, null=True, blank=True)
    credit_limit = models.DecimalField(null=True, blank=True, **MONEY)  # None: no limit was set
    payment_days = models.PositiveSmallIntegerField(default=30)
    blocked = models.BooleanField(default=False)
    blocked_reason = models.CharField(max_length=200, blank=True)
    walk_in = models.BooleanField(default=False)
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ["key"]

    def __str__(self) -> str:
        return self.name


class Supplier(models.Model):
    """Who we buy from."""

    key = models.CharField(max_length=32, unique=True)
    name = models.CharField(max_length=200)
    country = models.CharField(max_length=2, blank=True)
    city = models.CharField(max_length=80, blank=True)
    email = models.EmailField(blank=True)
    approved = models.BooleanField(default=True)
    active = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.name


class Item(models.Model):
    """What is sold, made or bought. `route` says where a shortage is covered from."""

    class Route(models.TextChoices):
        STOCK = "stock", _("from stock")
        MAKE = "make", _("make")
        BUY = "buy", _("buy")

    sku = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=200)
    names = models.JSONField(default=dict, blank=True)  # language -> name
    unit = models.CharField(max_length=12, default="pcs")
    route = models.CharField(max_length=8, choices=Route.choices, default=Route.BUY)
    stocked = models.BooleanField(default=True)  # False: a service such as postage; nothing is reserved or moved
    list_price = models.DecimalField(default=0, **PRICE)
    tax = models.ForeignKey(TaxCategory, on_delete=models.PROTECT)
    weight_kg = models.DecimalField(max_digits=12, decimal_places=4, default=0)
    lead_time_days = models.PositiveSmallIntegerField(default=5)
    return_days = models.PositiveSmallIntegerField(default=30)
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ["sku"]

    def __str__(self) -> str:
        return self.sku


class BillLine(models.Model):
    """One component of an item's bill of material: `quantity` per one piece of the item."""

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="bill", db_index=False)
    component = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="used_in")
    quantity = models.DecimalField(**QUANTITY)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["item", "component"], name="bill_component_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0) & ~Q(item=F("component")), name="bill_line_sound"),
        ]


class SupplierTerm(models.Model):
    """At what price and lead time a supplier delivers an item."""

    supplier = models.ForeignKey(Supplier, on_delete=models.PROTECT, related_name="terms", db_index=False)
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="supplier_terms")
    price = models.DecimalField(**PRICE)
    lead_time_days = models.PositiveSmallIntegerField()
    preferred = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["supplier", "item"], name="supplier_term_once")]


class Price(models.Model):
    """A price of a list, from a quantity on (in the item's unit) and from a day on."""

    price_list = models.ForeignKey(PriceList, on_delete=models.PROTECT, related_name="prices", db_index=False)
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="prices")
    from_quantity = models.DecimalField(default=0, **QUANTITY)
    valid_from = models.DateField(null=True, blank=True)
    price = models.DecimalField(**PRICE)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["price_list", "item", "from_quantity", "valid_from"], name="price_once_per_start"),
            models.UniqueConstraint(
                fields=["price_list", "item", "from_quantity"], condition=Q(valid_from__isnull=True), name="price_once_without_start"
            ),
        ]


class Warehouse(models.Model):
    """A place with stock. `rank` is the order in which a reservation looks for goods."""

    key = models.CharField(max_length=32, unique=True)
    name = models.CharField(max_length=120)
    rank = models.PositiveSmallIntegerField(default=1)
    allows_negative = models.BooleanField(default=False)
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ["rank", "key"]

    def __str__(self) -> str:
        return self.name


class Company(models.Model):
    """Us: the seller on documents. One row."""

    class Rounding(models.TextChoices):
        """How amounts on documents are rounded to the currency's smallest unit (RULES 2)."""

        HALF_UP = "half_up", _("Halves away from zero")
        HALF_EVEN = "half_even", _("Halves to the even neighbour")
        UP = "up", _("Always away from zero")
        DOWN = "down", _("Always towards zero")

    name = models.CharField(max_length=200)
    names = models.JSONField(default=dict, blank=True)
    address = models.CharField(max_length=300, blank=True)
    tax_number = models.CharField(max_length=40, blank=True)
    zone = models.CharField(max_length=64, default="Asia/Shanghai")  # the zone of document dates (RULES 32)
    currency = models.CharField(max_length=3, default="CNY")
    prices_include_tax = models.BooleanField(default=False)
    rounding = models.CharField(max_length=9, choices=Rounding, default=Rounding.HALF_UP)
