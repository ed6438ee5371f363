"""What somebody does at a task of a practice order who does all of it: rightly, or without looking. For the demo and for tests.

Knows the planted faults, as no page does.
"""

from __future__ import annotations

from dataclasses import replace

from orderway.engine import gates
from orderway.engine.case import OpenItem
from orderway.engine.program import Program
from orderway.training.practice.playing import Given, Play
from orderway.training.practice.scene import Scene

REASON = "it differs"
BY_ITSELF = ("document", "system")


def rightly(program: Program, scene: Scene, play: Play, item: OpenItem) -> Given:
    """Says what is wrong, if anything is; else brings all that the task asks for."""
    fault, given = play.fault(item), blindly(program, scene, play, item)
    if fault is None:
        return given
    if given.act == "sign":
        return Given("refuse", found=fault.answer, reason=REASON)
    if fault.how == "difference" and given.findings:
        return replace(given, findings=dict.fromkeys(given.findings, False), found=fault.answer, reason=REASON)
    return Given("stop", found=fault.answer, reason=REASON)


def blindly(program: Program, scene: Scene, play: Play, item: OpenItem) -> Given:
    """Brings all that the task asks for and says yes to every question."""
    stage = program.stage(item.stage)
    if item.kind == "approval":
        return Given("sign")
    if item.kind == "decision":
        return Given("decide", reason="agreed")
    by_hand = [step for step in stage.steps if step.evidence and step.evidence.kind not in BY_ITSELF]
    return Given(
        "finish",
        evidence={step.id: scene.readings.get((stage.id, step.id), "yes") for step in by_hand},
        entered={one.name: one.wanted for one in play.fields(item)},
        papers=frozenset(play.to_attach(stage)),
        findings={one.id: True for one in gates.asks(stage.gate)},
    )
