"""The journal: what happened, append-only and chained."""

from django.apps import AppConfig


class JournalConfig(AppConfig):
    """Entries, followers, verification."""

    name = "orderway.journal"
    label = "journal"
    default_auto_field = "django.db.models.BigAutoField"
