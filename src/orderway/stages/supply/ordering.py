"""Orders what deliveries need from production and suppliers: covers it from supply on order, else with new supply orders.

Receives nothing; `receiving` does. What is written is brought to what is needed now, so that doing it again orders nothing twice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from orderway import sets
from orderway.engine.refusals import Held, Refusal
from orderway.journal import writing
from orderway.journal.chain import NewEntry
from orderway.masterdata.models import Warehouse
from orderway.orders.actor import Actor
from orderway.orders.completion import Completion
from orderway.orders.session import Work
from orderway.sets.kept import Kept, each_of
from orderway.stages.stock import actions as stock
from orderway.stages.supply import entering, numbering, queries, rules
from orderway.stages.supply.models import SupplyLine, SupplyOrder, SupplyPeg
from orderway.stages.supply.refusals import GoodsOnOrder, NobodySupplies, NoWarehouse
from orderway.stages.supply.rules import ZERO, DemandKey, Kind, NewLine, SupplyLineId, SupplyPlan

SUBJECT = "supply_order"


def order(
    places: Sequence[str], kind: Kind, *, brings: Mapping[str, Completion] | None = None, actor: Actor, now: datetime
) -> Mapping[str, Refusal]:
    """Have what these places need from this source on order; places whose goods have all arrived are completed.

    The others stay open: the answer names the supply orders that they wait for, and the goods receipt completes them.
    """
    with entering.supplying(places, kind, actor=actor, now=now, brings=brings) as work:
        held(work)
        sites = queries.sites({place: work.opened(place) for place in work.places})
        standings = queries.standings(sites, kind)
        demands = {demand.key: demand for place in work.places for demand in standings[place].demands}
        without = _cover(list(demands.values()), kind, work)
        done = [place for place in work.places if standings[place].done]
        on_order = queries.supply_orders_of({site.order_id for site in sites}, kind)
        for place in [place for place in work.places if not standings[place].done]:
            work.refuse(place, _what_is_missing(standings[place], without, on_order))
        entering.complete(work, {place: standings[place].arrived for place in done}, brings)
    return work.refused


def held(work: Work) -> None:
    """Turn away the places of orders on hold: nothing is ordered for them."""
    for place in work.places:
        case = work.opened(place).case
        if case.held:
            work.refuse(place, Held(types=tuple(sorted({hold.type for hold in case.holds}))))


def _what_is_missing(
    standing: queries.Standing, without: Mapping[int, str] | None, on_order: Mapping[DemandKey, list[tuple[str, date]]]
) -> Refusal:
    if without is None:
        return NoWarehouse()
    nobody = [without[demand.item] for demand in standing.demands if demand.item in without]
    if nobody:
        return NobodySupplies(items=nobody)
    coming = [one for demand in standing.demands for one in on_order.get(demand.key, ())]
    return GoodsOnOrder(
        supply_orders=list(dict.fromkeys(number for number, _ in coming)), due_on=max(due_on for _, due_on in coming).isoformat()
    )


# --- covering demands ------------------------------------------------------------------------------------------------------


def _cover(demands: Sequence[rules.Demand], kind: Kind, work: Work) -> Mapping[int, str] | None:
    """Cover what is missing; gives the items that nobody supplies, or None if there is no warehouse to receive in."""
    missing = [demand for demand in demands if demand.missing]
    if not missing:
        return {}
    warehouse = queries.receiving_warehouse()
    if warehouse is None:
        return None
    items = {demand.item for demand in missing}
    plan = rules.plan_supply(missing, queries.free_supply_locked(kind, items), queries.terms(kind, items))
    lines = _write_orders(plan, kind, warehouse, entering.days(work), actor=work.actor, now=work.now)
    _write_pegs(plan, lines)
    restate([*{peg.line for peg in plan.pegs}, *(line.pk for line, _ in lines)])
    _note(plan, lines, actor=work.actor, now=work.now)
    return queries.skus(plan.without_source)


def _write_orders(
    plan: SupplyPlan, kind: Kind, warehouse: Warehouse, days: entering.Days, *, actor: Actor, now: datetime
) -> list[tuple[SupplyLine, NewLine]]:
    numbers = numbering.take(kind, now.year, len(plan.orders))
    orders = [
        SupplyOrder(
            number=number,
            kind=kind,
            supplier_id=new[0].term.supplier,
            warehouse=warehouse,
            due_on=rules.due_on(days.today, _lead(new), days.is_working_day),
            release_by=_release_by(new, days),
            created_by=actor.key,
            created_at=now,
        )
        for number, new in zip(numbers, plan.orders, strict=True)
    ]
    SupplyOrder.objects.bulk_create(orders)
    rows = [
        (SupplyLine(supply_order=made, position=position, item_id=line.item, quantity=line.quantity, price=line.term.price), line)
        for made, new in zip(orders, plan.orders, strict=True)
        for position, line in enumerate(new, 1)
    ]
    SupplyLine.objects.bulk_create([row for row, _ in rows])
    return rows


def _lead(lines: Iterable[NewLine]) -> int:
    return max(line.term.lead_days for line in lines)


def _release_by(lines: Sequence[NewLine], days: entering.Days) -> date | None:
    wanted = [rules.release_by(line.wanted_on, line.term.lead_days, days.is_working_day) for line in lines if line.wanted_on]
    return min(wanted, default=None)


def _write_pegs(plan: SupplyPlan, lines: Sequence[tuple[SupplyLine, NewLine]]) -> None:
    """Tie supply to what it serves; a demand that had a peg on the same line gets more of it."""
    wanted: dict[tuple[int, DemandKey], Decimal] = {(peg.line, peg.key): peg.quantity for peg in plan.pegs}
    wanted |= {(SupplyLineId(row.pk), key): quantity for row, line in lines for key, quantity in line.serves}
    known = {
        (peg.supply_line_id, DemandKey(peg.order_line_id, peg.delivery_id)): peg
        for peg in _pegs_of.rows(lines={line for line, _ in wanted})
    }
    more = [(known[place].pk, known[place].quantity + quantity) for place, quantity in wanted.items() if place in known]
    sets.update(SupplyPeg, key=["id"], set=["quantity"], rows=more)
    SupplyPeg.objects.bulk_create(
        SupplyPeg(supply_line_id=line, order_line_id=key.order_line, delivery_id=key.delivery, quantity=quantity)
        for (line, key), quantity in wanted.items()
        if (line, key) not in known
    )


_pegs_of = Kept(lambda: SupplyPeg.objects.filter(supply_line_id__in=each_of("int8", "lines")).order_by("id"))
_lines_of = Kept(lambda: SupplyLine.objects.filter(id__in=each_of("int8", "lines")).select_related("supply_order").order_by("id"))


# --- what stock expects -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Expecting:
    """A peg or line and what stock is to expect for it."""

    row: SupplyPeg | SupplyLine
    coming: stock.Coming | None


def restate(line_ids: Iterable[int]) -> None:
    """Let stock expect what is still to come of these supply lines: what serves an order line for that line, the rest for anybody."""
    wanted, pegs = set(line_ids), defaultdict[int, list[SupplyPeg]](list)
    for peg in _pegs_of.rows(lines=wanted):
        pegs[peg.supply_line_id].append(peg)
    expecting = [one for line in _lines_of.rows(lines=wanted) for one in _expected_of(line, pegs[line.pk])]
    given_up = [one.row.expected_id for one in expecting if one.row.expected_id is not None]
    if given_up:
        stock.expect_no_more(given_up)
    coming = [one.coming for one in expecting if one.coming is not None]
    ids = iter(stock.expect(coming) if coming else ())
    now_expected = [(one.row, next(ids) if one.coming is not None else None) for one in expecting]
    sets.store(
        [
            sets.Update(model, ("id",), ("expected",), [(row.pk, expected) for row, expected in now_expected if isinstance(row, model)])
            for model in (SupplyLine, SupplyPeg)
        ]
    )


def _expected_of(line: SupplyLine, pegs: Iterable[SupplyPeg]) -> Iterable[_Expecting]:
    order_ = line.supply_order
    is_open = order_.status == SupplyOrder.Status.OPEN
    rest = line.quantity - line.received
    for peg in pegs:
        open_ = min(peg.quantity - peg.received, rest) if is_open else ZERO
        rest -= open_
        yield _Expecting(peg, _coming(line, open_, peg.order_line_id, peg.delivery_id))
    yield _Expecting(line, _coming(line, max(ZERO, rest) if is_open else ZERO, None, None))


def _coming(line: SupplyLine, quantity: Decimal, order_line: int | None, delivery: int | None) -> stock.Coming | None:
    if not quantity:
        return None
    order_ = line.supply_order
    return stock.Coming(line.item_id, order_.warehouse_id, quantity, order_.due_on, order_.number, order_line, delivery)


# --- the journal of supply orders -------------------------------------------------------------------------------------------


def _note(plan: SupplyPlan, lines: Sequence[tuple[SupplyLine, NewLine]], *, actor: Actor, now: datetime) -> None:
    served = queries.described({peg.key for peg in plan.pegs} | {key for _, line in lines for key, _ in line.serves})
    entries: dict[str, list[object]] = {}
    numbers = dict(SupplyLine.objects.filter(id__in={peg.line for peg in plan.pegs}).values_list("id", "supply_order__number"))
    for peg in plan.pegs:
        entries.setdefault(numbers[peg.line], []).append([*served[peg.key], str(peg.quantity)])
    for row, line in lines:
        for key, quantity in line.serves:
            entries.setdefault(row.supply_order.number, []).append([*served[key], str(quantity)])
    new = {row.supply_order.number for row, _ in lines}
    note([(number, "order" if number in new else "peg", {"serves": serves}) for number, serves in entries.items()], actor=actor, now=now)


def note(entries: Iterable[tuple[str, str, Mapping[str, object]]], *, actor: Actor, now: datetime) -> None:
    """Write to the journals of supply orders, which the caller has locked or just made: (number, what happened, payload)."""
    writing.append(
        [NewEntry(SUBJECT, number, now, f"supply.{act}", actor.key, writing.canonical(payload)) for number, act, payload in entries]
    )
