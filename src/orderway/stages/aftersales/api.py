"""The routes of after-sales: complaints, and goods that come back: announced first, then received. Judges no limit; the acts do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Literal

from django.http import HttpRequest

from orderway.masterdata.models import Warehouse
from orderway.orders.actor import Actor
from orderway.orders.completion import Completion
from orderway.orders.models import Order
from orderway.orders.refusals import OrderUnknown
from orderway.orders.routes import ActInput, Asked, Body, Done, NotFound, Routes, Shown, caller_of, plain
from orderway.orders.routes.fields import ORDER_NUMBER, POSITIVE, Exact, Id, Reference, Text, Word, in_path
from orderway.orders.routes.inputs import Refused
from orderway.stages.aftersales import actions, queries
from orderway.stages.aftersales.models import Return

routes = Routes(tags=["after-sales"])
RETURN_NUMBER = in_path("The return's number within its order.", **POSITIVE)


# --- the stage's act ----------------------------------------------------------------------------------------------------------


class ResolutionIn(Body):
    """What was done about it."""

    said: Text = Asked("What was settled with the customer.", "")


def _resolve(place: str, completion: Completion, given: ResolutionIn | None, *, actor: Actor, now: datetime) -> Refused:
    said = {place: given.said} if given else None
    return actions.resolve([place], resolutions=said, brings={place: completion}, actor=actor, now=now)


ACTS = (ActInput(actions.ACT, _resolve, "resolution", ResolutionIn),)


# --- complaints and returns -----------------------------------------------------------------------------------------------------


class ComplaintIn(Body):
    """What is wrong."""

    kind: Id = Asked("Which kind of error it is, an id of the standard's errors.")
    text: Text = Asked("What the customer said.", min_length=1)
    caught_at: Id = Asked("The stage whose gate should have caught it; empty for none.", "")


class ComplaintOut(Shown):
    """A complaint that was taken in."""

    order: str = Asked("The order's number.")
    kind: str = Asked("The kind of error.")


class BackIn(Body):
    """A quantity of an order line that comes back."""

    position: int = Asked("The order line.", ge=1, le=100_000, strict=True)
    quantity: Exact = Asked("How much comes back.")


class ReturnIn(Body):
    """Goods that the customer is going to send back."""

    lines: list[BackIn] = Asked("What comes back.", min_length=1, max_length=10_000)
    reason: Word = Asked("Why.", "")
    reference: Reference = Asked("The customer's own number of the return. The same number is announced once.", "")


class ArrivalIn(Body):
    """Returned goods that arrived."""

    lines: list[BackIn] = Asked("What arrived; all that was announced if left out.", [], max_length=10_000)
    condition: Literal["good", "damaged"] = Asked("good: back to stock; damaged: written off.", "good")
    warehouse: Word = Asked("The key of the warehouse that takes them; the first one if left out.", "")


class ReturnLineOut(Shown):
    """A line of a return."""

    position: int = Asked("The order line.")
    quantity: str = Asked("How much was announced.")
    received: str = Asked("How much has arrived.")


class ReturnOut(Shown):
    """An announced return."""

    order: str = Asked("The order's number.")
    number: int = Asked("The return's number within its order.")
    reason: str = Asked("Why the goods come back.")
    closed: bool = Asked("Whether everything has arrived or nothing more is expected.")
    lines: list[ReturnLineOut] = Asked("What comes back.")


class ReturnsOut(Shown):
    """The returns of an order."""

    rows: list[ReturnOut] = Asked("The returns, oldest first.")


class AnnouncedOut(Shown):
    """What became of an announcement."""

    order: str = Asked("The order's number.")
    number: int = Asked("The return's number within its order.")
    state: str = Asked("announced, or unchanged if its reference was known already.")


class ReceivedOut(Shown):
    """What became of an arrival."""

    order: str = Asked("The order's number.")
    number: int = Asked("The return's number within its order.")


@routes.acts("/orders/{number}/complain", right="order.complain", gives=ComplaintOut, status=201, summary="Take in a complaint")
def complain(request: HttpRequest, complaint: ComplaintIn, number: str = ORDER_NUMBER) -> Done:
    """A customer says that something is wrong: the stage that the standard names opens, also when the order has ended."""
    caller = caller_of(request)
    actions.complain(number, kind=complaint.kind, text=complaint.text, caught_at=complaint.caught_at, actor=caller.actor, now=caller.now)
    return Done({"order": number, "kind": complaint.kind}, 201, [number])


@routes.reads("/orders/{number}/returns", right="order.read", gives=ReturnsOut, summary="Returns of an order")
def returns(request: HttpRequest, number: str = ORDER_NUMBER) -> dict[str, object]:
    """What was announced to come back, and what has."""
    order = Order.objects.only("id", "number").filter(number=number).first()
    if order is None:
        raise OrderUnknown(number=number)
    return {"rows": [_shown(order.number, one) for one in queries.returns_of(order.pk)]}


@routes.acts("/orders/{number}/returns", right="return.announce", gives=AnnouncedOut, status=201, summary="Announce a return")
def announce(request: HttpRequest, announcement: ReturnIn, number: str = ORDER_NUMBER) -> Done:
    """Goods will come back: at most what was delivered, over all returns."""
    caller = caller_of(request)
    lines = _by_position(announcement.lines)
    wanted = actions.Announcement(number, lines, reason=announcement.reason, external_reference=announcement.reference)
    answer = actions.announce_return([wanted], actor=caller.actor, now=caller.now)
    for refusal in answer.refused.values():
        raise refusal
    fresh = 0 in answer.numbers
    body = {"order": number, "number": (answer.numbers | answer.unchanged)[0], "state": "announced" if fresh else "unchanged"}
    return Done(body, 201 if fresh else 200, [number])


@routes.acts("/orders/{number}/returns/{return_number}/receive", right="return.receive", gives=ReceivedOut, summary="Returned goods came")
def receive(
    request: HttpRequest,
    arrival: ArrivalIn,
    number: str = ORDER_NUMBER,
    return_number: int = RETURN_NUMBER,
) -> Done:
    """Take back goods that were announced: into stock, or as a loss if they are damaged."""
    caller = caller_of(request)
    one = actions.Arrival(number, return_number, _by_position(arrival.lines), arrival.condition, _warehouse(arrival.warehouse))
    for refusal in actions.receive_return([one], actor=caller.actor, now=caller.now).values():
        raise refusal
    return Done({"order": number, "number": return_number}, orders=[number])


def _by_position(lines: Iterable[BackIn]) -> Mapping[int, Decimal]:
    return {line.position: line.quantity for line in lines}


def _warehouse(key: str) -> int | None:
    if not key:
        return None
    found = Warehouse.objects.filter(key=key, active=True).values_list("pk", flat=True).first()
    if found is None:
        raise NotFound(what="warehouse", key=key)
    return found


def _shown(order: str, one: Return) -> dict[str, object]:
    return {
        "order": order,
        "number": one.number,
        "reason": one.reason,
        "closed": one.closed_at is not None,
        "lines": [
            {
                "position": line.line.position,
                "quantity": plain(line.quantity),
                "received": plain(sum((receipt.quantity for receipt in line.receipts.all()), Decimal(0))),
            }
            for line in one.lines.all()
        ],
    }
