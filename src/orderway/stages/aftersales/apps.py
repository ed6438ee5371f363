"""The aftersales stage: complaints, returns and their settlement."""

from django.apps import AppConfig


class AftersalesConfig(AppConfig):
    """Registers what this stage can do."""

    name = "orderway.stages.aftersales"
    label = "aftersales"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Fill the registered lists."""
        from orderway.stages.aftersales.stage import register

        register()
