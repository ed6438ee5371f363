"""What stands proven for the items of a set of orders: evidence of their runs and stored documents. Reads once for the whole set.

Judges whether given evidence fits its step; whether it suffices is the engine's question.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, TypeVar

from orderway.engine.acting import Work as Proven
from orderway.engine.case import OpenItem
from orderway.engine.move import Evidence
from orderway.engine.refusals import Refusal, UnknownStep
from orderway.orders.completion import DONE, Completion
from orderway.orders.locking import Opened
from orderway.orders.refusals import EvidenceDoesNotFit
from orderway.orders.standing import Run, Standing
from orderway.releases import catalogue
from orderway.standard.document import DocumentKind, Stage, Step

NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,8})?")


class Proofs:
    """Evidence and documents of these orders; the one statement is made when the first of them matters."""

    def __init__(self, orders: Sequence[int] | Standing) -> None:
        self._standing = orders if isinstance(orders, Standing) else Standing(orders)

    def forget(self) -> None:
        """Read again when asked next: the act has stored something."""
        self._standing.forget()

    def recorded_steps(self, opened: Opened) -> frozenset[str]:
        """Steps with evidence in the item's own run; evidence of an earlier run never counts again."""
        assert opened.item is not None
        return frozenset(self._standing.found.steps.get(Run(opened.order.id, opened.item.stage, opened.path, opened.item.run), ()))

    def documents(self, opened: Opened) -> frozenset[str]:
        """Kinds of the documents of the order or, made inside a run, of this run."""
        assert opened.item is not None
        number = opened.order.number
        inside = {number, *(f"{number}/{'/'.join(opened.item.path[:depth])}" for depth in range(1, len(opened.item.path) + 1))}
        return frozenset(kind for kind, place in self._standing.found.documents.get(opened.order.id, ()) if place in inside)

    def proven(self, opened: Opened, completion: Completion = DONE) -> Proven:
        """Everything that stands proven for an item with what this completion brings: the engine's `Work`."""
        stage = opened.stage
        needs = needs_of(stage)
        if completion is DONE and needs.proven_by_act is not None:
            return needs.proven_by_act
        documents = set(completion.documents) | own_documents(opened)
        steps = set(completion.evidence) | needs.by_itself
        if needs.documents:
            documents |= self.documents(opened)
            steps |= {step for step, document in needs.document_steps if document in documents}
        if not needs.brought <= steps:  # what came along may be everything: then nothing has to be looked up
            steps |= self.recorded_steps(opened)
        given = tuple([Evidence(step, needs.kinds.get(step, "tick"), value) for step, value in completion.evidence.items()])
        findings = tuple(sorted(completion.findings.items()))
        return Proven(frozenset(steps), frozenset(documents), findings, given, completion.outcome, completion.reason)


class Needs(NamedTuple):
    """What a stage asks for: the steps that somebody must prove, whether documents matter, and what its act proves by itself.

    `kinds`: of the evidence that steps ask for.
    """

    brought: frozenset[str]
    documents: bool
    by_itself: frozenset[str]
    document_steps: tuple[tuple[str, str], ...]
    kinds: Mapping[str, str]
    proven_by_act: Proven | None  # everything there is to prove, where the act does it alone


# What is asked of a stage and what it makes, remembered: a stage is frozen and the program that holds it is kept.
_needs: dict[int, tuple[Stage, Needs]] = {}
_own: dict[int, tuple[Stage, frozenset[str]]] = {}
REMEMBERED_STAGES = 2_000
Found = TypeVar("Found")


def needs_of(stage: Stage) -> Needs:
    """What the stage asks for."""
    return _remembered(_needs, stage, _asked)


def own_documents(opened: Opened) -> frozenset[str]:
    """The documents that the stage's act makes by itself: those whose template it registered."""
    return _remembered(_own, opened.stage, lambda stage: _made(stage, opened.program.standard.documents))


def _remembered(known: dict[int, tuple[Stage, Found]], stage: Stage, find: Callable[[Stage], Found]) -> Found:
    remembered = known.get(id(stage))
    if remembered is None or remembered[0] is not stage:
        if len(known) > REMEMBERED_STAGES:
            known.clear()
        remembered = known[id(stage)] = (stage, find(stage))
    return remembered[1]


def _made(stage: Stage, kinds: Mapping[str, DocumentKind]) -> frozenset[str]:
    act = catalogue.act(stage.does or "")
    if act is None or not act.act.templates or not stage.makes:
        return frozenset()
    return frozenset(kind for kind in stage.makes if kind in kinds and kinds[kind].template in act.act.templates)


def _asked(stage: Stage) -> Needs:
    act = catalogue.act(stage.does or "")
    records = act.act.records if act else ("system",)
    evidenced = [step for step in stage.steps if step.evidence is not None]
    by_itself = frozenset(step.id for step in evidenced if step.evidence and step.evidence.kind in records)
    by_document = tuple((step.id, step.evidence.document) for step in evidenced if step.evidence and step.evidence.document)
    others = frozenset(step.id for step in evidenced if step.id not in by_itself)
    documents = bool(stage.needs or by_document)
    alone = Proven(steps=by_itself) if not (others or documents or stage.makes) else None
    kinds = {step.id: step.evidence.kind for step in evidenced if step.evidence}
    return Needs(others, documents, by_itself, by_document, kinds, alone)


# --- does evidence fit its step -------------------------------------------------------------------------------------------


def misfit(stage: Stage, evidence: Mapping[str, str]) -> Refusal | None:
    """The first evidence that does not fit: an unknown step, or a value of the wrong kind."""
    strange = [step for step in evidence if stage.step(step) is None]
    if strange:
        return UnknownStep(field="evidence", stage=stage.id, steps=strange)
    for step_id, value in evidence.items():
        step = stage.step(step_id)
        wanted = _wanted(step, value) if step else ""
        if wanted:
            return EvidenceDoesNotFit(field=f"evidence.{step_id}", step=step_id, value=value, wanted=wanted)
    return None


def _wanted(step: Step, value: str) -> str:
    """What kind of value the step wants, "" if this one fits."""
    evidence = step.evidence
    if not value.strip() or len(value) > 500:
        return "1 to 500 characters"
    if evidence is None or evidence.kind not in ("tick", "number", "choice"):
        return ""
    if evidence.kind == "number":
        return "" if NUMBER.fullmatch(value) else "a number such as 12 or 12.5"
    allowed = ("yes",) if evidence.kind == "tick" else evidence.choice_ids
    return "" if value in allowed else " or ".join(allowed)


def rows(opened: Opened, given: Sequence[Evidence], *, actor: str, now: object) -> list[tuple[object, ...]]:
    """Rows of `orders.models.Evidence` for what somebody brought to an item."""
    item: OpenItem | None = opened.item
    assert item is not None
    return [(opened.order.id, opened.place, item.stage, opened.path, item.run, one.step, one.kind, one.value, actor, now) for one in given]


ROW = ("order", "place", "stage", "path", "run", "step", "kind", "value", "actor", "at")
