"""Where one order left its pinned standard: steps without proof, gates that sent back, limits, waivers, acts outside of the way. Pure.

The engine lets no stage be passed out of turn, so what is left to deviate is named here, stage by stage.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Literal

from orderway.measures.rules.tracing import Passage, Trace
from orderway.standard.document import Stage, StageId, Standard

Kind = Literal["unproven", "sent_back", "late", "waived", "overridden", "changed", "reopened"]


@dataclass(frozen=True, slots=True)
class Deviation:
    """A kind of deviation, at which stage ("" for the whole order), how often."""

    kind: Kind
    stage: str
    number: int


@dataclass(frozen=True, slots=True)
class Conformance:
    """How one order kept to its standard by now."""

    steps: int
    proven: int
    passages: int
    in_limit: int
    deviations: tuple[Deviation, ...]

    @property
    def kept(self) -> bool:
        """Whether nothing deviates but time, which is counted apart."""
        return all(one.kind == "late" for one in self.deviations)


def conformance(trace: Trace, standard: Standard) -> Conformance:
    """Everything that the way so far says."""
    done = [passage for passage in trace.passages if passage.done]
    proofs = [(passage, *proof(standard, passage)) for passage in done]
    found: Counter[tuple[Kind, str]] = Counter()
    for passage, asked, proven in proofs:
        found["unproven", passage.stage] += asked - proven
        found["late", passage.stage] += not passage.in_limit
    for stage in trace.failed_gates:
        found["sent_back", stage] += 1
    outside: tuple[tuple[Kind, int], ...] = (
        ("waived", trace.waived),
        ("overridden", trace.taken_over),
        ("changed", trace.changed),
        ("reopened", trace.reopened),
    )
    for kind, number in outside:
        found[kind, ""] += number
    deviations = tuple(Deviation(kind, stage, number) for (kind, stage), number in found.items() if number)
    return Conformance(
        sum(asked for _passage, asked, _proven in proofs),
        sum(proven for _passage, _asked, proven in proofs),
        len(done),
        sum(passage.in_limit for passage in done),
        deviations,
    )


def proof(standard: Standard, passage: Passage) -> tuple[int, int]:
    """Steps that ask for proof, and those proven: papers and acts of the system by being there. A failed gate asks for nothing."""
    stage: Stage | None = standard.stages.get(StageId(passage.stage))
    if stage is None or passage.kind == "complaint" or passage.how == "failed":
        return 0, 0
    asked = [(step.id, step.evidence) for step in stage.steps if step.evidence is not None]
    proven = sum(step in passage.steps or proof.kind == "system" or proof.document in passage.papers for step, proof in asked)
    return len(asked), proven
