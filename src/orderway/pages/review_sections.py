"""The sections of a management review: a list that layers fill at start, so that a review says what each of them knows. Builds none itself.

A section is a title, sentences and a table, as finished text of the language in use.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol


class Days(Protocol):
    """The days that a review looks at, both included."""

    @property
    def since(self) -> date:
        """The first day."""

    @property
    def until(self) -> date:
        """The last day."""


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a review in one language. `marks`: per row, "met", "missed", "close" or "" for its last cell."""

    title: str
    sentences: Sequence[str] = ()
    head: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()
    marks: Sequence[str] = ()


Build = Callable[[Days, datetime], Section | None]
_sections: dict[str, tuple[int, Build]] = {}


def register_section(name: str, build: Build, *, rank: int) -> None:
    """Let a layer say something in every review, in the language in use; None where it has nothing to say. Lower ranks stand first."""
    _sections[name] = (rank, build)


def texts_of(sections: Iterable[Section], head: Iterable[str]) -> list[str]:
    """Every text of a paper with these sections, its head first: what its fonts must be able to show."""
    texts = list(head)
    for section in sections:
        texts += [section.title, *section.sentences, *section.head, *(cell for row in section.rows for cell in row)]
    return texts


def built(days: Days, now: datetime) -> list[Section]:
    """All sections of these days in the language in use."""
    found = [build(days, now) for _rank, build in sorted(_sections.values(), key=lambda pair: pair[0])]
    return [section for section in found if section is not None]
