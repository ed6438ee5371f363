"""Papers that people wrote, certificates that came of them, practice orders. Every certificate is a new record; none changes."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

Paper = list[dict[str, object]]  # as `keeping` writes and reads it
Kept = dict[str, object]  # a scene or a position as `practice.keeping` writes and reads it


class Attempt(models.Model):
    """One paper of one person: its questions as they were asked, in all languages, and the answers so far (None: not answered yet)."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="attempts", db_index=False)
    version = models.ForeignKey("releases.Version", on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=64)
    number = models.PositiveIntegerField()  # counts the papers of this person in this course
    stages: models.JSONField[list[str], list[str]] = models.JSONField()  # what it is about: the whole course, or what changed
    paper: models.JSONField[Paper, Paper] = models.JSONField()
    fingerprint = models.CharField(max_length=64)
    answers: models.JSONField[list[int | None], list[int | None]] = models.JSONField()
    begun_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    right = models.PositiveSmallIntegerField(null=True, blank=True)
    pass_mark = models.PositiveSmallIntegerField()
    passed = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar = ["-begun_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "version", "role", "number"], name="attempt_numbered"),
            models.UniqueConstraint(fields=["person", "version", "role"], condition=Q(finished_at__isnull=True), name="attempt_one_open"),
            models.UniqueConstraint(fields=["person", "fingerprint"], name="attempt_paper_once"),
            models.CheckConstraint(condition=Q(finished_at__isnull=True) | Q(right__isnull=False), name="attempt_finished_is_marked"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.role} #{self.number}"


class Answered(models.Model):
    """One question of a finished paper, right or wrong: how hard a question is comes from these."""

    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="answered")
    standard_id = models.CharField(max_length=64)
    question = models.CharField(max_length=160)
    right = models.BooleanField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["standard_id", "question"], name="answered_by_question")]  # acts.seen

    def __str__(self) -> str:
        return f"{self.question} {self.right}"


class Certificate(models.Model):
    """Somebody passed the course of a role. `stages`: what it covers, stage by stage with the hash of its content."""

    attempt = models.OneToOneField(Attempt, on_delete=models.PROTECT, related_name="certificate")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="certificates")
    version = models.ForeignKey("releases.Version", on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=64)
    issued_at = models.DateTimeField()
    valid_until = models.DateField()
    percent = models.PositiveSmallIntegerField()
    stages: models.JSONField[dict[str, str], dict[str, str]] = models.JSONField()
    content_hash = models.CharField(max_length=64)

    class Meta:
        ordering: ClassVar = ["-issued_at", "-id"]

    @property
    def number(self) -> str:
        """What stands on the paper."""
        return f"TC-{self.pk:06d}"

    def __str__(self) -> str:
        return f"{self.number} {self.role}"


class PracticeOrder(models.Model):
    """An order that was made up for one learner: what it is about, and where it stands. No order, no line, no stock knows of it."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="practice_orders", db_index=False)
    version = models.ForeignKey("releases.Version", on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=64)
    number = models.PositiveIntegerField()  # counts those of this person in this course
    scene: models.JSONField[Kept, Kept] = models.JSONField()
    position: models.JSONField[Kept, Kept] = models.JSONField()
    begun_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    pass_mark = models.PositiveSmallIntegerField()
    acts = models.PositiveIntegerField(default=0)
    right = models.PositiveIntegerField(default=0)
    missed = models.PositiveIntegerField(default=0)
    passed = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar = ["-begun_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "version", "role", "number"], name="practice_numbered"),
            models.UniqueConstraint(fields=["person", "version", "role"], condition=Q(finished_at__isnull=True), name="practice_one_open"),
            models.CheckConstraint(condition=Q(right__lte=models.F("acts")), name="practice_right_among_acts"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.role} practice #{self.number}"


class PracticeStep(models.Model):
    """One step of a practice order: whose, what the engine moved, and the verdict on an act of the learner. Never changed."""

    practice = models.ForeignKey(PracticeOrder, on_delete=models.PROTECT, related_name="steps", db_index=False)
    number = models.PositiveIntegerField()
    who = models.CharField(max_length=64)
    stage = models.CharField(max_length=64)
    act = models.CharField(max_length=32)
    verdict = models.CharField(max_length=16, blank=True)
    about = models.TextField(blank=True)
    move: models.JSONField[Kept | None, Kept | None] = models.JSONField(null=True, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["practice", "number"], name="practice_step_numbered")]

    def __str__(self) -> str:
        return f"{self.practice_id}/{self.number} {self.act}"
