"""Training and assessment: courses made from the standard, papers, certificates, and what they mean for work."""

from datetime import timedelta

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

BEHIND = (
    "course", "course_begin", "course_practise", "lesson", "paper", "paper_answer", "paper_hand_in", "certificate", "skills",
    "person_skills", "person_permit", "practice", "practice_act", "practice_give_up",
)  # fmt: skip


class TrainingConfig(AppConfig):
    """Registers its door, notices, job, what it does when a version comes, what it foresees of a draft, and its part of the demo."""

    name = "orderway.training"
    label = "training"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Fill the registered lists."""
        from orderway.demo.beside import register_filler
        from orderway.orders.jobs import register_job
        from orderway.pages.navigation import Door, register_door
        from orderway.pages.notices import register_notices
        from orderway.pages.review_sections import register_section
        from orderway.releases import listening
        from orderway.releases.effects import register_effects
        from orderway.training import calling, certifying, demo, review_section

        register_door(Door("training", _("Training"), "certificate", "t", rank=50, pages=BEHIND))
        register_notices("training", calling.waiting)
        register_effects("training", calling.foresee)
        register_job("training reminders", calling.remind, every=timedelta(days=1))
        register_filler("training", demo.Learners)
        register_section("training", review_section.training, rank=60)
        listening.on_version("1 certificates", certifying.carry)
        listening.on_version("2 calls", calling.retrain)
        listening.on_section("certificates", certifying.read_section)
