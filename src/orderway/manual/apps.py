"""The manual: the standard as people read, print and acknowledge it, and the pages on which a new version is written and approved."""

from datetime import timedelta

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ManualConfig(AppConfig):
    """Registers its door of the navigation."""

    name = "orderway.manual"
    label = "manual"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Fill the registered lists."""
        from orderway.manual.waiting import waiting
        from orderway.orders.jobs import register_job
        from orderway.pages.navigation import Door, register_door
        from orderway.pages.notices import register_notices
        from orderway.releases.publishing import release_planned

        register_door(Door("standards", _("Standard"), "book", "s", rank=40))
        register_notices("manual", waiting)
        register_job("planned releases", lambda now: f"{len(release_planned(now))} put in force", every=timedelta(minutes=15))
