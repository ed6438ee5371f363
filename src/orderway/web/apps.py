"""The web face: layout, navigation, sign-in, search and the pages that span several stages."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Collects the pages of the stages."""

    name = "orderway.web"
    label = "web"

    def ready(self) -> None:
        """Let every stage register its forms and panels."""
        from orderway.web import stage_pages

        stage_pages.register()
