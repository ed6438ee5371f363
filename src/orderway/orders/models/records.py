"""What people and acts put on record about an order: evidence, stored documents, holds, corrections, feedback, promises.

Rows are added, never rewritten; a hold is closed by the time it was lifted.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from orderway.orders.models.order import Order


class StoredDocument(models.Model):
    """A paper of an order: its bytes (or the data it is rendered from), their SHA-256, who made it and when."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, db_index=False, related_name="documents")
    kind = models.CharField(max_length=64)  # the document's id in the order's standard
    place = models.CharField(max_length=96)  # a document made inside a run is needed per run
    name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=100)
    body = models.BinaryField(null=True, blank=True)
    data: models.JSONField[Any, Any] = models.JSONField(null=True, blank=True)  # rendered on demand by the registered template
    size_bytes = models.PositiveIntegerField(default=0)
    sha256 = models.CharField(max_length=64)
    made_by = models.CharField(max_length=96)
    made_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True, blank=True)  # its time of keeping was over: content and name are gone, the hash stays

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(body__isnull=False) | Q(data__isnull=False), name="stored_document_has_content")
        ]
        indexes: ClassVar = [models.Index(fields=["order", "kind"], name="stored_document_of_order")]  # documents.kinds_at

    def __str__(self) -> str:
        return self.name


class Evidence(models.Model):
    """What proves a step in one run of a stage: a tick, a number, a choice, a scan, a photo, a document."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, db_index=False, related_name="evidence")
    place = models.CharField(max_length=96)
    stage = models.CharField(max_length=64)
    path = models.CharField(max_length=64, blank=True)  # keys of the enclosing `each` runs, joined by "/"
    run = models.PositiveIntegerField()  # evidence of an earlier run never counts again
    step = models.CharField(max_length=64)
    kind = models.CharField(max_length=12)
    value = models.CharField(max_length=500, blank=True)
    document = models.ForeignKey(StoredDocument, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    actor = models.CharField(max_length=96)
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["order", "stage", "path", "run"], name="evidence_of_item")]  # evidence.of_items

    def __str__(self) -> str:
        return f"{self.stage}.{self.step}: {self.kind}"


class Hold(models.Model):
    """A typed hold on an order; the case counts them, this table lets the clock find those that expire."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, db_index=False, related_name="holds")
    type = models.CharField(max_length=64)
    sequence = models.PositiveIntegerField()  # the journal entry that placed it; several of one type may stand
    reason = models.CharField(max_length=500, blank=True)
    placed_by = models.CharField(max_length=96)
    placed_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    lifts_when = models.CharField(max_length=500, blank=True)  # the condition of its kind that was not true when it was placed
    lifted_by = models.CharField(max_length=96, blank=True)
    lifted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["order", "sequence"], name="hold_once_per_entry"),
        ]
        indexes: ClassVar = [
            # clock.sweep: holds that lift themselves
            models.Index(fields=["expires_at"], condition=Q(lifted_at__isnull=True, expires_at__isnull=False), name="hold_expiry"),
            # releasing.come: holds that wait for something
            models.Index(fields=["order"], condition=Q(lifted_at__isnull=True, lifts_when__gt=""), name="hold_waiting"),
        ]

    def __str__(self) -> str:
        return self.type


class Correction(models.Model):
    """An error that was found: its kind (of the standard's `errors`), where it was found and where it should have been."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="corrections")
    kind = models.CharField(max_length=64)
    found_at = models.CharField(max_length=64)  # stage
    should_be_caught_at = models.CharField(max_length=64, blank=True)  # stage
    note = models.CharField(max_length=500, blank=True)
    actor = models.CharField(max_length=96)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.kind


class Feedback(models.Model):
    """What somebody says: an answer to a question of the standard (satisfaction from 1 to 5), or a suggestion about one of its clauses.

    An answer is about an order; a suggestion is about a version's stage and step, and names an order only if it was written there.
    """

    class Kind(models.TextChoices):
        ANSWER = "answer", _("answer")
        SUGGESTION = "suggestion", _("suggestion")

    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.ANSWER)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, null=True, blank=True, related_name="feedback")
    version = models.ForeignKey("releases.Version", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    name = models.CharField(max_length=64)
    score = models.DecimalField(max_digits=8, decimal_places=3, null=True, blank=True)
    low = models.BooleanField(default=False)
    comment = models.TextField(blank=True)
    stage = models.CharField(max_length=64, blank=True)
    step = models.CharField(max_length=64, blank=True)
    path = models.CharField(max_length=64, blank=True, default="")  # keys of the enclosing `each` runs, joined by "/"
    run = models.PositiveIntegerField(null=True, blank=True)  # how often the stage had been opened there
    actor = models.CharField(max_length=96)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind="answer", order__isnull=False) | Q(kind="suggestion", version__isnull=False),
                name="feedback_is_about_something",
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.score}" if self.kind == self.Kind.ANSWER else self.comment[:60]


class Promise(models.Model):
    """When an order will be delivered, as quantiles; the newest row counts. Filled by improvement."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="promises")
    p50 = models.DateTimeField()
    p80 = models.DateTimeField()
    p95 = models.DateTimeField()
    reason = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(p50__lte=models.F("p80"), p80__lte=models.F("p95")), name="promise_ordered")
        ]

    def __str__(self) -> str:
        return f"{self.p80:%Y-%m-%d}"
