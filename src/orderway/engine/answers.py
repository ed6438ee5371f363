"""The questions that the engine asks about one order, and their answers from facts that are handed in.

Asks each fact at most once, remembers what it read so that the journal can freeze it, and never reads anything by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from orderway.engine import freezing
from orderway.engine.case import PLACE_SEPARATOR, Path
from orderway.engine.explaining import Fired, Why, parts_of
from orderway.engine.move import Json
from orderway.engine.program import Program, Rule, Words
from orderway.standard.conditions import Explanation, explain, unknown_facts
from orderway.standard.remedies import remedies
from orderway.standard.tables import Decision, decide
from orderway.standard.values import UNKNOWN, Unknown, Value

Facts = Callable[[str], Value]


class Answers(Protocol):
    """What the engine may ask."""

    def holds(self, rule: Rule, path: Path) -> bool | Unknown:
        """Whether a condition holds for the run at `path`."""

    def keys(self, list_name: str, words: Words, path: Path) -> tuple[str, ...] | Unknown:
        """The numbers of the records of a list, in its order; UNKNOWN if the list is not known."""

    def decide(self, table: str) -> tuple[str, ...] | Unknown:
        """The roles that a table names, in order."""

    def missing(self, rule: Rule, path: Path) -> tuple[str, ...]:
        """The facts whose absence leaves the condition open."""

    def missing_in_table(self, table: str) -> tuple[str, ...]:
        """The facts whose absence leaves the table open."""

    def explanation(self, rule: Rule, path: Path) -> str:
        """The condition with the values of its parts, for the clerk."""

    def frozen(self) -> Mapping[str, Json]:
        """Everything that was read, as JSON; `from_frozen` answers from it again."""


class FactAnswers:
    """Answers from a function that gives the value of a declared fact, or UNKNOWN; list facts are tuples of mappings.

    Inside an `each` the word of the run is the record of its list whose ``number`` is the run's key.
    """

    def __init__(self, program: Program, facts: Facts) -> None:
        self._program = program
        self._facts = facts
        self._known: dict[str, Value] = {}
        self._held: dict[tuple[str, Path], bool | Unknown] = {}
        self._decided: dict[str, Decision] = {}
        self._read: dict[str, tuple[Value, freezing.Fields]] = {}
        self._records: Mapping[str, Value] = {}

    @classmethod
    def from_frozen(cls, program: Program, frozen: Mapping[str, Json]) -> FactAnswers:
        """Answers from the facts that a journal entry froze."""
        facts: dict[str, Value] = {}
        records: dict[str, Value] = {}
        for name, value in frozen.items():
            word, is_record, _ = name.partition(PLACE_SEPARATOR)
            if is_record:
                records[name] = freezing.thaw_record(value, program.run_type(word))
            else:
                facts[name] = freezing.thaw(value, program.standard.facts[name].type)
        answers = cls(program, lambda name: facts.get(name, UNKNOWN))
        answers._records = records
        return answers

    def holds(self, rule: Rule, path: Path) -> bool | Unknown:
        """Whether a condition holds for the run at `path`."""
        asked = (rule.id, path)
        if asked not in self._held:
            lookup = self._lookup(rule.words, path)
            value = rule.compiled.evaluate(lookup, self._table_value)
            if not (value is UNKNOWN or isinstance(value, bool)):
                raise TypeError(f"{rule.id} of a released standard is yes or no, not {value!r}")
            self._held[asked] = value
            self._note(rule.compiled.reads, rule.compiled.names, rule.words, path)
        return self._held[asked]

    def keys(self, list_name: str, words: Words, path: Path) -> tuple[str, ...] | Unknown:
        """The numbers of the records of a list, in its order; UNKNOWN if the list is not known."""
        value = self._list(words, path, list_name)
        word = list_name.partition(".")[0]
        self._note((word if word in dict(words) else list_name,), (f"{list_name}.number",), words, path)
        if value is UNKNOWN:
            return UNKNOWN
        if not isinstance(value, tuple):
            raise TypeError(f"{list_name} of a released standard is a list, not {value!r}")
        return tuple(str(record["number"]) for record in value)

    def decide(self, table: str) -> tuple[str, ...] | Unknown:
        """The roles that a table names, in order."""
        return self._decision(table).output

    def missing(self, rule: Rule, path: Path) -> tuple[str, ...]:
        """The facts whose absence leaves the condition open."""
        found = unknown_facts(rule.compiled, self._lookup(rule.words, path), self._table_value)
        return tuple(dict.fromkeys(name for fact in found for name in self._inside(fact)))

    def missing_in_table(self, table: str) -> tuple[str, ...]:
        """The facts whose absence leaves the table open."""
        return self._decision(table).missing

    def explanation(self, rule: Rule, path: Path) -> str:
        """The condition with the values of its parts, for the clerk."""
        whole = explain(rule.compiled, self._lookup(rule.words, path), self._table_value)
        seen = dict(_leaves(whole))
        for table in rule.compiled.tables:
            seen.update(self._decision(table).inputs)
        shown = ", ".join(f"{part} is {_worth(value)}" for part, value in seen.items() if _worth_showing(part, value))
        return f"{rule.compiled.source} ({shown})" if shown else rule.compiled.source

    def why(self, rule: Rule, path: Path) -> Why:
        """Why a condition holds or not, part by part, and what would change it. For pages: deciding never asks this."""
        lookup = self._lookup(rule.words, path)
        whole = explain(rule.compiled, lookup, self._table_value)
        ways = remedies(rule.compiled, lookup, self._program.tables) if whole.value is False else ()
        return Why(rule.compiled.source, tuple(parts_of(whole)), tuple(self.fired(table) for table in rule.compiled.tables), ways)

    def fired(self, table: str) -> Fired:
        """The row of a table that applies, and the inputs that chose it."""
        return Fired(table, self._decision(table))

    def frozen(self) -> Mapping[str, Json]:
        """Everything that was read, as JSON; `from_frozen` answers from it again. What is not known is left out."""
        return {key: freezing.freeze(value, fields) for key, (value, fields) in sorted(self._read.items())}

    def _fact(self, name: str) -> Value:
        if name not in self._known:
            value = self._facts(name)
            if value is UNKNOWN:
                declared = self._program.standard.facts.get(name)
                if declared is not None and declared.has_default and declared.default is not None:
                    value = declared.default
            self._known[name] = value
        return self._known[name]

    def _lookup(self, words: Words, path: Path) -> Callable[[str], Value]:
        if not words:
            return self._fact
        listed = dict(words)
        return lambda name: self._record(words, path, name) if name in listed else self._fact(name)

    def _record(self, words: Words, path: Path, word: str) -> Value:
        """The record of the run that `word` names: the one of its list whose number is the key in the path."""
        level = _level(words, word)
        known = self._records.get(_record_name(word, path[: level + 1]))
        if known is not None:
            return known
        found = self._list(words[:level], path, words[level][1])
        if not isinstance(found, tuple):
            return UNKNOWN
        return next((record for record in found if str(record["number"]) == path[level]), UNKNOWN)

    def _list(self, words: Words, path: Path, name: str) -> Value:
        """The list of this name: a fact, or a field of the record of an enclosing run."""
        outer, _, field = name.partition(".")
        if outer not in dict(words):
            return self._fact(name)
        record = self._record(words, path, outer)
        return record.get(field, UNKNOWN) if isinstance(record, Mapping) else UNKNOWN

    def _decision(self, table: str) -> Decision:
        if table not in self._decided:
            compiled = self._program.tables[table]
            self._decided[table] = decide(compiled, self._fact)
            reads = {name for name in compiled.names if name in self._program.standard.facts}
            self._note(tuple(reads), compiled.names, (), ())
        return self._decided[table]

    def _inside(self, fact: str) -> tuple[str, ...]:
        """The facts behind a table that is not known, else the fact itself."""
        kind, _, table = fact.partition(".")
        return self._decision(table).missing if kind == "table" else (fact,)

    def _table_value(self, table: str) -> Value:
        return self._decision(table).value

    def _note(self, reads: tuple[str, ...], names: tuple[str, ...], words: Words, path: Path) -> None:
        """Remember what was read, with the fields used, so that only these are frozen."""
        listed = dict(words)
        for name in reads:
            if name in listed:
                value = self._record(words, path, name)
                self._remember(_record_name(name, path[: _level(words, name) + 1]), value, freezing.fields_of(name, names))
            else:
                self._remember(name, self._fact(name), freezing.fields_of(name, names))

    def _remember(self, key: str, value: Value, fields: freezing.Fields) -> None:
        if value is UNKNOWN:
            return
        known = self._read.get(key)
        self._read[key] = (value, freezing.merge(known[1], fields) if known else fields)


def _level(words: Words, word: str) -> int:
    return next(level for level, (name, _) in enumerate(words) if name == word)


def _record_name(word: str, path: Path) -> str:
    return PLACE_SEPARATOR.join((word, *path))


def _worth_showing(part: str, value: Value) -> bool:
    """A literal says nothing new, a whole list too much."""
    return not isinstance(value, tuple | Mapping) and part[0].isalpha() and part not in ("true", "false")


def _worth(value: Value) -> str:
    if value is UNKNOWN:
        return "not known"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _leaves(explanation: Explanation) -> list[tuple[str, Value]]:
    if not explanation.children:
        return [(explanation.part, explanation.value)]
    return [leaf for child in explanation.children for leaf in _leaves(child)]
