"""BPMN 2.0 as a view of the flow: XML out with our own layout, XML in for the block-structured subset.

YAML stays the source of truth: what BPMN cannot say (steps, limits, evidence) is not written, and is kept from the standard on the way in.
An element outside the subset is refused by name, never guessed at.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lxml import etree

from orderway.standard import layout as drawn
from orderway.standard.document import Block, Each, Stage, StageId, StageRef, Standard, Text
from orderway.standard.layout import Layout, Line, Shape

MODEL = "http://www.omg.org/spec/BPMN/20100524/MODEL"
DIAGRAM = "http://www.omg.org/spec/BPMN/20100524/DI"
BOUNDS = "http://www.omg.org/spec/DD/20100524/DC"
LINES = "http://www.omg.org/spec/DD/20100524/DI"
SCHEMA = "http://www.w3.org/2001/XMLSchema-instance"
OURS = "https://orderway.dev/bpmn"
NAMES = {"bpmn": MODEL, "bpmndi": DIAGRAM, "dc": BOUNDS, "di": LINES, "xsi": SCHEMA, "ow": OURS}
GATEWAYS = {"every": "inclusiveGateway", "parallel": "parallelGateway", "choose": "exclusiveGateway"}


def write(standard: Standard, language: str = "en") -> bytes:
    """BPMN 2.0 XML of the flow with its diagram, titles in one language."""
    return _Writer(standard, language).xml()


class _Writer:
    """Writes one standard."""

    def __init__(self, standard: Standard, language: str) -> None:
        self.standard = standard
        self.language = language
        self.plan: Layout = drawn.layout(standard)
        self.default = dict(self._defaults())

    def xml(self) -> bytes:
        """The whole document."""
        root = etree.Element(_in(MODEL, "definitions"), nsmap=NAMES, id=f"definitions_{self.standard.id}", targetNamespace=OURS)
        process = etree.SubElement(root, _in(MODEL, "process"), id=f"process_{self.standard.id}", isExecutable="false")
        process.set("name", self._said(self.standard.title))
        self._scope(process, "")
        self._diagram(root, process.get("id") or "")
        return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True))

    def _defaults(self) -> Iterator[tuple[str, str]]:
        """The unconditional line of every split that has conditions."""
        for line in self.plan.lines:
            node = self.plan.by_id[line.source].node
            if line.branch is not None and isinstance(node, Block) and node.kind != "parallel" and node.branches[line.branch].when is None:
                yield line.source, line.id

    def _scope(self, element: etree._Element, scope: str) -> None:
        lines = [line for line in self.plan.lines if line.scope == scope]
        for shape in self.plan.shapes:
            if shape.scope == scope:
                self._shape(element, shape, lines)
        for line in lines:
            self._line(element, line)

    def _shape(self, parent: etree._Element, shape: Shape, lines: list[Line]) -> None:
        element = etree.SubElement(parent, _in(MODEL, self._tag(shape)), id=shape.id)
        if shape.kind == "each":
            assert isinstance(shape.node, Each)
            element.set("name", f"{shape.node.name} in {shape.node.items}")
            each = etree.SubElement(etree.SubElement(element, _in(MODEL, "extensionElements")), _in(OURS, "each"))
            each.set("name", shape.node.name)
            each.set("in", shape.node.items)
        elif shape.kind == "stage" and isinstance(shape.node, StageRef):
            element.set("name", self._said(self.standard.stages[shape.node.stage].title))
        if shape.id in self.default:
            element.set("default", self.default[shape.id])
        for line in lines:
            if line.target == shape.id:
                etree.SubElement(element, _in(MODEL, "incoming")).text = line.id
        for line in lines:
            if line.source == shape.id:
                etree.SubElement(element, _in(MODEL, "outgoing")).text = line.id
        if shape.kind == "each":
            etree.SubElement(element, _in(MODEL, "multiInstanceLoopCharacteristics"))
            self._scope(element, shape.id)

    def _tag(self, shape: Shape) -> str:
        match shape.kind, shape.node:
            case "start", _:
                return "startEvent"
            case "end", _:
                return "endEvent"
            case "stage", StageRef(stage=stage):
                return "serviceTask" if self.standard.stages[stage].runs == "system" else "userTask"
            case "each", _:
                return "subProcess"
            case _, Block(kind=kind):
                return GATEWAYS[kind]
            case _:
                return "exclusiveGateway"

    def _line(self, parent: etree._Element, line: Line) -> None:
        element = etree.SubElement(parent, _in(MODEL, "sequenceFlow"), id=line.id, sourceRef=line.source, targetRef=line.target)
        node = self.plan.by_id[line.source].node
        if line.branch is not None and isinstance(node, Block) and (when := node.branches[line.branch].when) is not None:
            condition = etree.SubElement(element, _in(MODEL, "conditionExpression"))
            condition.set(_in(SCHEMA, "type"), "bpmn:tFormalExpression")
            condition.text = when.source
        if line.rework and isinstance(node, StageRef):
            gate = self.standard.stages[node.stage].gate
            element.set("name", f"≤ {gate.fail.at_most}" if gate and gate.fail else "")

    def _diagram(self, root: etree._Element, process: str) -> None:
        diagram = etree.SubElement(root, _in(DIAGRAM, "BPMNDiagram"), id="diagram")
        plane = etree.SubElement(diagram, _in(DIAGRAM, "BPMNPlane"), id="plane", bpmnElement=process)
        for shape in self.plan.shapes:
            element = etree.SubElement(plane, _in(DIAGRAM, "BPMNShape"), id=f"{shape.id}_di", bpmnElement=shape.id)
            if shape.kind == "each":
                element.set("isExpanded", "true")
            if self._tag(shape) == "exclusiveGateway":
                element.set("isMarkerVisible", "true")
            place = {"x": shape.x, "y": shape.y, "width": shape.width, "height": shape.height}
            etree.SubElement(element, _in(BOUNDS, "Bounds"), **{name: str(value) for name, value in place.items()})
        for line in self.plan.lines:
            element = etree.SubElement(plane, _in(DIAGRAM, "BPMNEdge"), id=f"{line.id}_di", bpmnElement=line.id)
            for x, y in line.points:
                etree.SubElement(element, _in(LINES, "waypoint"), x=str(x), y=str(y))

    def _said(self, text: Text) -> str:
        return text.in_language(self.language, self.standard.languages)


def stage_of(element_id: str, known: Mapping[StageId, Stage]) -> StageId | None:
    """The stage that an element of our own export stands for; None for an element of somebody else."""
    stage = StageId(element_id.removeprefix("stage_"))
    return stage if element_id.startswith("stage_") and stage in known else None


def _in(namespace: str, name: str) -> str:
    return f"{{{namespace}}}{name}"
