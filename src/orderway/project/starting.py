"""The start of Django in every process of the product. Loads nothing of the command line, whose libraries processes would carry in vain."""

from __future__ import annotations

import gc
import os

COLLECTED_AFTER = 10_000  # new objects: orders leave hardly any cycles, and with Python's 700 the search took a fifth of an import


def set_up() -> None:
    """Start Django. What the program consists of is never searched for garbage: that took a tenth of the start, and time at work."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "orderway.project.settings")
    gc.disable()
    import django

    django.setup()
    gc.freeze()
    gc.set_threshold(COLLECTED_AFTER)
    gc.enable()
