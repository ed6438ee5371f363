"""The process ribbon for the pages of the shell. It lives in `pages.ribbon`, so that the manual below can draw it too."""

from __future__ import annotations

from orderway.pages.ribbon import Knot, Slot, rows_of, slots

__all__ = ["Knot", "Slot", "rows_of", "slots"]
