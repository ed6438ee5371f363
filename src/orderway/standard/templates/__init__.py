"""The shipped standards: process standards that a company can start with and change. Only reads the files beside it."""

from __future__ import annotations

from importlib.resources import files

SHIPPED = ("trade", "make-to-stock", "make-to-order", "project")


def shipped() -> dict[str, str]:
    """The YAML text of every shipped standard by its id."""
    folder = files(__name__)
    return {name: folder.joinpath(f"{name}.yaml").read_text(encoding="utf-8") for name in SHIPPED}
