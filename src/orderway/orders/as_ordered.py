"""Reads orders as a change finds them: their lines with what has left, what is on its way, and what stages say about touching them.

Reads only; every question is a fixed number of statements for n orders. Judging is `ordered`, acting `changes`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from orderway.engine.case import Case, RunState
from orderway.engine.move import Turn
from orderway.engine.program import Program
from orderway.masterdata.models import Company
from orderway.orders import line_ledger, stages
from orderway.orders.amounts import HALF_UP
from orderway.orders.exposure import MILLIONTH
from orderway.orders.models import Delivery, DeliveryLine, Order, OrderLine
from orderway.orders.ordered import Head, LineState, Ordered
from orderway.orders.stages import Consequence, LineChange

ZERO = Decimal(0)
DELIVERIES = "order.deliveries"


@dataclass(frozen=True, slots=True)
class Stood:
    """Where an order stands: its case, the program it is pinned to, and the turn that an act is about to make."""

    order_id: int
    program: Program
    case: Case
    turn: Turn | None = None

    def states(self) -> dict[tuple[str, str], RunState]:
        """The state of every run over deliveries after the turn, by block and key."""
        states = {**self.case.each_runs, **{change.run: change.state for change in (self.turn.each_runs if self.turn else ())}}
        return {(run.name, run.key): state for run, state in states.items() if self.program.each_of[run.name].list == DELIVERIES}


def read(standing: Sequence[Stood]) -> dict[int, Ordered]:
    """These orders with their lines; five statements."""
    order_ids = [one.order_id for one in standing]
    going = on_its_way(standing)
    sums = line_ledger.sums_of_orders(order_ids)
    heads = _heads(order_ids)
    lines: dict[int, dict[int, LineState]] = {order: {} for order in order_ids}
    for line in OrderLine.objects.filter(order_id__in=order_ids).select_related("item").order_by("order_id", "position"):
        known = sums[line.order_id].get(line.pk, line_ledger.NOTHING)
        lines[line.order_id][line.pk] = _state(line, known, going.get(line.pk, ZERO))
    return {order: Ordered(order, heads[order], lines[order]) for order in order_ids}


def _state(line: OrderLine, sums: line_ledger.Sums, going: Decimal) -> LineState:
    terms = (line.quantity, line.unit_price, line.discount_percent, line.tax_rate, line.amount, line.requested_on)
    wanted = (sums.quantity("ordered") - sums.quantity("cancelled")).quantize(MILLIONTH)
    fate = (wanted, sums.net_shipped.quantize(MILLIONTH), going)
    return LineState(line.pk, line.position, line.item_id, line.item.sku, *terms, *fate, line.external_reference)


def _heads(order_ids: Sequence[int]) -> dict[int, Head]:
    ours = Company.objects.order_by("pk").values_list("prices_include_tax", "rounding").first() or (False, HALF_UP)
    rows = Order.objects.filter(pk__in=order_ids)
    return {
        row.pk: Head(row.number, row.customer_id, row.currency, row.discount_percent, row.requested_on, row.total, *ours)
        for row in rows.only("number", "customer_id", "currency", "discount_percent", "requested_on", "total")
    }


def on_its_way(standing: Iterable[Stood]) -> Mapping[int, Decimal]:
    """By line, what open deliveries carry whose runs go on: nothing that an act on the order can take back. One statement, or none."""
    runs = {(one.order_id, key) for one in standing for (_, key), state in one.states().items() if state == "open"}
    if not runs:
        return {}
    lines = DeliveryLine.objects.filter(delivery__order_id__in={order for order, _ in runs}, delivery__state=Delivery.State.OPEN)
    found: dict[int, Decimal] = {}
    for order, number, line, quantity in lines.values_list("delivery__order_id", "delivery__number", "line_id", "quantity"):
        if (order, str(number)) in runs:
            found[line] = found.get(line, ZERO) + quantity
    return found


def line_changes(before: Ordered, after: Ordered) -> list[LineChange]:
    """What becomes of the open quantity of every line that gets another one."""
    return [
        LineChange(line.line_id, line.open, max(ZERO, after.lines[line.line_id].wanted - line.net_shipped))
        for line in before.lines.values()
        if after.lines[line.line_id].wanted != line.wanted
    ]


def consequences(standing: Sequence[Stood], lines: Mapping[int, Sequence[LineChange]]) -> list[Consequence]:
    """What every stage that these orders have been at says it would touch; each act is asked once for all of them."""
    acts: dict[str, list[int]] = {}
    for one in standing:
        known = {stage for stage, _ in one.case.runs} & one.program.order_of.keys()  # others stood in the version it came from
        ran = sorted(known, key=lambda stage: one.program.order_of[stage])
        for act in dict.fromkeys(one.program.stage(stage).does or "" for stage in ran):
            acts.setdefault(act, []).append(one.order_id)
    found: list[Consequence] = []
    for act, order_ids in acts.items():
        find = stages.consequences_of(act)
        if find is not None:
            found += find(order_ids, {order: lines.get(order, ()) for order in order_ids})
    return found
