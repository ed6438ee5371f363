"""Versions of the standard and what the product lets a standard refer to."""

from django.apps import AppConfig


class ReleasesConfig(AppConfig):
    """Draft, approval, release, retirement; the catalogue of acts, facts and papers."""

    name = "orderway.releases"
    label = "releases"
    default_auto_field = "django.db.models.BigAutoField"
