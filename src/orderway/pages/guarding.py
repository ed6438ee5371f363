"""Which right of the table a page asks for. A page that names none is closed to everybody.

Grants nothing: `masterdata.rights` says who, and acts whose answer depends on the order ask it again about that order.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

View = TypeVar("View", bound=Callable[..., Any])

OWN = "own"  # what concerns nobody but the signed-in person: language, password, leaving


def needs(right: str) -> Callable[[View], View]:
    """Say which right a page asks for."""

    def declare(view: View) -> View:
        view.needs = right  # type: ignore[attr-defined]
        return view

    return declare


def needed_by(view: Callable[..., Any]) -> str | None:
    """The right that a page declares, None for one that declares nothing."""
    right: str | None = getattr(view, "needs", None)
    return right
