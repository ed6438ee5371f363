"""YAML text -> a plain tree in which every word knows its place.

Refuses what makes two readers disagree: anchors, aliases, tags, duplicate keys, several documents. Gives no type to a word: the place where
it stands does that, so that ``no``, ``4:30`` or ``1.10`` stay what was written. Never knows what a standard is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import StringIO
from typing import Protocol, cast

import yaml.error as quick_error
import yaml.events as quick
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from orderway.standard.document import Mark
from orderway.standard.problems import Problem
from orderway.standard.sentences import Sentence

try:
    from yaml import CSafeLoader
except ImportError:  # PyYAML was built without the C library
    CSafeLoader = None  # type: ignore[assignment,misc]

_READ_DIFFERENTLY = re.compile(r"""[\x85\u2028\u2029\ufeff\t]|^%|["']:\S|[|>][-+0-9]*\#""", re.MULTILINE)
"""Line ends of YAML 1.1 that are none in 1.2, tabs, directives, a value close behind a quoted key, a comment close behind a block."""

MAX_CHARACTERS = 1_000_000  # the example, a complete standard in three languages, has 16,000
MAX_DEPTH = 40  # the deepest place of the example is 9


@dataclass(frozen=True, slots=True)
class Scalar:
    """A word or text. `plain`: written without quotes."""

    text: str
    plain: bool
    mark: Mark

    @property
    def empty(self) -> bool:
        """Nothing was written here, or the YAML word for nothing."""
        return self.plain and self.text in ("", "~", "null")


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    items: tuple[Tree, ...]
    mark: Mark


@dataclass(frozen=True, slots=True)
class Entries:
    """A map, in the order of the text, with each key once."""

    entries: tuple[tuple[Scalar, Tree], ...]
    mark: Mark


Tree = Scalar | Items | Entries


class _Unreadable(Exception):
    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


class _Marked(Protocol):
    line: int
    column: int


def read_tree(source: str) -> tuple[Tree | None, tuple[Problem, ...]]:
    """The tree of the one document in `source`; None if it is not YAML, empty, too large or too deep."""
    if len(source) > MAX_CHARACTERS:
        return None, (
            Problem(
                "yaml-too-large",
                Mark(1, 1),
                Sentence("The file has more than {most:,} characters. Split it or shorten it.", most=MAX_CHARACTERS),
            ),
        )
    quick = _Quick.tree(source)
    if quick is not None:
        return quick, ()
    composer = _Composer(YAML(typ="safe", pure=True).parse(StringIO(source)))
    try:
        tree = composer.document()
    except _Unreadable as unreadable:
        return None, (*composer.problems, unreadable.problem)
    except YAMLError as error:
        return None, (*composer.problems, _syntax(error))
    return tree, tuple(composer.problems)


def _syntax(error: YAMLError) -> Problem:
    mark = getattr(error, "problem_mark", None) if isinstance(error, MarkedYAMLError) else None
    said = getattr(error, "problem", None) or str(error).split("\n")[0]
    place = _mark(mark) if mark is not None else Mark(1, 1)
    return Problem(
        "yaml-syntax",
        place,
        Sentence("This is not YAML: {said}. Look for a missing quote, a tab, or indentation that does not line up.", said=said),
    )


def _mark(mark: _Marked) -> Mark:
    return Mark(mark.line + 1, mark.column + 1)


class _Told(Protocol):
    """What the C library tells of a scalar; anything else has less of it."""

    start_mark: _Marked
    anchor: str | None
    tag: str | None
    value: str
    style: str | None


class _Unusual(Exception):
    """Something that the thorough reader has to judge."""


class _Quick:
    """The same tree by the C library, twenty times as fast, of a text in which nothing is unusual; of any other it says nothing."""

    def __init__(self, parser: CSafeLoader) -> None:
        self.next = cast(Callable[[], _Told], parser.get_event)

    @classmethod
    def tree(cls, source: str) -> Tree | None:
        """The tree; None if there is anything to say about the text, or if YAML 1.1 and 1.2 might read it differently."""
        if CSafeLoader is None or _READ_DIFFERENTLY.search(source):
            return None
        try:
            return cls(CSafeLoader(source)).document()
        except (_Unusual, quick_error.YAMLError):
            return None

    def document(self) -> Tree:
        self.next()  # the stream begins
        self.expect(quick.DocumentStartEvent)
        tree = self.node(self.next(), 1)
        self.next()  # the document ends
        self.expect(quick.StreamEndEvent)
        return tree

    def expect(self, kind: type) -> None:
        if type(self.next()) is not kind:
            raise _Unusual

    def until(self, end: type) -> Iterator[_Told]:
        while type(event := self.next()) is not end:
            yield event

    def node(self, event: _Told, depth: int) -> Tree:
        kind: type = type(event)
        if depth > MAX_DEPTH or kind is quick.AliasEvent or event.anchor is not None or event.tag is not None:
            raise _Unusual
        mark = Mark(event.start_mark.line + 1, event.start_mark.column + 1)
        if kind is quick.ScalarEvent:
            if not event.value and not event.style:  # where nothing stands the two readers name different places
                raise _Unusual
            return Scalar(event.value, not event.style, mark)
        if kind is quick.MappingStartEvent:
            return Entries(self.entries(depth + 1), mark)
        return Items(self.items(depth + 1), mark)

    def items(self, depth: int) -> tuple[Tree, ...]:
        return tuple(self.node(event, depth) for event in self.until(quick.SequenceEndEvent))

    def entries(self, depth: int) -> tuple[tuple[Scalar, Tree], ...]:
        found: dict[str, tuple[Scalar, Tree]] = {}
        for event in self.until(quick.MappingEndEvent):
            key = self.node(event, depth)
            if not isinstance(key, Scalar) or key.text in found:
                raise _Unusual
            found[key.text] = (key, self.node(self.next(), depth))
        return tuple(found.values())


class _Composer:
    """Folds YAML events into a tree; depth is bounded before the recursion goes there."""

    def __init__(self, events: Iterator[Event]) -> None:
        self.events = events
        self.problems: list[Problem] = []

    def document(self) -> Tree:
        tree: Tree | None = None
        for event in self.events:
            if isinstance(event, DocumentStartEvent):
                if tree is not None:
                    self._add(
                        "yaml-many-documents",
                        event,
                        Sentence("A file holds one standard. Put the part after '---' into a file of its own."),
                    )
                    return tree
                tree = self._node(next(self.events), 1)
        if tree is None:
            raise _Unreadable(Problem("yaml-empty", Mark(1, 1), Sentence("The file is empty. Begin with 'format: order-standard/1'.")))
        return tree

    def _add(self, code: str, event: Event, sentence: Sentence) -> None:
        self.problems.append(Problem(code, _mark(event.start_mark), sentence))

    def _node(self, event: Event, depth: int) -> Tree:
        mark = _mark(event.start_mark)
        if depth > MAX_DEPTH:
            raise _Unreadable(
                Problem(
                    "yaml-too-deep",
                    mark,
                    Sentence("More than {most} levels of nesting. Look for a bracket that is not closed.", most=MAX_DEPTH),
                )
            )
        self._refuse_sharing(event)
        if isinstance(event, MappingStartEvent):
            return Entries(tuple(self._entries(depth)), mark)
        if isinstance(event, SequenceStartEvent):
            return Items(tuple(self._items(depth)), mark)
        if isinstance(event, ScalarEvent):
            return Scalar(str(event.value), event.style not in ("'", '"', "|", ">"), mark)
        return Scalar("", True, mark)

    def _refuse_sharing(self, event: Event) -> None:
        if isinstance(event, AliasEvent):
            self._add(
                "yaml-alias",
                event,
                Sentence(
                    "'*{anchor}' repeats another place. Write the content out, so that every line means itself.", anchor=str(event.anchor)
                ),
            )
        elif isinstance(event, NodeEvent) and event.anchor is not None:
            self._add(
                "yaml-anchor",
                event,
                Sentence("'&{anchor}' names a place to repeat it. Remove the name and write the content out.", anchor=str(event.anchor)),
            )
        if getattr(event, "tag", None) is not None:
            self._add(
                "yaml-tag",
                event,
                Sentence("The tag '{tag}' is not allowed. Remove it; the place decides what a word means.", tag=getattr(event, "tag", "")),
            )

    def _items(self, depth: int) -> Iterator[Tree]:
        for event in self.events:
            if isinstance(event, SequenceEndEvent):
                return
            yield self._node(event, depth + 1)

    def _entries(self, depth: int) -> Iterator[tuple[Scalar, Tree]]:
        seen: dict[str, Scalar] = {}
        for event in self.events:
            if isinstance(event, MappingEndEvent):
                return
            key = self._node(event, depth + 1)
            value = self._node(next(self.events), depth + 1)
            if not isinstance(key, Scalar):
                self.problems.append(
                    Problem("wrong-type", key.mark, Sentence("A key must be a word, not a list or a map. Look for a missing quote."))
                )
            elif key.text in seen:
                first = seen[key.text].mark.line
                self.problems.append(
                    Problem(
                        "yaml-duplicate-key",
                        key.mark,
                        Sentence("'{key}' stands here twice, first on line {first}. Keep one.", key=key.text, first=first),
                    )
                )
            else:
                seen[key.text] = key
                yield key, value
