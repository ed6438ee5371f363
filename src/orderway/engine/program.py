"""A standard made ready to run: every rule compiled, the flow numbered, once per content hash. Decides nothing about any order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from orderway.standard import canonical
from orderway.standard.conditions import Compiled, compile, scope_of
from orderway.standard.document import Block, Each, Expression, FactType, Sequence, Stage, StageId, StageRef, Standard
from orderway.standard.document import Node as FlowNode
from orderway.standard.tables import CompiledTable, compile_table

NodeKind = Literal["stage", "sequence", "every", "choose", "parallel", "each"]
Words = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """A condition and where it stands. `words`: the enclosing `each` words and their lists, outermost first."""

    id: str
    compiled: Compiled
    words: Words = ()


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """A node of the flow, numbered in the order of the document.

    `stages`: inside it. `before`: stages that stand before it in its sequence or in one that encloses it (never in another branch).
    `eaches`: numbers of the enclosing `each` nodes, outermost first; a run of this node is named by that many keys. `words`: of these.
    """

    number: int
    kind: NodeKind
    parent: int
    slot: int
    children: tuple[int, ...]
    stages: frozenset[str]
    before: frozenset[str]
    eaches: tuple[int, ...]
    words: Words
    stage: str = ""
    name: str = ""
    list: str = ""
    when: tuple[Rule | None, ...] = ()


@dataclass(frozen=True, eq=False)
class Program:
    """A standard ready to run. `hash` identifies its content; `nodes[0]` is the whole flow; `place_of` the node of each stage.

    `lifts`: what each kind of hold waits for. `watched`: stages whose workers a `not_by` bars. `asked`: stages whose passing an exception
    asks about. `providers`: fact -> the stages that record it. `each_of`: the node of every `each`, by its word.
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
    providers: Mapping[str, tuple[str, ...]]
    lifts: Mapping[str, Rule] = field(default_factory=dict)

    def stage(self, stage: str) -> Stage:
        """The stage of this id. Raises KeyError for one that the standard does not have."""
        return self.standard.stages[StageId(stage)]

    def node_of(self, stage: str) -> Node:
        """Where the stage stands in the flow."""
        return self.nodes[self.place_of[stage]]

    @cached_property
    def each_of(self) -> Mapping[str, Node]:
        """The node of every `each`, by its word."""
        return {node.name: node for node in self.nodes if node.kind == "each"}

    @cached_property
    def order_of(self) -> Mapping[str, int]:
        """The position of every stage in the order of the document."""
        return {stage: number for number, stage in enumerate(self.standard.stages_in_flow())}

    @cached_property
    def advisory(self) -> frozenset[str]:
        """The stages that are not on yet: what they ask is shown and recorded, and stops nobody."""
        return frozenset(self.standard.advisory)

    @cached_property
    def required_steps(self) -> Mapping[str, frozenset[str]]:
        """Per stage, the steps that ask for evidence. Of an advisory one those that record a fact: what comes later may hang on it."""
        return {
            stage.id: frozenset(
                step.id
                for step in stage.steps
                if step.evidence is not None and (stage.id not in self.advisory or step.evidence.fact is not None)
            )
            for stage in self.standard.stages.values()
        }

    @cached_property
    def required_documents(self) -> Mapping[str, frozenset[str]]:
        """Per stage, the documents that must exist before it ends; none where it is advisory."""
        return {stage.id: frozenset(() if stage.id in self.advisory else stage.needs) for stage in self.standard.stages.values()}

    @cached_property
    def certified(self) -> Mapping[str, str]:
        """Per stage, the content hash for which somebody who works there should be certified; none for advisory ones."""
        if self.standard.training.gate == "off":
            return {}
        return {stage: canonical.stage_hash(self.standard, stage) for stage in self.standard.stages if stage not in self.advisory}

    @property
    def only_certified(self) -> bool:
        """Whether nobody without a certificate may be given work; else they come after those who have one."""
        return self.standard.training.gate == "block"

    def run_type(self, word: str) -> FactType:
        """The type of the list that an `each` goes through, by its word."""
        node = self.each_of[word]
        outer, _, field = node.list.partition(".")
        if outer in dict(node.words):
            return dict(self.run_type(outer).record)[field]
        return self.standard.facts[node.list].type

    def providing(self, fact: str) -> tuple[str, ...]:
        """The stages that record a fact or, for a field of a list, the list."""
        while fact:
            if fact in self.providers:
                return self.providers[fact]
            fact = fact.rpartition(".")[0]
        return ()


_programs: dict[str, Program] = {}
REMEMBERED_PROGRAMS = 200  # versions that run at the same time; a company has a handful, the tests more


def compile_standard(standard: Standard, content_hash: str = "", providers: Mapping[str, tuple[str, ...]] | None = None) -> Program:
    """The program of a standard, remembered by `content_hash` (the canonical SHA-256; computed if empty).

    `providers`: fact -> stage ids that record it, for facts of the product (the caller knows the acts); facts that steps record are
    added here. Raises `conditions.RuleError` for a rule that means nothing: a released standard has none.
    """
    content_hash = content_hash or canonical.content_hash(standard)
    known = _programs.get(content_hash)
    if known is not None:
        return known
    if len(_programs) >= REMEMBERED_PROGRAMS:
        _programs.pop(next(iter(_programs)))
    program = _compiled(standard, content_hash, providers or {})
    _programs[content_hash] = program
    return program


def _compiled(standard: Standard, content_hash: str, providers: Mapping[str, tuple[str, ...]]) -> Program:
    nodes = tuple(_Numbering(standard).nodes)
    place_of = {node.stage: node.number for node in nodes if node.kind == "stage"}
    words = {stage: nodes[number].words for stage, number in place_of.items()}
    return Program(
        standard=standard,
        hash=content_hash,
        nodes=nodes,
        place_of=place_of,
        skips={
            stage.id: _rule(standard, f"skip:{stage.id}", stage.skip_when, words[stage.id])
            for stage in standard.stages.values()
            if stage.skip_when is not None and stage.id in words
        },
        criteria=dict(_criteria(standard, words)),
        tables=dict(_tables(standard)),
        watched=frozenset(barred for stage in standard.stages.values() if stage.gate for barred in stage.gate.not_by),
        asked=_asked(standard),
        providers={**providers, **_recorded_by_steps(standard)},
        lifts={
            kind.id: _rule(standard, f"lift:{kind.id}", kind.lift_when, ())
            for kind in (standard.exceptions.hold.types if standard.exceptions.hold else ())
            if kind.lift_when is not None
        },
    )


def _rule(standard: Standard, rule_id: str, source: Expression, words: Words) -> Rule:
    return Rule(rule_id, compile(source, scope_of(standard, dict(words))), words)


def _criteria(standard: Standard, words: Mapping[str, Words]) -> Iterator[tuple[tuple[str, str], Rule]]:
    for stage in standard.stages.values():
        for criterion in stage.gate.criteria if stage.gate and stage.id in words else ():
            if criterion.auto is not None:
                rule_id = f"auto:{stage.id}:{criterion.id}"
                yield (stage.id, criterion.id), _rule(standard, rule_id, criterion.auto, words[stage.id])


def _tables(standard: Standard) -> Iterator[tuple[str, CompiledTable]]:
    for table in standard.tables.values():
        reading = compile_table(table, scope_of(standard))
        if reading.compiled is None:
            raise ValueError(f"table {table.id} of a released standard means something: {reading.problems}")
        yield table.id, reading.compiled


def _asked(standard: Standard) -> frozenset[str]:
    rules = standard.exceptions
    asked = (
        rules.cancel.until if rules.cancel else None,
        rules.change.until if rules.change else None,
        rules.complaint.after if rules.complaint else None,
    )
    return frozenset(stage for stage in asked if stage)


def _recorded_by_steps(standard: Standard) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for stage in standard.stages.values():
        for step in stage.steps:
            if step.evidence is not None and step.evidence.fact:
                found[step.evidence.fact] = (*found.get(step.evidence.fact, ()), stage.id)
    return found


class _Numbering:
    """Walks the flow once and numbers its nodes; a container comes before its contents."""

    def __init__(self, standard: Standard) -> None:
        self.standard = standard
        self.nodes: list[Node] = []
        self._number(standard.flow, -1, 0, frozenset(), (), ())

    def _number(
        self, node: FlowNode, parent: int, slot: int, before: frozenset[str], eaches: tuple[int, ...], words: Words
    ) -> tuple[int, frozenset[str]]:
        number = len(self.nodes)
        self.nodes.append(_PLACEHOLDER)
        children: list[int] = []
        inside: frozenset[str] = frozenset({node.stage}) if isinstance(node, StageRef) else frozenset()
        inner = ((*eaches, number), (*words, (node.name, node.items))) if isinstance(node, Each) else (eaches, words)
        for child_slot, child in enumerate(_children(node)):
            earlier = before | inside if isinstance(node, Sequence) else before
            child_number, stages = self._number(child, number, child_slot, earlier, *inner)
            children.append(child_number)
            inside |= stages
        self.nodes[number] = Node(
            number=number,
            kind=_kind(node),
            parent=parent,
            slot=slot,
            children=tuple(children),
            stages=inside,
            before=before,
            eaches=eaches,
            words=words,
            stage=node.stage if isinstance(node, StageRef) else "",
            name=node.name if isinstance(node, Each) else "",
            list=node.items if isinstance(node, Each) else "",
            when=self._when(node, number, words),
        )
        return number, inside

    def _when(self, node: FlowNode, number: int, words: Words) -> tuple[Rule | None, ...]:
        if not isinstance(node, Block):
            return ()
        return tuple(
            None if branch.when is None else _rule(self.standard, f"when:{number}:{slot}", branch.when, words)
            for slot, branch in enumerate(node.branches)
        )


_PLACEHOLDER = Node(-1, "stage", -1, 0, (), frozenset(), frozenset(), (), ())


def _children(node: FlowNode) -> tuple[FlowNode, ...]:
    match node:
        case Sequence(nodes=nodes):
            return nodes
        case Block(branches=branches):
            return tuple(branch.do for branch in branches)
        case Each(do=do):
            return (do,)
        case StageRef():
            return ()


def _kind(node: FlowNode) -> NodeKind:
    match node:
        case Block(kind=kind):
            return kind
        case Each():
            return "each"
        case StageRef():
            return "stage"
        case Sequence():
            return "sequence"
