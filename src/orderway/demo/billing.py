"""How the demo bills and is paid: invoices by hand where the standard wants it, customers pay twice a month, some late, some in parts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.models import F

from orderway.demo.scene import Scene, Task, evidence_of
from orderway.demo.workdays import Slot
from orderway.orders.actor import Actor
from orderway.orders.acts import Refused
from orderway.orders.completion import Completion
from orderway.sets.numbers import exact
from orderway.stages.invoicing import actions as invoicing
from orderway.stages.invoicing import payments, queries
from orderway.stages.invoicing.models import Invoice

PAYDAYS = (10, 25)  # every customer has one of them
AHEAD_DAYS = 32  # a pay run takes along what is due before the next one
LATE_AHEAD_DAYS = 10
MONDAY = 0
HALF = Decimal("0.5")
CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Owed:
    """An invoice that is not paid in full: what is open, since when, of which order."""

    number: str
    customer: str
    currency: str
    order: str
    due_on: date
    open: Decimal


def owed() -> list[Owed]:
    """All open invoices, the oldest first; one statement."""
    columns = ("number", "customer__key", "currency", "order__number", "due_on", "total", "settled")
    rows = queries.with_settled(Invoice.objects.order_by("id")).filter(settled__lt=F("total")).values_list(*columns)
    places = queries.AMOUNT_PLACES
    found = [
        Owed(number, customer, currency, order, due_on, exact(total, places) - exact(settled, places))
        for number, customer, currency, order, due_on, total, settled in rows
    ]
    return [one for one in found if one.open > 0]  # SQLite adds binary fractions: a settled invoice may seem to owe nothing of a cent


@dataclass
class MoneyDesk:
    """Finance."""

    scene: Scene
    _paid_in_part: set[str] = field(default_factory=set)
    _last: date | None = None

    def issue(self, tasks: Sequence[Task], actor: Actor, slot: Slot, now: datetime) -> Refused:
        """Invoice what was delivered."""
        brings = {task.place: Completion(evidence=evidence_of(task.definition, task.place)) for task in tasks}
        return invoicing.issue(list(brings), brings=brings, actor=actor, now=now)

    def book_payments(self, slot: Slot, now: datetime) -> None:
        """What the bank reports today; once a week what is open after its due date is noted."""
        last, self._last = self._last or slot.day - timedelta(days=1), slot.day
        for number, payday in enumerate(PAYDAYS):
            if _passed(payday, last, slot.day):
                self._pay_run(number, slot, now)
        if slot.day.weekday() == MONDAY:
            payments.note_overdue(now)

    def _pay_run(self, payday: int, slot: Slot, now: datetime) -> None:
        """Every customer of this payday pays its invoices in one sum."""
        by_customer: dict[str, list[Owed]] = {}
        for invoice in owed():
            if self._payday_of(invoice.customer) == payday and self._pays(invoice, slot.day):
                by_customer.setdefault(invoice.customer, []).append(invoice)
        actor = self.scene.staff.at_work("finance", None, slot.day, "bank")
        for customer, invoices in sorted(by_customer.items()):
            received = payments.Received(
                customer=customer,
                amount=self._amount(invoices),
                currency=invoices[0].currency,
                reference=f"BANK {slot.day:%Y%m%d} {customer}",
                received_on=slot.day,
                invoices=dict.fromkeys((invoice.number for invoice in invoices), None),
            )
            payments.pay(received, actor=actor, now=now)

    def _payday_of(self, customer: str) -> int:
        return self.scene.chances.of("payday", customer).randrange(len(PAYDAYS))

    def _pays(self, invoice: Owed, today: date) -> bool:
        late = self.scene.fate(invoice.order).pays_late_days
        return invoice.due_on + timedelta(days=late) <= today + timedelta(days=LATE_AHEAD_DAYS if late else AHEAD_DAYS)

    def _amount(self, invoices: Iterable[Owed]) -> Decimal:
        """What they come to; who pays in parts pays half of the first."""
        total = Decimal(0)
        for invoice in invoices:
            in_part = self.scene.fate(invoice.order).pays_in_parts and invoice.number not in self._paid_in_part
            self._paid_in_part.add(invoice.number)
            total += (invoice.open * HALF).quantize(CENT) if in_part else invoice.open
        return total


def _passed(payday: int, before: date, today: date) -> bool:
    """Whether that day of a month lies after `before` and not after `today`."""
    days = (before + timedelta(days=number + 1) for number in range((today - before).days))
    return any(day.day == payday for day in days)
