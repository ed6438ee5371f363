"""Who gets which goods, what can still be promised, and what a count means. Pure: figures in, verdict out.

Reserves nothing and reads nothing; `actions` locks, fetches and writes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import NamedTuple

ZERO = Decimal(0)
MILLIONTH = Decimal("0.000001")  # the last of the six places of a quantity

# --- requests that later stages make (ids are database keys, quantities are in the item's unit) ---------------------------


@dataclass(frozen=True, slots=True)
class Transfer:
    """A quantity of an item that goes from one location to another; `reason` is a `StockMove.Reason`, `reference` its paper."""

    item_id: int
    source_id: int
    target_id: int
    quantity: Decimal
    reason: str
    reference: str = ""
    line_id: int | None = None


@dataclass(frozen=True, slots=True)
class GoodsIn:
    """Goods that arrive in a warehouse's storage: from a supplier (`received`), production (`produced`), a customer (`returned`)
    or as `opening` stock. `expected_id` names the expected receipt that they settle."""

    item_id: int
    warehouse_id: int
    quantity: Decimal
    reason: str
    reference: str = ""
    line_id: int | None = None
    expected_id: int | None = None


@dataclass(frozen=True, slots=True)
class Need:
    """A quantity to set aside for an order line, on top of what is reserved already.

    `warehouse_id` limits the search to one warehouse, `delivery_id` ties the reservation to a planned delivery.
    """

    line_id: int
    item_id: int
    quantity: Decimal
    delivery_id: int | None = None
    warehouse_id: int | None = None


@dataclass(frozen=True, slots=True)
class Draw:
    """A quantity to take from what is reserved for a line: to pick, to ship or to release it.

    Takes what is tied to `delivery_id` first and then what is tied to no delivery; never what another delivery waits for.
    `warehouse_id` None means any warehouse. `place` and `reference` go to the line ledger and the stock move.
    """

    line_id: int
    quantity: Decimal
    delivery_id: int | None = None
    warehouse_id: int | None = None
    place: str = ""
    reference: str = ""


# --- reserving ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Shelf:
    """What is free of an item at one location: on hand less reserved. The lowest `rank` is asked first."""

    level_id: int
    item_id: int
    warehouse_id: int
    rank: int
    free: Decimal


@dataclass(frozen=True, slots=True)
class Grant:
    """A need that got a quantity from a level."""

    need: Need
    level_id: int
    quantity: Decimal


def need_of(ordered: Decimal, cancelled: Decimal, net_shipped: Decimal) -> Decimal:
    """What has to be reserved for a line in all; an over-delivery leaves nothing to reserve, never less (RULES 18)."""
    return max(ZERO, ordered - cancelled - net_shipped)


def reservation_plan(needs: Sequence[Need], shelves: Iterable[Shelf]) -> list[Grant]:
    """Serve the needs in the sequence given, each from the warehouses in their rank, over several if one is not enough (RULES 19)."""
    by_item: dict[int, list[Shelf]] = defaultdict(list)
    for shelf in shelves:
        by_item[shelf.item_id].append(shelf)
    left: dict[int, Decimal] = {}
    for shelves_of_item in by_item.values():
        shelves_of_item.sort(key=lambda shelf: (shelf.rank, shelf.level_id))
        left.update((shelf.level_id, shelf.free) for shelf in shelves_of_item)
    return [grant for need in needs for grant in _serve(need, by_item[need.item_id], left)]


def _serve(need: Need, shelves: Sequence[Shelf], left: dict[int, Decimal]) -> list[Grant]:
    """Take from these shelves until the need is met; `left` is brought down."""
    grants: list[Grant] = []
    open_quantity = need.quantity
    for shelf in shelves:
        quantity = min(open_quantity, left[shelf.level_id])
        if quantity > 0 and need.warehouse_id in (None, shelf.warehouse_id):
            left[shelf.level_id] -= quantity
            open_quantity -= quantity
            grants.append(Grant(need, shelf.level_id, quantity))
    return grants


# --- taking from what is reserved -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Held:
    """An open reservation. `free` is what a draw may take of it: the unpicked part to pick or release, everything to ship."""

    reservation_id: int
    line_id: int
    level_id: int
    warehouse_id: int
    rank: int
    delivery_id: int | None
    free: Decimal


@dataclass(frozen=True, slots=True)
class Taken:
    """A draw that took a quantity from a reservation."""

    draw: Draw
    held: Held
    quantity: Decimal


def draw_plan(draws: Sequence[Draw], held: Iterable[Held], *, far_first: bool = False) -> list[Taken]:
    """What each draw takes from which reservation. `far_first` begins with the last-ranked warehouse: releasing keeps the near ones."""
    by_line: dict[int, list[Held]] = defaultdict(list)
    left: dict[int, Decimal] = {}
    for each in held:
        by_line[each.line_id].append(each)
        left[each.reservation_id] = each.free
    taken: list[Taken] = []
    for draw in draws:
        taken.extend(_draw(draw, _in_turn(draw, by_line[draw.line_id], far_first=far_first), left))
    return taken


def untied(held: Held) -> Held:
    """The same reservation as if it waited for no delivery: a line that needs less gives back wherever it has too much."""
    return replace(held, delivery_id=None)


def left_open(open_quantity: Decimal, new_quantity: Decimal | None) -> Decimal:
    """What a line still needs after a change: nothing beyond what is open, nothing at all when it is cancelled."""
    return open_quantity if new_quantity is None else max(ZERO, min(open_quantity, new_quantity))


def _in_turn(draw: Draw, held: Iterable[Held], *, far_first: bool) -> list[Held]:
    """The reservations this draw may touch: its delivery's first, then those tied to none."""
    allowed = [each for each in held if each.delivery_id in (None, draw.delivery_id) and draw.warehouse_id in (None, each.warehouse_id)]
    sign = -1 if far_first else 1
    return sorted(allowed, key=lambda each: (each.delivery_id is None, sign * each.rank, sign * each.reservation_id))


def _draw(draw: Draw, held: Iterable[Held], left: dict[int, Decimal]) -> list[Taken]:
    """Take from these reservations until the draw is met; `left` is brought down."""
    taken: list[Taken] = []
    open_quantity = draw.quantity
    for each in held:
        quantity = min(open_quantity, left[each.reservation_id])
        if quantity > 0:
            left[each.reservation_id] -= quantity
            open_quantity -= quantity
            taken.append(Taken(draw, each, quantity))
    return taken


# --- where a line is covered from -----------------------------------------------------------------------------------------


class Coverage(NamedTuple):
    """How far a line is covered: `wanted` is ordered less cancelled, `available` what is reserved or has gone out already."""

    wanted: Decimal
    reserved: Decimal
    net_shipped: Decimal
    item_route: str
    stocked: bool

    @property
    def available(self) -> Decimal:
        """What the line has got; a service (postage, a fee) is never short."""
        return self.reserved + self.net_shipped if self.stocked else max(self.wanted, ZERO)

    @property
    def short(self) -> Decimal:
        """What is still missing."""
        return max(ZERO, self.wanted - self.available)

    @property
    def route(self) -> str:
        """Where it comes from: "stock" if covered, else the item's own route ("stock" again if it is neither made nor bought)."""
        return self.item_route if self.short else "stock"


# --- available to promise (RULES 15 to 17) -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Picture:
    """What lies in the warehouses of one item, and what of it cannot be promised."""

    on_hand: Decimal
    reserved: Decimal = ZERO
    expired: Decimal = ZERO
    quarantined: Decimal = ZERO
    in_transit: Decimal = ZERO

    @property
    def promisable(self) -> Decimal:
        """Without what expires before it ships, is quarantined, on its way elsewhere or reserved (RULES 16)."""
        return self.on_hand - self.expired - self.quarantined - self.in_transit - self.reserved


@dataclass(frozen=True, slots=True)
class Expected:
    """Goods that are to come (or, negative, to go) on a day; `reconfirmed_on` is the new date of an overdue receipt."""

    quantity: Decimal
    due_on: date
    reconfirmed_on: date | None = None

    def counts_from(self, today: date) -> date | None:
        """The day from which it counts: an overdue receipt counts from its re-confirmed date, without one from no day at all (RULES 17)."""
        due_on = self.reconfirmed_on or self.due_on
        return due_on if due_on >= today or self.quantity < 0 else None


def available_to_promise(promisable: Decimal, expected: Iterable[Expected], *, on: date, today: date) -> Decimal:
    """What can be promised for the day `on` without making any later day short: the minimum of the balance from `on` onward (RULES 15)."""
    return max(ZERO, min(balance for day, balance in _until_next(_projection(promisable, expected, today)) if day is None or day > on))


def earliest_promise(quantity: Decimal, promisable: Decimal, expected: Sequence[Expected], *, today: date) -> date | None:
    """The first day for which this quantity can be promised; None if no expected receipt brings it."""
    days = [today, *(day for day, _ in _projection(promisable, expected, today) if day > today)]
    return next((day for day in days if available_to_promise(promisable, expected, on=day, today=today) >= quantity), None)


def at_risk(quantity: Decimal, promisable: Decimal, expected: Sequence[Expected], *, on: date, today: date) -> Decimal:
    """What of a need on a day only overdue receipts without a new date could cover: at risk, not available (RULES 17)."""
    missing = max(ZERO, quantity - available_to_promise(promisable, expected, on=on, today=today))
    overdue = sum((each.quantity for each in expected if each.counts_from(today) is None), ZERO)
    return min(missing, overdue)


def _projection(promisable: Decimal, expected: Iterable[Expected], today: date) -> list[tuple[date, Decimal]]:
    """The balance at the end of today and of every later day on which something comes or goes."""
    change: dict[date, Decimal] = defaultdict(Decimal)
    for each in expected:
        counts_from = each.counts_from(today)
        if counts_from is not None:
            change[max(counts_from, today)] += each.quantity
    change[today] += ZERO
    balance = promisable
    projection = []
    for day in sorted(change):
        balance += change[day]
        projection.append((day, balance))
    return projection


def _until_next(projection: Sequence[tuple[date, Decimal]]) -> list[tuple[date | None, Decimal]]:
    """Each balance with the day on which the next one replaces it; the last stands for ever (None)."""
    ends: list[date | None] = [day for day, _ in projection[1:]]
    return [(end, balance) for end, (_, balance) in zip([*ends, None], projection, strict=True)]


# --- counting (RULES 38 and 39) ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CountVerdict:
    """What a count means: `expected` should have been on the shelf, `difference` is booked, `release` reservations must go."""

    expected: Decimal
    difference: Decimal
    book: Decimal
    release: Decimal


def count_verdict(*, on_hand: Decimal, reserved: Decimal, picked: Decimal, counted: Decimal) -> CountVerdict:
    """Compare the shelf with the book less what is picked and not yet dispatched; release what no longer lies there (RULES 38, 39)."""
    expected = on_hand - picked
    difference = counted - expected
    book = on_hand + difference
    return CountVerdict(expected, difference, book, max(ZERO, reserved - book))


@dataclass(frozen=True, slots=True)
class Claim:
    """An open reservation when goods are missing: who is served last gives up first (the newest order)."""

    reservation_id: int
    line_id: int
    ordered_sequence: int
    unpicked: Decimal


def release_plan(quantity: Decimal, claims: Iterable[Claim]) -> list[tuple[Claim, Decimal]]:
    """Who gives up how much so that `quantity` is released: the newest order first, never what is picked."""
    released = []
    for claim in sorted(claims, key=lambda claim: (-claim.ordered_sequence, -claim.reservation_id)):
        part = min(quantity, claim.unpicked)
        if part > 0:
            released.append((claim, part))
            quantity -= part
    return released


# --- sums -----------------------------------------------------------------------------------------------------------------


def summed(parts: Iterable[tuple[int, Decimal]]) -> Mapping[int, Decimal]:
    """The quantities of each key together, keys ascending (the sequence in which rows are locked)."""
    sums: dict[int, Decimal] = defaultdict(Decimal)
    for key, quantity in parts:
        sums[key] += quantity
    return {key: sums[key] for key in sorted(sums)}
