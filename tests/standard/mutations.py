"""The example standard, changed in one place: what the check must then find, and where."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from orderway.standard.catalogue import Catalogue
from orderway.standard.defects import check_text
from orderway.standard.document import Mark, Standard
from orderway.standard.parse import parse
from orderway.standard.problems import Problem
from standard.catalogue_for_tests import a_catalogue

EXAMPLE = (Path(__file__).parent / "example.yaml").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Mutation:
    """`old` (once in the example) becomes `new`; then `code` alone is found, at the text `at` (once in the result), saying `says`."""

    code: str
    old: str
    new: str
    at: str
    says: str
    severity: str = "error"
    also: tuple[tuple[str, str], ...] = ()
    after_example: bool = False

    def __str__(self) -> str:
        return f"{self.code}: {self.at.splitlines()[0][:30]}"

    def text(self) -> str:
        """The changed example."""
        text = replaced_once(EXAMPLE, self.old, self.new)
        for old, new in self.also:
            assert old in text
            text = text.replace(old, new)
        return text

    def place(self) -> Mark:
        """Where the finding must point."""
        return mark_of(self.text(), self.at)

    def found(self, catalogue: Catalogue | None = None) -> tuple[Problem, ...]:
        """What the check says."""
        return check_text(self.text(), catalogue or a_catalogue(), previous=example() if self.after_example else None)


def assert_refused(mutation: Mutation) -> None:
    """The finding is the only one; code, severity, line, column and reason are as expected, and it ends with a remedy."""
    found = mutation.found()
    assert [(problem.code, problem.severity, problem.mark) for problem in found] == [
        (mutation.code, mutation.severity, mutation.place())
    ], [problem.line("example.yaml") for problem in found]
    assert mutation.says in found[0].message
    assert found[0].message.rstrip().endswith((".", "?"))


@cache
def example() -> Standard:
    """The example as it stands."""
    standard = parse(EXAMPLE).standard
    assert standard is not None
    return standard


def replaced_once(text: str, old: str, new: str) -> str:
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in the example"
    return text.replace(old, new)


def mark_of(text: str, part: str) -> Mark:
    assert text.count(part) == 1, f"{part!r} stands {text.count(part)} times in the changed example"
    before = text[: text.index(part)]
    return Mark(before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1)
