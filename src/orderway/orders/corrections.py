"""Errors, caught where they are corrected: which kind it was, where it was found, and which gate should have caught it.

Rows for who counts errors by cause; a correction moves no order. The kinds are those of the order's own standard.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Count

from orderway import sets
from orderway.engine.program import Program
from orderway.engine.refusals import Mistake, Refusal
from orderway.orders.models import Correction
from orderway.releases.catalogue import Value
from orderway.sets.writing import Write
from orderway.standard.document import Stage, StageId

COLUMNS = ("order", "kind", "found_at", "should_be_caught_at", "note", "actor", "at")


class UnknownErrorKind(Mistake):
    """A kind of error that the standard does not know."""

    code = "unknown_error_kind"
    message = "The standard of this order knows no error {kind}."
    remedy = "It knows: {known}."


class NoGateThere(Mistake):
    """A stage without a gate cannot have caught anything."""

    code = "no_gate_there"
    message = "{stage} has no gate that could have caught the error."
    remedy = "Choose one of: {known}."


class UnknownStage(Mistake):
    """A stage that the standard does not have."""

    code = "unknown_stage"
    message = "The standard of this order has no stage {stage}."
    remedy = "It has: {known}."


@dataclass(frozen=True, slots=True)
class Fault:
    """What somebody says went wrong: `kind` is an id of the standard's `errors`, `caught_at` the stage whose gate should have caught it
    ("" for none)."""

    kind: str
    caught_at: str = ""
    note: str = ""


def gates_of(program: Program) -> list[Stage]:
    """The stages that could have caught an error, in the order of the flow."""
    return sorted((stage for stage in program.standard.stages.values() if stage.gate), key=lambda stage: program.order_of.get(stage.id, 0))


def misfit(program: Program, fault: Fault) -> Refusal | None:
    """Why this fault cannot be recorded under the order's standard; None if it can."""
    if fault.kind not in program.standard.errors:
        return UnknownErrorKind(field="error", kind=fault.kind, known=list(program.standard.errors))
    stage = program.standard.stages.get(StageId(fault.caught_at))
    if fault.caught_at and (stage is None or stage.gate is None):
        return NoGateThere(field="caught_at", stage=fault.caught_at, known=[one.id for one in gates_of(program)])
    return None


def misplaced(program: Program, found_at: str) -> Refusal | None:
    """Why nothing can have been found at this stage; None if it is one of the standard."""
    known = program.standard.stages
    return None if StageId(found_at) in known else UnknownStage(field="found_at", stage=found_at, known=list(known))


def row(order_id: int, found_at: str, fault: Fault, *, actor: str, now: datetime) -> tuple[object, ...]:
    """A fault found at a stage as a row of `COLUMNS`."""
    return (order_id, fault.kind, found_at, fault.caught_at, fault.note[:500], actor, now)


def writes(faults: Iterable[tuple[int, str, Fault]], *, actor: str, now: datetime) -> list[Write]:
    """(order, stage where it was found, fault) as a write for ``Work.also``."""
    rows = [row(order_id, found_at, fault, actor=actor, now=now) for order_id, found_at, fault in faults]
    return [sets.Insert(Correction, COLUMNS, rows)] if rows else []


def of_order(order_id: int) -> list[Correction]:
    """The errors of an order, newest first."""
    return list(Correction.objects.filter(order_id=order_id).order_by("-at", "-pk"))


def counted(order_ids: Sequence[int]) -> Mapping[int, Value]:
    """``order.errors``: how many errors were found in each order."""
    found: dict[int, Value] = dict.fromkeys(order_ids, Decimal(0))
    rows = Correction.objects.filter(order_id__in=order_ids).values_list("order_id").annotate(Count("pk")).order_by()
    found.update({order: Decimal(number) for order, number in rows})
    return found
