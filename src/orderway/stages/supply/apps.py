"""The supply stage: production and purchase orders for what is short."""

from django.apps import AppConfig


class SupplyConfig(AppConfig):
    """Registers what this stage can do."""

    name = "orderway.stages.supply"
    label = "supply"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Fill the registered lists."""
        from orderway.stages.supply.stage import register

        register()
