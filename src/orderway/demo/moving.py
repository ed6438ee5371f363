"""How goods move in the demo: reserved, planned, ordered, picked, handed over. Through the acts, n places at a time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import ROUND_FLOOR, Decimal

from orderway.demo.scene import Scene, Task, evidence_of, papers_of
from orderway.demo.workdays import Slot
from orderway.orders import acts
from orderway.orders.actor import Actor
from orderway.orders.acts import Refused
from orderway.orders.completion import Completion
from orderway.orders.models import Delivery, DeliveryLine
from orderway.stages.delivery import actions as delivery
from orderway.stages.stock import actions as stock
from orderway.stages.supply import actions as supply

CARRIERS = ("SF Express", "Deppon", "ZTO Freight", "own van")
NOTE = b"%PDF-1.4\n% Signed delivery note (demo)\n%%EOF\n"
WORKING_DAY = 480  # minutes
HALF = Decimal("0.5")


class GoodsDesk:
    """Planner, production, buyers, warehouse and logistics."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._done: set[tuple[str, str]] = set()

    def reserve(self, tasks: Sequence[Task], actor: Actor, slot: Slot, now: datetime) -> Refused:
        """Reserve what is in stock."""
        return stock.reserve([task.place for task in tasks], actor=actor, now=now, brings=_evidence(tasks))

    def plan(self, tasks: Sequence[Task], actor: Actor, slot: Slot, now: datetime) -> Refused:
        """Split orders into deliveries; every second one gets a trip booked."""
        trips = {
            task.place: delivery.TripWish(
                carrier=self._scene.luck("carrier", task.place).choice(CARRIERS),
                window_from=now + timedelta(days=5),
                window_until=now + timedelta(days=5, hours=3),
            )
            for task in tasks
            if self._scene.luck("trip", task.place).random() < 0.5
        }
        return delivery.plan([task.place for task in tasks], trips=trips, brings=_evidence(tasks), actor=actor, now=now)

    def produce(self, tasks: Sequence[Task], actor: Actor, slot: Slot, now: datetime) -> Refused:
        """Have production orders for what is missing; the goods receipt completes the stage."""
        self._prepare(tasks, actor, now)
        return self._waiting_for_goods(tasks, slot, supply.produce([task.place for task in tasks], actor=actor, now=now))

    def purchase(self, tasks: Sequence[Task], actor: Actor, slot: Slot, now: datetime) -> Refused:
        """Order from suppliers what is missing; the goods receipt completes the stage."""
        self._prepare(tasks, actor, now)
        return self._waiting_for_goods(tasks, slot, supply.purchase([task.place for task in tasks], actor=actor, now=now))

    def _prepare(self, tasks: Sequence[Task], actor: Actor, now: datetime) -> None:
        """What is proven before the goods come: every step but the last and those that ask for a quantity."""
        evidence = {}
        for task in tasks:
            steps = [step for step in task.definition.steps if step.evidence and step.evidence.kind == "tick"]
            evidence[task.place] = {step.id: "yes" for step in steps if step is not task.definition.steps[-1]}
        known = {place: given for place, given in evidence.items() if given}
        if known:
            acts.add_evidence(known, stage="", actor=actor, now=now)

    def _waiting_for_goods(self, tasks: Sequence[Task], slot: Slot, refused: Refused) -> Refused:
        for task in tasks:
            if task.place in refused:
                self._scene.later(task, slot, 4 * WORKING_DAY)
        return {place: refusal for place, refusal in refused.items() if refusal.code != "goods_on_order"}

    def pick(self, tasks: Sequence[Task], actor: Actor, slot: Slot, now: datetime) -> Refused:
        """Pick; once in a while the shelf holds less than it should."""
        reports = {task.place: self._report(task) for task in tasks}
        refused = delivery.pick([task.place for task in tasks], reports, brings=_evidence(tasks), actor=actor, now=now)
        self._again(tasks, refused, slot)
        return refused

    def _report(self, task: Task) -> delivery.PickReport:
        tracking = (f"SF{self._scene.luck('track', task.place).randrange(10**11):011d}",)
        if self._scene.fate(task.number).short and self._once("short", task.number):
            carried = _carried(task.place)
            found = {position: _half(quantity) for position, quantity in carried.items() if quantity > 1}
            if found:
                position = min(found)
                return delivery.PickReport(found={position: found[position]}, missing=True, tracking_numbers=tracking)
        return delivery.PickReport(tracking_numbers=tracking)

    def hand_over(self, tasks: Sequence[Task], actor: Actor, slot: Slot, now: datetime) -> Refused:
        """Hand over against a signature; some goods arrive damaged, some are refused, which stands on the note."""
        proofs = {task.place: self._proof(task) for task in tasks}
        files = {
            task.place: [acts.Attachment(kind, f"{task.place}.pdf".replace("/", "-"), "application/pdf", NOTE)]
            for task in tasks
            for kind in papers_of(task.definition, task.standard)
        }
        if files:
            acts.attach(files, actor=actor, now=now)
        refused = delivery.hand_over([task.place for task in tasks], proofs, brings=_evidence(tasks), actor=actor, now=now)
        self._scene.delivered.update({task.number: now for task in tasks if task.place not in refused})
        self._again(tasks, refused, slot)
        return refused

    def _proof(self, task: Task) -> delivery.Proof:
        fate, signed = (
            self._scene.fate(task.number),
            self._scene.luck("signs", task.place).choice(("李明", "王强", "Zhang Hua", "陈静")),
        )
        if fate.refused and self._once("refused", task.number):
            return delivery.Proof(note="Nobody was there to take the goods.", kept={})
        if fate.refused_in_part and self._once("part", task.number):
            carried = _carried(task.place)
            if sum(carried.values()) > 1:
                first = min(carried)
                kept = {**carried, first: _half(carried[first])}
                return delivery.Proof(signed_by=signed, note="One carton was wet; the customer did not take it.", kept=kept)
        damaged = fate.damaged and self._once("damaged", task.number)
        return delivery.Proof(signed_by=signed, damaged=damaged, note="The crate was dented." if damaged else "")

    def _once(self, what: str, number: str) -> bool:
        """Misfortunes happen to an order once."""
        known = (what, number) in self._done
        self._done.add((what, number))
        return not known

    def _again(self, tasks: Sequence[Task], refused: Refused, slot: Slot) -> None:
        for task in tasks:
            if task.place in refused:
                self._scene.later(task, slot, WORKING_DAY)


def _evidence(tasks: Sequence[Task]) -> dict[str, Completion]:
    return {task.place: Completion(evidence=evidence_of(task.definition, task.place)) for task in tasks}


def _carried(place: str) -> dict[int, Decimal]:
    """What the delivery of a place carries, by position."""
    number, _, key = place.partition("/")
    rows = DeliveryLine.objects.filter(delivery__order__number=number, delivery__state=Delivery.State.OPEN, quantity__gt=0)
    found: dict[int, Decimal] = {}
    for position, quantity in rows.filter(delivery__number=int(key or 1)).values_list("line__position", "quantity"):
        found[position] = found.get(position, Decimal(0)) + quantity
    return found


def _half(quantity: Decimal) -> Decimal:
    return (quantity * HALF).to_integral_value(ROUND_FLOOR)
