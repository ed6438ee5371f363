"""How answers are printed: as they are. Names and reasons come from people; square brackets and colons in them are no markup."""

from __future__ import annotations

from rich.console import Console


def answers() -> Console:
    """Standard output."""
    return Console(markup=False, emoji=False, highlight=False)


def remarks() -> Console:
    """Standard error, for what is not the answer."""
    return Console(stderr=True, markup=False, emoji=False, highlight=False)
