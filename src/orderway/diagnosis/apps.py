"""Diagnosis: what logs, foreign ones and our own journal, show about how orders really go."""

from datetime import datetime, timedelta

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DiagnosisConfig(AppConfig):
    """Registers its door, the job that works diagnoses off and the one that deletes those kept long enough."""

    name = "orderway.diagnosis"
    label = "diagnosis"

    def ready(self) -> None:
        """Fill the lists."""
        from orderway.diagnosis.keeping import expire
        from orderway.orders.jobs import register_job
        from orderway.pages.navigation import Door, register_door

        register_door(Door("diagnoses", _("Diagnosis"), "search", "d", rank=70))
        register_job("diagnoses", _work_off, every=timedelta(seconds=2), lease=timedelta(hours=1))
        register_job("retention of logs", expire, every=timedelta(hours=1))


def _work_off(now: datetime) -> str:
    """Reading logs takes 40 MB of libraries, which web processes never need."""
    from orderway.diagnosis.working import work_off

    return work_off(now)
