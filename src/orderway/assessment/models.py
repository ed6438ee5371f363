"""What scorecards are made of: one row per task that a person did, and what people said about it: objections, releases, milestones.

The rows of tasks are this reader's own and follow from the journal; `following` writes them, everything else its own act.
"""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from orderway.orders.models import Order


class Alike(models.Model):
    """Tasks that may be compared: one stage of a standard, one kind of item (the stage itself, its approval ...) and one kind of order, by
    where its items come from and how many lines it has."""

    standard_id = models.CharField(max_length=64)
    stage = models.CharField(max_length=64)
    item = models.CharField(max_length=10)
    kind = models.CharField(max_length=64)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["standard_id", "stage", "item", "kind"], name="alike_once")]

    def __str__(self) -> str:
        return f"{self.standard_id} {self.stage} {self.item} {self.kind}"


class AssessedOrder(models.Model):
    """An order whose tasks are written down, up to this entry of its journal."""

    order = models.OneToOneField(Order, on_delete=models.PROTECT, primary_key=True, related_name="+")
    sequence = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"order {self.order_id} up to {self.sequence}"


class DoneTask(models.Model):
    """A task that a person did. The numbers of `time`, `excuse`, `quality` and `rework` are those of `rules.judging`.

    `came`, `done`: minutes since 1970, when it came to its person (when it was done, if it never did) and when it was done. `minutes`: by
    the person's own clock; `limit`: of the stage. `sequence`: the journal entry that closed it.
    """

    order = models.ForeignKey(AssessedOrder, on_delete=models.CASCADE, db_index=False, related_name="tasks")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, db_index=False, related_name="+")
    alike = models.ForeignKey(Alike, on_delete=models.PROTECT, db_index=False, related_name="+")
    path = models.CharField(max_length=64, blank=True)
    opened = models.PositiveIntegerField()
    sequence = models.PositiveIntegerField()
    run = models.PositiveIntegerField()
    day = models.DateField()
    came = models.PositiveIntegerField()
    done = models.PositiveIntegerField()
    minutes = models.PositiveIntegerField()
    limit = models.PositiveIntegerField()
    time = models.PositiveSmallIntegerField()
    excuse = models.PositiveSmallIntegerField()
    quality = models.PositiveSmallIntegerField()
    rework = models.PositiveSmallIntegerField()
    cause = models.CharField(max_length=64, blank=True)
    steps = models.PositiveSmallIntegerField()
    proven = models.PositiveSmallIntegerField()
    waived = models.PositiveSmallIntegerField()
    taken_over = models.PositiveSmallIntegerField()  # 1: another role had to decide after too many failures
    before_late = models.PositiveSmallIntegerField()  # 1: the stage before it had overrun its limit

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["order", "alike", "path", "opened"], name="done_task_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["person", "day"], name="done_task_of_person"),  # reading.tasks: the list behind a scorecard
            models.Index(fields=["day"], name="done_task_day"),  # reading.loaded: a period
        ]

    def __str__(self) -> str:
        return f"{self.order_id} {self.alike_id} by {self.person_id}"


class Objection(models.Model):
    """Somebody says that a task of theirs is counted wrongly. While it is open, and if it is upheld, the task counts nowhere.

    The journal holds that it was made and decided, with salted digests; the words stand here alone.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="objections")
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="+", db_index=False)
    alike = models.ForeignKey(Alike, on_delete=models.PROTECT, related_name="+")
    path = models.CharField(max_length=64, blank=True)
    opened = models.PositiveIntegerField()
    day = models.DateField()  # of the task
    reason = models.CharField(max_length=1_000)
    salt = models.CharField(max_length=32)
    made_at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    upheld = models.BooleanField(null=True, blank=True)
    answer = models.CharField(max_length=1_000, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["order", "alike", "path", "opened"], name="objection_once"),
            models.CheckConstraint(
                condition=Q(decided_at__isnull=True, upheld__isnull=True) | Q(decided_at__isnull=False, upheld__isnull=False),
                name="objection_decided_one_way",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=models.F("person")), name="objection_not_by_its_maker"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["made_at"], condition=Q(decided_at__isnull=True), name="objection_open")  # objecting.waiting
        ]

    def __str__(self) -> str:
        return f"objection {self.pk}"


class Release(models.Model):
    """A person lets their lead see the scorecard of a period before the period of grace is over."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    since = models.DateField()
    until = models.DateField()
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["person", "since", "until"], name="scorecard_released_once")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.since} {self.until}"


class SharedMilestone(models.Model):
    """A milestone that its person shows to their team; taken back, the row goes: nobody keeps a list of it."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    milestone = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["person", "milestone"], name="milestone_shared_once")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.milestone}"
