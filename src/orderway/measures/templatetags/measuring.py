"""Template filters of measures: coordinates."""

from __future__ import annotations

from django import template

register = template.Library()


@register.filter
def plain(number: float) -> str:
    """A coordinate: with a point in every language."""
    return f"{number:.1f}"
