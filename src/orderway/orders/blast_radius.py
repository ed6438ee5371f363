"""Blast radius: what a change, cancellation or division would touch and what that is worth, told before anything happens.

Composed from what every stage has registered to say. Reads without a lock and writes nothing; the act looks again under its locks and
refuses if it would touch something else than was shown (`amendments.Found.stamp`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from orderway.engine import advance
from orderway.engine.acting import SYSTEM
from orderway.engine.answers import FactAnswers
from orderway.engine.case import Case
from orderway.engine.move import Move
from orderway.engine.program import Program
from orderway.engine.refusals import Refusal
from orderway.orders import amendments, as_ordered, change_desk, exposure, ordered, stages
from orderway.orders.amendments import ChangeWaits
from orderway.orders.as_ordered import Stood
from orderway.orders.facts import Facts
from orderway.orders.models import Order
from orderway.orders.ordered import Difference, OrderChange, Ordered
from orderway.orders.stages import Consequence
from orderway.releases.publishing import program_of

ZERO = Decimal(0)
WHY = "?"  # the engine asks for a reason where the standard wants one; a preview has none yet


@dataclass(frozen=True, slots=True)
class Credit:
    """What the order comes to with tax and what the customer may owe for it; None without a limit. `judged`: a gate on the way decides."""

    gross: Decimal
    left: Decimal | None
    judged: bool

    @property
    def exceeded(self) -> bool:
        """Whether the order would come to more than is left."""
        return self.left is not None and self.gross > self.left


@dataclass(frozen=True, slots=True)
class Preview:
    """What would happen. `refusal`: why it cannot; the rest then says what stands in its way as far as it could be found out.

    `goes_back_to`, `withdrawn`: stages that open again, and that close unfinished; `voided`: signatures that are asked anew; `owners`: by
    act, the role that gets what undo cannot take back. `stamp` proves to the act on what the decision was made.
    """

    before: Ordered
    after: Ordered
    differences: tuple[Difference, ...] = ()
    consequences: tuple[Consequence, ...] = ()
    credit: Credit | None = None
    goes_back_to: tuple[str, ...] = ()
    withdrawn: tuple[str, ...] = ()
    voided: int = 0
    owners: Mapping[str, str] | None = None
    stamp: str = ""
    refusal: Refusal | None = None

    @property
    def leftovers(self) -> list[Consequence]:
        """What undo cannot take back."""
        return [one for one in self.consequences if not one.reversible]


def of_change(order: Order, wish: OrderChange, *, settles: bool = False) -> Preview:
    """What this change would touch. `settles`: it is the answer to the change that waits."""
    stood, refusal = _turned(order, lambda program, case, answers: advance.change(program, case, answers, reason=WHY, actor=SYSTEM))
    before = as_ordered.read([stood])[order.pk]
    refusal = refusal or ordered.misfit(before, wish)
    after = before if refusal else ordered.changed(before, wish)
    refusal = refusal or _objection(order, before, after) or (None if settles else _waiting(order))
    return _preview(order, stood, before, after, refusal)


def of_cancel(order: Order, lines: Mapping[int, Decimal] | None = None) -> Preview:
    """What cancelling the order, or so much of these lines, would touch."""
    stood, refusal = _turned(order, lambda program, case, answers: advance.cancel(program, case, answers, reason=WHY, actor=SYSTEM))
    before = as_ordered.read([stood])[order.pk]
    wished = ordered.everything_open(before) if lines is None else lines
    refusal = refusal or (ordered.cancel_misfit(before, wished) if lines is not None else None)
    if refusal:
        return _preview(order, stood, before, before, refusal)
    after = ordered.changed(before, ordered.without(before, wished))
    if not ordered.takes_all(before, wished):
        stood = Stood(order.pk, stood.program, stood.case)  # the rest stays where it stands
        refusal = _objection(order, before, after) or _waiting(order)
    return _preview(order, stood, before, after, refusal)


def _waiting(order: Order) -> Refusal | None:
    """Another change of the order waits for a decision."""
    waits = stages.waiting_changes([order.pk]).get(order.pk)
    return ChangeWaits(by=waits.by, at=waits.at.date().isoformat()) if waits else None


def _objection(order: Order, before: Ordered, after: Ordered) -> Refusal | None:
    """What a stage has against lines losing so much."""
    lines = as_ordered.line_changes(before, after)
    said = stages.objections([order.pk], {order.pk: lines}) if any(one.lost for one in lines) else {}
    return said[order.pk].refusal if order.pk in said else None


def preview_of_part(order: Order, misfit: Callable[[Ordered], Refusal | None], quantities: Mapping[int, Decimal]) -> Preview:
    """What it would touch that so much of these lines becomes an order of its own; the rest stays where it stands."""
    stood, refusal = _turned(order, lambda program, case, answers: advance.change(program, case, answers, reason=WHY, actor=SYSTEM))
    before = as_ordered.read([stood])[order.pk]
    refusal = refusal or misfit(before)
    stood = Stood(order.pk, stood.program, stood.case)
    if refusal:
        return _preview(order, stood, before, before, refusal)
    after = ordered.changed(before, ordered.without(before, quantities))
    return _preview(order, stood, before, after, _objection(order, before, after) or _waiting(order))


def _preview(order: Order, stood: Stood, before: Ordered, after: Ordered, refusal: Refusal | None) -> Preview:
    found = amendments.look([stood], {order.pk: as_ordered.line_changes(before, after)})[order.pk]
    turn = stood.turn
    closed = turn.closed if turn else ()
    return Preview(
        before=before,
        after=after,
        differences=tuple(ordered.differences(before, after)),
        consequences=found.consequences,
        credit=_credit(order, stood.program, after) if after.gross > before.gross else None,
        goes_back_to=tuple(dict.fromkeys(item.stage for item in turn.opened)) if turn else (),
        withdrawn=tuple(dict.fromkeys(one.item.stage for one in closed if one.how == "withdrawn")),
        voided=sum(len(decision.signed) or 1 for decision in stood.case.decisions),
        owners=owners_of(stood.program),
        stamp=found.stamp,
        refusal=refusal,
    )


def _credit(order: Order, program: Program, after: Ordered) -> Credit:
    return Credit(after.gross, exposure.credit_without([order.pk])[order.pk], change_desk.judges_credit(program))


def owners_of(program: Program) -> dict[str, str]:
    """The role that owns the stage of each act: who gets what is left over there."""
    return {stage.does: stage.owner for stage in program.standard.stages.values() if stage.does}


def _turned(order: Order, decide: Callable[[Program, Case, FactAnswers], Move]) -> tuple[Stood, Refusal | None]:
    """Where the order stands with the turn that the act would make, or why the engine refuses it."""
    program = program_of(order.version_id, order.version.content_hash)
    case = Case.from_text(order.case_text)
    answers = FactAnswers(program, Facts([order.pk]).of(program, order.pk))
    try:
        move = decide(program, case, answers)
    except Refusal as refusal:
        return Stood(order.pk, program, case), refusal
    return Stood(order.pk, program, case, move.turn), None
