"""How much may come back and how much may be credited: limits that cumulate over all paths.

Pure: facts in, verdict out. `actions` locks the lines first, so that two paths cannot both take the last of a limit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from orderway.engine.refusals import Mistake, Refusal
from orderway.stages.invoicing.money import HALF_UP, ZERO, Rounding, next_part

Reason = Literal["return", "allowance"]


class MoreThanDelivered(Refusal):
    """A return of more than was delivered and has not come back."""

    code = "more_than_delivered"
    message = "{wanted} cannot come back on line {position}: {delivered} were delivered and {returned} are returned or announced already."
    remedy = "Announce at most {left}."


class MoreThanAnnounced(Refusal):
    """More arrived than was announced."""

    code = "more_than_announced"
    message = "{wanted} arrived on line {position}, but only {left} are announced and have not arrived."
    remedy = "Announce a further return for the rest."


class NotShippedYet(Refusal):
    """Goods cannot come back before they left."""

    code = "not_shipped_yet"
    message = "Line {position} has shipped {shipped}, so {wanted} cannot have come back."
    remedy = "The announced return is booked by itself once the line is shipped."


class CreditAboveCap(Refusal):
    """A credit of more than is invoiced and not credited yet."""

    code = "credit_above_cap"
    message = "{wanted} is more than can be credited on line {position}: {invoiced} invoiced, {credited} credited already."
    remedy = "Credit at most {left}."


class QuantityAboveCap(Refusal):
    """A credit for more pieces than are invoiced and not credited yet."""

    code = "credit_quantity_above_cap"
    message = "{wanted} pieces cannot be credited on line {position}: {invoiced} invoiced, {credited} credited already."
    remedy = "Credit at most {left}."


class PiecesNotReturned(Refusal):
    """A credit for pieces that the customer keeps: they would be billed again at once."""

    code = "pieces_not_returned"
    message = "{wanted} pieces cannot be credited on line {position}: {left} came back that are invoiced and not credited."
    remedy = "Receive the return first, or give an allowance for goods that the customer keeps."


class NothingToCredit(Refusal):
    """A credit note that would be about nothing."""

    code = "nothing_to_credit"
    message = "Nothing invoiced on {lines} is left to credit."
    remedy = "Invoice the delivery first, or look at the credit notes that exist."


class MoreThanReturned(Refusal):
    """A replacement of more than came back."""

    code = "more_than_returned"
    message = "{wanted} cannot be replaced on line {position}: {returned} came back and {replaced} were replaced already."
    remedy = "Replace at most {left}, or place a new order."


class RedLetterRefused(Refusal):
    """A partial red invoice outside of what the tax office allows."""

    code = "red_letter_refused"
    message = "This invoice cannot be turned red in part: {why}."
    remedy = "Issue a full red invoice, or wait until the buyer has confirmed."


class QuantityNotPositive(Mistake):
    """A quantity or amount that is zero or less."""

    code = "quantity_not_positive"
    message = "{field} must be more than zero."
    remedy = "Leave out lines of which nothing comes."


class PiecesAndAmount(Mistake):
    """A line credited by pieces and by amount at once."""

    code = "pieces_and_amount"
    message = "Line {position} is named with pieces and with an amount."
    remedy = "Credit the pieces, or give an allowance; not both in one credit note."


class ReturnEmpty(Mistake):
    """A return, credit note or replacement without a line."""

    code = "no_lines"
    message = "No line is named."
    remedy = "Name at least one line and how many."


@dataclass(frozen=True, slots=True)
class LineFacts:
    """What stands of an order line, under lock. `announced`: returns that have not arrived. Amounts as the invoices charged them."""

    line_id: int
    position: int
    ordered: Decimal = ZERO
    cancelled: Decimal = ZERO
    shipped: Decimal = ZERO
    returned: Decimal = ZERO
    replaced: Decimal = ZERO
    announced: Decimal = ZERO
    invoiced: Decimal = ZERO
    credited: Decimal = ZERO
    invoiced_amount: Decimal = ZERO
    credited_amount: Decimal = ZERO
    credited_by_quantity: Decimal = ZERO  # the part of `credited_amount` that credited pieces took


@dataclass(frozen=True, slots=True)
class Credit:
    """A line of a credit note: pieces and the amount for them, or an amount alone (allowance)."""

    line_id: int
    quantity: Decimal
    amount: Decimal


def check_return(line: LineFacts, quantity: Decimal, *, before_shipping: bool = False) -> Decimal:
    """The quantity, if it may be announced: all returns of a line together never exceed what was delivered (RULES 14).

    `before_shipping`: an imported return may be announced against what is ordered; it arrives only after the line has shipped.
    """
    if quantity <= ZERO:
        raise QuantityNotPositive(field="quantity")
    delivered = max(line.shipped, line.ordered - line.cancelled) if before_shipping else line.shipped
    left = max(ZERO, delivered - line.returned - line.announced)
    if quantity > left:
        back = line.returned + line.announced
        raise MoreThanDelivered(wanted=quantity, position=line.position, delivered=delivered, returned=back, left=left)
    return quantity


def check_arrival(line: LineFacts, quantity: Decimal, announced: Decimal) -> Decimal:
    """The quantity, if it may be received against a return of which `announced` has not arrived."""
    if quantity <= ZERO:
        raise QuantityNotPositive(field="quantity")
    if quantity > announced:
        raise MoreThanAnnounced(wanted=quantity, position=line.position, left=announced)
    if quantity > line.shipped - line.returned:
        raise NotShippedYet(position=line.position, shipped=line.shipped, wanted=quantity)
    return quantity


def arrived(line: LineFacts, announced: Decimal) -> bool:
    """Whether goods announced as coming back can be booked: the line has shipped them."""
    return line.shipped - line.returned >= announced


def check_replacement(line: LineFacts, quantity: Decimal) -> Decimal:
    """The quantity, if so much came back and was not replaced."""
    if quantity <= ZERO:
        raise QuantityNotPositive(field="quantity")
    left = max(ZERO, line.returned - line.replaced)
    if quantity > left:
        raise MoreThanReturned(wanted=quantity, position=line.position, returned=line.returned, replaced=line.replaced, left=left)
    return quantity


def return_credit(line: LineFacts, quantity: Decimal, step: Decimal, rounding: Rounding = HALF_UP) -> Credit:
    """The credit for pieces: their part of what the invoices charged, at most what no other credit took (RULES 12).

    Zero pieces are credited with zero, not with the price of the line (RULES 13).
    """
    left = line.invoiced - line.credited
    if quantity > left:
        raise QuantityAboveCap(
            wanted=quantity, position=line.position, invoiced=line.invoiced, credited=line.credited, left=max(ZERO, left)
        )
    if quantity == ZERO:
        return Credit(line.line_id, ZERO, ZERO)
    part = next_part(line.invoiced_amount, line.invoiced, line.credited, quantity, line.credited_by_quantity, step, rounding)
    return Credit(line.line_id, quantity, min(part, line.invoiced_amount - line.credited_amount))


def allowance_credit(line: LineFacts, amount: Decimal) -> Credit:
    """The credit of an amount without pieces, if no other credit took it. It moves no quantity, so billing stays closed (RULES 11)."""
    if amount <= ZERO:
        raise QuantityNotPositive(field="amount")
    left = line.invoiced_amount - line.credited_amount
    if amount > left:
        raise CreditAboveCap(
            wanted=amount, position=line.position, invoiced=line.invoiced_amount, credited=line.credited_amount, left=max(ZERO, left)
        )
    return Credit(line.line_id, ZERO, amount)


def creditable(line: LineFacts) -> Decimal:
    """How many returned pieces are invoiced and not credited: net invoiced beyond net delivered."""
    return max(ZERO, min(line.invoiced - line.credited, (line.invoiced - line.credited) - (line.shipped - line.returned)))


def finished(line: LineFacts) -> bool:
    """Whether nothing is left of the line to ship or to bill."""
    shipped_all = line.shipped - line.replaced >= line.ordered - line.cancelled
    return shipped_all and (line.shipped - line.returned) <= (line.invoiced - line.credited)


def check_pieces(line: LineFacts, quantity: Decimal) -> Decimal:
    """The quantity, if so many invoiced pieces came back: crediting goods that the customer keeps would re-open billing (RULES 10, 11)."""
    if quantity > line.invoiced - line.credited:
        raise QuantityAboveCap(
            wanted=quantity,
            position=line.position,
            invoiced=line.invoiced,
            credited=line.credited,
            left=max(ZERO, line.invoiced - line.credited),
        )
    if quantity > creditable(line):
        raise PiecesNotReturned(wanted=quantity, position=line.position, left=creditable(line))
    return quantity


def check_red_letter(reason: Reason, *, partial: bool, buyer_confirmed: bool, amount: Decimal, left: Decimal) -> Decimal:
    """The amount of a red invoice (数电发票 红字), if the tax office takes it (RULES 50).

    A part of an invoice only after the buyer has confirmed its use or booking and only for a return or an allowance; in sum never
    more than what of the invoice is still blue.
    """
    if amount > left:
        raise RedLetterRefused(why=f"{left} of it can still be turned red, not {amount}")
    if partial and not buyer_confirmed:
        raise RedLetterRefused(why="the buyer has not confirmed its use or booking")
    if partial and reason not in ("return", "allowance"):
        raise RedLetterRefused(why="only a return or an allowance allows it")
    return amount


def by_invoice(amount: Decimal, open_by_invoice: Mapping[int, Decimal], order: Sequence[int]) -> dict[int, Decimal]:
    """How a credit is set against the open invoices it corrects, in this order; what nothing is open for stays with the customer."""
    taken: dict[int, Decimal] = {}
    for invoice in order:
        part = min(amount, open_by_invoice[invoice])
        if part > ZERO:
            taken[invoice] = part
            amount -= part
    return taken
