"""Readers, expiry and the record of an erasure. A diagnosis made before is kept ninety days from this update."""

from datetime import date, timedelta

from django.conf import settings
from django.db import migrations, models


def in_ninety_days():
    return date.today() + timedelta(days=90)


class Migration(migrations.Migration):

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("diagnosis", "0001_initial"),
        ("releases", "0001_initial"),
    ]

    operations = [
        migrations.AddField("diagnosis", "attempts", models.PositiveSmallIntegerField(default=0)),
        migrations.AddField("diagnosis", "erased_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField("diagnosis", "erased_by", models.CharField(blank=True, max_length=96)),
        migrations.AddField("diagnosis", "expires_on", models.DateField(default=in_ninety_days), preserve_default=False),
        migrations.AddField("diagnosis", "readers", models.ManyToManyField(blank=True, related_name="+", to=settings.AUTH_USER_MODEL)),
        migrations.AddField("diagnosis", "sha256", models.CharField(blank=True, max_length=64)),
        migrations.AddField("diagnosis", "size_bytes", models.PositiveBigIntegerField(default=0)),
        migrations.AlterField(
            "diagnosis",
            "state",
            models.CharField(
                choices=[("waiting", "waiting"), ("running", "running"), ("done", "done"), ("failed", "failed"), ("erased", "deleted")],
                default="waiting",
                max_length=8,
            ),
        ),
        migrations.AlterField("diagnosis", "title", models.CharField(blank=True, max_length=160)),
        migrations.AddIndex(
            "diagnosis",
            models.Index(
                fields=["attempts", "asked_at"], condition=models.Q(state__in=["waiting", "running"]), name="diagnosis_to_do"
            ),
        ),
        migrations.AddIndex(
            "diagnosis",
            models.Index(fields=["expires_on"], condition=models.Q(erased_at__isnull=True), name="diagnosis_expiry"),
        ),
        migrations.AddConstraint(
            "diagnosis",
            models.CheckConstraint(
                condition=models.Q(erased_at__isnull=False, file="", result="", state="erased", title="")
                | (~models.Q(state="erased") & models.Q(erased_at__isnull=True)),
                name="diagnosis_erased_is_empty",
            ),
        ),
    ]
