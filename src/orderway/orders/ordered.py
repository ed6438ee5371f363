"""What an order asks for, as a change finds it and as it leaves it: lines, prices, totals, and what cannot be changed any more.

Pure: facts in, verdicts out. `changes` locks, asks and writes; previews and documents read the same figures.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from orderway.engine.refusals import Mistake, Refusal
from orderway.orders.amounts import AMOUNT, amount_of, gross_of, part_of, total_of

ZERO = Decimal(0)
LARGEST_QUANTITY = Decimal(1_000_000)  # as capture: more of one item in one line has been a typing error in every file seen
LARGEST_PRICE = Decimal(100_000_000)
QUANTITY_DECIMALS, PRICE_DECIMALS, PERCENT_DECIMALS = 6, 8, 4  # what the tables keep exactly


class BelowShipped(Mistake):
    """A line cannot become smaller than what has left already."""

    code = "below_shipped"
    message = "Line {line} cannot become {quantity}: {fixed} has left or is on its way."
    remedy = "Enter at least that much, or take it back as a return."


class PriceFixed(Mistake):
    """The price of what has left is agreed and billed."""

    code = "price_fixed"
    message = "The price of line {line} stands: {fixed} of it has left or is on its way at that price."
    remedy = "Add a line for the rest at the new price, or give an allowance as a credit note."


class NoSuchLine(Mistake):
    """A line that the order does not have."""

    code = "no_such_line"
    message = "The order has no line {line}."
    remedy = "Use the lines that the order shows."


class BadFigure(Mistake):
    """A quantity, price or discount that none can be."""

    code = "bad_figure"
    message = "{figure} cannot be entered here."
    remedy = "Enter 0 or more, with the decimals that are usual for it."


class NothingChanges(Mistake):
    """Everything is to be as it is."""

    code = "nothing_changes"
    message = "Nothing would be different from now."
    remedy = "Enter what the customer wants otherwise."


class NothingLeft(Mistake):
    """A change that leaves no line."""

    code = "nothing_left"
    message = "No line would be left."
    remedy = "Cancel the order instead."


class NotOpenToCancel(Mistake):
    """More is to be cancelled than is still there."""

    code = "not_open_to_cancel"
    message = "{quantity} of line {line} cannot be cancelled: {most} is open, the rest has left or is on its way."
    remedy = "Cancel what is open, and take the rest back as a return."


# --- an order as it stands ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LineState:
    """A line: `quantity` and `amount` as its row says them, `wanted` without what was cancelled, `going` on its way and past changing."""

    line_id: int
    position: int
    item_id: int
    sku: str
    quantity: Decimal
    unit_price: Decimal
    discount_percent: Decimal
    tax_rate: Decimal
    amount: Decimal
    requested_on: date | None
    wanted: Decimal
    net_shipped: Decimal = ZERO
    going: Decimal = ZERO

    @property
    def fixed(self) -> Decimal:
        """What has left or is on its way: no change takes it back."""
        return self.net_shipped + self.going

    @property
    def open(self) -> Decimal:
        """Backorder: ordered - cancelled - shipped (RULES 21)."""
        return max(ZERO, self.wanted - self.net_shipped)

    @property
    def free(self) -> Decimal:
        """What can still be taken off."""
        return max(ZERO, self.open - self.going)

    @property
    def net(self) -> Decimal:
        """What is wanted of it comes to, without tax."""
        return part_of(self.amount, self.quantity, self.wanted)


@dataclass(frozen=True, slots=True)
class Head:
    """What belongs to the whole order."""

    number: str
    customer_id: int
    currency: str
    discount_percent: Decimal
    requested_on: date | None
    total: Decimal
    includes_tax: bool


@dataclass(frozen=True, slots=True)
class Ordered:
    """An order with its lines by id, in their positions."""

    order_id: int
    head: Head
    lines: Mapping[int, LineState]

    @property
    def total(self) -> Decimal:
        """What the lines that are wanted come to, less the order's discount."""
        return total_of((line.net for line in self.lines.values()), self.head.discount_percent, self.head.currency)

    @property
    def gross(self) -> Decimal:
        """The same with tax: what the customer will owe."""
        amounts = [(line.net, line.tax_rate) for line in self.lines.values()]
        return gross_of(amounts, self.head.discount_percent, includes_tax=self.head.includes_tax)

    def net_of(self, line_id: int, quantity: Decimal) -> Decimal:
        """What so much of a line comes to, in cents and less the order's discount."""
        line = self.lines[line_id]
        part = part_of(line.amount, line.quantity, quantity)
        return total_of([part], self.head.discount_percent, self.head.currency)


# --- what is wanted -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class NewLine:
    """A line to be added, priced already."""

    item_id: int
    sku: str
    quantity: Decimal
    unit_price: Decimal
    discount_percent: Decimal = ZERO
    tax_rate: Decimal = ZERO
    requested_on: date | None = None


@dataclass(frozen=True, slots=True)
class OrderChange:
    """New quantities by line id (0 cancels the line), dates, prices and discounts; lines to be added; the head. What is not named stays.

    A line whose price is not named keeps the price that was agreed, whatever the price list says by now (RULES 43).
    """

    quantities: Mapping[int, Decimal] = field(default_factory=dict)
    requested_on: date | None = None
    dates: Mapping[int, date] = field(default_factory=dict)
    prices: Mapping[int, Decimal] = field(default_factory=dict)
    discounts: Mapping[int, Decimal] = field(default_factory=dict)
    added: tuple[NewLine, ...] = ()
    discount_percent: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """One value that changes: position 0 is the head; `what` is quantity, price, discount, requested or added."""

    position: int
    sku: str
    what: str
    before: str
    after: str


def changed(ordered: Ordered, wish: OrderChange) -> Ordered:
    """The order as it will be. New lines get ids below 0: they have none yet."""
    head = replace(
        ordered.head,
        discount_percent=ordered.head.discount_percent if wish.discount_percent is None else wish.discount_percent,
        requested_on=wish.requested_on or ordered.head.requested_on,
    )
    lines = {line.line_id: _changed_line(line, wish) for line in ordered.lines.values()}
    last = max((line.position for line in lines.values()), default=0)
    for number, new in enumerate(wish.added, start=1):
        lines[-number] = _added_line(-number, last + number, new)
    return replace(ordered, head=head, lines=lines)


def _changed_line(line: LineState, wish: OrderChange) -> LineState:
    price = wish.prices.get(line.line_id, line.unit_price)
    discount = wish.discounts.get(line.line_id, line.discount_percent)
    wanted = wish.quantities.get(line.line_id, line.wanted)
    more = max(ZERO, wanted - line.wanted)
    quantity = line.quantity + more
    if (price, discount) == (line.unit_price, line.discount_percent):
        amount = line.amount + (part_of(line.amount, line.quantity, more) if more else ZERO)
    else:
        amount = amount_of(quantity, price, discount)
    day = wish.dates.get(line.line_id, line.requested_on)
    return replace(line, quantity=quantity, unit_price=price, discount_percent=discount, amount=amount, requested_on=day, wanted=wanted)


def _added_line(line_id: int, position: int, new: NewLine) -> LineState:
    amount = amount_of(new.quantity, new.unit_price, new.discount_percent)
    terms = (new.unit_price, new.discount_percent, new.tax_rate, amount, new.requested_on)
    return LineState(line_id, position, new.item_id, new.sku, new.quantity, *terms, wanted=new.quantity)


def differences(before: Ordered, after: Ordered) -> list[Difference]:
    """Every value that changes, in the sequence of the lines; the head first."""
    found = list(_head_differences(before.head, after.head))
    for line_id, line in after.lines.items():
        if line_id not in before.lines:
            found.append(Difference(line.position, line.sku, "added", "", f"{shown(line.wanted)} x {shown(line.unit_price)}"))
        else:
            found += _line_differences(before.lines[line_id], line)
    return found


def _head_differences(before: Head, after: Head) -> Iterator[Difference]:
    for what, old, new in (
        ("discount", shown(before.discount_percent), shown(after.discount_percent)),
        ("requested", _day(before.requested_on), _day(after.requested_on)),
    ):
        if old != new:
            yield Difference(0, "", what, old, new)


def _line_differences(before: LineState, after: LineState) -> Iterator[Difference]:
    for what, old, new in (
        ("quantity", shown(before.wanted), shown(after.wanted)),
        ("price", shown(before.unit_price), shown(after.unit_price)),
        ("discount", shown(before.discount_percent), shown(after.discount_percent)),
        ("requested", _day(before.requested_on), _day(after.requested_on)),
    ):
        if old != new:
            yield Difference(before.position, before.sku, what, old, new)


# --- what stands against it -----------------------------------------------------------------------------------------------------


def misfit(ordered: Ordered, wish: OrderChange) -> Refusal | None:
    """Why the change cannot be made of the order as it stands; None if it can."""
    return next(_misfits(ordered, wish), None)


def _misfits(ordered: Ordered, wish: OrderChange) -> Iterator[Refusal]:
    named = {**wish.quantities, **wish.dates, **wish.prices, **wish.discounts}
    yield from (NoSuchLine(field="lines", line=str(line)) for line in named if line not in ordered.lines)
    yield from _bad_figures(wish)
    for line_id, quantity in wish.quantities.items():
        line = ordered.lines[line_id]
        if quantity < line.fixed:
            yield BelowShipped(field="quantities", line=str(line.position), quantity=shown(quantity), fixed=shown(line.fixed))
    after = changed(ordered, wish)
    yield from _price_misfits(ordered, after)
    if not differences(ordered, after):
        yield NothingChanges(field="lines")
    if not any(line.wanted for line in after.lines.values()):
        yield NothingLeft(field="lines")


def _price_misfits(before: Ordered, after: Ordered) -> Iterator[Refusal]:
    other_discount = before.head.discount_percent != after.head.discount_percent
    for line_id, line in before.lines.items():
        new = after.lines[line_id]
        other_price = (line.unit_price, line.discount_percent) != (new.unit_price, new.discount_percent)
        if line.fixed and (other_price or other_discount):
            yield PriceFixed(field="prices", line=str(line.position), fixed=shown(line.fixed))


def _bad_figures(wish: OrderChange) -> Iterator[Refusal]:
    quantities = [*wish.quantities.values(), *(line.quantity for line in wish.added)]
    prices = [*wish.prices.values(), *(line.unit_price for line in wish.added)]
    percents = [*wish.discounts.values(), *(line.discount_percent for line in wish.added)]
    percents += [] if wish.discount_percent is None else [wish.discount_percent]
    for what, figures, most, decimals in (
        ("quantity", quantities, LARGEST_QUANTITY, QUANTITY_DECIMALS),
        ("price", prices, LARGEST_PRICE, PRICE_DECIMALS),
        ("discount", percents, Decimal(100), PERCENT_DECIMALS),
    ):
        yield from (BadFigure(field=what, figure=str(one)) for one in figures if not _is_figure(one, most, decimals))


def _is_figure(number: Decimal, most: Decimal, decimals: int) -> bool:
    if not number.is_finite() or not 0 <= number <= most:
        return False
    exponent = number.normalize().as_tuple().exponent
    return isinstance(exponent, int) and -exponent <= decimals


def cancel_misfit(ordered: Ordered, quantities: Mapping[int, Decimal]) -> Refusal | None:
    """Why so much of these lines cannot be cancelled; None if it can."""
    if not quantities:
        return NothingChanges(field="lines")
    for line_id, quantity in quantities.items():
        line = ordered.lines.get(line_id)
        if line is None:
            return NoSuchLine(field="lines", line=str(line_id))
        if not _is_figure(quantity, LARGEST_QUANTITY, QUANTITY_DECIMALS) or not quantity:
            return BadFigure(field="quantity", figure=str(quantity))
        if quantity > line.free:
            return NotOpenToCancel(field="lines", line=str(line.position), quantity=shown(quantity), most=shown(line.free))
    return None


def everything_open(ordered: Ordered) -> dict[int, Decimal]:
    """What a cancellation of the whole order takes off, by line id."""
    return {line.line_id: line.free for line in ordered.lines.values() if line.free}


def takes_all(ordered: Ordered, quantities: Mapping[int, Decimal]) -> bool:
    """Whether nothing that can be cancelled would be left."""
    return all(quantities.get(line, ZERO) == free for line, free in everything_open(ordered).items())


def without(ordered: Ordered, quantities: Mapping[int, Decimal]) -> OrderChange:
    """The change that takes so much of these lines off."""
    return OrderChange({line: ordered.lines[line].wanted - quantity for line, quantity in quantities.items()})


def shown(number: Decimal) -> str:
    """A number without zeros behind the point."""
    return f"{number.normalize():f}" if number else "0"


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def by_position(ordered: Ordered) -> Mapping[int, LineState]:
    """The lines by the number that people see."""
    return {line.position: line for line in ordered.lines.values()}


# --- parts ------------------------------------------------------------------------------------------------------------------------


def part_line(line: LineState, line_id: int, position: int, quantity: Decimal, requested_on: date | None) -> LineState:
    """So much of a line as a line of an order of its own, at the same terms."""
    amount = part_of(line.amount, line.quantity, quantity)
    day = requested_on or line.requested_on
    return replace(
        line,
        line_id=line_id,
        position=position,
        quantity=quantity,
        amount=amount.quantize(AMOUNT, ROUND_HALF_UP),
        requested_on=day,
        wanted=quantity,
        net_shipped=ZERO,
        going=ZERO,
    )


def head_of_part(head: Head, number: str, requested_on: date | None) -> Head:
    """The head of an order that is divided off."""
    return replace(head, number=number, requested_on=requested_on or head.requested_on)
