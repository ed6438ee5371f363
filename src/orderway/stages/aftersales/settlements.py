"""What a customer gets for what went wrong: credit notes on request, and goods sent again.

Caps are judged under the lock of the order, over all paths (RULES 12): a credit for pieces, an allowance and a resolved return share them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from orderway.engine.program import Program
from orderway.engine.refusals import Refusal
from orderway.orders import corrections, exposure, line_ledger
from orderway.orders.actor import Actor
from orderway.orders.corrections import Fault
from orderway.orders.models import ExposureMove, LineMove
from orderway.orders.session import Entrance, Work, door
from orderway.stages.aftersales import crediting, queries, rules
from orderway.stages.aftersales.models import Replacement
from orderway.stages.aftersales.naming import resolvers, wanted_lines
from orderway.stages.aftersales.queries import Line
from orderway.stages.aftersales.rules import Credit
from orderway.stages.invoicing import actions as invoicing
from orderway.stages.invoicing import money
from orderway.stages.invoicing.money import ZERO
from orderway.stages.invoicing.queries import heads, seller, standing
from orderway.stages.stock import actions as stock


@dataclass(frozen=True, slots=True)
class Wish:
    """What to credit on an order, by position: pieces (their part of what was charged) or amounts alone (an allowance).

    `fault`: the error that is made good by it; it comes to light in the stage that complaints open.
    """

    order: str
    pieces: Mapping[int, Decimal] = field(default_factory=dict)
    amounts: Mapping[int, Decimal] = field(default_factory=dict)
    text: str = ""
    fault: Fault | None = None


def credit(wishes: Sequence[Wish], *, actor: Actor, now: datetime) -> tuple[Mapping[str, str], Mapping[str, Refusal]]:
    """Issue a credit note per order: gives its number by order, and refusals. An order is named once."""
    entrance = Entrance("aftersales.credit", "credit.issue", None, resolvers)
    by_order = {wish.order: wish for wish in wishes}
    with door(sorted(by_order), entrance, actor=actor, now=now) as work:
        lines = queries.lines(work.order_ids)
        steps = {order: money.minor_unit(head.currency) for order, head in heads(work.order_ids).items()}
        drafts: list[crediting.Draft] = []
        for place in work.places:
            order_id = work.opened(place).order.id
            try:
                _check_fault(work.opened(place).program, by_order[place].fault)
                drafts.append(_draft(by_order[place], order_id, lines[order_id], steps[order_id]))
            except Refusal as refusal:
                work.refuse(place, refusal)
        issued = crediting.issue(drafts, actor=actor, now=now)
        work.also(*issued.writes, *corrections.writes(_faults(work, by_order), actor=actor.key, now=now))
        numbers = {place: issued.numbers[order.id] for place, order in work.orders.items()}
        for place in numbers:
            work.record(place, ["order.credited"])
    return numbers, work.refused


def _check_fault(program: Program, fault: Fault | None) -> None:
    misfit = corrections.misfit(program, fault) if fault else None
    if misfit is not None:
        raise misfit


def _faults(work: Work, wishes: Mapping[str, Wish]) -> Iterator[tuple[int, str, Fault]]:
    for place in work.places:
        opened, fault = work.opened(place), wishes[place].fault
        rule = opened.program.standard.exceptions.complaint
        if fault is not None:
            yield opened.order.id, rule.opens if rule else "", fault


def _draft(wish: Wish, order_id: int, lines: Sequence[Line], step: Decimal) -> crediting.Draft:
    by_position = wanted_lines(lines, {**dict.fromkeys(wish.pieces, ZERO), **dict.fromkeys(wish.amounts, ZERO)})
    credits = [(line, _credit(wish, line, step)) for line, _ in by_position]
    if not any(one.amount for _, one in credits):
        raise rules.NothingToCredit(lines=[line.position for line, _ in credits])
    return crediting.Draft(order_id, "return" if wish.pieces else "allowance", credits, wish.text)


def _credit(wish: Wish, line: Line, step: Decimal) -> Credit:
    pieces, amount = wish.pieces.get(line.position), wish.amounts.get(line.position)
    if pieces is not None and amount is not None:
        raise rules.PiecesAndAmount(field="lines", position=line.position)
    if pieces is not None:
        return rules.return_credit(line.facts, rules.check_pieces(line.facts, pieces), step)
    return rules.allowance_credit(line.facts, money.HALF_UP(amount or ZERO, step))


def replace_goods(
    number: str, quantities: Mapping[int, Decimal], *, reason: str = "", warehouse_id: int | None = None, actor: Actor, now: datetime
) -> None:
    """Send goods again for what came back (quantity by position), from stock. Pieces credited meanwhile are billed anew.

    Refused by exception: more than came back, or not enough free stock.
    """
    with door([number], Entrance("aftersales.replace", "return.receive", None, resolvers), actor=actor, now=now) as work:
        for refusal in work.refused.values():
            raise refusal
        lines = queries.lines(work.order_ids)[work.opened(number).order.id]
        wanted = [(line, rules.check_replacement(line.facts, quantity)) for line, quantity in wanted_lines(lines, quantities)]
        _ship(number, wanted, warehouse_id, actor=actor, now=now)
        moves = [line_ledger.Booking(line.id, LineMove.Kind.REPLACED, quantity, place=number) for line, quantity in wanted]
        line_ledger.book(moves, now=now)
        Replacement.objects.bulk_create(
            Replacement(line_id=line.id, quantity=quantity, reason=reason[:200], shipped_by=actor.key, shipped_at=now)
            for line, quantity in wanted
        )
        _bill(work, number)
        work.record(number, ["order.replaced"])


def _ship(number: str, wanted: Sequence[tuple[Line, Decimal]], warehouse_id: int | None, *, actor: Actor, now: datetime) -> None:
    needs = [stock.Need(line.id, line.item_id, quantity, warehouse_id=warehouse_id) for line, quantity in wanted if line.stocked]
    got = stock.reserve_for(needs, actor=actor, now=now)
    short = {need.item_id for need in needs if got.get(need, ZERO) < need.quantity}
    if short:
        raise stock.NotEnoughStock(items=[line.sku for line, _ in wanted if line.item_id in short])
    stock.ship_reserved([stock.Draw(need.line_id, need.quantity, place=number) for need in needs], actor=actor, now=now)
    services = [(line, quantity) for line, quantity in wanted if not line.stocked]
    line_ledger.book([line_ledger.Booking(line.id, LineMove.Kind.SHIPPED, quantity, place=number) for line, quantity in services], now=now)


def _bill(work: Work, number: str) -> None:
    """What was credited as returned and is delivered again is owed again: net delivered less net invoiced (RULES 10)."""
    us, order_id = seller(), work.opened(number).order.id
    bills = invoicing.bills_of({number: order_id}, standing([order_id]), us)
    issued = invoicing.write(bills, us, actor=work.actor, now=work.now)
    work.also(*issued.writes)
    owed = [
        exposure.Amount(bill.order.customer_id, kind, bill.totals.gross, order_id, number)
        for bill in bills
        for kind in (ExposureMove.Kind.CONFIRMED, ExposureMove.Kind.DELIVERED)
    ]
    work.also(*exposure.writes(owed, now=work.now))
