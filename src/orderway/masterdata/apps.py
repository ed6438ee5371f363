"""The masters: who and what the company deals with."""

from django.apps import AppConfig


class MasterdataConfig(AppConfig):
    """Parties, items, people, roles, calendars."""

    name = "orderway.masterdata"
    label = "masterdata"
    default_auto_field = "django.db.models.BigAutoField"
