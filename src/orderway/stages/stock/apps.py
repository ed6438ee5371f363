"""The stock stage: stock, reservations and what can be promised."""

from django.apps import AppConfig


class StockConfig(AppConfig):
    """Registers what this stage can do."""

    name = "orderway.stages.stock"
    label = "stock"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Fill the registered lists."""
        from orderway.stages.stock.stage import register

        register()
