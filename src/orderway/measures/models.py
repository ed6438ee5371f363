"""What was measured: one row per order with what it contributes, single values for percentiles, and the roll-ups per day.

Owned by this reader; `following` writes all three together, so that the roll-ups are always the sum of the rows.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models

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

    order = models.ForeignKey(MeasuredOrder, on_delete=models.CASCADE, related_name="values_measured")
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
