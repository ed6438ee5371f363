"""What templates say often: times, quantities, money, texts of the standard, icons and bars. Decides nothing, reads nothing.

Widths are attributes of SVG, because the content security policy allows no style attribute.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from html import escape
from typing import Protocol

from babel.numbers import format_currency, format_decimal
from django import template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, ngettext, pgettext_lazy

from orderway.pages import languages, units
from orderway.standard.document import Duration, Text
from orderway.standard.sentences import Sentence

register = template.Library()

LOCALES = {"zh-Hans": "zh_Hans_CN", "zh-Hant": "zh_Hant_TW", "en": "en"}
MINUTES_AN_HOUR = 60


HOLDS: Mapping[str, Promise] = {
    "credit": pgettext_lazy("kind of hold", "credit"),
    "customer": pgettext_lazy("kind of hold", "customer's wish"),
    "quality": pgettext_lazy("kind of hold", "quality"),
    "payment": pgettext_lazy("kind of hold", "payment"),
    "price": pgettext_lazy("kind of hold", "price"),
    "address": pgettext_lazy("kind of hold", "address"),
    "fraud": pgettext_lazy("kind of hold", "suspected fraud"),
    "export": pgettext_lazy("kind of hold", "export control"),
}


@register.filter
def told(value: Sentence) -> str:
    """What a check of the standard says, in the language in use."""
    return value.said(gettext)


@register.filter
def when(value: datetime | None) -> str:
    """A moment in the company's zone: ``2026-11-20 14:05``; empty for none."""
    return timezone.localtime(value).strftime("%Y-%m-%d %H:%M") if value else ""


@register.filter
def clock(value: datetime | None) -> str:
    """The time of day of a moment in the company's zone."""
    return timezone.localtime(value).strftime("%H:%M") if value else ""


@register.filter
def day(value: date | datetime | None) -> str:
    """A day as ISO writes it; empty for none."""
    if isinstance(value, datetime):
        value = timezone.localtime(value)
    return value.strftime("%Y-%m-%d") if value else ""


@register.filter
def quantity(value: Decimal | int | None) -> str:
    """A quantity without trailing zeros, thousands grouped."""
    return "" if value is None else _grouped(_plain(Decimal(value)), 0)


@register.filter
def unit(value: str) -> str:
    """A unit of measure in the language in use."""
    return units.name(value)


@register.filter
def typed(value: Decimal | None) -> str:
    """A number as people type it: no grouping, no trailing zeros."""
    return "" if value is None else f"{_plain(value):f}"


@register.filter
def price(value: Decimal | None) -> str:
    """A price with all its decimals, at least two."""
    if value is None:
        return ""
    return _grouped(_plain(value), 2)


@register.filter
def money(value: Decimal | None, currency: str = "") -> str:
    """An amount with two decimals and the sign of its currency."""
    if value is None:
        return ""
    if not currency:
        return price(value.quantize(Decimal("0.01")))
    return str(format_currency(value, currency, locale=LOCALES[languages.tag()]))


@register.filter
def worked(minutes: int | None, day_minutes: int = 0) -> str:
    """A length of working time in hours and minutes; from two days on in days of so many minutes."""
    if minutes is None:
        return ""
    if day_minutes and abs(minutes) >= 2 * day_minutes:
        return gettext("%(days)d d") % {"days": abs(minutes) // day_minutes}
    hours, rest = divmod(abs(minutes), MINUTES_AN_HOUR)
    if not hours:
        return gettext("%(minutes)d min") % {"minutes": rest}
    if not rest or hours >= 10:  # minutes say nothing beside ten hours
        return gettext("%(hours)d h") % {"hours": hours}
    return gettext("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": rest}


@register.filter
def limit(value: Duration | None) -> str:
    """A time limit of the standard in words: ``2 working days``."""
    if value is None:
        return ""
    amount = f"{_plain(value.amount):f}"
    whole = int(value.amount) if value.amount == int(value.amount) else 2
    return {
        "m": ngettext("%(n)s minute", "%(n)s minutes", whole),
        "h": ngettext("%(n)s hour", "%(n)s hours", whole),
        "d": ngettext("%(n)s working day", "%(n)s working days", whole),
        "mo": ngettext("%(n)s month", "%(n)s months", whole),
        "y": ngettext("%(n)s year", "%(n)s years", whole),
    }[value.unit] % {"n": amount}


def share_of_limit(minutes: int, value: Duration, day_minutes: int) -> str:
    """Used time beside the limit, in the limit's own unit and as short as it goes: ``2.1/4 h``."""
    per_unit = {"m": 1, "h": MINUTES_AN_HOUR, "d": day_minutes or MINUTES_AN_HOUR}.get(value.unit)
    if per_unit is None:
        return limit(value)
    used = quantity((Decimal(minutes) / per_unit).quantize(Decimal("0.1")))
    words = {"m": gettext("%(used)s/%(limit)s min"), "h": gettext("%(used)s/%(limit)s h"), "d": gettext("%(used)s/%(limit)s d")}
    return words[value.unit] % {"used": used, "limit": quantity(value.amount)}


@register.filter
def said(value: Text | str | None) -> str:
    """A text of the standard in the language in use."""
    if value is None:
        return ""
    return value if isinstance(value, str) else value.in_language(languages.tag())


@register.simple_tag
def text_in(part: object, name: str, language: str) -> str:
    """A text of a part of the standard in one language; empty where it has none."""
    text = getattr(part, name, None)
    return dict(text.values).get(language, "") if isinstance(text, Text) else ""


class Called(Protocol):
    """Somebody or something with a key and a name."""

    key: str
    name: str


@register.filter
def choices(things: Iterable[Called]) -> SafeString:
    """Options of a choice by key, all at once: a loop of the template takes ten times as long for some hundred people."""
    options = [f'<option value="{escape(one.key)}">{escape(one.name)}</option>' for one in things]
    return mark_safe("".join(options))  # noqa: S308  escaped above, by Python's own: Django's looks at each text three times


@register.filter
def initial(name: str) -> str:
    """The first letter of a name, for its round picture."""
    return name.strip()[:1].upper() or "?"


@register.simple_tag
def icon(name: str, css: str = "") -> SafeString:
    """An icon of our sprite; decoration, the words beside it say the same."""
    return format_html(
        '<svg class="ow-icon {}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        css,
        static("orderway/icons.svg"),
        name,
    )


@register.simple_tag
def bar(percent: int | Decimal | None, css: str = "") -> SafeString:
    """A bar filled to so many percent; decoration, the number stands beside it."""
    filled = max(0, min(100, int(percent or 0)))
    return format_html(
        '<svg class="ow-bar {}" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true" focusable="false">'
        '<rect class="ow-bar-all" width="100" height="4"/><rect class="ow-bar-used" width="{}" height="4"/></svg>',
        css,
        filled,
    )


@register.simple_tag(takes_context=True)
def query_with(context: template.Context, **changes: object) -> str:
    """The query string of this page with some values changed; an empty value leaves its key out, and the list starts again."""
    query = context["request"].GET.copy()
    query.pop("page", None)
    for key, value in changes.items():
        query.pop(key, None)
        if value not in ("", None):
            query[key] = str(value)
    return f"?{query.urlencode()}"


def _grouped(value: Decimal, least: int) -> str:
    """With grouped thousands and all its decimals, at least so many."""
    places = max(least, -int(value.as_tuple().exponent))
    pattern = "#,##0" + ("." + "0" * places if places else "")
    return str(format_decimal(value, format=pattern, locale=LOCALES[languages.tag()]))


def _plain(value: Decimal) -> Decimal:
    plain = value.normalize()
    return plain.quantize(Decimal(1)) if int(plain.as_tuple().exponent) > 0 else plain


@register.filter
def hold_kind(hold_type: str) -> str:
    """What a kind of hold is called; one that only the company knows by its id, as it wrote it."""
    return str(HOLDS.get(hold_type, hold_type.replace("_", " ")))
