"""When goods come in the demo: production and suppliers deliver, sometimes late, sometimes in parts. Through the acts."""

from __future__ import annotations

from datetime import date, datetime
from decimal import ROUND_FLOOR, Decimal

from orderway.demo.scene import Scene
from orderway.demo.workdays import Slot
from orderway.orders.actor import Actor
from orderway.sets.kept import Kept
from orderway.stages.supply import actions as supply
from orderway.stages.supply.models import SupplyLine, SupplyOrder

EARLY_OR_LATE = ((-1, 14), (0, 60), (1, 12), (2, 7), (4, 5), (7, 2))  # working days after the due date, and how often
IN_PARTS = 0.08
SENT_AT_ONCE = 0.3


_on_their_way = Kept(
    lambda: SupplyOrder.objects.filter(status=SupplyOrder.Status.OPEN).order_by("id").values_list("number", "kind", "due_on")
)


class Inbound:
    """Supply orders on their way."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._arrives: dict[str, date] = {}
        self._first_part: set[str] = set()

    def work(self, slot: Slot, now: datetime) -> None:
        """Book what arrives today; orders are seen the day after they were made."""
        for number, kind, due_on in _on_their_way.rows():
            if number not in self._arrives:
                self._seen(number, kind, due_on, slot, now)
            elif self._arrives[number] <= slot.day:
                self._receive(number, kind, slot, now)

    def _seen(self, number: str, kind: str, due_on: date, slot: Slot, now: datetime) -> None:
        """Some orders go out formally, the others with the goods; a supplier who will be very late says so."""
        random = self._scene.chances.of("supplier", number)
        late = random.choices([days for days, _ in EARLY_OR_LATE], [weight for _, weight in EARLY_OR_LATE])[0]
        arrives = self._scene.workdays.days_after(max(due_on, slot.day), max(0, late))
        self._arrives[number] = max(slot.day, arrives)
        actor = self._actor(kind, slot, number)
        if random.random() < SENT_AT_ONCE:
            supply.release(number, actor=actor, now=now)
        if late >= 4:
            supply.reconfirm(number, self._arrives[number], actor=actor, now=now)

    def _receive(self, number: str, kind: str, slot: Slot, now: datetime) -> None:
        arrivals = None
        if number not in self._first_part and self._scene.chances.of("parts", number).random() < IN_PARTS:
            self._first_part.add(number)
            arrivals = self._half(number)
            self._arrives[number] = self._scene.workdays.days_after(slot.day, 2)
        paper = f"{'PR' if kind == 'make' else 'DN'}-{number}-{slot.day:%m%d}"
        received = supply.receive(number, arrivals, paper=paper, actor=self._actor(kind, slot, number), now=now)
        self._scene.note("supply.receive", {place: one for place, one in received.waiting.items() if one.code != "not_open"})

    def _half(self, number: str) -> list[supply.Arrival] | None:
        lines = SupplyLine.objects.filter(supply_order__number=number).order_by("position").values_list("position", "quantity")
        halves = [supply.Arrival(position, (quantity / 2).to_integral_value(ROUND_FLOOR)) for position, quantity in lines]
        return [one for one in halves if one.quantity > Decimal(0)] or None

    def _actor(self, kind: str, slot: Slot, number: str) -> Actor:
        return self._scene.staff.at_work("production" if kind == "make" else "buyer", None, slot.day, number)
