"""BPMN: out and in again gives the same flow; what a standard cannot say is refused with the element's name."""

from __future__ import annotations

import re

import pytest
from lxml import etree

from orderway.standard import bpmn
from orderway.standard.bpmn_reading import OutsideSubset, read
from orderway.standard.layout import layout
from orderway.standard.parse import parse
from orderway.standard.templates import SHIPPED, shipped

SPLITS = """      - every:
          - {when: order.discount > 5, do: [production]}
          - do: [purchasing]
      - choose:
          - {when: order.total > 5, do: [picking, parallel: [[pack], [weigh]]]}
          - do: [label]
"""


NEW = ("pack", "weigh", "label")


def plain(stage):
    step = "{id: do, do: {en: Do it}, evidence: tick}"
    return f"  {stage}: {{title: {{en: {stage}}}, owner: sales, limit: 1h, steps: [{step}]}}\n"


def standard(name):
    return parse(shipped()[name]).standard


def document(body, process='<bpmn:process id="p">'):
    return f'<bpmn:definitions xmlns:bpmn="{bpmn.MODEL}">{process}{body}</bpmn:process></bpmn:definitions>'.encode()


def line(number, source, target, extra=""):
    return f'<bpmn:sequenceFlow id="f{number}" sourceRef="{source}" targetRef="{target}">{extra}</bpmn:sequenceFlow>'


ENDS = '<bpmn:startEvent id="s"/><bpmn:endEvent id="e"/>'


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_standard_goes_out_as_bpmn_and_comes_in_unchanged(name):
    for language in ("en", "zh-Hans", "zh-Hant"):
        assert read(bpmn.write(standard(name), language), standard(name)) == standard(name)


@pytest.mark.parametrize("name", SHIPPED)
def test_every_element_has_its_place_in_the_diagram_and_every_reference_leads_somewhere(name):
    root = etree.fromstring(bpmn.write(standard(name)))
    model = [element for element in root.iter() if isinstance(element.tag, str) and element.tag.startswith(f"{{{bpmn.MODEL}}}")]
    ids = {element.get("id") for element in model if element.get("id")}
    drawn = {element.get("bpmnElement") for element in root.iter() if element.get("bpmnElement")}

    assert drawn == ids - {root.get("id")}
    assert {element.text for element in model if element.tag.endswith(("incoming", "outgoing"))} <= ids
    assert {element.get(name) for element in model for name in ("sourceRef", "targetRef", "default") if element.get(name)} <= ids
    assert len(ids) == len([element for element in model if element.get("id")])


def test_splits_with_conditions_come_back_too():
    before = "      - parallel: [[production], [purchasing]]\n      - picking\n"
    assert before in shipped()["make-to-order"]
    found = parse(shipped()["make-to-order"].replace(before, SPLITS).replace("stages:\n", "stages:\n" + "".join(map(plain, NEW)), 1))
    assert found.standard is not None, found.problems

    assert read(bpmn.write(found.standard), found.standard).flow == found.standard.flow


def test_shapes_do_not_lie_upon_each_other():
    for name in SHIPPED:
        shapes = [shape for shape in layout(standard(name)).shapes if shape.kind != "each"]
        for one in shapes:
            for other in shapes:
                apart = (
                    one.x + one.width <= other.x
                    or other.x + other.width <= one.x
                    or one.y + one.height <= other.y
                    or other.y + other.height <= one.y
                )
                assert one is other or apart, (name, one.id, other.id)


def test_a_task_of_somebody_else_becomes_a_stage_of_plain_work():
    base = standard("trade")
    body = ENDS + '<bpmn:userTask id="Activity_1" name="检查包装"/>' + line(1, "s", "Activity_1") + line(2, "Activity_1", "e")

    found = read(document(body), base)

    assert list(found.stages_in_flow()) == ["activity_1"]
    assert found.stages["activity_1"].title.in_language("zh-Hans") == "检查包装"


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ('<bpmn:boundaryEvent id="b" name="Late"/>', r"boundaryEvent b \(Late\): a standard has nothing like it"),
        ('<bpmn:callActivity id="c"/>', "callActivity c"),
        ('<bpmn:eventBasedGateway id="g"/>', "eventBasedGateway g"),
        ('<bpmn:startEvent id="t"><bpmn:timerEventDefinition/></bpmn:startEvent>', "startEvent t: timerEventDefinition"),
        ('<bpmn:startEvent id="t"/>', "2 start events"),
        (line(1, "s", "nowhere"), "sequenceFlow f1"),
        ('<bpmn:task id="a"/>' + line(1, "s", "a") + line(2, "a", "e"), "task a: the task has no name"),
        ('<bpmn:task id="a" name="A"/>' + line(1, "s", "a"), "task a .A.: it leads nowhere"),
        (
            '<bpmn:task id="a" name="A"/><bpmn:task id="b" name="B"/>'
            + line(1, "s", "a") + line(2, "a", "b") + line(3, "a", "e") + line(4, "b", "e"),
            "task a .A.: it has several ways out",
        ),
        (
            '<bpmn:parallelGateway id="g"/><bpmn:exclusiveGateway id="h"/><bpmn:task id="a" name="A"/>'
            + line(1, "s", "g") + line(2, "g", "a") + line(3, "g", "h") + line(4, "a", "h") + line(5, "h", "e"),
            "parallelGateway g: its branches do not meet in one parallelGateway",
        ),
        (
            '<bpmn:exclusiveGateway id="g"/><bpmn:exclusiveGateway id="h"/><bpmn:task id="a" name="A"/>'
            + line(1, "s", "g") + line(2, "g", "a") + line(3, "g", "h") + line(4, "a", "h") + line(5, "h", "e"),
            "exclusiveGateway g: one of its branches has no task",
        ),
        ('<bpmn:task id="a" name="A"/>' + line(1, "s", "a") + line(2, "a", "e") + line(3, "a", "a"), "task a .A.: a way back needs"),
    ],
)  # fmt: skip
def test_what_lies_outside_the_subset_is_refused_by_name(body, named):
    with pytest.raises(OutsideSubset) as refused:
        read(document(ENDS + body), standard("trade"))
    assert re.search(named, str(refused.value))


@pytest.mark.parametrize(
    "xml",
    [
        b"", b"not xml", b"<a/>", document("", "") .replace(b"</bpmn:process>", b""),
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
        b'<!DOCTYPE l [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><l>&b;</l>',
        document(ENDS + line(1, "s", "e")),
        b"<a>" * 5000,
    ],
)  # fmt: skip
def test_hostile_and_empty_documents_are_refused(xml):
    with pytest.raises(OutsideSubset):
        read(xml, standard("trade"))
