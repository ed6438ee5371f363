"""What comes between in the demo: holds and their end, changes, cancellations, complaints, on the day that fate has named."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime
from decimal import Decimal

from orderway.demo.caring import ServiceDesk
from orderway.demo.scene import Scene
from orderway.demo.workdays import ZONE, Slot
from orderway.orders import acts, changes
from orderway.orders.models import OrderLine

HOLDERS = {"customer": "sales", "quality": "sales_manager"}
REASONS = {"customer": "The customer asks to wait for a new drawing.", "quality": "A batch of steel is being tested again."}


class Disturbances:
    """A calendar of what will come between."""

    def __init__(self, scene: Scene, service: ServiceDesk) -> None:
        self._scene, self._service = scene, service
        self._agenda: dict[date, list[tuple[str, str]]] = defaultdict(list)
        self._delivered: set[str] = set()

    def expect(self, number: str) -> None:
        """Note what is in store for a new order."""
        fate, at = self._scene.fate(number), self._scene.arrivals[number].at
        if fate.hold:
            self._on(at, fate.hold_after, "hold", number)
        if fate.cancelled_after is not None:
            self._on(at, fate.cancelled_after, "cancel", number)
        elif fate.changed_after is not None:
            self._on(at, fate.changed_after, "change", number)

    def _on(self, since: datetime, days: int, what: str, number: str) -> None:
        self._agenda[self._scene.workdays.days_after(since.astimezone(ZONE).date(), days)].append((what, number))

    def work(self, slot: Slot, now: datetime) -> None:
        """Do what this day has in store."""
        for number, at in self._scene.delivered.items():
            if number not in self._delivered:
                self._delivered.add(number)
                after = self._scene.fate(number).complaint_after
                if after is not None:
                    self._on(max(at, now), after, "complain", number)
        for day in sorted(day for day in self._agenda if day <= slot.day):
            for what, number in sorted(self._agenda.pop(day)):
                getattr(self, f"_{what}")(number, slot, now)

    def _hold(self, number: str, slot: Slot, now: datetime) -> None:
        fate = self._scene.fate(number)
        actor = self._scene.staff.at_work(HOLDERS[fate.hold], None, slot.day, *self._scene.named(number))
        refused = acts.hold([number], fate.hold, reason=REASONS[fate.hold], actor=actor, now=now)
        self._scene.note("hold", refused)
        if not refused:
            self._on(now, fate.hold_days, "lift", number)

    def _lift(self, number: str, slot: Slot, now: datetime) -> None:
        fate = self._scene.fate(number)
        actor = self._scene.staff.at_work(HOLDERS[fate.hold], None, slot.day, *self._scene.named(number))
        self._scene.note("lift", acts.lift([number], fate.hold, reason="Settled.", actor=actor, now=now))

    def _cancel(self, number: str, slot: Slot, now: datetime) -> None:
        actor = self._scene.staff.at_work("sales_manager", None, slot.day)
        self._scene.note("cancel", changes.cancel([number], reason="The customer's project was stopped.", actor=actor, now=now))

    def _change(self, number: str, slot: Slot, now: datetime) -> None:
        """The customer wants more of the first line, or less."""
        actor = self._scene.staff.at_work("sales", None, slot.day, *self._scene.named(number))
        line = OrderLine.objects.filter(order__number=number, item__stocked=True).order_by("position").first()
        if line is None:
            return
        more = self._scene.luck("change", number).choice((Decimal("0.5"), Decimal("1.5"), Decimal(2)))
        wanted = max(Decimal(1), (line.quantity * more).to_integral_value())
        change = changes.OrderChange(quantities={line.pk: wanted})
        reason = f"The customer wants {wanted} instead of {line.quantity.normalize():f}."
        self._scene.note("change", changes.change({number: change}, reason=reason, actor=actor, now=now))

    def _complain(self, number: str, slot: Slot, now: datetime) -> None:
        self._service.complain(number, slot, now)
