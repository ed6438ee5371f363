"""From what a customer wants to a change of the order: items and prices looked up, lines matched; proposals accepted or rejected.

The change itself is `orders.changes`; the form, the API and proposals that came with a file or a second time come through here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, cast

from django.db import transaction
from django.db.models import QuerySet

from orderway.engine.refusals import ReasonRequired, Refusal
from orderway.orders import changes
from orderway.orders.actor import Actor
from orderway.orders.models import Order
from orderway.orders.ordered import LinePart, NewLine, OrderChange
from orderway.orders.stages import Waiting
from orderway.stages.capture import actions, queries, rules
from orderway.stages.capture.actions import DraftRefused
from orderway.stages.capture.models import AmendmentProposal
from orderway.stages.capture.rules import LineDraft, LineEdit, LineNow, Masters, OrderEdit, PartEdit

WAITING = AmendmentProposal.State.WAITING


def change_of(order: Order, edit: OrderEdit, *, moved: Sequence[PartEdit] = (), now: datetime) -> OrderChange:
    """The change that an edit by positions and item numbers means; raises DraftRefused with everything that is wrong.

    `moved`: parts of lines that are wanted on another day.
    """
    lines = queries.lines_now([order.pk])[order.pk]
    customer = order.customer.key
    masters = queries.masters_of([customer], [line.sku for line in edit.added], standards=(), now=now)
    problems = [*rules.edit_problems(edit, lines, customer, masters), *rules.part_problems(moved, lines)]
    if problems:
        raise DraftRefused(problems=problems)
    named = [(lines[each.position].id, each) for each in edit.lines]
    return OrderChange(
        quantities={line: each.quantity for line, each in named if each.quantity is not None},
        requested_on=edit.requested_on,
        dates={line: each.requested_on for line, each in named if each.requested_on is not None},
        prices={line: each.unit_price for line, each in named if each.unit_price is not None},
        discounts={line: each.discount_percent for line, each in named if each.discount_percent is not None},
        added=tuple(_new_line(line, customer, masters, edit.requested_on or order.requested_on) for line in edit.added),
        discount_percent=edit.discount_percent,
        moved=tuple(LinePart(lines[each.position].id, each.quantity, each.requested_on) for each in moved),
    )


def _new_line(line: LineDraft, customer: str, masters: Masters, requested_on: date | None) -> NewLine:
    item, price = masters.items[line.sku], rules.price_of(line, masters.customers[customer], masters)
    assert price is not None, "a line without a price is a problem"
    return NewLine(item.id, line.sku, line.quantity, price, line.discount_percent, item.tax_rate, line.requested_on or requested_on)


# --- proposals ------------------------------------------------------------------------------------------------------------------


def waiting(order_ids: Sequence[int]) -> Mapping[int, Waiting]:
    """The oldest proposal of each order that waits for a decision."""
    rows = AmendmentProposal.objects.filter(order_id__in=order_ids, state=WAITING).order_by("-pk")
    return {order: Waiting(by, at) for order, by, at in rows.values_list("order_id", "proposed_by", "proposed_at")}


def proposals() -> QuerySet[AmendmentProposal]:
    """All proposals that wait, oldest first."""
    return AmendmentProposal.objects.filter(state=WAITING).select_related("order__customer").order_by("pk")


def edit_of(proposal: AmendmentProposal) -> OrderEdit:
    """What would have to be edited so that the order says what came: lines are matched by item, in their sequence.

    A line that came without a price keeps the agreed one (RULES 43); a line that did not come again is taken off.
    """
    draft = cast("dict[str, Any]", proposal.draft)
    lines = queries.lines_now([proposal.order_id])[proposal.order_id]
    standing = [line for line in lines.values() if line.wanted]
    edits: list[LineEdit] = []
    added: list[LineDraft] = []
    for came in draft["lines"]:
        line = next((each for each in standing if each.sku == came["sku"]), None)
        if line is None:
            added.append(_came(came))
        else:
            standing.remove(line)
            edits += _line_edits(line, _came(came))
    edits += [LineEdit(line.position, quantity=Decimal(0)) for line in standing]
    requested, discount = _day(draft["requested_on"]), Decimal(draft["discount_percent"])
    head = Order.objects.only("requested_on", "discount_percent").get(pk=proposal.order_id)
    return OrderEdit(
        lines=tuple(edits),
        added=tuple(added),
        discount_percent=discount if discount != head.discount_percent else None,
        requested_on=requested if requested != head.requested_on else None,
    )


def _came(line: Mapping[str, Any]) -> LineDraft:
    price = line["unit_price"]
    terms = (None if price is None else Decimal(price), Decimal(line["discount_percent"]), _day(line["requested_on"]))
    return LineDraft(line["sku"], Decimal(line["quantity"]), *terms)


def _line_edits(line: LineNow, came: LineDraft) -> Iterator[LineEdit]:
    edit = LineEdit(
        line.position,
        quantity=came.quantity if came.quantity != line.wanted else None,
        unit_price=came.unit_price if came.unit_price not in (None, line.unit_price) else None,
        discount_percent=came.discount_percent if came.discount_percent != line.discount_percent else None,
        requested_on=came.requested_on if came.requested_on not in (None, line.requested_on) else None,
    )
    if edit != LineEdit(line.position):
        yield edit


def accept(proposal_id: int, *, reason: str, seen: str = "", actor: Actor, now: datetime) -> Refusal | None:
    """Change the order into what came, and say so on the proposal: both or neither. Gives the refusal, or None.

    Raises ProposalSettled or DraftRefused.
    """
    proposal = AmendmentProposal.objects.select_related("order__customer").get(pk=proposal_id)
    number = proposal.order.number
    wish = change_of(proposal.order, edit_of(proposal), now=now)
    with transaction.atomic():
        refused = changes.change(
            {number: wish},
            reason=reason,
            requested_by=f"{proposal.channel}: {proposal.proposed_by}",
            seen={number: seen},
            settles=True,
            actor=actor,
            now=now,
        )
        if not refused:
            actions.settle_proposal(proposal_id, AmendmentProposal.State.APPLIED, reason=reason, actor=actor, now=now)
    return refused.get(number)


def reject(proposal_id: int, *, reason: str, actor: Actor, now: datetime) -> None:
    """Leave the order as it is and say why; raises ReasonRequired, ProposalSettled or the refusal of the door."""
    if not reason.strip():
        raise ReasonRequired
    actions.settle_proposal(proposal_id, AmendmentProposal.State.DISMISSED, reason=reason, actor=actor, now=now)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
