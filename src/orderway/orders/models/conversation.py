"""What people say to each other about an order, beside the journal: comments on the order or a step, and who was mentioned in them."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from orderway.orders.models.order import Order


class Comment(models.Model):
    """A comment. The journal holds that it was written, changed or withdrawn and a salted digest of its text, never the text itself."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, db_index=False, related_name="comments")
    stage = models.CharField(max_length=64, blank=True)  # empty: about the whole order
    step = models.CharField(max_length=64, blank=True)
    text = models.TextField(blank=True)  # empty once it was withdrawn
    salt = models.CharField(max_length=32)
    author = models.CharField(max_length=96)
    at = models.DateTimeField()
    edited_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.CharField(max_length=96, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(withdrawn_at__isnull=True) | Q(text=""), name="comment_withdrawn_has_no_text")
        ]
        indexes: ClassVar = [models.Index(fields=["order", "at"], name="comment_of_order")]  # comments.of_order

    def __str__(self) -> str:
        return f"comment {self.pk}"


class Mention(models.Model):
    """Somebody was mentioned in a comment; whoever tells people reads these rows, and each is told once."""

    comment = models.ForeignKey(Comment, on_delete=models.PROTECT, related_name="mentions", db_index=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="mentions")
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["comment", "person"], name="mention_once")]

    def __str__(self) -> str:
        return f"{self.person_id} in {self.comment_id}"
