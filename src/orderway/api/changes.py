"""The routes that change orders: preview, change, cancel, divide, and the documents of what was changed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from ninja import Query

from orderway.api import queries
from orderway.api.doing import FaultIn
from orderway.engine.case import Case
from orderway.engine.refusals import Refusal
from orderway.orders import as_ordered, blast_radius, changes, dividing
from orderway.orders.as_ordered import Stood
from orderway.orders.blast_radius import Preview
from orderway.orders.dividing import Division
from orderway.orders.models import Amendment, Order
from orderway.orders.ordered import OrderChange, Ordered, by_position
from orderway.orders.refusals import OrderUnknown
from orderway.orders.routes import Asked, Body, Done, Routes, Shown, caller_of, moment, plain
from orderway.orders.routes.fields import ORDER_NUMBER, POSITIVE, Day, Exact, Line, Reference, Word
from orderway.orders.routes.paging import Page, Wanted, page_of
from orderway.orders.routes.problems import Problem, problem_of
from orderway.orders.unfit import NoSuchLine
from orderway.releases.publishing import program_of
from orderway.stages.capture import amending
from orderway.stages.capture.rules import ZERO, LineDraft, LineEdit, OrderEdit, PartEdit

routes = Routes(tags=["changes"])


# --- what is asked ----------------------------------------------------------------------------------------------------------------


class LineChangeIn(Body):
    """What is to become of a line; what is left out stays."""

    position: int = Asked("The line's number.", **POSITIVE)
    quantity: Exact | None = Asked("How much is wanted in all; 0 takes the line off.", None)
    unit_price: Exact | None = Asked("Another price; without it the agreed one stays.", None)
    discount_percent: Exact | None = Asked("Another discount on the line.", None)
    requested_on: Day | None = Asked("Another day.", None)


class NewLineIn(Body):
    """A line to be added."""

    sku: Word = Asked("The item's number.")
    quantity: Exact = Asked("How much, in the item's unit.")
    unit_price: Exact | None = Asked("The agreed price; without it the price list decides.", None)
    discount_percent: Exact | None = Asked("Discount on this line in percent.", None)
    requested_on: Day | None = Asked("The day, if not that of the order.", None)


class MovedIn(Body):
    """A part of a line that is wanted on another day."""

    position: int = Asked("The line's number.", **POSITIVE)
    quantity: Exact = Asked("How much of what is wanted of the line then.")
    requested_on: Day = Asked("The day.")


class WishIn(Body):
    """What the customer wants otherwise."""

    lines: list[LineChangeIn] = Asked("Lines that change.", [], max_length=10_000)
    added: list[NewLineIn] = Asked("Lines to be added.", [], max_length=1_000)
    moved: list[MovedIn] = Asked("Parts of lines for another day; each becomes a line of its own at the same terms.", [], max_length=1_000)
    requested_on: Day | None = Asked("Another day for the whole order.", None)
    discount_percent: Exact | None = Asked("Another discount on the whole order.", None)


class WhyIn(Body):
    """Why, and on what it was decided."""

    reason: Line = Asked("Why, in a sentence.", "")
    requested_by: Reference = Asked("Who wants it, in their words.", "")
    seen: Reference = Asked("The stamp of the preview that it was decided on: refused if the order has moved since.", "")


class ChangeIn(WishIn, WhyIn):
    """A change."""

    error: FaultIn | None = Asked("Which error of ours it corrects, if it is one.", None)


class PartIn(Body):
    """So much of a line."""

    position: int = Asked("The line's number.", **POSITIVE)
    quantity: Exact = Asked("How much of it.")


class CancelWhatIn(Body):
    """What is cancelled."""

    lines: list[PartIn] | None = Asked("So much of these lines; all that is open if left out.", None, max_length=10_000)


class CancelIn(CancelWhatIn, WhyIn):
    """A cancellation."""


class DivideWhatIn(Body):
    """What becomes an order of its own."""

    lines: list[PartIn] = Asked("So much of these lines.", min_length=1, max_length=10_000)
    requested_on: Day | None = Asked("The day on which the customer wants the part; as before if left out.", None)


class DivideIn(DivideWhatIn, WhyIn):
    """A division."""


# --- what is shown ----------------------------------------------------------------------------------------------------------------


class DifferenceOut(Shown):
    """One value that changes."""

    position: int = Asked("The line's number; 0 for the whole order.")
    sku: str = Asked("The item's number.")
    what: str = Asked("quantity, price, discount, requested, added or part (of the line `before`).")
    before: str = Asked("What it was.")
    after: str = Asked("What it becomes.")


class ConsequenceOut(Shown):
    """One thing that is touched."""

    act: str = Asked("The act whose doing is touched.")
    text: str = Asked("What is touched, in a sentence.")
    position: int = Asked("The order's line; 0 if it belongs to none.")
    quantity: str = Asked("How much of it.")
    amount: str = Asked("What that is worth, net; the document's own money for purchase orders and invoices.")
    reference: str = Asked("The document's number.")
    reversible: bool = Asked("Whether it is taken back by the act; if not, its owner gets a task.")
    owner: str = Asked("The role that gets the task.")


class PreviewOut(Shown):
    """What would happen; nothing is written."""

    possible: bool = Asked("Whether the act would be done.")
    problem: Problem | None = Asked("Why it would not.", None)
    seen: str = Asked("The stamp to send along with the act.")
    differences: list[DifferenceOut] = Asked("What would be different.")
    consequences: list[ConsequenceOut] = Asked("What it would touch.")
    goes_back_to: list[str] = Asked("Stages that open again.")
    withdrawn: list[str] = Asked("Stages that close unfinished.")
    voided_signatures: int = Asked("Signatures that are asked anew.")
    total_before: str = Asked("The order's total now.")
    total_after: str = Asked("The order's total then.")
    gross_after: str = Asked("The same with tax.")
    credit_left: str | None = Asked("What the customer may owe for this order, where it grows and there is a limit.")


class AmendmentOut(Shown):
    """A change as a document."""

    revision: int | None = Asked("Its number within the order; none if it was refused because it met another.")
    kind: str = Asked("change, cancel, part or divide.")
    reason: str = Asked("Why.")
    requested_by: str = Asked("Who wanted it.")
    made_by: str = Asked("Who did it.")
    made_at: datetime = Asked("When.")
    differences: list[DifferenceOut] = Asked("What became different.")
    total_before: str = Asked("The order's total before.")
    total_after: str = Asked("The order's total afterwards.")
    met: str = Asked("Who had been there first, where it was refused.")
    refused_because: str = Asked("Why it was refused.")
    other: str = Asked("The order that was divided off, or that this one was divided from.")


class AmendmentsOut(Page):
    """A page of changes."""

    rows: list[AmendmentOut] = Asked("The changes, newest first.")


class ChangedOut(Shown):
    """An order that was changed."""

    number: str = Asked("The order's number.")


class DividedOut(Shown):
    """An order that was divided."""

    number: str = Asked("The order's number.")
    part: str = Asked("The number of the new order.")


# --- change -----------------------------------------------------------------------------------------------------------------------


@routes.acts("/orders/{number}/change/preview", right="order.read", gives=PreviewOut, summary="What a change would touch")
def preview_change(request: HttpRequest, wish: WishIn, number: str = ORDER_NUMBER) -> Done:
    """Every reservation, supply order, delivery, parcel and invoice with its money, before anything is changed."""
    order = _found(number)
    return _preview(blast_radius.of_change(order, _wanted(order, wish, caller_of(request).now)))


@routes.acts("/orders/{number}/change", right="order.change", gives=ChangedOut, summary="Change an order")
def change(request: HttpRequest, change: ChangeIn, number: str = ORDER_NUMBER) -> Done:
    """What has not passed the stage named in the standard goes back; signatures are void; what is not needed any more is taken back."""
    caller = caller_of(request)
    wish = _wanted(_found(number), change, caller.now)
    fault = change.error.fault(change.reason) if change.error else None
    refused = changes.change({number: wish}, **_why(change, number), fault=fault, actor=caller.actor, now=caller.now)
    return done(number, refused)


def _wanted(order: Order, wish: WishIn, now: datetime) -> OrderChange:
    edit = OrderEdit(
        lines=tuple(LineEdit(one.position, one.quantity, one.unit_price, one.discount_percent, one.requested_on) for one in wish.lines),
        added=tuple(LineDraft(one.sku, one.quantity, one.unit_price, one.discount_percent or ZERO, one.requested_on) for one in wish.added),
        discount_percent=wish.discount_percent,
        requested_on=wish.requested_on,
    )
    moved = [PartEdit(one.position, one.quantity, one.requested_on) for one in wish.moved]
    return amending.change_of(order, edit, moved=moved, now=now)


# --- cancel -----------------------------------------------------------------------------------------------------------------------


@routes.acts("/orders/{number}/cancel/preview", right="order.read", gives=PreviewOut, summary="What a cancellation would touch")
def preview_cancel(request: HttpRequest, what: CancelWhatIn, number: str = ORDER_NUMBER) -> Done:
    """The same for a cancellation of the order or of a part of it."""
    order = _found(number)
    return _preview(blast_radius.of_cancel(order, None if what.lines is None else _quantities(order, what.lines)))


@routes.acts("/orders/{number}/cancel", right="order.cancel", gives=ChangedOut, summary="Cancel an order, or a part of it")
def cancel(request: HttpRequest, what: CancelIn, number: str = ORDER_NUMBER) -> Done:
    """Cancel what is open of it, or so much of its lines; what has passed runs to its end."""
    caller = caller_of(request)
    lines = None if what.lines is None else {number: _quantities(_found(number), what.lines)}
    refused = changes.cancel([number], lines=lines, **_why(what, number), actor=caller.actor, now=caller.now)
    return done(number, refused)


# --- divide -----------------------------------------------------------------------------------------------------------------------


@routes.acts("/orders/{number}/divide/preview", right="order.read", gives=PreviewOut, summary="What a division would touch")
def preview_divide(request: HttpRequest, what: DivideWhatIn, number: str = ORDER_NUMBER) -> Done:
    """The same for a division."""
    order = _found(number)
    return _preview(dividing.of_division(order, _division(order, what)))


@routes.acts("/orders/{number}/divide", right="order.change", gives=DividedOut, summary="Divide an order")
def divide(request: HttpRequest, what: DivideIn, number: str = ORDER_NUMBER) -> Done:
    """So much of its lines becomes an order of its own, under the same standard, prices and eyes; approval limits look at both."""
    caller = caller_of(request)
    division = _division(_found(number), what)
    divided = dividing.divide({number: division}, **_why(what, number), actor=caller.actor, now=caller.now)
    for refusal in divided.refused.values():
        raise refusal
    part = divided.numbers[number]
    return Done({"number": number, "part": part}, orders=[number, part])


def _division(order: Order, what: DivideWhatIn) -> Division:
    return Division(_quantities(order, what.lines), what.requested_on)


# --- documents --------------------------------------------------------------------------------------------------------


@routes.reads("/orders/{number}/amendments", right="order.read", gives=AmendmentsOut, summary="The changes of an order")
def amendments(request: HttpRequest, wanted: Query[Wanted], number: str = ORDER_NUMBER) -> dict[str, object]:
    """Every change with its revision, and what was refused because somebody else had been there."""
    rows = Amendment.objects.filter(order=_found(number)).select_related("other").order_by("-id")
    return page_of(rows, wanted, lambda found: [_amendment_out(row) for row in found])


# --- inside -----------------------------------------------------------------------------------------------------------------------


def _found(number: str) -> Order:
    found = queries.order(number)
    if found is None:
        raise OrderUnknown(number=number)
    return found


def _ordered(order: Order) -> Ordered:
    program = program_of(order.version_id, order.version.content_hash)
    return as_ordered.read([Stood(order.pk, program, Case.from_text(order.case_text))])[order.pk]


def _quantities(order: Order, parts: list[PartIn]) -> dict[int, Decimal]:
    lines = by_position(_ordered(order))
    found: dict[int, Decimal] = {}
    for part in parts:
        if part.position not in lines or lines[part.position].line_id in found:
            raise NoSuchLine(field="lines", line=str(part.position))
        found[lines[part.position].line_id] = part.quantity
    return found


def _why(why: WhyIn, number: str) -> dict[str, Any]:
    return {"reason": why.reason, "requested_by": why.requested_by, "seen": {number: why.seen}}


def done(number: str, refused: Mapping[str, Refusal]) -> Done:
    """The answer of an act on one order; raises what refused it."""
    for refusal in refused.values():
        raise refusal
    return Done({"number": number}, orders=[number])


def _preview(seen: Preview) -> Done:
    positions = {line.line_id: line.position for line in seen.before.lines.values()}
    return Done(
        {
            "possible": seen.refusal is None,
            "problem": problem_of(seen.refusal).model_dump() if seen.refusal else None,
            "seen": seen.stamp,
            "differences": [_difference(one.position, one.sku, one.what, one.before, one.after) for one in seen.differences],
            "consequences": [
                {
                    "act": one.act,
                    "text": one.text,
                    "position": positions.get(one.line_id or 0, 0),
                    "quantity": plain(one.quantity),
                    "amount": f"{one.amount:.2f}",
                    "reference": one.reference,
                    "reversible": one.reversible,
                    "owner": "" if one.reversible else (seen.owners or {}).get(one.act, ""),
                }
                for one in seen.consequences
            ],
            "goes_back_to": list(seen.goes_back_to),
            "withdrawn": list(seen.withdrawn),
            "voided_signatures": seen.voided,
            "total_before": f"{seen.before.head.total:.2f}",
            "total_after": f"{seen.after.total:.2f}",
            "gross_after": f"{seen.after.gross:.2f}",
            "credit_left": f"{seen.credit.left:.2f}" if seen.credit and seen.credit.left is not None else None,
        }
    )


def _difference(position: int, sku: str, what: str, before: str, after: str) -> dict[str, object]:
    return {"position": position, "sku": sku, "what": what, "before": before, "after": after}


def _amendment_out(row: Amendment) -> dict[str, object]:
    return {
        "revision": row.revision,
        "kind": row.kind,
        "reason": row.reason,
        "requested_by": row.requested_by,
        "made_by": row.made_by,
        "made_at": moment(row.made_at),
        "differences": row.differences,
        "total_before": f"{row.total_before:.2f}",
        "total_after": f"{row.total_after:.2f}",
        "met": row.met,
        "refused_because": row.refused_because,
        "other": row.other.number if row.other else "",
    }
