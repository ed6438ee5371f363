"""The routes of delivery: what goes out when and what became of it; and what programs say when they plan, pick and hand over."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, Literal

from django.http import HttpRequest
from ninja import Query

from orderway.orders.actor import Actor
from orderway.orders.completion import Completion
from orderway.orders.models import Delivery
from orderway.orders.routes import ActInput, Asked, Body, NotFound, Routes, Shown, moment, plain
from orderway.orders.routes.fields import KEY, ORDER_NUMBER, POSITIVE, Exact, Line, Mark, Moment, Word, in_path, in_query
from orderway.orders.routes.inputs import Refused
from orderway.orders.routes.paging import Page, Wanted, page_of
from orderway.stages.delivery import handing_over, picking, planning, queries
from orderway.stages.delivery.handing_over import Proof
from orderway.stages.delivery.picking import PickReport
from orderway.stages.delivery.planning import TripWish

routes = Routes(tags=["delivery"])
OF_ORDER = in_query("Of this order alone.", **KEY)
IN_STATE = in_query("open, done or withdrawn.")
NUMBER = in_path("The delivery's number within its order.", **POSITIVE)


# --- what programs say ------------------------------------------------------------------------------------------------------


class QuantityIn(Body):
    """A quantity of an order line."""

    position: int = Asked("The order line.", ge=1, le=100_000, strict=True)
    quantity: Exact = Asked("How much.")


class TripIn(Body):
    """Vehicle and time window of a delivery that is planned."""

    carrier: Word = Asked("Who drives.", min_length=1)
    vehicle: Mark = Asked("With what.", "")
    window_from: Moment | None = Asked("The beginning of the time window.", None)
    window_until: Moment | None = Asked("Its end.", None)


class PickIn(Body):
    """What was found on the shelves."""

    found: list[QuantityIn] = Asked("Lines that were not found in full; all others were.", [], max_length=10_000)
    missing: bool = Asked("Whether the shelf did not hold the rest: then it is no longer reserved.", False, strict=True)
    tracking_numbers: list[Mark] = Asked("The carrier's numbers, one per parcel.", [], max_length=1_000)


class HandOverIn(Body):
    """How a delivery went."""

    signed_by: Word = Asked("Who signed.", "")
    damaged: bool = Asked("Whether goods arrived damaged and were taken nevertheless.", False, strict=True)
    note: Line = Asked("What was said; needed where the customer refused something.", "")
    kept: list[QuantityIn] | None = Asked("What the customer took; everything if left out, nothing if empty.", None, max_length=10_000)


def _plan(place: str, completion: Completion, given: TripIn | None, *, actor: Actor, now: datetime) -> Refused:
    trips = {place: TripWish(given.carrier, given.vehicle, given.window_from, given.window_until)} if given else None
    return planning.plan([place], trips=trips, brings={place: completion}, actor=actor, now=now)


def _pick(place: str, completion: Completion, given: PickIn | None, *, actor: Actor, now: datetime) -> Refused:
    report = PickReport(_by_position(given.found), given.missing, tuple(given.tracking_numbers)) if given else PickReport()
    return picking.pick([place], {place: report}, brings={place: completion}, actor=actor, now=now)


def _hand_over(place: str, completion: Completion, given: HandOverIn | None, *, actor: Actor, now: datetime) -> Refused:
    said = given or HandOverIn()
    proof = Proof(said.signed_by, said.damaged, said.note, None if said.kept is None else _by_position(said.kept))
    return handing_over.hand_over([place], {place: proof}, brings={place: completion}, actor=actor, now=now)


def _by_position(quantities: Iterable[QuantityIn]) -> dict[int, Any]:
    return {each.position: each.quantity for each in quantities}


ACTS = (
    ActInput(planning.ACT, _plan, "trip", TripIn),
    ActInput(picking.ACT, _pick, "pick", PickIn),
    ActInput(handing_over.ACT, _hand_over, "hand_over", HandOverIn),
)


# --- what they are shown ------------------------------------------------------------------------------------------------------


class DeliveryLineOut(Shown):
    """A part of an order line that goes with a delivery."""

    position: int = Asked("The order line.")
    sku: str = Asked("The item's number.")
    quantity: str = Asked("How much goes with this delivery.")
    route: str = Asked("Where it comes from: stock, make or buy.")
    warehouse: str = Asked("From which warehouse; empty while that is open.")


class DeliveryOut(Shown):
    """A planned delivery and what became of it."""

    place: str = Asked("The place: order number and number of the delivery.")
    order: str = Asked("The order's number.")
    number: int = Asked("The delivery's number within its order.")
    customer: str = Asked("The customer's key.")
    state: str = Asked("open, done or withdrawn.")
    planned_on: date | None = Asked("The day for which it is planned.")
    carrier: str = Asked("Who drives; empty while nobody is booked.")
    tracking_numbers: list[str] = Asked("The carrier's numbers of its parcels.")
    outcome: str = Asked("delivered or refused; empty while it is on its way.")
    signed_by: str = Asked("Who signed for it.")
    handed_over_at: datetime | None = Asked("When it was handed over.")
    lines: list[DeliveryLineOut] = Asked("What goes with it.")


class DeliveriesOut(Page):
    """A page of deliveries."""

    rows: list[DeliveryOut] = Asked("The deliveries, soonest first.")


@routes.reads("/deliveries", right="delivery.read", gives=DeliveriesOut, summary="Deliveries")
def deliveries(
    request: HttpRequest,
    wanted: Query[Wanted],
    order: str = OF_ORDER,
    state: Literal["", "open", "done", "withdrawn"] = IN_STATE,
) -> dict[str, object]:
    """What goes out, soonest first."""
    return page_of(queries.deliveries(order=order, state=state), wanted, lambda rows: [_shown(row) for row in rows])


@routes.reads("/deliveries/{order}/{number}", right="delivery.read", gives=DeliveryOut, summary="One delivery")
def delivery(
    request: HttpRequest,
    order: str = ORDER_NUMBER,
    number: int = NUMBER,
) -> dict[str, object]:
    """One delivery by its place."""
    found = queries.deliveries(order=order).filter(number=number).first()
    if found is None:
        raise NotFound(what="delivery", key=f"{order}/{number}")
    return _shown(found)


def _shown(delivery: Delivery) -> dict[str, object]:
    trips, proof = list(delivery.trips.all()), getattr(delivery, "hand_over", None)
    return {
        "place": f"{delivery.order.number}/{delivery.number}",
        "order": delivery.order.number,
        "number": delivery.number,
        "customer": delivery.order.customer.key,
        "state": delivery.state,
        "planned_on": delivery.planned_on.isoformat() if delivery.planned_on else None,
        "carrier": max(trips, key=lambda trip: trip.pk).carrier if trips else "",
        "tracking_numbers": [parcel.tracking_number for parcel in delivery.parcels.all() if parcel.tracking_number],
        "outcome": proof.outcome if proof else "",
        "signed_by": proof.signed_by if proof else "",
        "handed_over_at": moment(proof.at) if proof else None,
        "lines": [
            {
                "position": line.line.position,
                "sku": line.line.item.sku,
                "quantity": plain(line.quantity),
                "route": line.route,
                "warehouse": line.warehouse.key if line.warehouse else "",
            }
            for line in delivery.lines.all()
        ],
    }
