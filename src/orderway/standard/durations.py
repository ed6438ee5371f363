"""Lengths of time as written in a standard (30m, 4h, 2d, 12mo, 10y). Never turns them into dates (`engine.calendars` does)."""

from __future__ import annotations

from orderway.standard.document import Duration, Mark


def read_duration(text: str, *, mark: Mark = Mark(), fractions: bool = False) -> Duration | None:
    """The duration, or None if the text is none. `fractions` (8.6d) are for measures only."""
    raise NotImplementedError
