"""Connectors to other systems and file formats."""

from django.apps import AppConfig


class ConnectConfig(AppConfig):
    """One folder per format or system."""

    name = "orderway.connect"
    label = "connect"
