"""YAML -> document: reads a standard, and says with line and column what it cannot read. Never judges what was read (`defects` does)."""

from __future__ import annotations

from dataclasses import dataclass

from orderway.standard.document import Standard
from orderway.standard.problems import Problem


@dataclass(frozen=True, slots=True)
class Parsed:
    """The document, if it could be read as a whole, and everything that was found on the way.

    `standard` is given although there are errors if none of them left a hole (an unknown key, for example): ask `errors` before use.
    """

    standard: Standard | None
    problems: tuple[Problem, ...]

    @property
    def errors(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if problem.severity == "error")


def parse(source: str, *, name: str = "<standard>") -> Parsed:
    """Read a standard (YAML 1.2 without anchors, aliases and tags). Collects every problem; raises nothing for bad input."""
    raise NotImplementedError
