"""The capture stage: entry of orders."""

from django.apps import AppConfig


class CaptureConfig(AppConfig):
    """Registers what this stage can do."""

    name = "orderway.stages.capture"
    label = "capture"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Fill the registered lists."""
        from orderway.stages.capture.stage import register

        register()
