"""Units of measure in the reader's language. Converts nothing."""

from __future__ import annotations

from django.utils.translation import pgettext_lazy

UNITS = {
    "pcs": pgettext_lazy("unit", "pcs"),
    "pc": pgettext_lazy("unit", "pc"),
    "set": pgettext_lazy("unit", "set"),
    "pair": pgettext_lazy("unit", "pair"),
    "box": pgettext_lazy("unit", "box"),
    "carton": pgettext_lazy("unit", "carton"),
    "pack": pgettext_lazy("unit", "pack"),
    "roll": pgettext_lazy("unit", "roll"),
    "bottle": pgettext_lazy("unit", "bottle"),
}  # kg and m are written alike in every language


def name(unit: str) -> str:
    """The unit as people write it; one that only the company knows as the company wrote it."""
    return str(UNITS.get(unit, unit))
