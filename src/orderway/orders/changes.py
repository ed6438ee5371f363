"""Change and cancel: what has not passed the stage named in the standard goes back or ends, what acts have done is taken back.

One compensating act in one transaction: undo runs against the flow of each order's pinned standard, last stage first; what cannot be
taken back becomes a leftover with an owner. Never undoes anything itself: the stages have registered how. Looking first is `effects`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from orderway.engine import advance
from orderway.engine.case import EachRun
from orderway.engine.move import Leftover as EngineLeftover
from orderway.engine.move import Move
from orderway.engine.refusals import Refusal
from orderway.orders import amendments, as_ordered, deliveries, ordered
from orderway.orders.actor import Actor
from orderway.orders.amendments import Asked, Kind
from orderway.orders.as_ordered import DELIVERIES
from orderway.orders.change_desk import (
    Changing,
    CreditExceeded,
    behind,
    changers,
    emptied,
    foreseen_moves,
    going_back,
    refuse,
    standing,
    undo,
)
from orderway.orders.corrections import Fault
from orderway.orders.locking import Opened
from orderway.orders.models import Delivery
from orderway.orders.ordered import OrderChange, Ordered
from orderway.orders.session import Decide, Entrance, Work, door
from orderway.orders.unfit import BelowShipped

__all__ = ["BelowShipped", "CreditExceeded", "OrderChange", "cancel", "change", "on_its_way", "rest_goes_on"]

Refused = Mapping[str, Refusal]


# --- cancel ---------------------------------------------------------------------------------------------------------------


def cancel(
    numbers: Sequence[str],
    *,
    reason: str,
    lines: Mapping[str, Mapping[int, Decimal]] | None = None,
    requested_by: str = "",
    seen: Mapping[str, str] | None = None,
    actor: Actor,
    now: datetime,
) -> Refused:
    """Cancel the open quantity of these orders, or so much of their `lines` ({number: {line id: quantity}}).

    Nothing passed and nothing left: the order ends cancelled; else the rest goes on where it stands, smaller, and runs to its end.
    """
    asked = Asked(reason, requested_by, seen or {}, settles=lines is None)
    with door(numbers, Entrance("cancel", "order.cancel", None, _cancellers), actor=actor, now=now) as work:
        work.need_clocks()
        everybody = {place: work.opened(place).order.id for place in work.places}
        foreseen = foreseen_moves(work, _cancelling((), reason))
        before = as_ordered.read(standing(work, foreseen))
        wished = {place: _to_cancel(before[work.opened(place).order.id], (lines or {}).get(place)) for place in foreseen}
        refuse(work, {place: ordered.cancel_misfit(before[everybody[place]], wished[place]) for place in foreseen if lines})
        left = {place: ordered.without(before[everybody[place]], wished[place]) for place in work.places}
        change = Changing(work, asked, Kind.CANCEL, before, left)
        parts = {place for place in work.places if not ordered.takes_all(before[everybody[place]], wished[place])}
        change.refuse_what_stages_object_to(parts)
        change.refuse_what_met_another()
        change.lock_credit()
        _cancel_all(work, change, foreseen, parts, reason)
        amendments.file_refused(Kind.CANCEL, everybody, work.refused, asked, actor=actor.key, now=now)
    return work.refused


def _cancel_all(work: Work, change: Changing, foreseen: Mapping[str, Move], parts: set[str], reason: str) -> None:
    moves = {place: foreseen[place] for place in work.places}
    whole = {place: move for place, move in moves.items() if place not in parts}
    _withdraw_deliveries(work, whole)
    change.withdraw_emptied()
    leftovers = undo(work, {place: move.turn.undo for place, move in moves.items()}, change.lines)
    ended = frozenset(work.opened(place).order.id for place, move in whole.items() if not rest_goes_on(move))
    change.write(ended=ended, parts=parts)
    work.facts.forget()  # what was undone changed them
    empty = emptied(work, parts)
    for place in moves:
        left = tuple(leftovers.get(work.opened(place).order.id, ()))
        moved = work.move(place, _cancelling_part(empty[place], left, reason) if place in parts else _cancelling(left, reason))
        assert moved, f"{place} was undone, so it must go on: {work.refused.get(place)}"


def _to_cancel(order: Ordered, wished: Mapping[int, Decimal] | None) -> Mapping[int, Decimal]:
    return ordered.everything_open(order) if wished is None else wished


def _cancellers(opened: Opened) -> Sequence[str]:
    rule = opened.program.standard.exceptions.cancel
    return rule.by if rule else ()


def _cancelling(leftovers: tuple[EngineLeftover, ...], reason: str) -> Decide:
    return lambda program, case, _item, answers, actor: advance.cancel(program, case, answers, leftovers, reason=reason, actor=actor)


def _cancelling_part(empty: tuple[EachRun, ...], leftovers: tuple[EngineLeftover, ...], reason: str) -> Decide:
    return lambda program, case, _item, answers, actor: advance.cancel_part(
        program, case, answers, empty, leftovers, reason=reason, actor=actor
    )


def rest_goes_on(move: Move) -> bool:
    """Whether part of the order has passed and runs to its end: its own acts settle the rest of the exposure then."""
    return move.turn.status != "cancelled" and move.turn.ends_as != "cancelled"


def _withdraw_deliveries(work: Work, foreseen: Mapping[str, Move]) -> None:
    """Planned deliveries whose run is withdrawn."""
    gone: set[tuple[int, str]] = set()
    for place, move in foreseen.items():
        opened = work.opened(place)
        for change in move.turn.each_runs:
            if change.state == "withdrawn" and opened.program.each_of[change.run.name].list == DELIVERIES:
                gone.add((opened.order.id, change.run.key))
    open_ones = Delivery.objects.filter(order_id__in={order for order, _ in gone}, state=Delivery.State.OPEN)
    rows = open_ones.values_list("pk", "order_id", "number")
    deliveries.close([pk for pk, order, number in rows if (order, str(number)) in gone], state=Delivery.State.WITHDRAWN)


# --- change ---------------------------------------------------------------------------------------------------------------


def change(
    changes: Mapping[str, OrderChange],
    *,
    reason: str,
    requested_by: str = "",
    seen: Mapping[str, str] | None = None,
    settles: bool = False,
    fault: Fault | None = None,
    actor: Actor,
    now: datetime,
) -> Refused:
    """Change lines, dates and prices of these orders; what has not passed goes back to where the standard says, signatures are void.

    What lines lose is taken back at once; what they gain is found when the stages are passed again. `settles`: this is the answer to
    the change that waits. `fault`: the error that is corrected by it, put on record with it.
    """
    asked = Asked(reason, requested_by, seen or {}, settles, fault)
    with door(list(changes), Entrance("change", "order.change", None, changers), actor=actor, now=now) as work:
        everybody = {place: work.opened(place).order.id for place in work.places}
        foreseen = foreseen_moves(work, going_back(reason))
        before = as_ordered.read(standing(work, foreseen))
        refuse(work, {place: ordered.misfit(before[everybody[place]], changes[place]) for place in foreseen})
        desk = Changing(work, asked, Kind.CHANGE, before, {place: changes[place] for place in work.places})
        desk.refuse_unknown_error()
        desk.refuse_what_stages_object_to(work.places)
        desk.refuse_what_met_another()
        desk.lock_credit()
        refuse(work, desk.beyond_credit())
        moves = {place: foreseen[place] for place in work.places}
        desk.withdraw_emptied()
        leftovers = undo(work, {place: behind(work.opened(place)) for place in moves}, desk.lines)
        desk.write()
        work.facts.forget()
        for place in moves:
            assert work.move(place, going_back(reason)), f"{place} was changed, so it must go back: {work.refused.get(place)}"
            _leave(work, place, tuple(leftovers.get(work.opened(place).order.id, ())), reason)
        amendments.file_refused(Kind.CHANGE, everybody, work.refused, asked, actor=actor.key, now=now)
    return work.refused


def _leave(work: Work, place: str, leftovers: tuple[EngineLeftover, ...], reason: str) -> None:
    if leftovers:
        work.move(
            place,
            lambda program, case, _item, _answers, actor: advance.leave_leftover(program, case, leftovers, reason=reason, actor=actor),
        )


def on_its_way(work: Work, foreseen: Mapping[str, Move] | None = None) -> Mapping[int, Decimal]:
    """By line, what open deliveries carry whose runs go on (after these moves): nothing that an act on the order can take back."""
    return as_ordered.on_its_way(standing(work, foreseen or {}, work.places))
