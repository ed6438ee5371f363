"""Lengths of time as people say them, by the clock on the wall (a day has 24 hours)."""

from __future__ import annotations

from django.utils.translation import gettext as _

MINUTE, HOUR, DAY = 60, 3_600, 86_400


def lasting(seconds: float | None) -> str:
    """2.3 d, 4.0 h, 12 min, 5 s; nothing for no time."""
    if seconds is None:
        return ""
    sign, length = ("−" if seconds < 0 else ""), abs(seconds)
    if length >= DAY:
        return sign + _("{n} d").format(n=f"{length / DAY:,.1f}")
    if length >= HOUR:
        return sign + _("{n} h").format(n=f"{length / HOUR:.1f}")
    if length >= MINUTE:
        return sign + _("{n} min").format(n=f"{length / MINUTE:.0f}")
    return sign + _("{n} s").format(n=f"{length:.0f}")
