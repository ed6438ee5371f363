"""What keeps the house in order: idempotency keys, leases of worker jobs, number series.

Knows nothing about any order.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Idempotency(models.Model):
    """The reply that was given to a key; stored in the act's own transaction, so that effect and reply stand or fall together."""

    token = models.CharField(max_length=64)
    route = models.CharField(max_length=120)
    key = models.CharField(max_length=120)
    request_hash = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    reply = models.TextField()
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["token", "route", "key"], name="idempotency_once")]
        indexes: ClassVar = [models.Index(fields=["at"], name="idempotency_age")]  # idempotency.forget

    def __str__(self) -> str:
        return f"{self.route} {self.key}"


class Job(models.Model):
    """A worker job's lease: who runs it until when, and what came of the last run."""

    name = models.CharField(max_length=64, unique=True)
    holder = models.CharField(max_length=96, blank=True)
    leased_until = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    last_started_at = models.DateTimeField(null=True, blank=True)
    last_finished_at = models.DateTimeField(null=True, blank=True)
    last_result = models.CharField(max_length=500, blank=True)
    failures = models.PositiveIntegerField(default=0)  # in a row

    def __str__(self) -> str:
        return self.name


class NumberSeries(models.Model):
    """The last number taken of a gapless series such as invoices of a year; its row is the last lock an act takes."""

    key = models.CharField(max_length=64, unique=True)
    last = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.key}: {self.last}"
