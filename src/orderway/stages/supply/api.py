"""The routes of supply: production and purchase orders, and goods that arrive for them. Decides nothing about what to order."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Literal

from django.http import HttpRequest
from ninja import Query

from orderway.orders.routes import ActInput, Asked, Body, Done, NotFound, Routes, Shown, caller_of, plain
from orderway.orders.routes.fields import KEY, Exact, Id, in_path, in_query
from orderway.orders.routes.inputs import with_evidence
from orderway.orders.routes.paging import Page, Wanted, page_of
from orderway.orders.routes.problems import Problem, problem_of
from orderway.stages.supply import actions, queries, receiving
from orderway.stages.supply.entering import ACTS as NAMES
from orderway.stages.supply.models import SupplyLine, SupplyOrder

routes = Routes(tags=["supply"])
OF_KIND = in_query("make or buy.")
IN_STATE = in_query("open, received or closed.")
NUMBER = in_path("The supply order's number.", **KEY)
ACTS = (
    ActInput(NAMES["make"], with_evidence(actions.produce)),
    ActInput(NAMES["buy"], with_evidence(actions.purchase)),
)


class PegOut(Shown):
    """Which order a part of a supply line is for."""

    order: str = Asked("The order's number.")
    position: int = Asked("The order line.")
    delivery: int = Asked("The delivery of that order.")
    quantity: str = Asked("How much is meant for it.")
    received: str = Asked("How much of it has arrived.")


class SupplyLineOut(Shown):
    """One item of a supply order."""

    position: int = Asked("The line's number.")
    sku: str = Asked("The item's number.")
    quantity: str = Asked("How much was ordered.")
    received: str = Asked("How much has arrived.")
    pegs: list[PegOut] = Asked("Which orders wait for it.")


class SupplyOrderOut(Shown):
    """A production or purchase order."""

    number: str = Asked("Its number.")
    kind: str = Asked("make or buy.")
    status: str = Asked("open, received, or closed with something missing.")
    supplier: str = Asked("The supplier's key; empty for production.")
    warehouse: str = Asked("The warehouse that the goods come into.")
    due_on: date = Asked("When the goods are expected.")
    lines: list[SupplyLineOut] = Asked("What was ordered; empty in lists.")


class SupplyOrdersOut(Page):
    """A page of supply orders."""

    rows: list[SupplyOrderOut] = Asked("The supply orders.")


class ArrivalIn(Body):
    """What arrived of a position."""

    position: int = Asked("The line of the supply order.", ge=1, le=100_000, strict=True)
    quantity: Exact = Asked("How much arrived, counted.")


class ReceiptIn(Body):
    """Goods that arrived."""

    arrivals: list[ArrivalIn] | None = Asked(
        "What arrived; everything that is still open if left out.", None, min_length=1, max_length=10_000
    )
    paper: Id = Asked(
        "The number of the supplier's despatch note or of the production report. The same paper counts once.", "", max_length=64
    )


class WaitingOut(Shown):
    """A place that goes on waiting."""

    place: str = Asked("The place: order number and delivery.")
    problem: Problem = Asked("Why it could not be completed.")


class ReceiptOut(Shown):
    """What a goods receipt did."""

    completed: list[str] = Asked("The places whose stage it completed.")
    waiting: list[WaitingOut] = Asked("The places that go on waiting.")
    free: str = Asked("How much of it nobody waits for.")


@routes.reads("/supply-orders", right="supply.read", gives=SupplyOrdersOut, summary="Production and purchase orders")
def supply_orders(
    request: HttpRequest,
    wanted: Query[Wanted],
    kind: Literal["", "make", "buy"] = OF_KIND,
    status: Literal["", "open", "received", "closed"] = IN_STATE,
) -> dict[str, object]:
    """What is being made or bought."""
    found = queries.supply_orders(kind=kind, status=status)
    return page_of(found, wanted, lambda rows: [_shown(row, ()) for row in rows])


@routes.reads("/supply-orders/{number}", right="supply.read", gives=SupplyOrderOut, summary="One supply order")
def supply_order(request: HttpRequest, number: str = NUMBER) -> dict[str, object]:
    """One supply order with its lines and the orders that wait for them."""
    found = SupplyOrder.objects.select_related("supplier", "warehouse").filter(number=number).first()
    if found is None:
        raise NotFound(what="supply order", key=number)
    return _shown(found, queries.lines_with_pegs(number))


@routes.acts("/supply-orders/{number}/receive", right="supply.receive", gives=ReceiptOut, summary="Goods arrived")
def receive(
    request: HttpRequest,
    receipt: ReceiptIn,
    number: str = NUMBER,
) -> Done:
    """Take goods into stock and complete the stages that waited for them."""
    caller = caller_of(request)
    arrivals = None if receipt.arrivals is None else [receiving.Arrival(each.position, each.quantity) for each in receipt.arrivals]
    received = receiving.receive(number, arrivals, paper=receipt.paper, actor=caller.actor, now=caller.now)
    waiting = [{"place": place, "problem": problem_of(refusal).model_dump()} for place, refusal in received.waiting.items()]
    body = {"completed": list(received.completed), "waiting": waiting, "free": plain(received.free)}
    return Done(body, orders=sorted({place.partition("/")[0] for place in received.completed}))


def _shown(order: SupplyOrder, lines: Iterable[SupplyLine]) -> dict[str, object]:
    return {
        "number": order.number,
        "kind": order.kind,
        "status": order.status,
        "supplier": order.supplier.key if order.supplier else "",
        "warehouse": order.warehouse.key,
        "due_on": order.due_on.isoformat(),
        "lines": [_line(line) for line in lines],
    }


def _line(line: SupplyLine) -> dict[str, object]:
    return {
        "position": line.position,
        "sku": line.item.sku,
        "quantity": plain(line.quantity),
        "received": plain(line.received),
        "pegs": [
            {
                "order": peg.order_line.order.number,
                "position": peg.order_line.position,
                "delivery": peg.delivery.number,
                "quantity": plain(peg.quantity),
                "received": plain(peg.received),
            }
            for peg in line.pegs.all()
        ],
    }
