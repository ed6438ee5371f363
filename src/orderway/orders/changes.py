"""Change and cancel: what has not passed the stage named in the standard goes back or ends, what acts have done is taken back.

Undo runs against the flow of each order's pinned standard, last stage first; what cannot be taken back becomes a leftover with an owner.
Never undoes anything itself: the stages have registered how.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from orderway.engine import advance
from orderway.engine.acting import Actor as EngineActor
from orderway.engine.answers import Answers
from orderway.engine.case import Case, OpenItem
from orderway.engine.move import Leftover as EngineLeftover
from orderway.engine.move import Move
from orderway.engine.program import Program
from orderway.engine.refusals import Mistake, Refusal
from orderway.orders import deliveries, exposure, line_ledger, stages
from orderway.orders.actor import Actor
from orderway.orders.locking import Opened
from orderway.orders.models import Delivery, DeliveryLine, ExposureMove, Order, OrderLine
from orderway.orders.session import Decide, Entrance, Work, door
from orderway.orders.stages import Consequence, LineChange
from orderway.releases.publishing import program_of
from orderway.sets import Update, store
from orderway.sets.totals import Total

ZERO = Decimal(0)
DELIVERIES = "order.deliveries"


class BelowShipped(Mistake):
    """A line cannot become smaller than what has left already."""

    code = "below_shipped"
    message = "Line {line} cannot become {quantity}: {fixed} has left or is on its way."
    remedy = "Enter at least that much, or take it back as a return."


@dataclass(frozen=True, slots=True)
class OrderChange:
    """New quantities by line id (0 cancels the line), and a new wished date; None leaves it."""

    quantities: Mapping[int, Decimal] = field(default_factory=dict)
    requested_on: date | None = None


# --- cancel ---------------------------------------------------------------------------------------------------------------


def cancel(numbers: Sequence[str], *, reason: str, actor: Actor, now: datetime) -> Mapping[str, Refusal]:
    """Cancel the open quantity of these orders. Nothing passed: the order ends cancelled; else the rest runs to its end."""
    with door(numbers, Entrance("cancel", "order.cancel", None, _cancellers), actor=actor, now=now) as work:
        work.need_clocks()
        foreseen = {place: move for place in work.places if (move := _foreseen(work, place, _cancelling((), reason))) is not None}
        leftovers = _undo(work, foreseen)
        work.facts.forget()  # what was undone changed them
        for place in foreseen:
            moved = work.move(place, _cancelling(tuple(leftovers.get(work.opened(place).order.id, ())), reason))
            assert moved, f"{place} was undone, so it must end: {work.refused.get(place)}"
    return work.refused


def _cancellers(opened: Opened) -> Sequence[str]:
    rule = opened.program.standard.exceptions.cancel
    return rule.by if rule else ()


def _cancelling(leftovers: tuple[EngineLeftover, ...], reason: str) -> Decide:
    return lambda program, case, _item, answers, actor: advance.cancel(program, case, answers, leftovers, reason=reason, actor=actor)


def _foreseen(work: Work, place: str, decide: Decide) -> Move | None:
    """The move as it would be, not made: it names the stages to undo and the runs that are withdrawn."""
    seen: list[Move | None] = []

    def look(program: Program, case: Case, item: OpenItem, answers: Answers, actor: EngineActor) -> None:
        seen.append(decide(program, case, item, answers, actor))

    return seen[0] if work.move(place, look) else None


def _undo(work: Work, foreseen: Mapping[str, Move]) -> Mapping[int, list[EngineLeftover]]:
    """Take back and book; the same stages of one version in one call, so that statements do not grow with the orders."""
    ids = [work.opened(place).order.id for place in foreseen]
    _withdraw_deliveries(work, foreseen)
    lines = _open_lines(ids)
    leftovers: dict[int, list[EngineLeftover]] = {}
    for (program, undo), places in _alike(work, foreseen).items():
        order_ids = [work.opened(place).order.id for place in places]
        for stage_id in undo:
            act = program.stage(stage_id).does or ""
            take_back = stages.undo_of(act)
            if take_back is None:
                continue
            for left in take_back(order_ids, {order: lines[order] for order in order_ids}, actor=work.actor, now=work.now):
                leftovers.setdefault(left.order_id, []).append(EngineLeftover(stage_id, (), left.text))
    _book_cancelled(work, foreseen, lines)
    return leftovers


def _alike(work: Work, foreseen: Mapping[str, Move]) -> Mapping[tuple[Program, tuple[str, ...]], list[str]]:
    """The places that have the same stages of the same standard to undo."""
    groups: dict[tuple[Program, tuple[str, ...]], list[str]] = {}
    for place, move in foreseen.items():
        groups.setdefault((work.opened(place).program, move.turn.undo), []).append(place)
    return groups


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


def _open_lines(order_ids: Sequence[int]) -> dict[int, list[LineChange]]:
    """What is open of every line and in no delivery that goes on: that is cancelled."""
    going = deliveries.open_quantities(order_ids)
    found: dict[int, list[LineChange]] = {order: [] for order in order_ids}
    for order, lines in line_ledger.sums_of_orders(order_ids).items():
        for line, sums in lines.items():
            found[order].append(LineChange(line, max(ZERO, sums.open - going.get(line, ZERO)), ZERO))
    return found


def _book_cancelled(work: Work, foreseen: Mapping[str, Move], lines: Mapping[int, Sequence[LineChange]]) -> None:
    """Book the open quantity as cancelled, and what it was worth as no longer confirmed."""
    bookings, amounts = [], []
    ids = [work.opened(place).order.id for place in foreseen]
    confirmed, worth = _confirmed_not_delivered(ids), _worth(ids, lines)
    for place, move in foreseen.items():
        order = work.opened(place).order
        bookings += [
            line_ledger.Booking(one.line_id, "cancelled", one.open_quantity, place=place, reference=place) for one in lines[order.id]
        ]
        known = confirmed.get(order.id, ZERO)
        gone = min(worth[order.id], known) if rest_goes_on(move) else known
        amounts.append(exposure.Amount(order.customer_id, "confirmed", -gone, order.id, place))
    line_ledger.book(bookings, now=work.now)
    work.also(*exposure.writes(amounts, now=work.now))  # at the end: balances are locked after stock


def rest_goes_on(move: Move) -> bool:
    """Whether part of the order has passed and runs to its end: its own acts settle the rest of the exposure then."""
    return move.turn.status != "cancelled" and move.turn.ends_as != "cancelled"


def _worth(order_ids: Sequence[int], lines: Mapping[int, Sequence[LineChange]]) -> dict[int, Decimal]:
    """The gross amount of what is cancelled, half-up to cents."""
    cancelled = {one.line_id: one.open_quantity for changes in lines.values() for one in changes}
    found = dict.fromkeys(order_ids, ZERO)
    for line in OrderLine.objects.filter(order_id__in=order_ids):
        net = line.amount / line.quantity * cancelled.get(line.pk, ZERO)
        found[line.order_id] += net * (100 + line.tax_rate) / 100
    return {order: amount.quantize(Decimal("0.01"), ROUND_HALF_UP) for order, amount in found.items()}


def _confirmed_not_delivered(order_ids: Sequence[int]) -> dict[int, Decimal]:
    found: dict[int, Decimal] = {}
    rows = ExposureMove.objects.filter(order_id__in=order_ids, kind__in=["confirmed", "delivered"])
    for row in rows.values("order_id", "kind").annotate(amounts=Total("amount")).order_by():
        sign = 1 if row["kind"] == "confirmed" else -1
        found[row["order_id"]] = found.get(row["order_id"], ZERO) + sign * row["amounts"]
    return {order: max(ZERO, amount) for order, amount in found.items()}


# --- change ---------------------------------------------------------------------------------------------------------------


def change(changes: Mapping[str, OrderChange], *, reason: str, actor: Actor, now: datetime) -> Mapping[str, Refusal]:
    """Change lines and dates of these orders; what has not passed goes back to where the standard says, signatures are void."""

    def changers(opened: Opened) -> Sequence[str]:
        rule = opened.program.standard.exceptions.change
        return rule.by if rule else ()

    with door(list(changes), Entrance("change", "order.change", None, changers), actor=actor, now=now) as work:
        sums = line_ledger.sums_of_orders(work.order_ids)
        foreseen = {place: move for place in work.places if (move := _foreseen(work, place, _changing(reason))) is not None}
        going = on_its_way(work, foreseen)
        for place in foreseen:
            misfit = _misfit(sums[work.opened(place).order.id], going, changes[place])
            if misfit is not None:
                work.refuse(place, misfit)
            else:
                work.move(place, _changing(reason))
        _rewrite(work, {place: changes[place] for place in work.places}, sums)
    return work.refused


def _changing(reason: str) -> Decide:
    return lambda program, case, _item, answers, actor: advance.change(program, case, answers, reason=reason, actor=actor)


def on_its_way(work: Work, foreseen: Mapping[str, Move] | None = None) -> Mapping[int, Decimal]:
    """By line, what open deliveries carry whose runs go on (after these moves): nothing that an act on the order can take back."""
    runs: set[tuple[int, str]] = set()
    for place in work.places:
        opened, move = work.opened(place), (foreseen or {}).get(place)
        states = {**opened.case.each_runs, **({change.run: change.state for change in move.turn.each_runs} if move else {})}
        going = (run for run, state in states.items() if state == "open" and opened.program.each_of[run.name].list == DELIVERIES)
        runs |= {(opened.order.id, run.key) for run in going}
    if not runs:
        return {}
    lines = DeliveryLine.objects.filter(delivery__order_id__in={order for order, _ in runs}, delivery__state=Delivery.State.OPEN)
    found: dict[int, Decimal] = {}
    for order, number, line, quantity in lines.values_list("delivery__order_id", "delivery__number", "line_id", "quantity"):
        if (order, str(number)) in runs:
            found[line] = found.get(line, ZERO) + quantity
    return found


def _misfit(sums: Mapping[int, line_ledger.Sums], going: Mapping[int, Decimal], wished: OrderChange) -> Refusal | None:
    for line, quantity in wished.quantities.items():
        if line not in sums:
            return Mistake(field="quantities")
        fixed = sums[line].net_shipped + going.get(line, ZERO)
        if quantity < fixed:
            return BelowShipped(field="quantities", line=line, quantity=quantity, fixed=fixed)
    return None


def _rewrite(work: Work, changes: Mapping[str, OrderChange], sums: Mapping[int, Mapping[int, line_ledger.Sums]]) -> None:
    """Book the differences on the ledger, and bring quantities, amounts and totals in line with it."""
    ids = [work.opened(place).order.id for place in changes]
    lines = {line.pk: line for line in OrderLine.objects.filter(order_id__in=ids)}
    totals = dict(Order.objects.filter(pk__in=ids).values_list("pk", "total"))
    bookings, line_rows, order_rows = [], [], []
    for place, wished in changes.items():
        order = work.opened(place).order.id
        for line_id, quantity in wished.quantities.items():
            line, known = lines[line_id], sums[order][line_id]
            valid = known.quantity("ordered") - known.quantity("cancelled")
            more, net = quantity - valid, line.amount / line.quantity
            kind = "ordered" if more > 0 else "cancelled"
            bookings.append(line_ledger.Booking(line_id, kind, abs(more), abs(more) * net, place, place))
            totals[order] += more * net
            if more > 0:
                line_rows.append((line_id, line.quantity + more, line.amount + more * net))
        order_rows.append((order, totals[order], work.actor.key, work.now))
    line_ledger.book(bookings, now=work.now)
    work.also(Update(OrderLine, ("id",), ("quantity", "amount"), line_rows))
    # Not beside the act's own store: on PostgreSQL that is one statement, which may touch an order's row only once.
    store([Update(Order, ("id",), ("total", "edited_by", "edited_at"), order_rows)])
    dates = [(work.opened(place).order.id, wished.requested_on) for place, wished in changes.items() if wished.requested_on is not None]
    store([Update(Order, ("id",), ("requested_on",), dates)])


# --- what it would touch ---------------------------------------------------------------------------------------------------


def consequences(numbers: Sequence[str]) -> list[Consequence]:
    """What cancelling these orders would touch, in sentences; nothing is written."""
    rows = Order.objects.filter(number__in=numbers).select_related("version").order_by("pk")
    ids = [order.pk for order in rows]
    lines = _open_lines(ids)
    found: list[Consequence] = []
    acts: dict[str, list[int]] = {}
    for order in rows:
        program = program_of(order.version_id, order.version.content_hash)
        passed = {stage for stage, _ in Case.from_text(order.case_text).runs}
        for stage_id in passed:
            acts.setdefault(program.stage(stage_id).does or "", []).append(order.pk)
    for act, order_ids in sorted(acts.items()):
        find = stages.consequences_of(act)
        if find is not None:
            found.extend(find(order_ids, {order: lines[order] for order in order_ids}))
    return found
