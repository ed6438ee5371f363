"""The API for programs."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """`/api/v1`: tokens and routes."""

    name = "orderway.api"
    label = "api"
    default_auto_field = "django.db.models.BigAutoField"
