"""The trading house with its whole way: deliveries, production, purchasing, picking and hand-over by people or by itself."""

from __future__ import annotations

from dataclasses import dataclass

from orderway.masterdata.models import BillLine, Supplier, SupplierTerm
from orderway.orders.actor import SYSTEM
from orderway.orders.models import Delivery, DeliveryLine
from orderway.orders.work import Completion
from orderway.stages.delivery import actions as delivery
from orderway.stages.supply import actions as supply
from orderway.stages.supply.models import SupplyLine, SupplyOrder
from stages.house import BY_ITSELF as START
from stages.house import STANDARD, D, House

_HEAD, _REST = STANDARD.split("flow:\n")
_STAGES = _REST.partition("stages:\n")[2].partition("  ship:\n")[0]
WAY = (
    _HEAD.replace(
        "  customer.credit_left: money\n",
        "  order.deliveries: [{{number: text, damaged: bool, shipped: bool, lines: [{{sku: text, qty: number, "
        "route: {{one_of: [stock, make, buy]}}}}]}}]\n  customer.credit_left: money\n",
    ).replace(
        "documents:\n",
        "documents:\n"
        "  pick_list: {{title: {{en: Pick list}}, keep: 2y, template: pick_list}}\n"
        "  delivery_note: {{title: {{en: Delivery note}}, keep: 10y, template: delivery_note}}\n",
    )
    + """flow:
  - receipt
  - review
  - stock_check
  - planning
  - each: delivery in order.deliveries
    do:
      - parallel: [[making], [buying]]
      - picking
      - handing
  - calling
exceptions:
  cancel:
    by: [manager]
    until: handing
    reason: required
    do: {{end: cancelled, undo: [stock_check, planning, making, buying, picking]}}
  change: {{by: [clerk], until: picking, reason: required, do: {{back_to: review}}}}
  hold: {{reason: required, types: {{customer: {{by: [clerk]}}}}}}
stages:
"""
    + _STAGES
    + """  planning:
    title: {{en: Planning}}
    owner: clerk
    does: delivery.plan
    runs: {runs}
    limit: 1d
    steps:
      - {{id: split, do: {{en: Split}}, evidence: {evidence}}}
  making:
    title: {{en: Making}}
    owner: warehouse
    does: supply.produce
    runs: {runs}
    skip_when: "!delivery.lines.exists(l, l.route == 'make')"
    limit: 5d
    steps:
      - {{id: finish, do: {{en: Finish}}, evidence: {number}}}
  buying:
    title: {{en: Buying}}
    owner: warehouse
    does: supply.purchase
    runs: {runs}
    skip_when: "!delivery.lines.exists(l, l.route == 'buy')"
    limit: 5d
    steps:
      - {{id: receive, do: {{en: Receive}}, evidence: {evidence}}}
  picking:
    title: {{en: Picking}}
    owner: warehouse
    does: delivery.pick
    runs: {runs}
    limit: 4h
    makes: [pick_list]
    steps:
      - {{id: take, do: {{en: Take}}, evidence: {scan}}}
  handing:
    title: {{en: Handing over}}
    owner: warehouse
    does: delivery.hand_over
    runs: {hands}
    limit: 2d
    needs: [pick_list]
    makes: [delivery_note]
    steps:
      - {{id: sign, do: {{en: Sign}}, evidence: {evidence}}}
  calling:
    title: {{en: Calling}}
    owner: clerk
    skip_when: "!order.deliveries.exists(d, d.damaged)"
    limit: 3d
    steps:
      - {{id: call, do: {{en: Call}}, evidence: tick}}
"""
)

BY_ITSELF = START | {"id": "way", "runs": "system", "hands": "system", "evidence": "system", "number": "system", "scan": "system"}
BY_PEOPLE = START | {
    "id": "hands",
    "runs": "person",
    "hands": "person",
    "evidence": "tick",
    "number": "{number: {en: Finished quantity}}",
    "scan": "scan",
}


@dataclass
class Dispatch(House):
    """The trading house that also delivers: rails are made of two bolts, bolts are bought, nuts come from stock only."""

    def open(self) -> Dispatch:
        """Set up what the whole way needs."""
        super().open()
        self.rail = self.an_item("RAIL", "20.00", route="make", lead_time_days=5)
        BillLine.objects.create(item=self.rail, component=self.bolt, quantity=D(2))
        self.smith = Supplier.objects.create(key="SMITH", name="Smith")
        SupplierTerm.objects.create(supplier=self.smith, item=self.bolt, price=D("0.11"), lead_time_days=3, preferred=True)
        self.way = self.released(WAY.format(**BY_ITSELF))
        self.hands = self.released(WAY.format(**BY_PEOPLE))
        return self

    # --- orders on their way ------------------------------------------------------------------------------------------------

    def planned(self, *lines: tuple, standard: str = "hands") -> str:
        """A new order whose deliveries are planned; under "hands" by Alice."""
        (number,) = self.planned_orders(1, *lines, standard=standard)
        return number

    def planned_orders(self, count: int, *lines: tuple, standard: str = "hands") -> list[str]:
        """n new orders whose deliveries are planned."""
        numbers = self.orders(count, *lines, standard=standard)
        self.runs(*numbers)
        if standard == "hands":
            self.plans(*numbers)
        return numbers

    def plans(self, *numbers: str, **more: object) -> None:
        """Alice plans the deliveries."""
        self.prove("planning", {"split": "yes"}, *numbers, who="alice")
        refused = delivery.plan(list(numbers), actor=self.actor("alice"), now=self.now, **more)
        assert not refused, refused

    def prove(self, stage: str, evidence: dict[str, str], *places: str, who: str = "carol") -> None:
        """Somebody records what proves a stage."""
        from orderway.orders import acts

        refused = acts.add_evidence(dict.fromkeys(places, evidence), stage=stage, actor=self.actor(who), now=self.now)
        assert not refused, refused

    def produces(self, *places: str, who: str = "carol"):
        """Somebody has production start; gives what was refused."""
        return supply.produce(list(places), actor=self.actor(who), now=self.now)

    def purchases(self, *places: str, who: str = "carol"):
        """Somebody purchases; gives what was refused."""
        return supply.purchase(list(places), actor=self.actor(who), now=self.now)

    def receives(self, number: str, *arrivals: tuple, who: str = "carol", **more: object) -> supply.Received:
        """Somebody books a goods receipt of (position, quantity), or of everything."""
        given = [supply.Arrival(position, D(quantity)) for position, quantity in arrivals] or None
        return supply.receive(number, given, actor=self.actor(who), now=self.now, **more)

    def picks(self, *places: str, found: dict[int, object] | None = None, who: str = "carol", **report: object):
        """Somebody picks; gives what was refused."""
        counted = {position: D(str(quantity)) for position, quantity in (found or {}).items()}
        reports = {place: delivery.PickReport(counted, **report) for place in places}
        brings = {place: Completion(evidence={"take": "4006381333931"}) for place in places}
        return delivery.pick(list(places), reports, brings=brings, actor=self.actor(who), now=self.now)

    def hands_over(self, *places: str, kept: dict[int, object] | None = None, who: str = "carol", **proof: object):
        """Somebody hands over; gives what was refused."""
        taken = None if kept is None else {position: D(str(quantity)) for position, quantity in kept.items()}
        proofs = {place: delivery.Proof(kept=taken, **proof) for place in places}
        brings = {place: Completion(evidence={"sign": "yes"}) for place in places}
        return delivery.hand_over(list(places), proofs, brings=brings, actor=self.actor(who), now=self.now)

    def cancels(self, *numbers: str, who: str = "mary"):
        """Mary cancels; gives what was refused."""
        from orderway.orders import changes

        return changes.cancel(list(numbers), reason="the customer said so", actor=self.actor(who), now=self.now)

    # --- looking -------------------------------------------------------------------------------------------------------------

    def deliveries(self, number: str) -> dict[int, tuple[str, list[tuple[str, object, str]]]]:
        """State and lines (item, quantity, route) of an order's deliveries, by number."""
        found: dict[int, tuple[str, list]] = {one.number: (one.state, []) for one in Delivery.objects.filter(order__number=number)}
        rows = DeliveryLine.objects.filter(delivery__order__number=number, quantity__gt=0).order_by("line__position", "id")
        for at, sku, quantity, route in rows.values_list("delivery__number", "line__item__sku", "quantity", "route"):
            found[at][1].append((sku, quantity, route))
        return found

    def supply_orders(self) -> dict[str, tuple[str, list[tuple[str, object, object]]]]:
        """Status and lines (item, ordered, received) of every supply order, by number."""
        found: dict[str, tuple[str, list]] = {one.number: (one.status, []) for one in SupplyOrder.objects.order_by("number")}
        rows = SupplyLine.objects.order_by("supply_order__number", "position")
        for number, sku, quantity, received in rows.values_list("supply_order__number", "item__sku", "quantity", "received"):
            found[number][1].append((sku, quantity, received))
        return found

    def open_items(self, number: str) -> dict[str, list[str]]:
        """The open stages of an order, by place."""
        from orderway.orders.models import WorkItem

        found: dict[str, list[str]] = {}
        for place, stage in (
            WorkItem.objects.filter(order__number=number, state="open").order_by("place", "stage").values_list("place", "stage")
        ):
            found.setdefault(place.removeprefix(number), []).append(stage)
        return found


__all__ = ["SYSTEM", "D", "Dispatch"]
