"""Orders, their work items and the one door through which they move."""

from django.apps import AppConfig


class OrdersConfig(AppConfig):
    """Registers the facts, invariants and jobs that belong to every order."""

    name = "orderway.orders"
    label = "orders"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Fill the lists of lower layers."""
        from orderway.orders import registration

        registration.register()
