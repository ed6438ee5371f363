"""Diagnosis: what logs, foreign ones and our own journal, show about how orders really go."""

from datetime import timedelta

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DiagnosisConfig(AppConfig):
    """Registers its door and the job that works diagnoses off."""

    name = "orderway.diagnosis"
    label = "diagnosis"

    def ready(self) -> None:
        """Fill the lists."""
        from orderway.diagnosis.working import work_off
        from orderway.orders.jobs import register_job
        from orderway.pages.navigation import Door, register_door

        register_door(Door("diagnoses", _("Diagnosis"), "search", "d", rank=70))
        register_job("diagnoses", work_off, every=timedelta(seconds=2), lease=timedelta(hours=1))
