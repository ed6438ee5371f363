"""What was measured: one row per order with what it contributes, single values for percentiles, and the roll-ups per day; and the reviews.

Owned by this reader; `following` writes the first three together, so that the roll-ups are always the sum of the rows.
"""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from orderway.orders.models import Order


class MeasuredOrder(models.Model):
    """One order as it was last measured. `parts`: its contributions as canonical JSON; `day`: of its first end, None while it is open."""

    order = models.OneToOneField(Order, on_delete=models.PROTECT, primary_key=True, related_name="+")
    day = models.DateField(null=True, blank=True)
    customer_group = models.CharField(max_length=64, blank=True)
    channel = models.CharField(max_length=64, blank=True)
    item_groups = models.CharField(max_length=120, blank=True)  # ",buy,stock,"
    sequence = models.PositiveIntegerField()  # of the order's journal, up to which it was measured
    parts = models.TextField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["day"], name="measured_order_day")]  # reading.orders_ended

    def __str__(self) -> str:
        return f"order {self.order_id} up to {self.sequence}"


class MeasuredValue(models.Model):
    """A single value of a figure with percentiles, of an order that has ended."""

    order = models.ForeignKey(MeasuredOrder, on_delete=models.CASCADE, related_name="values_measured", db_index=False)
    figure = models.CharField(max_length=120)
    day = models.DateField()
    amount = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["order", "figure"], name="measured_value_once")]
        indexes: ClassVar = [models.Index(fields=["figure", "day", "amount"], name="measured_value_sorted")]  # reading.percentile

    def __str__(self) -> str:
        return f"{self.figure}: {self.amount}"


class RollUp(models.Model):
    """The sum of a figure on a day, for one value of a dimension (both "" for everything). Whole numbers: sums have no sequence."""

    figure = models.CharField(max_length=120)
    dimension = models.CharField(max_length=16, blank=True)
    value = models.CharField(max_length=64, blank=True)
    day = models.CharField(max_length=10)  # ISO, as it stands in the parts
    numerator = models.BigIntegerField()
    denominator = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["figure", "dimension", "value", "day"], name="roll_up_once"),
        ]
        indexes: ClassVar = [
            # reading.totals, reading.broken_down: one dimension over a range of days
            models.Index(fields=["dimension", "day", "figure", "value"], include=["numerator", "denominator"], name="roll_up_range")
        ]

    def __str__(self) -> str:
        return f"{self.figure} {self.dimension}={self.value} {self.day}: {self.numerator}/{self.denominator}"


class ReviewPack(models.Model):
    """A management review of a period, as it was made: its sections in every language stay what the meeting had before it."""

    class Kind(models.TextChoices):
        MONTH = "month", _("monthly review")
        QUARTER = "quarter", _("quarterly review")
        DEMAND = "demand", _("review on demand")

    key = models.CharField(max_length=40, unique=True)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    since = models.DateField()
    until = models.DateField()
    made_by = models.CharField(max_length=96)
    made_at = models.DateTimeField()
    content = models.TextField()  # JSON: language -> sections (see pages.review_sections)

    class Meta:
        ordering: ClassVar = ["-until", "-made_at"]

    def __str__(self) -> str:
        return self.key


class Decision(models.Model):
    """What a review decided: a task with an owner and a day; the next pack opens with how it stands."""

    pack = models.ForeignKey(ReviewPack, on_delete=models.PROTECT, related_name="decisions")
    text = models.CharField(max_length=500)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="review_decisions")
    due_on = models.DateField()
    made_by = models.CharField(max_length=96)
    made_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.CharField(max_length=96, blank=True)
    result = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(done_at__isnull=True) | ~models.Q(result=""), name="decision_done_has_a_result"),
        ]
        indexes: ClassVar = [
            # deciding.waiting: what somebody still has to do
            models.Index(fields=["owner", "due_on"], condition=models.Q(done_at__isnull=True), name="decision_open")
        ]
        ordering: ClassVar = ["due_on", "pk"]

    def __str__(self) -> str:
        return self.text[:60]
