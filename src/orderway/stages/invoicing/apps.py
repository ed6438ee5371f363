"""The invoicing stage: invoices and credit notes."""

from django.apps import AppConfig


class InvoicingConfig(AppConfig):
    """Registers what this stage can do."""

    name = "orderway.stages.invoicing"
    label = "invoicing"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Fill the registered lists."""
        from orderway.stages.invoicing.stage import register

        register()
