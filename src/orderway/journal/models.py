"""What happened: entries of a journal, one gapless hash chain per subject, and how far each follower has read.

Rows are written by `journal.writing` only and never changed or deleted (a trigger refuses it).
"""

from __future__ import annotations

from django.db import models


class Entry(models.Model):
    """One thing that happened to one subject. `payload` is the canonical JSON that was hashed, kept as text so that no byte can change."""

    subject_kind = models.CharField(max_length=16)
    subject_key = models.CharField(max_length=64)
    sequence = models.PositiveIntegerField()
    at = models.DateTimeField()
    act = models.CharField(max_length=48)
    actor = models.CharField(max_length=96)
    payload = models.TextField()
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)
    # PostgreSQL: the writing transaction, so that followers can wait for slow ones. SQLite has one writer and leaves it empty.
    transaction_id = models.BigIntegerField(null=True, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subject_kind", "subject_key", "sequence"], name="entry_once_per_sequence"),
            models.CheckConstraint(condition=models.Q(sequence__gte=1), name="entry_sequence_from_one"),
        ]
        indexes = [
            # following.read on PostgreSQL; SQLite has no transaction ids and follows the primary key
            models.Index(fields=["transaction_id", "id"], condition=models.Q(transaction_id__isnull=False), name="entry_follow")
        ]

    def __str__(self) -> str:
        return f"{self.subject_kind} {self.subject_key} #{self.sequence} {self.act}"


class Cursor(models.Model):
    """How far a follower has read: everything up to and including (transaction, entry)."""

    follower = models.CharField(max_length=64, unique=True)
    transaction_id = models.BigIntegerField(default=0)
    entry_id = models.BigIntegerField(default=0)
    moved_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.follower} at {self.entry_id}"
