"""Picking: what is taken from the shelves for a delivery. What comes short goes into the next delivery in the same act.

Moves no stock: goods lie reserved in their warehouse until they are handed over.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from orderway import sets
from orderway.engine.refusals import Refusal
from orderway.orders.actor import Actor
from orderway.orders.completion import Completion
from orderway.orders.models import DeliveryLine
from orderway.orders.work import Work, working_on
from orderway.sets.kept import Kept, each_of
from orderway.stages.delivery import papers, queries, rules, runs
from orderway.stages.delivery.models import Parcel, Pick
from orderway.stages.delivery.policy import policy
from orderway.stages.delivery.queries import Held, StandingDelivery
from orderway.stages.delivery.refusals import MorePickedThanPossible, NegativeQuantity, NothingReserved, UnknownLine
from orderway.stages.delivery.rules import ZERO, LineId, Picked, PickNeed
from orderway.stages.delivery.runs import Rest
from orderway.stages.stock import actions as stock
from orderway.stages.stock.rules import Draw, Need
from orderway.stages.supply.rules import shown

ACT = "delivery.pick"
PICK_COLUMNS = ("delivery", "line", "quantity", "handed_over", "put_back", "picked_by", "picked_at")


@dataclass(frozen=True, slots=True)
class PickReport:
    """What a picker reports of a delivery. `found`: quantities by order position; positions that are missing were found in full.

    `missing`: the shelf did not hold what comes short, so it is no longer reserved; else it stays reserved for the next delivery.
    """

    found: Mapping[int, Decimal] = field(default_factory=dict)
    missing: bool = False
    tracking_numbers: tuple[str, ...] = ()


def pick(
    places: Sequence[str],
    reports: Mapping[str, PickReport] | None = None,
    *,
    brings: Mapping[str, Completion] | None = None,
    actor: Actor,
    now: datetime,
) -> Mapping[str, Refusal]:
    """Pick what these deliveries want of what lies reserved. What is reported short begins the next delivery, in the same act.

    Without a report everything is picked; a delivery of which nothing lies in stock is refused, one that lies there in part is split.
    """
    reports = reports or {}
    with working_on(places, ACT, actor=actor, now=now, brings=brings) as work:
        at = runs.deliveries_at(work)
        desk = _Desk(work, at, reports)
        desk.reserve_missing()
        desk.judge()
        desk.take()
        work.complete()
    return work.refused


_parcels = Kept(lambda: Parcel.objects.filter(delivery_id__in=each_of("int8", "deliveries")).values_list("delivery_id", flat=True))


class _Desk:
    """One pick of n deliveries."""

    def __init__(self, work: Work, at: Mapping[str, Sequence[StandingDelivery]], reports: Mapping[str, PickReport]) -> None:
        self._work = work
        self._at = at
        self._reports = reports
        self._lines = {line.line: line for line in queries.lines_of(work.order_ids)} if work.places else {}
        self._reserved = {line: list(known.held) for line, known in self._lines.items()}
        self._verdicts: dict[str, list[tuple[StandingDelivery, list[Picked]]]] = {}

    # --- what lies there ------------------------------------------------------------------------------------------------

    def reserve_missing(self) -> None:
        """Set aside what a delivery wants and does not have yet, as far as free stock reaches."""
        needs = [
            Need(need.line, self._lines[need.line].item_id, wanted, delivery.id)
            for place in self._work.places
            for delivery in self._unpicked(place)
            for need in self._needs(place, delivery)
            if (wanted := rules.wanted_reserved(need))
        ]
        if needs:
            for need, got in stock.reserve_for(needs, actor=self._work.actor, now=self._work.now).items():
                if got:
                    line = LineId(need.line_id)
                    self._reserved[line].append(Held(rules.WarehouseId(0), need.delivery_id, got))

    def _unpicked(self, place: str) -> list[StandingDelivery]:
        """Passing the stage again does not pick again what is picked already."""
        return [delivery for delivery in self._at[place] if not delivery.picked]

    def _needs(self, place: str, delivery: StandingDelivery) -> list[PickNeed]:
        found = self._reports.get(place, PickReport()).found
        positions = {line.line: line.position for line in delivery.lines}
        return [
            PickNeed(
                line,
                wanted,
                self._within_reach(delivery, line),
                self._most(line, wanted),
                self._lines[line].stocked,
                found.get(positions[line]),
            )
            for line, wanted in delivery.quantities().items()
        ]

    def _within_reach(self, delivery: StandingDelivery, line: LineId) -> Decimal:
        return sum((one.quantity for one in self._reserved.get(line, ()) if one.delivery_id in (None, delivery.id)), ZERO)

    def _most(self, line: LineId, wanted: Decimal) -> Decimal:
        """What the customer accepts with this delivery: the tolerance of the line, over all deliveries, less what the others carry."""
        known = self._lines[line]
        elsewhere = max(ZERO, known.open - wanted)
        return max(wanted, rules.most_deliverable(known.ordered, known.cancelled, known.shipped, policy()) - elsewhere)

    # --- judging ----------------------------------------------------------------------------------------------------------

    def judge(self) -> None:
        """Say of every line what is taken and what is left; places where that cannot be are refused."""
        for place in self._work.places:
            refusal = self._strange(place)
            verdicts: list[tuple[StandingDelivery, list[Picked]]] = []
            for delivery in self._unpicked(place):
                needs = self._needs(place, delivery)
                judged = [rules.pick(need) for need in needs]
                refusal = refusal or self._too_much(needs, judged)
                verdicts.append((delivery, [one for one in judged if one is not None]))
                for one in verdicts[-1][1]:
                    self._use(delivery, one)
            refusal = refusal or self._nothing(place, verdicts)
            if refusal is not None:
                self._work.refuse(place, refusal)
            elif not any(one.rest for _, rows in verdicts for one in rows) or runs.can_add(self._work, place):
                self._verdicts[place] = verdicts

    def _strange(self, place: str) -> Refusal | None:
        positions = {line.position: line.sku for delivery in self._at[place] for line in delivery.lines}
        for position, quantity in self._reports.get(place, PickReport()).found.items():
            if position not in positions:
                return UnknownLine(field="found", place=place, line=position)
            if quantity < 0:
                return NegativeQuantity(field="found", given=quantity, item=positions[position])
        return None

    def _too_much(self, needs: Sequence[PickNeed], judged: Sequence[Picked | None]) -> Refusal | None:
        for need, verdict in zip(needs, judged, strict=True):
            if verdict is None:
                sku = self._lines[need.line].sku
                return MorePickedThanPossible(field="found", item=sku, given=shown(need.given or ZERO), most=shown(need.within_reach))
        return None

    def _nothing(self, place: str, verdicts: Sequence[tuple[StandingDelivery, Sequence[Picked]]]) -> Refusal | None:
        if not verdicts or any(one.taken for _, rows in verdicts for one in rows):
            return None
        return NothingReserved(place=place, items=[self._lines[one.line].sku for _, rows in verdicts for one in rows])

    def _use(self, delivery: StandingDelivery, picked: Picked) -> None:
        """What one delivery takes the next of the same order cannot."""
        left = picked.taken
        mine = [one for one in self._reserved.get(picked.line, ()) if one.delivery_id in (None, delivery.id)]
        others = [one for one in self._reserved.get(picked.line, ()) if one not in mine]
        for one in sorted(mine, key=lambda one: one.delivery_id is None):
            used = min(left, one.quantity)
            left -= used
            others.append(Held(one.warehouse, one.delivery_id, one.quantity - used))
        self._reserved[picked.line] = others

    # --- writing ------------------------------------------------------------------------------------------------------------

    def take(self) -> None:
        """Book the picks, plan the next deliveries for what is left, make the papers."""
        taken = [
            (place, delivery, one) for place, verdicts in self._verdicts.items() for delivery, rows in verdicts for one in rows if one.taken
        ]
        work, now = self._work, self._work.now
        stocked = [(place, delivery, one) for place, delivery, one in taken if self._lines[one.line].stocked]
        draws = {Draw(one.line, one.taken, delivery.id, place=place): one for place, delivery, one in stocked}
        if draws:
            rest = any(one.rest for verdicts in self._verdicts.values() for _, rows in verdicts for one in rows)
            beside = {} if rest else {"store": work.also}  # for a rest the same stock is locked and read again
            got = stock.pick(list(draws), actor=work.actor, now=now, **beside)
            if any(got[draw] != draw.quantity for draw in draws):
                raise AssertionError("what was read under the lock of the order is what lies reserved")
        work.also(
            sets.Insert(
                Pick, PICK_COLUMNS, [(delivery.id, one.line, one.taken, ZERO, ZERO, work.actor.key, now) for _, delivery, one in taken]
            )
        )
        self._plan_rests()
        self._note_parcels()
        work.also(*papers.writes(work, {place: self._paper_lines(verdicts) for place, verdicts in self._verdicts.items() if verdicts}))

    def _paper_lines(self, verdicts: Sequence[tuple[StandingDelivery, Sequence[Picked]]]) -> list[papers.PaperLine]:
        return [
            papers.PaperLine(self._lines[one.line].position, self._lines[one.line].sku, one.taken, runs.warehouse_of(delivery, one.line))
            for delivery, rows in verdicts
            for one in rows
            if one.taken
        ]

    def _plan_rests(self) -> None:
        """What comes short leaves this delivery and begins the next; what the shelf did not hold is reserved no longer."""
        rests: dict[str, list[Rest]] = defaultdict(list)
        shrunk: list[tuple[int, Decimal]] = []
        released: list[Draw] = []
        for place, verdicts in self._verdicts.items():
            missing = self._reports.get(place, PickReport()).missing
            for delivery, rows in verdicts:
                shrunk += runs.carries(delivery, {one.line: one.taken for one in rows})
                for one in rows:
                    if one.rest:
                        reserved = ZERO if missing and self._lines[one.line].stocked else one.reserved_rest
                        rests[place] += runs.rest_of(delivery, one.line, one.rest, reserved=reserved, source=self._lines[one.line].route)
                        released += [Draw(one.line, one.reserved_rest, delivery.id, place=place)] if self._freed(one) else []
        sets.store([sets.Update(DeliveryLine, ("id",), ("quantity",), shrunk)])
        if released:
            stock.release(released, actor=self._work.actor, now=self._work.now)
        made = runs.add_next(self._work, rests)
        self._reserve_again(made, rests)

    def _freed(self, one: Picked) -> bool:
        """Whether a rest's reservation is given back: it may hang on this delivery, and the next one reserves its own."""
        return bool(one.reserved_rest) and self._lines[one.line].stocked

    def _reserve_again(self, made: Mapping[str, object], rests: Mapping[str, Sequence[Rest]]) -> None:
        needs = [
            Need(one.line, self._lines[one.line].item_id, one.quantity, getattr(delivery, "pk", None))
            for place, delivery in made.items()
            for one in rests[place]
            if one.route == "stock" and self._lines[one.line].stocked and not self._reports.get(place, PickReport()).missing
        ]
        if needs:
            stock.reserve_for(needs, actor=self._work.actor, now=self._work.now)

    def _note_parcels(self) -> None:
        tracked = {
            verdicts[0][0].id: report.tracking_numbers
            for place, verdicts in self._verdicts.items()
            if verdicts and (report := self._reports.get(place)) and report.tracking_numbers
        }
        if tracked:
            known = Counter(_parcels.rows(deliveries=tracked))
            rows = [
                (delivery, known[delivery] + number, tracking, self._work.actor.key, self._work.now)
                for delivery, numbers in tracked.items()
                for number, tracking in enumerate(numbers, 1)
            ]
            self._work.also(sets.Insert(Parcel, ("delivery", "number", "tracking_number", "packed_by", "packed_at"), rows))
