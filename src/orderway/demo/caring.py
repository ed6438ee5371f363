"""After-sales in the demo: calls, complaints, goods that come back, credit notes, goods sent again. Through the acts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import ROUND_CEILING, Decimal

from orderway.demo.scene import Scene, Task, evidence_of
from orderway.demo.workdays import Slot
from orderway.engine.refusals import Refusal
from orderway.orders import line_ledger
from orderway.orders.actor import Actor
from orderway.orders.acts import Refused
from orderway.orders.completion import Completion
from orderway.orders.models import Order, OrderLine
from orderway.stages.aftersales import actions as aftersales
from orderway.stages.aftersales import settlements
from orderway.stages.aftersales.models import ReturnReceipt

WORKING_DAY = 480  # minutes
KINDS = ("item", "quantity", "date", "document")
SAID = {
    "item": "One block of the delivery is another size than ordered.",
    "quantity": "A piece is missing in the crate.",
    "date": "The delivery came after the day that was promised.",
    "document": "The certificate of the rails was not in the parcel.",
}
DONE = {
    "none": "The customer is content.",
    "talk": "Explained and apologised; nothing to pay.",
    "allowance": "An allowance was granted; the customer keeps the goods.",
    "return": "Taken back and credited.",
    "replace": "Taken back and sent again.",
}
ALLOWANCE = Decimal("0.08")
CENT = Decimal("0.01")


class ServiceDesk:
    """The after-sales agent."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._step: dict[str, int] = {}

    def complain(self, number: str, slot: Slot, now: datetime) -> None:
        """A customer calls: something is wrong with a delivery."""
        kind = self._scene.luck("complaint", number).choice(KINDS)
        actor = self._scene.staff.at_work("service", None, slot.day)
        try:
            aftersales.complain(number, kind=kind, text=SAID[kind], actor=actor, now=now)
        except Refusal as refusal:
            self._scene.note("complain", [refusal])

    def resolve(self, tasks: Sequence[Task], actor: Actor, slot: Slot, now: datetime) -> Refused:
        """Settle what there is to settle: goods that come back first, the call when nothing is awaited any more."""
        ready = [task for task in tasks if self._remedied(task, actor, slot, now)]
        brings = {task.place: self._completion(task) for task in ready}
        resolutions = {task.place: DONE[self._scene.fate(task.number).remedy] for task in ready}
        if not ready:
            return {}
        refused = aftersales.resolve([task.place for task in ready], resolutions=resolutions, brings=brings, actor=actor, now=now)
        for task in ready:
            if task.place in refused:
                self._scene.later(task, slot, WORKING_DAY)
        return refused

    def _completion(self, task: Task) -> Completion:
        choice = self._scene.luck("cause", task.place).randrange(6)
        return Completion(evidence=evidence_of(task.definition, task.place, choice=choice))

    def _remedied(self, task: Task, actor: Actor, slot: Slot, now: datetime) -> bool:
        """One step further with what the customer gets; True when only the call is left."""
        fate, step = self._scene.fate(task.number), self._step.get(task.number, 0)
        wronged = fate.damaged or fate.complaint_after is not None
        if not wronged or fate.remedy in ("none", "talk") or step >= 9:
            return True
        try:
            return self._one_step(task, fate.remedy, step, actor, slot, now)
        except Refusal as refusal:
            self._scene.note(f"aftersales.{fate.remedy}", [refusal])
            self._step[task.number] = 9
            return True

    def _one_step(self, task: Task, remedy: str, step: int, actor: Actor, slot: Slot, now: datetime) -> bool:
        if remedy == "allowance":
            self._allow(task.number, actor, now)
            self._step[task.number] = 9
            return True
        if step == 0:
            return self._announce(task, actor, slot, now)
        if step == 1:
            self._take_back(task.number, actor, now)
            self._step[task.number] = 2
            if remedy == "replace":
                self._send_again(task.number, actor, now)
        self._step[task.number] = 9
        return True

    def _announce(self, task: Task, actor: Actor, slot: Slot, now: datetime) -> bool:
        back = self._wrong(task.number)
        if not back:
            self._step[task.number] = 9
            return True
        wanted = aftersales.Announcement(task.number, back, reason="Damaged or wrong")
        announced = aftersales.announce_return([wanted], actor=actor, now=now)
        self._scene.note("announce_return", announced.refused)  # type: ignore[arg-type]
        self._step[task.number] = 9 if announced.refused else 1
        self._scene.later(task, slot, 3 * WORKING_DAY)
        return False

    def _take_back(self, number: str, actor: Actor, now: datetime) -> None:
        random = self._scene.luck("condition", number)
        condition = ReturnReceipt.Condition.DAMAGED if random.random() < 0.5 else ReturnReceipt.Condition.GOOD
        refused = aftersales.receive_return([aftersales.Arrival(number, 1, condition=condition)], actor=actor, now=now)
        self._scene.note("receive_return", refused.values())

    def _send_again(self, number: str, actor: Actor, now: datetime) -> None:
        back = self._wrong(number)
        settlements.replace_goods(number, back, reason="Sent again after a return", actor=actor, now=now)

    def _allow(self, number: str, actor: Actor, now: datetime) -> None:
        """Some per cent of the first line that is billed."""
        for position, sums in self._sums(number).items():
            amount = (sums.creditable * ALLOWANCE).quantize(CENT)
            if amount > 0:
                wish = settlements.Wish(number, amounts={position: amount}, text="For the trouble")
                _, refused = settlements.credit([wish], actor=actor, now=now)
                self._scene.note("aftersales.credit", refused)
                return

    def _wrong(self, number: str) -> dict[int, Decimal]:
        """A part of the first line that was delivered: what was wrong with it."""
        for position, sums in self._sums(number).items():
            if sums.quantity("shipped") > 0:
                return {position: (sums.quantity("shipped") / 6).to_integral_value(ROUND_CEILING)}
        return {}

    def _sums(self, number: str) -> dict[int, line_ledger.Sums]:
        """The ledger of every stocked line, by position."""
        order_id = Order.objects.values_list("pk", flat=True).get(number=number)
        lines = OrderLine.objects.filter(order_id=order_id, item__stocked=True).order_by("position").values_list("position", "pk")
        sums = line_ledger.sums_of_orders([order_id])[order_id]
        return {position: sums[pk] for position, pk in lines if pk in sums}
