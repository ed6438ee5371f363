"""What an order asks for, as a change finds it and as it leaves it: lines, prices, totals, and what cannot be changed any more.

Pure: facts in, verdicts out. `changes` locks, asks and writes; previews and documents read the same figures.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from orderway.engine.refusals import Refusal
from orderway.orders.amounts import AMOUNT, HALF_UP, amount_of, gross_of, part_of, total_of
from orderway.orders.unfit import (
    BadFigure,
    BelowShipped,
    NoSuchLine,
    NothingChanges,
    NothingLeft,
    NotOpenToCancel,
    PartNotThere,
    PriceFixed,
    SameDay,
    WholeLineMoves,
)

ZERO = Decimal(0)
LARGEST_QUANTITY = Decimal(1_000_000)  # as capture: more of one item in one line has been a typing error in every file seen
LARGEST_PRICE = Decimal(100_000_000)
QUANTITY_DECIMALS, PRICE_DECIMALS, PERCENT_DECIMALS = 6, 8, 4  # what the tables keep exactly


# --- an order as it stands ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LineState:
    """A line: `quantity` and `amount` as its row says them, `wanted` without what was cancelled, `going` on its way and past changing.

    `part_of`: the position of the line that it was taken from, of a line that a change is about to make; else 0.
    """

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
    reference: str = ""
    part_of: int = 0

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
    rounding: str = HALF_UP


@dataclass(frozen=True, slots=True)
class Ordered:
    """An order with its lines by id, in their positions."""

    order_id: int
    head: Head
    lines: Mapping[int, LineState]

    @property
    def total(self) -> Decimal:
        """What the lines that are wanted come to, less the order's discount."""
        return total_of((line.net for line in self.lines.values()), self.head.discount_percent, self.head.currency, self.head.rounding)

    @property
    def gross(self) -> Decimal:
        """The same with tax: what the customer will owe."""
        amounts = [(line.net, line.tax_rate) for line in self.lines.values()]
        return gross_of(amounts, self.head.discount_percent, includes_tax=self.head.includes_tax, rounding=self.head.rounding)

    def net_of(self, line_id: int, quantity: Decimal) -> Decimal:
        """What so much of a line comes to, in cents and less the order's discount."""
        line = self.lines[line_id]
        part = part_of(line.amount, line.quantity, quantity)
        return total_of([part], self.head.discount_percent, self.head.currency, self.head.rounding)


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
class LinePart:
    """So much of a line that is wanted on another day: it becomes a line of its own, at the same terms."""

    line_id: int
    quantity: Decimal
    requested_on: date


@dataclass(frozen=True, slots=True)
class OrderChange:
    """New quantities by line id (0 cancels the line), dates, prices and discounts; lines to be added; the head. What is not named stays.

    A line whose price is not named keeps the price that was agreed, whatever the price list says by now (RULES 43). A line without a day
    of its own goes along with the order's. `moved`: parts of lines for another day, taken out of what is wanted of them then.
    """

    quantities: Mapping[int, Decimal] = field(default_factory=dict)
    requested_on: date | None = None
    dates: Mapping[int, date] = field(default_factory=dict)
    prices: Mapping[int, Decimal] = field(default_factory=dict)
    discounts: Mapping[int, Decimal] = field(default_factory=dict)
    added: tuple[NewLine, ...] = ()
    discount_percent: Decimal | None = None
    moved: tuple[LinePart, ...] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """One value that changes: position 0 is the head; `what` is quantity, price, discount, requested, added or part."""

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
    lines = {line.line_id: _changed_line(line, wish, ordered.head.requested_on) for line in ordered.lines.values()}
    last = max((line.position for line in lines.values()), default=0)
    for number, new in enumerate(wish.added, start=1):
        lines[-number] = _added_line(-number, last + number, new)
    for number, part in enumerate(wish.moved, start=len(wish.added) + 1):
        whole = lines[part.line_id]
        fresh = part_line(whole, -number, last + number, part.quantity, part.requested_on)
        lines[-number] = replace(fresh, part_of=whole.position)
        rest = whole.quantity - part.quantity
        lines[part.line_id] = replace(whole, quantity=rest, amount=whole.amount - fresh.amount, wanted=whole.wanted - part.quantity)
    return replace(ordered, head=head, lines=lines)


def _changed_line(line: LineState, wish: OrderChange, day_of_order: date | None) -> LineState:
    price = wish.prices.get(line.line_id, line.unit_price)
    discount = wish.discounts.get(line.line_id, line.discount_percent)
    wanted = wish.quantities.get(line.line_id, line.wanted)
    more = max(ZERO, wanted - line.wanted)
    quantity = line.quantity + more
    if (price, discount) == (line.unit_price, line.discount_percent):
        amount = line.amount + (part_of(line.amount, line.quantity, more) if more else ZERO)
    else:
        amount = amount_of(quantity, price, discount)
    with_order = wish.requested_on if line.requested_on in (None, day_of_order) else None
    day = wish.dates.get(line.line_id, with_order or line.requested_on)
    return replace(line, quantity=quantity, unit_price=price, discount_percent=discount, amount=amount, requested_on=day, wanted=wanted)


def _added_line(line_id: int, position: int, new: NewLine) -> LineState:
    amount = amount_of(new.quantity, new.unit_price, new.discount_percent)
    terms = (new.unit_price, new.discount_percent, new.tax_rate, amount, new.requested_on)
    return LineState(line_id, position, new.item_id, new.sku, new.quantity, *terms, wanted=new.quantity)


def differences(before: Ordered, after: Ordered) -> list[Difference]:
    """Every value that changes, in the sequence of the lines; the head first."""
    found = list(_head_differences(before.head, after.head))
    for line_id, line in after.lines.items():
        if line.part_of:
            found.append(Difference(line.position, line.sku, "part", str(line.part_of), f"{shown(line.wanted)} {_day(line.requested_on)}"))
        elif line_id not in before.lines:
            found.append(Difference(line.position, line.sku, "added", "", f"{shown(line.wanted)} x {shown(line.unit_price)}"))
        else:
            old = before.lines[line_id]
            alike = old.requested_on in (None, before.head.requested_on) and line.requested_on == after.head.requested_on
            found += _line_differences(replace(old, requested_on=line.requested_on) if alike else old, line)
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
    parts = [part.line_id for part in wish.moved]
    named = [*dict.fromkeys([*wish.quantities, *wish.dates, *wish.prices, *wish.discounts, *parts])]
    yield from (NoSuchLine(field="lines", line=str(line)) for line in named if line not in ordered.lines)
    yield from _bad_figures(wish)
    for line_id, quantity in wish.quantities.items():
        line = ordered.lines[line_id]
        if quantity < line.fixed:
            yield BelowShipped(field="quantities", line=str(line.position), quantity=shown(quantity), fixed=shown(line.fixed))
    yield from _part_misfits(ordered, wish)
    after = changed(ordered, wish)
    yield from _price_misfits(ordered, after)
    if not differences(ordered, after):
        yield NothingChanges(field="lines")
    if not any(line.wanted for line in after.lines.values()):
        yield NothingLeft(field="lines")


def _part_misfits(ordered: Ordered, wish: OrderChange) -> Iterator[Refusal]:
    """Why so much of lines cannot go to another day."""
    whole = changed(ordered, replace(wish, moved=()))
    left = {line.line_id: line.wanted for line in whole.lines.values()}
    for part in wish.moved:
        line = whole.lines[part.line_id]
        position, free = str(line.position), max(ZERO, left[part.line_id] - line.fixed)
        left[part.line_id] -= part.quantity
        if not part.quantity:
            yield BadFigure(field="moved", figure="0")
        elif part.quantity > free:
            yield PartNotThere(field="moved", line=position, quantity=shown(part.quantity), most=shown(free))
        elif part.requested_on == (line.requested_on or whole.head.requested_on):
            yield SameDay(field="moved", line=position)
        elif not left[part.line_id]:
            yield WholeLineMoves(field="moved", line=position)


def _price_misfits(before: Ordered, after: Ordered) -> Iterator[Refusal]:
    other_discount = before.head.discount_percent != after.head.discount_percent
    for line_id, line in before.lines.items():
        new = after.lines[line_id]
        other_price = (line.unit_price, line.discount_percent) != (new.unit_price, new.discount_percent)
        if line.fixed and (other_price or other_discount):
            yield PriceFixed(field="prices", line=str(line.position), fixed=shown(line.fixed))


def _bad_figures(wish: OrderChange) -> Iterator[Refusal]:
    quantities = [*wish.quantities.values(), *(line.quantity for line in wish.added), *(part.quantity for part in wish.moved)]
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
