"""How long it takes to say what a change would touch: an order of 200 lines on its way in 40 deliveries, all of it reserved.

Measures only; the number of statements is asserted by a test.
"""

from __future__ import annotations

import time
from decimal import Decimal
from statistics import median

from orderway.orders import blast_radius, deliveries
from orderway.orders.changes import OrderChange
from orderway.orders.deliveries import PlannedDelivery, PlannedLine
from orderway.orders.models import Delivery, DeliveryLine, Order
from orderway.orders.session import ASKED_ALREADY, Entrance, door
from orderway.project.benchmarks.company import Bench
from orderway.stages.capture.rules import LineDraft, OrderDraft

LINES, DELIVERIES, TIMES = 200, 40, 20


def draft(bench: Bench) -> OrderDraft:
    """An order of 200 lines."""
    lines = tuple(LineDraft(bench.items[n], Decimal(10), Decimal("12.50")) for n in range(LINES))
    return OrderDraft(bench.customers[0], lines, channel="api", standard="make-to-stock")


def split(number: str, bench: Bench) -> None:
    """Let the planned order go out in 40 deliveries of five lines: the first keeps five, further ones take the rest."""
    order = Order.objects.get(number=number)
    first = Delivery.objects.get(order=order)
    rows = list(DeliveryLine.objects.filter(delivery=first).order_by("pk"))
    each = len(rows) // DELIVERIES
    chunks = [rows[start : start + each] for start in range(each, len(rows), each)]
    with door([number], Entrance("split", ASKED_ALREADY, None), actor=bench.actor, now=bench.now) as work:
        deliveries.add([PlannedDelivery(order.pk, tuple(PlannedLine(row.line_id, row.quantity) for row in chunk)) for chunk in chunks])
        DeliveryLine.objects.filter(pk__in=[row.pk for chunk in chunks for row in chunk]).delete()
        (block,) = work.opened(number).program.each_of
        assert work.open_runs(number, block, [str(n) for n in range(2, DELIVERIES + 1)])


def milliseconds(number: str) -> tuple[int, float]:
    """The order's id and the median time of a preview in which every line loses half."""
    order = Order.objects.select_related("version", "customer").get(number=number)
    assert Delivery.objects.filter(order=order, state=Delivery.State.OPEN).count() == DELIVERIES
    wish = OrderChange({line.pk: line.quantity / 2 for line in order.lines.all()})
    taken = []
    for _ in range(TIMES):
        started = time.perf_counter()
        seen = blast_radius.of_change(order, wish)
        taken.append((time.perf_counter() - started) * 1_000)
        assert seen.refusal is None, seen.refusal
        assert len(seen.consequences) >= 2 * LINES, len(seen.consequences)
    return order.pk, median(taken)
