"""What a page asks when something is corrected: which kind of error, and which gate should have caught it. Judges nothing."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import QueryDict

from orderway.engine.program import Program
from orderway.orders import corrections
from orderway.orders.corrections import Fault
from orderway.orders.models import Order
from orderway.pages.templatetags.ow import said
from orderway.web.standard_view import stage_title

Choices = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class FaultChoices:
    """The kinds of errors of a standard and its gates, each with its title."""

    kinds: Choices
    gates: Choices


@dataclass(frozen=True, slots=True)
class FaultRow:
    """An error that was found, in words."""

    kind: str
    found_at: str
    caught_at: str
    row: object


def choices_of(program: Program) -> FaultChoices:
    """What may be chosen under this standard."""
    kinds = tuple((kind.id, said(kind.title)) for kind in program.standard.errors.values())
    return FaultChoices(kinds, tuple((stage.id, said(stage.title)) for stage in corrections.gates_of(program)))


def fault_of(fields: QueryDict, note: str) -> Fault | None:
    """What was chosen; None if nobody called it an error."""
    kind = fields.get("error_kind", "").strip()
    return Fault(kind[:64], fields.get("caught_at", "").strip()[:64], note) if kind else None


def faults_of(order: Order, program: Program) -> list[FaultRow]:
    """The errors of an order, newest first; one statement."""
    standard = program.standard
    rows = []
    for row in corrections.of_order(order.pk):
        kind = standard.errors.get(row.kind)
        caught_at = stage_title(standard, row.should_be_caught_at) if row.should_be_caught_at else ""
        rows.append(FaultRow(said(kind.title) if kind else row.kind, stage_title(standard, row.found_at), caught_at, row))
    return rows
