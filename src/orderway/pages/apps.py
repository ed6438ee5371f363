"""Design parts, template tags, paging, printing and refusals as responses; no page of its own."""

from django.apps import AppConfig


class PagesConfig(AppConfig):
    """Makes the template tags and design parts findable."""

    name = "orderway.pages"
    label = "pages"
