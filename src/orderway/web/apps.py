"""The web face: layout, navigation, sign-in, search and the pages that span several stages."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WebConfig(AppConfig):
    """Collects the pages of the stages."""

    name = "orderway.web"
    label = "web"

    def ready(self) -> None:
        """Register the doors of the shell, and let every stage register its forms and panels."""
        from orderway.orders import digest
        from orderway.pages.navigation import Door, register_door
        from orderway.web import notification_pages, stage_pages
        from orderway.web.masters import pages as masters

        register_door(Door("my_work", _("My work"), "inbox", "w", rank=10))
        register_door(Door("orders", _("Orders"), "cart", "o", rank=20))
        register_door(Door("board", _("Board"), "board", "b", rank=30))

        register_door(Door("masters", _("Masters"), "user", "a", rank=80, pages=masters.BEHIND))

        digest.register_words(notification_pages.digest_words)
        stage_pages.register()
