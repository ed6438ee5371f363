"""What a rule may speak of, and the error that says where it does not. Never looks at a rule itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from orderway.standard.document import NOWHERE, FactType, Mark, Standard, Table
from orderway.standard.sentences import Sentence

RUN_RECORD_KIND = "list"


class RuleError(Exception):
    """The rule means nothing: `code` is stable, `sentence` says what to do, `offset` counts characters from 0 in the rule.

    `mark` is the place in the document, if the rule came with its own.
    """

    def __init__(self, code: str, sentence: Sentence, offset: int, mark: Mark = NOWHERE) -> None:
        super().__init__(str(sentence))
        self.code = code
        self.sentence = sentence
        self.offset = offset
        self.mark = mark

    @property
    def message(self) -> str:
        """The sentence in English."""
        return str(self.sentence)

    def at(self, start: Mark) -> RuleError:
        """The same error with its place in the document, the rule's first character standing at `start`."""
        mark = Mark(start.line, start.column + self.offset) if start.line else start
        return RuleError(self.code, self.sentence, self.offset, mark)


@dataclass(frozen=True, slots=True)
class Scope:
    """The names that a rule may use.

    `facts`: declared name -> type. `tables`: table id -> type of ``table.ID`` (a role table is absent).
    `runs`: the word of each enclosing `each` -> the type of the list that it goes through (the word is one record of it).
    """

    facts: Mapping[str, FactType] = field(default_factory=dict)
    tables: Mapping[str, FactType] = field(default_factory=dict)
    runs: Mapping[str, FactType] = field(default_factory=dict)


def scope_of(standard: Standard, runs: Mapping[str, str] | None = None) -> Scope:
    """Everything that rules of this standard may use; `runs`: word -> list (``{"delivery": "order.deliveries"}``).

    A run over something that is no declared list is left out (a defect of its own).
    """
    facts = {name: fact.type for name, fact in standard.facts.items()}
    lists = {word: facts[name] for word, name in (runs or {}).items() if name in facts and facts[name].kind == RUN_RECORD_KIND}
    tables = {id: type_of_table(table) for id, table in standard.tables.items() if table.output != "role"}
    return Scope(facts, tables, lists)


def type_of_table(table: Table) -> FactType:
    """What ``table.ID`` gives: a text table gives one of the texts of its rows, so that a misspelt comparison is found."""
    if table.output == "text":
        return FactType("one_of", choices=tuple(dict.fromkeys(row.output[0] for row in table.rows if row.output)))
    return FactType("bool" if table.output == "bool" else "number")
