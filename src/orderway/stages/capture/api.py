"""The routes of capture: place one order or many. Judges nothing; the act does, draft by draft."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Sequence
from typing import Annotated, Any

from django.http import HttpRequest
from pydantic import AfterValidator, Discriminator, RootModel, StringConstraints, Tag

from orderway.engine.refusals import Mistake
from orderway.orders.routes import ActInput, Asked, Body, Done, Routes, Shown, caller_of
from orderway.orders.routes.fields import Day, Exact, Id, Line, Moment, Reference, Text, Word
from orderway.orders.routes.inputs import with_evidence
from orderway.orders.routes.problems import Problem, problem_of, status_of
from orderway.stages.capture import actions
from orderway.stages.capture.actions import Outcome
from orderway.stages.capture.rules import ZERO, Attachment, LineDraft, OrderDraft

MOST_ORDERS = 1_000
LONGEST_FILE = 7_000_000  # characters of base64: five megabytes, as much as a request may have


def _bytes(text: str) -> str:
    try:
        base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError("the content is no base64") from error
    return text


Base64 = Annotated[
    str,
    StringConstraints(max_length=LONGEST_FILE, pattern=r"^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$"),
    AfterValidator(_bytes),
]
MediaType = Annotated[str, StringConstraints(pattern=r"^[a-z]{1,20}/[a-z0-9.+-]{1,70}$")]


class PaperIn(Body):
    """A paper that comes along."""

    kind: Id = Asked("Which document of the standard it is, such as customer_po.")
    name: Word = Asked("Its file name.")
    media_type: MediaType = Asked("Its media type.", "application/pdf")
    content: Base64 = Asked("The file in base64, at most five megabytes.")


class LineIn(Body):
    """A line that the customer wants."""

    sku: Word = Asked("The item's number.")
    quantity: Exact = Asked("How much, in the item's unit: above zero, at most six decimals.")
    unit_price: Exact | None = Asked("The agreed price of one unit without tax; without it the price list decides.", None)
    discount_percent: Exact | None = Asked("Discount on this line in percent.", None)
    requested_on: Day | None = Asked("The day on which the customer wants this line, if not that of the order.", None)
    reference: Reference = Asked("The caller's own key of the line.", "")


class OrderIn(Body):
    """An order as the customer placed it."""

    customer: Word = Asked("The customer's key.")
    lines: list[LineIn] = Asked("What is ordered.", max_length=10_000)
    customer_po: Word = Asked("The customer's own order number. The same number with the same content is the same order.", "")
    channel: Annotated[str, StringConstraints(pattern=r"^[a-z0-9_-]{1,32}$")] = Asked(
        "By which way the order came: part of its natural key.", "api"
    )
    standard: Word = Asked("The id of the standard that the order runs on; may be left out if only one is in force.", "")
    currency: Annotated[str, StringConstraints(pattern=r"^([A-Z]{3})?$")] = Asked(
        "The currency of the prices; the customer's if left out.", ""
    )
    ordered_at: Moment | None = Asked("When the customer ordered; now if left out.", None)
    requested_on: Day | None = Asked("The day on which the customer wants the goods.", None)
    discount_percent: Exact | None = Asked("Discount on the whole order in percent.", None)
    note: Text = Asked("What else the customer said.", "")
    evidence: dict[Id, Line] = Asked("What proves steps of the first stage, by step id: yes for a tick, digits, or a choice.", {})
    attachments: list[PaperIn] = Asked("Papers that came with the order.", [], max_length=20)


class OrdersIn(RootModel[Any]):
    """One order, or a list of up to 1,000."""

    root: Annotated[
        Annotated[OrderIn, Tag("<one>")] | Annotated[list[OrderIn], Asked("Orders.", max_length=MOST_ORDERS, min_length=1), Tag("<many>")],
        Discriminator(lambda value: "<many>" if isinstance(value, list) else "<one>"),
    ] = Asked("One order, or a list of up to 1,000.")


class PlacedOut(Shown):
    """What became of one order."""

    state: str = Asked(
        "placed; unchanged (it was there already); amendment (its number is known with another content: kept as a proposal); refused."
    )
    number: str = Asked("The order's number; empty if it was refused.")
    problem: Problem | None = Asked("Why it was not placed.", None)


class ManyPlacedOut(Shown):
    """What became of many orders, in their sequence."""

    results: list[PlacedOut] = Asked("One result per order that was sent.")


class TooEarlyToSay(Mistake):
    """An order that lies in the future."""

    code = "ordered_in_the_future"
    message = "The order was placed at {at}, which has not come yet."
    remedy = "Check the moment and its zone, or leave it out."


routes = Routes(tags=["orders"])
ACTS = (ActInput(actions.ACT, with_evidence(actions.enter)),)


@routes.acts("/orders", right="order.place", gives=PlacedOut | ManyPlacedOut, status=201, summary="Place one order or many")
def place(request: HttpRequest, orders: OrdersIn) -> Done:
    """One order answers 201 (200 if it was there already) or with its problem; a list answers 200 with a result for each.

    An order of a list that is refused does not disturb the others.
    """
    caller = caller_of(request)
    sent: Sequence[OrderIn] = orders.root if isinstance(orders.root, list) else [orders.root]
    drafts = [_draft(order) for order in sent]
    late = next((draft.ordered_at for draft in drafts if draft.ordered_at is not None and draft.ordered_at > caller.now), None)
    if late is not None:
        raise TooEarlyToSay(field="ordered_at", at=late.isoformat())
    outcomes = actions.place(drafts, actor=caller.actor, now=caller.now)
    numbers = [outcome.number for outcome in outcomes if outcome.state == "placed"]
    if isinstance(orders.root, list):
        return Done({"results": [_shown(outcome) for outcome in outcomes]}, 200, numbers)
    (outcome,) = outcomes
    if outcome.refusal is not None:
        return Done(problem_of(outcome.refusal).model_dump(), status_of(outcome.refusal))
    return Done(_shown(outcome), 201 if outcome.state == "placed" else 200, numbers)


def _draft(order: OrderIn) -> OrderDraft:
    return OrderDraft(
        customer=order.customer,
        lines=tuple(_line(line) for line in order.lines),
        channel=order.channel,
        customer_po=order.customer_po,
        standard=order.standard,
        currency=order.currency,
        ordered_at=order.ordered_at,
        requested_on=order.requested_on,
        discount_percent=order.discount_percent or ZERO,
        note=order.note,
        evidence=order.evidence,
        attachments=tuple(papers_of(order.attachments)),
    )


def _line(line: LineIn) -> LineDraft:
    return LineDraft(
        sku=line.sku,
        quantity=line.quantity,
        unit_price=line.unit_price,
        discount_percent=line.discount_percent or ZERO,
        requested_on=line.requested_on,
        reference=line.reference,
    )


def papers_of(papers: Iterable[PaperIn]) -> Iterable[Attachment]:
    """The papers as the acts take them."""
    return (Attachment(paper.kind, paper.name, paper.media_type, base64.b64decode(paper.content)) for paper in papers)


def _shown(outcome: Outcome) -> dict[str, object]:
    problem = problem_of(outcome.refusal).model_dump() if outcome.refusal is not None else None
    return {"state": outcome.state, "number": outcome.number, "problem": problem}
