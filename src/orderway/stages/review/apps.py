"""The review stage: review of orders against criteria, credit and authority."""

from django.apps import AppConfig


class ReviewConfig(AppConfig):
    """Registers what this stage can do."""

    name = "orderway.stages.review"
    label = "review"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Fill the registered lists."""
        from orderway.stages.review.stage import register

        register()
