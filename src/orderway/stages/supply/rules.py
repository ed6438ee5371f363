"""How a shortage becomes supply: which open supply covers it, what is ordered new, how received goods are shared out.

Never reads or writes anything; `actions` fetches the facts and books the verdicts. Quantities are in the item's unit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from itertools import groupby
from typing import Literal, NewType

ItemId = NewType("ItemId", int)
SupplierId = NewType("SupplierId", int)
SupplyLineId = NewType("SupplyLineId", int)
Kind = Literal["make", "buy"]
IsWorkingDay = Callable[[date], bool]

ZERO = Decimal(0)


def shown(quantity: Decimal) -> str:
    """A quantity as words name it: without trailing zeros."""
    return f"{quantity.normalize():f}"


@dataclass(frozen=True, slots=True, order=True)
class DemandKey:
    """What a quantity is needed for: an order line within a delivery."""

    order_line: int
    delivery: int


@dataclass(frozen=True, slots=True)
class Demand:
    """What a delivery needs of an item from a source. `covered`: what open supply is pegged to it or has already brought."""

    key: DemandKey
    item: ItemId
    quantity: Decimal
    covered: Decimal = ZERO
    wanted_on: date | None = None

    @property
    def missing(self) -> Decimal:
        """What nobody has ordered yet."""
        return max(ZERO, self.quantity - self.covered)


@dataclass(frozen=True, slots=True)
class FreeSupply:
    """Supply on order that serves nobody, e.g. since the order that it was for was cancelled."""

    line: SupplyLineId
    item: ItemId
    quantity: Decimal
    due_on: date


@dataclass(frozen=True, slots=True)
class Term:
    """Who delivers an item, at what price and lead time in working days. `supplier` None: we make it ourselves."""

    supplier: SupplierId | None
    lead_days: int
    price: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Peg:
    """A part of a supply line that serves a demand."""

    line: SupplyLineId
    key: DemandKey
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class NewLine:
    """An item to order, with the demands that it serves."""

    item: ItemId
    term: Term
    serves: tuple[tuple[DemandKey, Decimal], ...]
    wanted_on: date | None = None

    @property
    def quantity(self) -> Decimal:
        """All that it serves; nothing is ordered that nobody needs."""
        return sum((quantity for _, quantity in self.serves), ZERO)


@dataclass(frozen=True, slots=True)
class SupplyPlan:
    """What covers a set of demands: pegs on supply that is already on order, and new supply orders (each a list of lines)."""

    pegs: tuple[Peg, ...] = ()
    orders: tuple[tuple[NewLine, ...], ...] = ()
    without_source: frozenset[ItemId] = frozenset()


def plan_supply(demands: Sequence[Demand], free: Iterable[FreeSupply], terms: Mapping[ItemId, Term]) -> SupplyPlan:
    """Cover what is missing: free supply on order first, the earliest first; then one new line per item.

    No piece is used twice in one run (RULES 29). Lines of one supplier become one purchase order; each made item is an order of its own.
    """
    pegs, missing = _use_free(demands, sorted(free, key=lambda supply: (supply.due_on, supply.line)))
    without = frozenset(demand.item for demand, _ in missing if demand.item not in terms)
    lines = [_new_line(item, terms[item], list(rows)) for item, rows in groupby(_by_item(missing), key=_item_of) if item in terms]
    return SupplyPlan(tuple(pegs), tuple(_orders(lines)), without)


def _item_of(row: tuple[Demand, Decimal]) -> ItemId:
    return row[0].item


def _new_line(item: ItemId, term: Term, rows: Sequence[tuple[Demand, Decimal]]) -> NewLine:
    wanted_on = min((demand.wanted_on for demand, _ in rows if demand.wanted_on), default=None)
    return NewLine(item, term, tuple((demand.key, quantity) for demand, quantity in rows), wanted_on)


def _use_free(demands: Sequence[Demand], free: Sequence[FreeSupply]) -> tuple[list[Peg], list[tuple[Demand, Decimal]]]:
    left = {supply.line: supply.quantity for supply in free}
    pegs: list[Peg] = []
    missing: list[tuple[Demand, Decimal]] = []
    for demand in demands:
        rest = demand.missing
        for supply in free:
            if supply.item == demand.item and (take := min(rest, left[supply.line])) > 0:
                pegs.append(Peg(supply.line, demand.key, take))
                left[supply.line] -= take
                rest -= take
        if rest:
            missing.append((demand, rest))
    return pegs, missing


def _by_item(missing: Iterable[tuple[Demand, Decimal]]) -> list[tuple[Demand, Decimal]]:
    return sorted(missing, key=lambda row: (row[0].item, row[0].wanted_on or date.max, row[0].key))


def _orders(lines: Iterable[NewLine]) -> Iterable[tuple[NewLine, ...]]:
    by_supplier: dict[SupplierId, list[NewLine]] = {}
    for line in lines:
        if line.term.supplier is None:
            yield (line,)
        else:
            by_supplier.setdefault(line.term.supplier, []).append(line)
    yield from (tuple(group) for group in by_supplier.values())


# --- when -------------------------------------------------------------------------------------------------------------


def due_on(start: date, lead_days: int, is_working_day: IsWorkingDay) -> date:
    """The working day that lies `lead_days` working days after `start`; the first working day from `start` on if it is 0."""
    return _walk(start, lead_days, is_working_day, timedelta(days=1))


def release_by(wanted_on: date, lead_days: int, is_working_day: IsWorkingDay, buffer_days: int = 0) -> date:
    """The last day on which supply may be released to arrive on time: lead time and buffer backward in working time (RULES 30)."""
    return _walk(wanted_on, lead_days + buffer_days, is_working_day, timedelta(days=-1))


def _walk(day: date, working_days: int, is_working_day: IsWorkingDay, step: timedelta) -> date:
    while not is_working_day(day):
        day += step
    for _ in range(working_days):
        day += step
        while not is_working_day(day):
            day += step
    return day


# --- goods receipt ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OpenPeg:
    """A demand that waits for a supply line: what it may still get. Earlier rows are served first."""

    id: int
    open: Decimal


@dataclass(frozen=True, slots=True)
class Shares:
    """How a goods receipt is shared out: by peg, and what is free for everybody."""

    by_peg: Mapping[int, Decimal]
    free: Decimal


def share_out(received: Decimal, pegs: Iterable[OpenPeg]) -> Shares:
    """Serve the pegs one after the other until nothing is left; what is left over goes to free stock."""
    shares: dict[int, Decimal] = {}
    for peg in pegs:
        if (take := min(received, peg.open)) > 0:
            shares[peg.id] = take
            received -= take
    return Shares(shares, received)


# Units of which there are only whole ones; everything else is measured and keeps its fractions.
COUNTED_UNITS = frozenset({"pcs", "pc", "ea", "each", "set", "box", "pair", "pack", "roll", "carton"})


def counted(unit: str) -> bool:
    """Whether there are only whole ones of this unit."""
    return unit.casefold() in COUNTED_UNITS


def component_need(per_batch: Decimal, batch: Decimal, made: Decimal, *, whole: bool = True) -> Decimal:
    """What making `made` pieces takes of a component of which a batch takes `per_batch`; whole units are rounded up (RULES 25)."""
    exact = per_batch * made / batch
    return exact.to_integral_value(ROUND_CEILING) if whole else exact


def by_product(per_batch: Decimal, batch: Decimal, made: Decimal, *, whole: bool = True) -> Decimal:
    """What making `made` pieces leaves as by-product; whole units are rounded down (RULES 25)."""
    exact = per_batch * made / batch
    return exact.to_integral_value(ROUND_FLOOR) if whole else exact


def consumption(per_piece: Decimal, made_before: Decimal, made_now: Decimal, *, whole: bool = True) -> Decimal:
    """What a partial receipt from production takes of a component: the need of all made so far less what was taken for it before.

    Rounding each receipt alone would take a piece too much with every receipt.
    """
    before = component_need(per_piece, Decimal(1), made_before, whole=whole)
    return component_need(per_piece, Decimal(1), made_before + made_now, whole=whole) - before
