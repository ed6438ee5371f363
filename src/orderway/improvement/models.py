"""What improvement keeps: the questions that customers are asked. Feedback itself lies in `orders`; nothing here moves an order."""

from __future__ import annotations

import secrets
from typing import ClassVar

from django.db import models
from django.db.models import Q

from orderway.orders.models import Feedback, Order


def new_key() -> str:
    """128 bits that nobody guesses."""
    return secrets.token_hex(16)


class Question(models.Model):
    """One customer is asked about one order, after one stage; the signed link leads to it until it is answered, revoked or too old.

    The table holds the key alone: the signature of the link needs the installation's secret, so a dump opens nothing.
    """

    key = models.CharField(max_length=32, unique=True, default=new_key)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="questions")
    name = models.CharField(max_length=64)  # of the question in the standard: csat
    stage = models.CharField(max_length=64)
    path = models.CharField(max_length=64, blank=True)
    run = models.PositiveIntegerField()
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.CharField(max_length=96, blank=True)
    mails = models.PositiveSmallIntegerField(default=0)  # sent: the question, then at most one reminder
    mail_tried_at = models.DateTimeField(null=True, blank=True)
    mail_error = models.CharField(max_length=200, blank=True)
    answer = models.OneToOneField(Feedback, on_delete=models.PROTECT, null=True, blank=True, related_name="question")
    no_complaint = models.CharField(max_length=500, blank=True)  # why a low score could not reopen the order

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["order"], condition=Q(revoked_at__isnull=True), name="question_one_stands_per_order"),
        ]
        indexes: ClassVar = [
            # mailing.send: what may still be mailed
            models.Index(fields=["asked_at"], condition=Q(answer__isnull=True, revoked_at__isnull=True), name="question_unanswered"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.order_id}"
