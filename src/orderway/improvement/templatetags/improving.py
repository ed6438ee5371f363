"""Template filters of improvement: coordinates, changes in percent, the tabs of its pages."""

from __future__ import annotations

from collections.abc import Mapping

from django import template
from django.utils.translation import gettext as _

from orderway.improvement import words

register = template.Library()


@register.filter
def plain(number: float) -> str:
    """A coordinate: with a point in every language."""
    return f"{number:.1f}"


@register.filter
def less(number: float, by: float) -> str:
    """A coordinate moved to the left or up."""
    return f"{number - by:.1f}"


@register.filter
def change(percent: int) -> str:
    """A change in percent with its sign."""
    return words.percent(percent / 100)


@register.filter
def share(part: float | None) -> str:
    """A share as percent."""
    return "" if part is None else f"{100 * part:.1f} %"


@register.inclusion_tag("improvement/parts/tabs.html")
def improve_tabs(tab: str) -> dict[str, object]:
    """The pages of improvement."""
    tabs = (
        ("improve", _("Cycles")),
        ("suggestions", _("Suggestions")),
        ("introductions", _("Introduction")),
        ("what_ifs", _("What if")),
        ("people_needed", _("People needed")),
        ("outlook", _("Outlook")),
    )
    return {"improve_tabs": [(name, title, name == {"cycles": "improve"}.get(tab, tab)) for name, title in tabs]}


@register.filter
def of(values: Mapping[str, str], name: str) -> str:
    """A value by a name that has a dot in it."""
    return values.get(name, "")
