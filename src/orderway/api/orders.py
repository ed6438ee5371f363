"""The routes of an order as a whole: list, read, its journal, hold, lift. What changes it stands in `changes`, placing is capture's."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Any, Literal

from django.http import HttpRequest
from ninja import Query
from pydantic import BaseModel

from orderway.api import queries
from orderway.engine.refusals import Refusal
from orderway.journal import reading
from orderway.journal.models import Entry
from orderway.orders import acts, line_ledger
from orderway.orders.models import Hold, Order, WorkItem
from orderway.orders.refusals import OrderUnknown
from orderway.orders.routes import Asked, Body, Done, Routes, Shown, caller_of, moment, plain
from orderway.orders.routes.fields import ORDER_NUMBER, Day, Id, Line, Moment, Word
from orderway.orders.routes.paging import Page, Wanted, page_of

routes = Routes(tags=["orders"])
LEDGER = ("ordered", "cancelled", "reserved", "shipped", "returned", "invoiced", "credited")


# --- what is shown --------------------------------------------------------------------------------------------------------------


class StandingOut(Shown):
    """Where an order stands: one open item."""

    item: int = Asked("The work item's id.")
    place: str = Asked("The order's number, inside a delivery with its number.")
    stage: str = Asked("The stage of the order's standard.")
    kind: str = Asked("stage, approval, decision, complaint or leftover.")
    role: str = Asked("The role that answers for it.")
    responsible: str = Asked("Who has it; empty for nobody and for the system.")
    due_at: datetime | None = Asked("Its deadline.")
    late: bool = Asked("Whether the deadline has passed.")
    waiting: str = Asked("Why the system could not finish it; empty if it waits for nothing.")


class OrderOut(Shown):
    """An order in a list."""

    number: str = Asked("The order's number.")
    status: str = Asked("open, ended or cancelled.")
    customer: str = Asked("The customer's key.")
    customer_name: str = Asked("The customer's name.")
    customer_po: str = Asked("The customer's own number.")
    channel: str = Asked("By which way the order came.")
    standard: str = Asked("The standard and version that it runs on.")
    owner: str = Asked("Who answers for the whole order; empty for nobody.")
    ordered_at: datetime = Asked("When the customer ordered.")
    requested_on: date | None = Asked("The day that the customer wants.")
    promised_on: date | None = Asked("The day that was promised.")
    ended_at: datetime | None = Asked("When it first ended.")
    currency: str = Asked("The currency of its amounts.")
    total: str = Asked("What the lines come to less discount, without tax.")
    late: bool = Asked("Whether something of it is open past its deadline.")
    open: list[StandingOut] = Asked("Where it stands.")


class OrdersOut(Page):
    """A page of orders."""

    rows: list[OrderOut] = Asked("The orders.")


class OrderLineOut(Shown):
    """A line with what happened to it."""

    position: int = Asked("The line's number.")
    sku: str = Asked("The item's number.")
    name: str = Asked("The item's name.")
    unit: str = Asked("The unit of its quantities.")
    unit_price: str = Asked("The price of one unit without tax.")
    discount_percent: str = Asked("Discount on the line in percent.")
    tax_rate: str = Asked("Tax rate in percent.")
    amount: str = Asked("Quantity x price less discount, without tax.")
    requested_on: date | None = Asked("The day that the customer wants.")
    reference: str = Asked("The caller's own key of the line.")
    ordered: str = Asked("How much was ordered, later changes included.")
    cancelled: str = Asked("How much of it was cancelled.")
    reserved: str = Asked("How much is set aside in stock now.")
    shipped: str = Asked("How much has left.")
    returned: str = Asked("How much came back.")
    invoiced: str = Asked("How much was invoiced.")
    credited: str = Asked("How much was credited.")


class HoldOut(Shown):
    """A hold that stands."""

    type: str = Asked("The type of hold, an id of the standard.")
    reason: str = Asked("Why it was placed.")
    placed_by: str = Asked("Who placed it.")
    placed_at: datetime = Asked("When it was placed.")
    expires_at: datetime | None = Asked("When it lifts itself.")


class WholeOrderOut(OrderOut):
    """An order with its lines and holds."""

    note: str = Asked("What else the customer said.")
    discount_percent: str = Asked("Discount on the whole order in percent.")
    lines: list[OrderLineOut] = Asked("Its lines.")
    holds: list[HoldOut] = Asked("The holds that stand on it.")


class EntryOut(Shown):
    """One thing that happened."""

    sequence: int = Asked("Its number in the journal, from 1 without gaps.")
    at: datetime = Asked("When it happened.")
    act: str = Asked("What was done.")
    actor: str = Asked("Who did it.")
    move: dict[str, Any] = Asked("What it changed, as it was hashed: items closed and opened, facts read, criteria, signatures.")
    previous_hash: str = Asked("The hash of the entry before it.")
    hash: str = Asked("SHA-256 over this entry and the hash before it.")


class JournalOut(Page):
    """A page of a journal."""

    rows: list[EntryOut] = Asked("The entries, oldest first.")


class NumberOut(Shown):
    """An act on an order that was done."""

    number: str = Asked("The order's number.")


# --- what is asked ----------------------------------------------------------------------------------------------------------------


class Filter(BaseModel):
    """Which orders are wanted."""

    status: Literal["", "open", "ended", "cancelled"] = Asked("open, ended or cancelled.", "")
    stage: Word = Asked("Orders that stand at this stage.", "")
    customer: Word = Asked("Orders of this customer, by key.", "")
    channel: Word = Asked("Orders that came by this way.", "")
    late: bool | None = Asked("Whether something of the order is open past its deadline.", None)
    ordered_from: Moment | None = Asked("Ordered at this moment or later.", None)
    ordered_to: Moment | None = Asked("Ordered before this moment.", None)
    text: Word = Asked("Words in the order's number, the customer's number or the customer's name.", "")
    sort: Literal["newest", "oldest", "number", "customer", "promised", "total"] = Asked("In which sequence.", "newest")


class HoldIn(Body):
    """A hold to be placed or lifted."""

    type: Id = Asked("The type of hold, an id of the standard.")
    reason: Line = Asked("Why.", "")


class HoldUntilIn(HoldIn):
    """A hold to be placed."""

    until: Day | None = Asked("The day on which it lifts itself, if not sooner.", None)


# --- reading ------------------------------------------------------------------------------------------------------------------------


@routes.reads("/orders", right="order.list", gives=OrdersOut, summary="Orders")
def orders(request: HttpRequest, wanted: Query[Wanted], filter: Query[Filter]) -> dict[str, object]:
    """Orders by filter, with where each stands."""
    now = caller_of(request).now
    chosen = queries.OrderFilter(**filter.model_dump(exclude={"sort"}))

    def shown(rows: list[Order]) -> Iterable[object]:
        items = queries.open_items_of([order.pk for order in rows])
        return [order_out(order, items[order.pk], now) for order in rows]

    return page_of(queries.orders(chosen, filter.sort, now=now), wanted, shown)


@routes.reads("/orders/{number}", right="order.read", gives=WholeOrderOut, summary="One order")
def order(request: HttpRequest, number: str = ORDER_NUMBER) -> dict[str, object]:
    """One order: where it stands, its lines with what happened to them, its holds."""
    found = _found(number)
    items = queries.open_items_of([found.pk])[found.pk]
    sums = line_ledger.sums_of_orders([found.pk])[found.pk]
    lines = line_ledger.lines_of([found.pk])[found.pk]
    return {
        **order_out(found, items, caller_of(request).now),
        "note": found.note,
        "discount_percent": plain(found.discount_percent),
        "lines": [_line_out(line, sums.get(line.pk, line_ledger.NOTHING)) for line in lines],
        "holds": [_hold_out(hold) for hold in queries.standing_holds(found.pk)],
    }


@routes.reads("/orders/{number}/journal", right="journal.read", gives=JournalOut, summary="The journal of an order")
def journal(request: HttpRequest, wanted: Query[Wanted], number: str = ORDER_NUMBER) -> dict[str, object]:
    """Everything that happened to an order, oldest first, as it is chained."""
    return page_of(reading.of_subject("order", _found(number).number), wanted, lambda rows: [_entry_out(row) for row in rows])


def _found(number: str) -> Order:
    found = queries.order(number)
    if found is None:
        raise OrderUnknown(number=number)
    return found


# --- acts ---------------------------------------------------------------------------------------------------------------------------


@routes.acts("/orders/{number}/hold", right="order.hold", gives=NumberOut, summary="Put an order on hold")
def hold(request: HttpRequest, hold: HoldUntilIn, number: str = ORDER_NUMBER) -> Done:
    """The clocks of all its items stop until the hold is lifted: by somebody, on its day, or when what its kind waits for has come."""
    return _act(request, number, lambda numbers, **by: acts.hold(numbers, hold.type, reason=hold.reason, until=hold.until, **by))


@routes.acts("/orders/{number}/lift", right="order.lift", gives=NumberOut, summary="Lift a hold")
def lift(request: HttpRequest, hold: HoldIn, number: str = ORDER_NUMBER) -> Done:
    """Lift the oldest hold of a type; with the last one the clocks go on."""
    return _act(request, number, lambda numbers, **by: acts.lift(numbers, hold.type, reason=hold.reason, **by))


def _act(request: HttpRequest, number: str, act: Callable[..., Mapping[str, Refusal]]) -> Done:
    caller = caller_of(request)
    for refusal in act([number], actor=caller.actor, now=caller.now).values():
        raise refusal
    return Done({"number": number}, orders=[number])


# --- as plain data ------------------------------------------------------------------------------------------------------------------


def order_out(order: Order, items: Iterable[WorkItem], now: datetime) -> dict[str, object]:
    """An order with where it stands."""
    standing = [_standing_out(item, now) for item in items]
    return {
        "number": order.number,
        "status": order.status,
        "customer": order.customer.key,
        "customer_name": order.customer.name,
        "customer_po": order.customer_po,
        "channel": order.channel,
        "standard": str(order.version),
        "owner": order.owner.key if order.owner else "",
        "ordered_at": moment(order.ordered_at),
        "requested_on": order.requested_on.isoformat() if order.requested_on else None,
        "promised_on": order.promised_on.isoformat() if order.promised_on else None,
        "ended_at": moment(order.ended_at),
        "currency": order.currency,
        "total": f"{order.total:.2f}",
        "late": any(each["late"] for each in standing),
        "open": standing,
    }


def _standing_out(item: WorkItem, now: datetime) -> dict[str, object]:
    return {
        "item": item.pk,
        "place": item.place,
        "stage": item.stage,
        "kind": item.kind,
        "role": item.role,
        "responsible": item.responsible.key if item.responsible else "",
        "due_at": moment(item.due_at),
        "late": is_late(item, now),
        "waiting": item.waiting_reason,
    }


def is_late(item: WorkItem, now: datetime) -> bool:
    """Whether an item's deadline has passed while its clock runs."""
    return item.due_at is not None and item.due_at < now and item.held_since is None and item.state == WorkItem.State.OPEN


def _line_out(line: Any, sums: line_ledger.Sums) -> dict[str, object]:
    return {
        "position": line.position,
        "sku": line.item.sku,
        "name": line.item.name,
        "unit": line.item.unit,
        "unit_price": plain(line.unit_price),
        "discount_percent": plain(line.discount_percent),
        "tax_rate": plain(line.tax_rate),
        "amount": plain(line.amount),
        "requested_on": line.requested_on.isoformat() if line.requested_on else None,
        "reference": line.external_reference,
        **{kind: plain(sums.quantity(kind)) for kind in LEDGER},
    }


def _hold_out(hold: Hold) -> dict[str, object]:
    return {
        "type": hold.type,
        "reason": hold.reason,
        "placed_by": hold.placed_by,
        "placed_at": moment(hold.placed_at),
        "expires_at": moment(hold.expires_at),
    }


def _entry_out(entry: Entry) -> dict[str, object]:
    return {
        "sequence": entry.sequence,
        "at": moment(entry.at),
        "act": entry.act,
        "actor": entry.actor,
        "move": json.loads(entry.payload),
        "previous_hash": entry.previous_hash,
        "hash": entry.hash,
    }
