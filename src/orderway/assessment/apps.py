"""Assessment: what the journal says about a person's work, fairly; seen by that person first."""

from datetime import timedelta

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AssessmentConfig(AppConfig):
    """Registers its page, the job that follows the journal, what waits for a decision, and the invariant of its tasks."""

    name = "orderway.assessment"
    label = "assessment"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Fill the lists."""
        from orderway.assessment import following, invariants, objecting
        from orderway.assessment.demo import Teams
        from orderway.demo.beside import register_filler
        from orderway.orders.jobs import register_job
        from orderway.pages.navigation import Tab, register_tab
        from orderway.pages.notices import register_notices

        register_tab(
            "training",
            Tab(
                "scorecard", _("Scorecard"), 30, ("scorecard_tasks", "scorecard_object", "objections", "scorecard_team", "scorecard_person")
            ),
        )
        register_job("scorecards", lambda now: f"{following.follow(now)} entries read", every=timedelta(seconds=60))
        register_filler("scorecards", Teams)
        register_notices("objections", objecting.waiting)
        invariants.register()
