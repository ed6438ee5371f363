"""Which open quantity goes with which delivery, what a pick may take, and when a line is served: facts in, verdicts out.

Never reads or writes anything; `actions` fetches the facts and books the verdicts. Quantities are in the item's unit.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal, NewType

LineId = NewType("LineId", int)
WarehouseId = NewType("WarehouseId", int)
DeliveryNumber = NewType("DeliveryNumber", int)
Route = Literal["stock", "make", "buy"]

ZERO = Decimal(0)
HUNDRED = Decimal(100)
CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class DeliveryPolicy:
    """What the company agreed with its customers: whether an order may come in parts, and by how many percent a line may differ.

    The tolerances count over all deliveries of a line, not per delivery (RULES 22). The default allows parts and no difference.
    """

    partial_allowed: bool = True
    under_percent: Decimal = ZERO
    over_percent: Decimal = ZERO


# --- how much ---------------------------------------------------------------------------------------------------------


def open_quantity(ordered: Decimal, cancelled: Decimal, shipped: Decimal, replaced: Decimal = ZERO) -> Decimal:
    """What is still to be delivered and so to be reserved; never negative, also after an over-delivery (RULES 18, 21).

    What was replaced after a return was ordered before and counts once (TRUST 3). A closed line booked its rest as cancelled.
    """
    return max(ZERO, ordered - cancelled - (shipped - replaced))


def most_deliverable(ordered: Decimal, cancelled: Decimal, delivered: Decimal, policy: DeliveryPolicy) -> Decimal:
    """What may still go out to a line, tolerance included; the tolerance is on the ordered quantity, over all deliveries (RULES 22)."""
    if cancelled:
        return max(ZERO, ordered - cancelled - delivered)
    return max(ZERO, ordered * (HUNDRED + policy.over_percent) / HUNDRED - delivered)


def rest_to_close(ordered: Decimal, cancelled: Decimal, delivered: Decimal, policy: DeliveryPolicy) -> Decimal:
    """What is booked as cancelled because the customer accepts the line as complete: its rest within the tolerance, else nothing."""
    rest = open_quantity(ordered, cancelled, delivered)
    enough = (ordered - cancelled) * (HUNDRED - policy.under_percent) / HUNDRED
    return rest if policy.under_percent and delivered and delivered >= enough else ZERO


@dataclass(frozen=True, slots=True)
class Cancellation:
    """What a cancellation ends: at once, and what must first go back to its shelf."""

    now: Decimal
    after_put_back: Decimal

    @property
    def total(self) -> Decimal:
        """All that will not be delivered."""
        return self.now + self.after_put_back


def cancellation(ordered: Decimal, shipped: Decimal, picked: Decimal) -> Cancellation:
    """What can still be cancelled of a line: all that has not left, of which the picked part needs putting back (RULES 20)."""
    rest = open_quantity(ordered, ZERO, shipped)
    put_back = min(picked, rest)
    return Cancellation(rest - put_back, put_back)


@dataclass(frozen=True, slots=True)
class Packed:
    """What is picked of an order line for a delivery and has not left."""

    delivery: DeliveryNumber
    line: LineId
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class Stranding:
    """Which packed deliveries a cancellation ends; or `line`, of which `rest` would have to come out of a packed `delivery`."""

    deliveries: tuple[DeliveryNumber, ...] = ()
    line: LineId | None = None
    rest: Decimal = ZERO
    delivery: DeliveryNumber | None = None


def stranding(lost: Mapping[LineId, Decimal], unpacked: Mapping[LineId, Decimal], packed: Sequence[Packed]) -> Stranding:
    """What cannot be taken from what is still `unpacked` comes out of packed deliveries, last first, and only as a whole (RULES 20).

    Nobody opens a parcel from a desk to take a part of it out: who wants that cancels the whole delivery or has the goods refused.
    """
    rest = {line: quantity - unpacked.get(line, ZERO) for line, quantity in lost.items() if quantity > unpacked.get(line, ZERO)}
    ended: list[DeliveryNumber] = []
    for number in sorted({one.delivery for one in packed}, reverse=True):
        inside = [one for one in packed if one.delivery == number]
        if all(rest.get(one.line, ZERO) >= one.quantity for one in inside):
            ended.append(number)
            for one in inside:
                rest[one.line] -= one.quantity
    for line, quantity in rest.items():
        holding = [one.delivery for one in packed if one.line == line and one.delivery not in ended]
        if quantity > 0 and holding:
            return Stranding((), line, quantity, holding[-1])
    return Stranding(tuple(sorted(ended)))


def to_cents(amount: Decimal) -> Decimal:
    """An amount in cents, half-up away from zero (RULES 2)."""
    return amount.quantize(CENT, ROUND_HALF_UP)


# --- planning ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LineNeed:
    """What planning knows of an order line. `open` is what no fixed (picked) delivery carries yet.

    `reserved`: by warehouse, in the order in which stock is used, without what picked deliveries hold. `route`: where a shortage is
    covered from. A line that is not `stocked` is a service: nothing of it is ever short. `due`: the day on which it is wanted.
    """

    line: LineId
    open: Decimal
    route: Route
    reserved: tuple[tuple[WarehouseId, Decimal], ...] = ()
    stocked: bool = True
    due: date = date.min


@dataclass(frozen=True, slots=True)
class PlannedLine:
    """How much of an order line goes with a delivery and where it comes from; `ready`: whether it lies reserved."""

    line: LineId
    quantity: Decimal
    route: Route
    warehouse: WarehouseId | None = None
    ready: bool = True


@dataclass(frozen=True, slots=True)
class Part:
    """Lines that go out together, on the day on which they are wanted (or later)."""

    lines: tuple[PlannedLine, ...]
    due: date = date.min

    @property
    def ready(self) -> bool:
        """Whether nothing has to be made, bought or waited for."""
        return all(line.ready for line in self.lines)

    @property
    def routes(self) -> frozenset[Route]:
        """Where its lines come from."""
        return frozenset(line.route for line in self.lines)


def sources(need: LineNeed) -> list[PlannedLine]:
    """The open quantity of one line by where it comes from; the quantities add up to it exactly."""
    if not need.open:
        return []
    if not need.stocked:
        return [PlannedLine(need.line, need.open, "stock")]
    planned, rest = [], need.open
    for warehouse, quantity in need.reserved:
        if take := min(rest, quantity):
            planned.append(PlannedLine(need.line, take, "stock", warehouse))
            rest -= take
    if rest:
        planned.append(PlannedLine(need.line, rest, need.route, ready=False))
    return planned


def split(needs: Iterable[LineNeed], policy: DeliveryPolicy) -> list[Part]:
    """The parts in which an order goes out: by the day on which they are wanted, what lies reserved first, then what is made, bought,
    waited for.

    A customer who takes no parts gets one delivery, on the last of the days. Services go with the first part of their day.
    """
    days: dict[date, list[PlannedLine]] = {}
    for need in needs:
        days.setdefault(need.due, []).extend(sources(need))
    if not policy.partial_allowed:
        lines = tuple(line for day in days.values() for line in day)
        return [Part(lines, max(days))] if lines else []
    return [part for day, lines in sorted(days.items()) for part in _parts_of_day(lines, day)]


def _parts_of_day(lines: Sequence[PlannedLine], day: date) -> Iterator[Part]:
    ready = tuple(line for line in lines if line.ready)
    waiting = [tuple(line for line in lines if not line.ready and line.route == route) for route in ("make", "buy", "stock")]
    yield from (Part(part, day) for part in (ready, *waiting) if part)


@dataclass(frozen=True, slots=True)
class Standing:
    """A delivery that an earlier planning made and that nobody has picked yet. `tied`: supply is on order for it, it keeps its sources.

    `due`: the day on which what it carries is wanted by now.
    """

    number: DeliveryNumber
    routes: frozenset[Route]
    tied: bool = False
    due: date = date.min


@dataclass(frozen=True, slots=True)
class Plan:
    """Parts by delivery number, and the standing deliveries that are no longer needed."""

    parts: Mapping[DeliveryNumber, Part]
    withdrawn: tuple[DeliveryNumber, ...] = ()


def number_parts(parts: Sequence[Part], standing: Sequence[Standing], last_number: int) -> Plan:
    """Give each part a delivery: the standing one that comes from the same sources on the same day, then one from the same sources, then
    any standing one, then a new number. One that supply is on order for serves its own day only.

    Planning an order again so keeps the runs that still serve; a number is never used for two deliveries.
    """
    free = sorted(standing, key=lambda delivery: delivery.number)
    numbered: dict[DeliveryNumber, Part] = {}
    left = list(parts)
    for fits in (_same_day, _same_sources, _untied):
        for part in list(left):
            found = next((delivery for delivery in free if fits(delivery, part)), None)
            if found is not None:
                free.remove(found)
                left.remove(part)
                numbered[found.number] = part
    for number, part in enumerate(left, start=last_number + 1):
        numbered[DeliveryNumber(number)] = part
    return Plan(dict(sorted(numbered.items())), tuple(delivery.number for delivery in free))


def _same_day(delivery: Standing, part: Part) -> bool:
    return delivery.routes == part.routes and delivery.due == part.due


def _same_sources(delivery: Standing, part: Part) -> bool:
    return delivery.routes == part.routes and not delivery.tied


def _untied(delivery: Standing, _part: Part) -> bool:
    return not delivery.tied


# --- picking ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PickNeed:
    """What a delivery wants of one order line. `reserved`: what it may take. `given`: what the picker found, None for all there is.

    `most` is what the customer accepts of this line in this delivery, tolerance included. Services are never short.
    """

    line: LineId
    wanted: Decimal
    reserved: Decimal
    most: Decimal
    stocked: bool = True
    given: Decimal | None = None

    @property
    def within_reach(self) -> Decimal:
        """The most that can be picked now."""
        return min(self.most, self.reserved) if self.stocked else self.most


@dataclass(frozen=True, slots=True)
class Picked:
    """The verdict on one line of a pick: what is taken, what is left for the next delivery, and how much of that lies reserved."""

    line: LineId
    taken: Decimal
    rest: Decimal
    reserved_rest: Decimal


def wanted_reserved(need: PickNeed) -> Decimal:
    """What should lie reserved before this line is picked and does not yet."""
    target = min(need.most, need.wanted if need.given is None else max(need.given, need.wanted))
    return max(ZERO, target - need.reserved) if need.stocked else ZERO


def pick(need: PickNeed) -> Picked | None:
    """What is taken of a line; None where more was reported than can be there (see `within_reach`).

    A short pick leaves a rest, never an unplanned one: the caller puts it into the next delivery.
    """
    taken = min(need.wanted, need.within_reach) if need.given is None else need.given
    if taken > need.within_reach:
        return None
    rest = max(ZERO, need.wanted - taken)
    return Picked(need.line, taken, rest, min(rest, need.reserved - taken) if need.stocked else rest)


# --- handing over -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Handed:
    """What became of what was picked of a line: kept by the customer, or back on our shelf and due with the next delivery."""

    line: LineId
    kept: Decimal
    back: Decimal


def hand_over(picked: Mapping[LineId, Decimal], kept: Mapping[LineId, Decimal] | None) -> list[Handed] | None:
    """Who has what after a delivery. `kept` None: the customer took everything. None is the answer if more was kept than was brought."""
    if kept is None:
        return [Handed(line, quantity, ZERO) for line, quantity in picked.items()]
    if any(not ZERO <= quantity <= picked.get(line, ZERO) for line, quantity in kept.items()):
        return None
    return [Handed(line, kept.get(line, ZERO), quantity - kept.get(line, ZERO)) for line, quantity in picked.items()]
