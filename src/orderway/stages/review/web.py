"""What the review stage shows to people: its forms and panels. Judges nothing; rules and acts do."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []


def register() -> None:
    """Fill the lists of forms and panels."""
