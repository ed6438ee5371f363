"""Template filters of a diagnosis: lengths of time, shares, counts."""

from __future__ import annotations

from django import template

from orderway.diagnosis import lasting as lengths

register = template.Library()


@register.filter
def lasting(seconds: float | None) -> str:
    """A length of time as people say it."""
    return lengths.lasting(seconds)


@register.filter
def percent(share: float | None) -> str:
    """A share as percent with one decimal."""
    return "" if share is None else f"{100 * share:.1f} %"


@register.filter
def counted(number: int) -> str:
    """A count with its thousands apart."""
    return f"{number:,}"


@register.filter
def plain(number: float) -> str:
    """A coordinate: with a point in every language."""
    return f"{number:.1f}"


@register.filter
def decimals(number: float) -> str:
    """Two decimals, with a point in every language."""
    return f"{number:.2f}"
