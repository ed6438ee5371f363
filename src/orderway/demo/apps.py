"""The demo company."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    """A maker of linear guides in East China, generated from one seed."""

    name = "orderway.demo"
    label = "demo"
