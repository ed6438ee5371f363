"""What people are told: notifications, and the one digest mail per person and day that gathers them. Neither moves an order."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Notification(models.Model):
    """One person is told one thing; `source` names what it came from, so that nobody is told twice."""

    class Kind(models.TextChoices):
        GIVEN = "given", _("work was given to you")
        REMINDER = "reminder", _("reminder")
        ESCALATION = "escalation", _("escalation")
        ABSENCE = "absence", _("you stand in")
        MENTION = "mention", _("mention")
        ANSWERED = "answered", _("your suggestion was answered")
        MEASURE = "measure", _("a figure needs you")
        DECIDED = "decided", _("a review gave you a task")

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, db_index=False, related_name="notifications")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    source = models.CharField(max_length=120)
    subject_kind = models.CharField(max_length=16)  # of the journal: order, person; or suggestion, measure, review, training
    subject_key = models.CharField(max_length=96)  # an order's number, the absent person's key, a suggestion's id
    stage = models.CharField(max_length=64, blank=True)
    percent = models.PositiveSmallIntegerField(default=0)  # of an alarm: how much of the time is over; 0: nobody has it. Of training: days
    actor = models.CharField(max_length=96)
    text = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["person", "source"], name="notification_once")]
        indexes: ClassVar = [
            # the bell's count, and digest.due: what somebody has not read
            models.Index(fields=["person", "at"], condition=Q(read_at__isnull=True), name="notification_unread"),
            models.Index(fields=["person", "-id"], name="notification_list"),  # the inbox, newest first
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_key}"


class Digest(models.Model):
    """The mail of one person and day: written first, sent outside of every transaction, marked afterwards."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        SENDING = "sending", _("being sent")
        SENT = "sent", _("sent")
        FAILED = "failed", _("failed")

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    day = models.DateField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_try_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["person", "day"], name="digest_once_a_day")]
        indexes: ClassVar = [
            models.Index(fields=["day"], condition=~Q(state="sent"), name="digest_to_send"),  # digest.send
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.day} ({self.state})"
