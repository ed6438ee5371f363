"""A standard made ready to run: every rule compiled, the flow numbered, once per content hash. Decides nothing about any order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from orderway.standard.conditions import Compiled
from orderway.standard.document import Fact, Stage, Standard
from orderway.standard.tables import CompiledTable

NodeKind = Literal["stage", "sequence", "every", "choose", "parallel", "each"]


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """A condition and where it stands. `words`: the enclosing `each` words and their lists, outermost first."""

    id: str
    compiled: Compiled
    words: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """A node of the flow, numbered in the order of the document.

    `stages`: inside it. `before`: stages that stand before it in its sequence or in one that encloses it (never in another branch).
    `eaches`: numbers of the enclosing `each` nodes, outermost first; a run of this node is named by that many keys.
    """

    number: int
    kind: NodeKind
    parent: int
    slot: int
    children: tuple[int, ...]
    stages: frozenset[str]
    before: frozenset[str]
    eaches: tuple[int, ...]
    stage: str = ""
    name: str = ""
    list: str = ""
    when: tuple[Rule | None, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Program:
    """A standard ready to run. `hash` identifies its content; `nodes[0]` is the whole flow; `place_of` the node of each stage.

    `watched`: stages whose workers a `not_by` bars. `asked`: stages whose passing an exception asks about. `providers`: the stages
    that record a fact, as far as the standard itself or the catalogue says so.
    """

    standard: Standard
    hash: str
    nodes: tuple[Node, ...]
    place_of: Mapping[str, int]
    skips: Mapping[str, Rule]
    criteria: Mapping[tuple[str, str], Rule]
    tables: Mapping[str, CompiledTable]
    watched: frozenset[str]
    asked: frozenset[str]
    facts: Mapping[str, Fact] = field(default_factory=dict)
    providers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def stage(self, stage: str) -> Stage:
        """The stage of this id. Raises KeyError for one that the standard does not have."""
        raise NotImplementedError


def compile_standard(standard: Standard, content_hash: str = "", providers: Mapping[str, tuple[str, ...]] | None = None) -> Program:
    """The program of a standard, remembered by `content_hash` (the canonical SHA-256; computed if empty).

    `providers`: fact -> stage ids that record it, for facts of the product (the caller knows the acts); facts that steps record are
    added here. Raises `conditions.RuleError` for a rule that means nothing: a released standard has none.
    """
    raise NotImplementedError
