"""YAML -> document: reads a standard, and says with line and column what it cannot read. Never judges what was read (`defects` does)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

from orderway.standard import parse_facts, parse_flow, parse_rules, parse_stages, reading
from orderway.standard.document import FORMAT, Exceptions, Feedback, Mark, RoleId, Sequence, StageId, Standard, Training
from orderway.standard.problems import Problem
from orderway.standard.reading import LANGUAGE, Fields, Log
from orderway.standard.sentences import Sentence, quoted
from orderway.standard.yaml_tree import Entries, Items, Scalar, Tree, read_tree

_KEYS = (
    *("format", "id", "version", "title", "owner", "approved_by", "effective", "review_every", "languages", "calendar", "advisory"),
    *(
        "changes",
        "calendars",
        "roles",
        "documents",
        "facts",
        "errors",
        "tables",
        "flow",
        "exceptions",
        "stages",
        "feedback",
        "training",
        "kpis",
    ),
)
_Part = TypeVar("_Part")
TEXTS_KEPT = 16  # a draft is read when it is checked, stored and approved; the shipped ones at every `init`


@dataclass(frozen=True, slots=True)
class Parsed:
    """The document, if it could be read as a whole, and everything that was found on the way.

    `standard` is given although there are errors if none of them left a hole (an unknown key, for example): ask `errors` before use.
    """

    standard: Standard | None
    problems: tuple[Problem, ...]

    @property
    def errors(self) -> tuple[Problem, ...]:
        """What keeps the draft from being released; warnings are left out."""
        return tuple(problem for problem in self.problems if problem.severity == "error")


def parse(source: str, *, name: str = "<standard>") -> Parsed:
    """Read a standard (YAML 1.2 without anchors, aliases and tags). Collects every problem; raises nothing for bad input.

    `name` is that of the file, for the message about something that is no standard at all. A text that was read before is remembered.
    """
    found = _parsed(source)
    return found or Parsed(
        None,
        (
            Problem(
                "wrong-type",
                Mark(1, 1),
                Sentence("{name} is no standard: it must begin with 'format: {format}'.", name=name, format=FORMAT),
            ),
        ),
    )


@lru_cache(maxsize=TEXTS_KEPT)
def _parsed(source: str) -> Parsed | None:
    """None for a text that is sound YAML but no standard."""
    tree, problems = read_tree(source)
    if not isinstance(tree, Entries):
        return Parsed(None, problems) if problems else None
    log = Log(problems=list(problems))
    standard = _standard(log, tree)
    ordered = tuple(sorted(log.problems, key=lambda problem: problem.mark))
    return Parsed(None if log.holes else standard, ordered)


def _standard(log: Log, tree: Entries) -> Standard:
    fields = Fields(log, tree, Sentence("the standard"), _KEYS)
    log.languages = _languages(fields)
    _format(fields)

    def part(key: str, read: Callable[[Log, Tree], _Part], absent: _Part) -> _Part:
        body = fields.optional(key)
        return read(log, body) if body else absent

    def needed(key: str, read: Callable[[Log, Tree], _Part], absent: _Part) -> _Part:
        body = fields.required(key)
        return read(log, body) if body else absent

    return Standard(
        id=fields.word("id"),
        version=fields.line("version"),
        title=fields.text("title"),
        owner=RoleId(fields.word("owner")),
        languages=log.languages,
        calendar=fields.word("calendar"),
        calendars=needed("calendars", parse_facts.calendars, {}),
        roles=needed("roles", parse_facts.roles, {}),
        documents=part("documents", parse_facts.documents, {}),
        facts=part("facts", parse_facts.facts, {}),
        flow=needed("flow", parse_flow.flow, Sequence(())),
        stages=needed("stages", parse_stages.stages, {}),
        approved_by=tuple(RoleId(role) for role in fields.words("approved_by")),
        effective=_effective(fields),
        review_every=fields.duration("review_every"),
        changes=part("changes", parse_rules.changes, ()),
        errors=part("errors", parse_facts.error_kinds, {}),
        tables=part("tables", parse_facts.tables, {}),
        exceptions=part("exceptions", parse_rules.exceptions, Exceptions()),
        feedback=part("feedback", parse_rules.feedback, Feedback()),
        training=part("training", parse_rules.training, Training()),
        kpis=part("kpis", parse_rules.measures, ()),
        advisory=tuple(StageId(stage) for stage in fields.words("advisory")),
        mark=tree.mark,
        marks=dict(_marks(tree, ())),
    )


def _languages(fields: Fields) -> tuple[str, ...]:
    tree = fields.required("languages")
    parts = reading.items(fields.log, tree, quoted("languages")) if tree else ()
    found: list[str] = []
    for part in parts:
        if isinstance(part, Scalar) and LANGUAGE.fullmatch(part.text) and part.text not in found:
            found.append(part.text)
        else:
            fields.log.hole(
                "no-language", part.mark, Sentence("'languages' must be a list of different language codes such as en, zh-Hans.")
            )
    if tree and not parts:
        fields.log.hole("no-language", tree.mark, Sentence("'languages' names none. The first one is the authoritative text."))
    return tuple(found)


def _format(fields: Fields) -> None:
    tree = fields.required("format")
    if tree and not (isinstance(tree, Scalar) and tree.text == FORMAT):
        fields.log.hole(
            "bad-format", tree.mark, Sentence("This program reads 'format: {format}'. Check where the file comes from.", format=FORMAT)
        )


def _effective(fields: Fields) -> str | None:
    tree = fields.optional("effective")
    day = fields.optional_line("effective")
    if tree and day is not None and not parse_facts.is_date(day):
        fields.log.hole("bad-date", tree.mark, Sentence("'effective' must be a day such as 2026-03-01, not '{day}'.", day=day))
    return day


def _marks(tree: Tree, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], Mark]]:
    if path:
        yield path, tree.mark
    if isinstance(tree, Entries):
        for key, value in tree.entries:
            yield from _marks(value, (*path, key.text))
    elif isinstance(tree, Items):
        for index, part in enumerate(tree.items):
            yield from _marks(part, (*path, index))
