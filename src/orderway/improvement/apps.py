"""Improvement: what customers and staff say, what was tried because of it, and whether it helped."""

from datetime import timedelta

from django.apps import AppConfig


class ImprovementConfig(AppConfig):
    """Registers jobs, panels and the door."""

    name = "orderway.improvement"
    label = "improvement"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Fill the lists."""
        from orderway.improvement import mailing, panels, questions
        from orderway.orders.jobs import register_job

        register_job("questions to customers", questions.follow, every=timedelta(seconds=30))
        register_job("mail to customers", mailing.send, every=timedelta(minutes=5))
        panels.register()
