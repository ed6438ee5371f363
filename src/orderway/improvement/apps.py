"""Improvement: what customers and staff say, what was tried because of it, and whether it helped."""

from datetime import timedelta

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ImprovementConfig(AppConfig):
    """Registers jobs, panels and the door."""

    name = "orderway.improvement"
    label = "improvement"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Fill the lists."""
        from orderway.demo.beside import register_filler
        from orderway.improvement import (
            answering,
            demo_filling,
            figure_steps,
            introducing,
            mailing,
            panels,
            predicting,
            promising,
            questions,
            review_sections,
        )
        from orderway.orders.jobs import register_job
        from orderway.pages.navigation import Door, register_door
        from orderway.pages.next_steps import register_step
        from orderway.pages.review_sections import register_section
        from orderway.releases.effects import register_effects
        from orderway.releases.listening import on_version

        register_job("questions to customers", questions.follow, every=timedelta(seconds=30))
        register_job("mail to customers", mailing.send, every=timedelta(minutes=5))
        register_job("what-ifs", answering.work_off, every=timedelta(seconds=2), lease=timedelta(hours=1))
        register_job("promises", promising.refresh, every=timedelta(minutes=15), lease=timedelta(hours=1))
        register_effects("simulation", predicting.effects)
        register_door(Door("improve", _("Improve"), "bolt", "i", rank=60))
        register_filler("improvement", demo_filling.Improvers)
        register_section("suggestions", review_sections.said, rank=50)
        register_section("cycles", review_sections.tried, rank=55)
        register_step("cycle", figure_steps.begin)
        on_version("introduction", introducing.follow)
        panels.register()
