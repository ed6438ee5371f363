"""BPMN 2.0 in: the block-structured subset becomes a flow; what lies outside is refused with the element's name. Reads no diagram.

The subset: one start, ends, tasks, sub-processes, gateways that open and close in pairs; a way back from an exclusive gateway is rework.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Literal

from lxml import etree

from orderway.standard.bpmn import GATEWAYS, MODEL, OURS, stage_of
from orderway.standard.document import (
    Block,
    Branch,
    Duration,
    Each,
    Evidence,
    Expression,
    Node,
    Sequence,
    Stage,
    StageId,
    StageRef,
    Standard,
    Step,
    Text,
)
from orderway.standard.sentences import Sentence

TASKS = ("task", "userTask", "serviceTask", "manualTask", "sendTask", "receiveTask", "scriptTask", "businessRuleTask")
KINDS: Mapping[str, Literal["every", "choose", "parallel"]] = {
    "inclusiveGateway": "every",
    "parallelGateway": "parallel",
    "exclusiveGateway": "choose",
}
assert set(KINDS) == set(GATEWAYS.values())
BESIDE = ("laneSet", "textAnnotation", "association", "dataObject", "dataObjectReference", "dataStoreReference", "documentation", "group")
INSIDE = ("incoming", "outgoing", "extensionElements", "multiInstanceLoopCharacteristics", "ioSpecification", "property")
MOST_BYTES = 2_000_000
MOST_ELEMENTS = 2_000
EACH_NAME = re.compile(r"\s*([A-Za-z_][A-Za-z0-9_]*)\s+in\s+([A-Za-z_][A-Za-z0-9_.]*)\s*")


class OutsideSubset(ValueError):
    """An element that no standard can say; `element` names it, the sentence says why."""

    def __init__(self, element: str, why: Sentence) -> None:
        super().__init__(f"{element}: {why}")
        self.element = element
        self.why = why


@dataclass(slots=True)
class _Part:
    """An element of a process with its lines; `back` are lines that lead to something earlier."""

    id: str
    tag: str
    name: str
    element: etree._Element
    after: list[_Line] = field(default_factory=list)
    before: list[_Line] = field(default_factory=list)

    @property
    def said(self) -> str:
        return f"{self.tag} {self.id}" + (f" ({self.name})" if self.name else "")


@dataclass(slots=True, eq=False)
class _Line:
    """A sequence flow."""

    id: str
    source: _Part
    target: _Part
    when: str
    default: bool
    back: bool = False


def read(xml: bytes, standard: Standard) -> Standard:
    """The standard with the flow of a BPMN document: stages that it knows stay as they are, new tasks become stages of plain work.

    Raises OutsideSubset. Entities, external documents and deep nesting are never followed.
    """
    process = _process(xml)
    found = _Reader(standard)
    flow = found.flow(process)
    if not flow.nodes:
        raise OutsideSubset("process", Sentence("it has no task."))
    used = set(_stages(flow))
    stages = {known: stage for known, stage in standard.stages.items() if known in used}
    return replace(standard, flow=flow, stages={**stages, **found.made})


def _process(xml: bytes) -> etree._Element:
    if len(xml) > MOST_BYTES:
        raise OutsideSubset("document", Sentence("it is longer than {most} bytes.", most=MOST_BYTES))
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False)
    try:
        root = etree.fromstring(xml, parser)
    except etree.XMLSyntaxError as error:
        raise OutsideSubset("document", Sentence("it is no XML ({reason}).", reason=str(error.msg))) from None
    if root.getroottree().docinfo.doctype:
        raise OutsideSubset("DOCTYPE", Sentence("a document type is not read."))
    if sum(1 for _element in root.iter()) > MOST_ELEMENTS * 20:
        raise OutsideSubset("document", Sentence("it has too many elements."))
    processes = root.findall(f"{{{MODEL}}}process")
    if len(processes) != 1:
        raise OutsideSubset("definitions", Sentence("it has {count} processes; a standard is one.", count=len(processes)))
    return processes[0]


class _Reader:
    """Reads the scopes of one document; `made` are the stages of tasks that the standard does not know."""

    def __init__(self, standard: Standard) -> None:
        self.standard = standard
        self.made: dict[StageId, Stage] = {}
        self.placed: set[StageId] = set()

    def flow(self, scope: etree._Element) -> Sequence:
        """The flow of a process or sub-process."""
        parts = _parts(scope)
        starts = [part for part in parts.values() if part.tag == "startEvent"]
        if len(starts) != 1:
            raise OutsideSubset(_name(scope), Sentence("it has {count} start events; one is needed.", count=len(starts)))
        _mark_ways_back(starts[0], set(), set())
        nodes, stop = self.sequence(starts[0])
        if stop.tag != "endEvent":
            raise OutsideSubset(stop.said, Sentence("it joins what no gateway has split."))
        return Sequence(nodes)

    def sequence(self, part: _Part) -> tuple[tuple[Node, ...], _Part]:
        """From a part on up to a join or an end; gives what lies between, and where it stopped."""
        nodes: list[Node] = []
        while part.tag != "endEvent" and not _joins(part):
            node, part = self.part(part)
            nodes += [node] if node is not None else []
        return tuple(nodes), part

    def part(self, part: _Part) -> tuple[Node | None, _Part]:
        """One part, and the one after it."""
        forward = [line for line in part.after if not line.back]
        if len(forward) > 1 and part.tag in KINDS:
            return self.block(part, forward)
        if len(forward) != 1:
            why = Sentence("it leads nowhere.") if not forward else Sentence("it has several ways out; let a gateway split.")
            raise OutsideSubset(part.said, why)
        if any(line.back for line in part.after) and part.tag != "exclusiveGateway":
            raise OutsideSubset(part.said, Sentence("a way back needs an exclusive gateway."))
        node: Node | None = None
        if part.tag in TASKS:
            node = StageRef(self.stage(part))
        elif part.tag == "subProcess":
            inner = self.flow(part.element)
            node = self.each(part, inner) if part.element.find(f"{{{MODEL}}}multiInstanceLoopCharacteristics") is not None else inner
        return node, forward[0].target

    def block(self, part: _Part, lines: list[_Line]) -> tuple[Node, _Part]:
        """A split with its branches up to the join that closes it."""
        branches, joins = [], []
        for line in lines:
            nodes, stop = ((), line.target) if _joins(line.target) else self.sequence(line.target)
            if not nodes and stop.tag == part.tag:
                raise OutsideSubset(part.said, Sentence("one of its branches has no task; skip a stage by its condition instead."))
            when = Expression(line.when) if line.when and not line.default else None
            branches.append(Branch(when if part.tag != "parallelGateway" else None, Sequence(nodes)))
            joins.append(stop)
        join = joins[0]
        if any(stop is not join for stop in joins) or join.tag != part.tag:
            raise OutsideSubset(part.said, Sentence("its branches do not meet in one {tag}.", tag=part.tag))
        onward = [line for line in join.after if not line.back]
        if len([line for line in join.before if not line.back]) != len(lines) or len(onward) != 1:
            raise OutsideSubset(join.said, Sentence("it joins other lines than those that {part} splits.", part=part.id))
        return Block(KINDS[part.tag], tuple(branches)), onward[0].target

    def stage(self, part: _Part) -> StageId:
        """The stage of a task."""
        known = stage_of(part.id, self.standard.stages)
        stage = known or self.new_stage(part)
        if stage in self.placed:
            raise OutsideSubset(part.said, Sentence("the stage stands twice."))
        self.placed.add(stage)
        return stage

    def new_stage(self, part: _Part) -> StageId:
        """A stage of plain work for a task that the standard does not know, of the standard's owner; the defects say what is missing."""
        if not part.name:
            raise OutsideSubset(part.said, Sentence("the task has no name."))
        word = re.sub(r"[^a-z0-9]+", "_", part.id.lower()).strip("_")[:40] or "stage"
        stage = StageId(word if word[0].isalpha() else f"stage_{word}")
        if stage in self.standard.stages or stage in self.made:
            raise OutsideSubset(part.said, Sentence("another stage is called {stage}.", stage=stage))
        title = Text(((self.standard.languages[0], part.name[:120]),))
        step = Step("step1", title, evidence=Evidence("tick"))
        self.made[stage] = Stage(stage, title, self.standard.owner, Duration(Decimal(1), "d"), (step,))
        return stage

    def each(self, part: _Part, do: Sequence) -> Each:
        """A sub-process that runs once per record of a list."""
        own = part.element.find(f"{{{MODEL}}}extensionElements/{{{OURS}}}each")
        if own is not None:
            return Each(own.get("name") or "", own.get("in") or "", do)
        named = EACH_NAME.fullmatch(part.name)
        if named is None:
            raise OutsideSubset(
                part.said, Sentence("its name does not say over which list it runs. Write it as: delivery in order.deliveries.")
            )
        return Each(named[1], named[2], do)


def _parts(scope: etree._Element) -> dict[str, _Part]:
    parts: dict[str, _Part] = {}
    flows = []
    defaults = set()
    for element in scope.iterchildren(tag=etree.Element):
        tag = etree.QName(element).localname
        if tag == "sequenceFlow":
            flows.append(element)
        elif tag in ("startEvent", "endEvent", "subProcess", *TASKS, *KINDS):
            _refuse_triggers(element, tag)
            parts[element.get("id") or ""] = _Part(element.get("id") or "", tag, element.get("name") or "", element)
            defaults.add(element.get("default"))
        elif tag not in BESIDE and tag not in INSIDE:
            raise OutsideSubset(_name(element), Sentence("a standard has nothing like it."))
    for flow in flows:
        _connect(flow, parts, defaults)
    return parts


def _connect(flow: etree._Element, parts: Mapping[str, _Part], defaults: set[str | None]) -> None:
    ends = [parts.get(flow.get(name) or "") for name in ("sourceRef", "targetRef")]
    if ends[0] is None or ends[1] is None:
        raise OutsideSubset(_name(flow), Sentence("it leads to or from an element that is not there."))
    condition = flow.findtext(f"{{{MODEL}}}conditionExpression") or ""
    line = _Line(flow.get("id") or "", ends[0], ends[1], condition.strip(), flow.get("id") in defaults)
    line.source.after.append(line)
    line.target.before.append(line)


def _refuse_triggers(element: etree._Element, tag: str) -> None:
    for child in element.iterchildren(tag=etree.Element):
        name = etree.QName(child).localname
        if name.endswith("EventDefinition") or (name == "standardLoopCharacteristics"):
            raise OutsideSubset(
                _name(element), Sentence("{name} is not read; a standard has no events and no loops of its own.", name=name)
            )


def _mark_ways_back(part: _Part, on_the_way: set[int], seen: set[int]) -> None:
    """Mark the lines that lead to a part which the way to them has passed; depth is bounded by the number of parts."""
    stack: list[tuple[_Part, Iterator[_Line]]] = [(part, iter(part.after))]
    on_the_way.add(id(part))
    while stack:
        here, lines = stack[-1]
        line = next(lines, None)
        if line is None:
            stack.pop()
            on_the_way.discard(id(here))
            seen.add(id(here))
        elif id(line.target) in on_the_way:
            line.back = True
        elif id(line.target) not in seen:
            on_the_way.add(id(line.target))
            stack.append((line.target, iter(line.target.after)))


def _joins(part: _Part) -> bool:
    forward = [line for line in part.before if not line.back]
    if len(forward) > 1 and part.tag not in KINDS and part.tag != "endEvent":
        raise OutsideSubset(part.said, Sentence("several lines meet in it; let a gateway join them."))
    return len(forward) > 1 and part.tag in KINDS


def _stages(node: Node) -> Iterator[StageId]:
    match node:
        case StageRef(stage=stage):
            yield stage
        case Sequence(nodes=nodes):
            for child in nodes:
                yield from _stages(child)
        case Block(branches=branches):
            for branch in branches:
                yield from _stages(branch.do)
        case Each(do=do):
            yield from _stages(do)


def _name(element: etree._Element) -> str:
    tag, name = etree.QName(element).localname, element.get("name")
    return f"{tag} {element.get('id') or ''}" + (f" ({name})" if name else "")
