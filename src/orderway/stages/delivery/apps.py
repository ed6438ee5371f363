"""The delivery stage: planning, picking and handing over deliveries."""

from django.apps import AppConfig


class DeliveryConfig(AppConfig):
    """Registers what this stage can do."""

    name = "orderway.stages.delivery"
    label = "delivery"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Fill the registered lists."""
        from orderway.stages.delivery.stage import register

        register()
