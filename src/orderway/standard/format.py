"""A standard as YAML in one fixed style, so that two versions differ only where they mean something else. Never changes the meaning."""

from __future__ import annotations

from orderway.standard.document import Standard


def write(standard: Standard) -> str:
    """YAML text that parses back to an equal standard; every step carries its id."""
    raise NotImplementedError
