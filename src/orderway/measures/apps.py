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
        from orderway.measures import alerts, deciding, following, invariants, panel, reviewing, sections
        from orderway.orders.jobs import register_job
        from orderway.pages.navigation import Door, register_door
        from orderway.pages.notices import register_notices

        register_door(Door("measures", _("Measures"), "chart", "k", rank=65))
        register_job("measures", lambda now: f"{following.follow(now)} entries read", every=timedelta(seconds=15))
        register_job("measures out of limits", alerts.tell, every=timedelta(hours=1))
        register_job("management review", reviewing.make_due, every=timedelta(hours=6))
        register_notices("review decisions", deciding.waiting)
        sections.register()
        panel.register()
        invariants.register()
