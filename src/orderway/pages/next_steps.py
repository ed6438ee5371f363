"""What may be done because of a figure: a list that layers above fill at start, shown beside the figure. Does nothing itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple


class FigureSeen(NamedTuple):
    """A figure as a page shows it: its name, its title, and its value and number of observations in words."""

    name: str
    title: str
    value: str
    number: str


class Step(NamedTuple):
    """Something to do, in the language in use, and where."""

    words: str
    address: str


Build = Callable[[FigureSeen], Step | None]
_steps: dict[str, Build] = {}


def register_step(name: str, build: Build) -> None:
    """Let a layer offer something beside every figure; None where it has nothing to offer."""
    _steps[name] = build


def steps_of(figure: FigureSeen) -> list[Step]:
    """What may be done about it."""
    return [step for build in _steps.values() if (step := build(figure)) is not None]
