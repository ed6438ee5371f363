"""Measures: figures with their definitions, targets, control charts, and the management review made of them."""

from datetime import timedelta

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MeasuresConfig(AppConfig):
    """Registers its door, the job that follows the journal, and the invariant of its roll-ups."""

    name = "orderway.measures"
    label = "measures"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Fill the lists."""
        from orderway.measures import following, invariants
        from orderway.orders.jobs import register_job
        from orderway.pages.navigation import Door, register_door

        register_door(Door("measures", _("Measures"), "chart", "k", rank=65))
        register_job("measures", lambda now: f"{following.follow(now)} entries read", every=timedelta(seconds=15))
        invariants.register()
