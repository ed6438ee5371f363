"""Fills the demo company: a year of orders through the same acts that people use, on a clock of its own. Asks no real clock.

Everything or nothing: one transaction. The same seed, number of orders and `now` give the same journals.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import connection, transaction

from orderway.demo import company as masters
from orderway.demo.arrivals import Arrival, arrivals, days_covered
from orderway.demo.beside import fillers
from orderway.demo.billing import MoneyDesk
from orderway.demo.caring import ServiceDesk
from orderway.demo.chances import Chances
from orderway.demo.disturbing import Disturbances
from orderway.demo.fates import fates
from orderway.demo.moving import GoodsDesk
from orderway.demo.ordering import OrderDesk
from orderway.demo.scene import Scene, Task, open_tasks
from orderway.demo.staff import Staff
from orderway.demo.stocking import Stores
from orderway.demo.supplying import Inbound
from orderway.demo.workdays import WAREHOUSE_ACTS, ZONE, Slot, Workdays
from orderway.orders import clock
from orderway.orders.actor import Actor
from orderway.orders.acts import Refused
from orderway.orders.models import Order
from orderway.orders.work import run_open

Progress = Callable[[str, int, int | None], None]
Do = Callable[[Sequence[Task], Actor, Slot, datetime], Refused]
MINUTES_BETWEEN = 3  # so that two people of one slot do not act in the same moment
MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY = range(5)
# When work is done that is not done all day long: (weekdays, whether in the morning). Work done in one go shares supply orders.
ROUTINE = {
    "decision": (range(7), False),
    "leftover": ((TUESDAY, THURSDAY), False),
    "delivery.plan": (range(7), False),
    "supply.produce": ((MONDAY, WEDNESDAY, FRIDAY), True),
    "supply.purchase": ((TUESDAY, FRIDAY), True),
    "delivery.hand_over": (range(7), True),
    "invoicing.issue": (range(7), False),
    "aftersales.resolve": ((MONDAY, WEDNESDAY, FRIDAY), False),
}


class AlreadyFilled(Exception):
    """There are orders already: a demo is never mixed with them."""


@dataclass(frozen=True, slots=True)
class Report:
    """What was filled: orders in all and still open, and what acts refused on the way, by (act, reason)."""

    orders: int
    open: int
    refused: dict[tuple[str, str], int] = field(default_factory=dict)


def fill(*, orders: int, seed: int, now: datetime, progress: Progress | None = None) -> Report:
    """Make the company and let so many orders go through it until `now`. Raises AlreadyFilled if there are orders."""
    known = Order.objects.count()
    if known:
        raise AlreadyFilled(f"{known:,} orders")
    with _quick_writes(), transaction.atomic():
        return _Year(orders=orders, seed=seed, now=now, progress=progress).run()


@contextmanager
def _quick_writes() -> Iterator[None]:
    """A database that holds nothing yet may lose everything in a power failure: SQLite need not wait for the disk."""
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        yield
        return
    with connection.cursor() as cursor:
        before = cursor.execute("PRAGMA synchronous").fetchone()[0]
        cursor.execute("PRAGMA synchronous = OFF")
        try:
            yield
        finally:
            cursor.execute(f"PRAGMA synchronous = {int(before)}")


class _Year:
    """The time that the demo covers, slot by slot."""

    def __init__(self, *, orders: int, seed: int, now: datetime, progress: Progress | None) -> None:
        chances, workdays = Chances(seed), Workdays()
        self._since = now - timedelta(days=days_covered(orders) + 3)
        company = masters.create(chances.of("company"), today=self._since.date())
        staff = Staff(company.people, chances)
        staff.go_on_leave(self._since.date(), now.date(), workdays)
        self._scene = Scene(chances, workdays, staff, company, fates(chances.of("fates"), orders), now)
        self._coming = arrivals(
            chances.of("arrivals"),
            orders,
            customers=[customer.key for customer in company.customers],
            skus=list(company.items),
            until=now,
            workdays=workdays,
        )
        self._now, self._progress, self._total = now, progress, orders
        self._orders, self._goods = OrderDesk(self._scene), GoodsDesk(self._scene)
        self._money, self._service = MoneyDesk(self._scene), ServiceDesk(self._scene)
        self._stores, self._inbound = Stores(self._scene), Inbound(self._scene)
        self._disturbances = Disturbances(self._scene, self._service)
        self._helped: set[tuple[str, int]] = set()
        self._beside = [make(self._scene, self._since) for make in fillers()]
        self._desks: dict[str, Do] = {
            "capture.enter": self._orders.enter,
            "review.decide": self._orders.review,
            "approval": self._orders.sign,
            "decision": self._orders.decide,
            "leftover": self._orders.settle,
            "stock.reserve": self._goods.reserve,
            "delivery.plan": self._goods.plan,
            "supply.produce": self._goods.produce,
            "supply.purchase": self._goods.purchase,
            "delivery.pick": self._goods.pick,
            "delivery.hand_over": self._goods.hand_over,
            "invoicing.issue": self._money.issue,
            "aftersales.resolve": self._service.resolve,
        }

    def run(self) -> Report:
        self._stores.open(self._since)
        month = 0
        for slot in self._scene.workdays.slots(self._since, self._now, self._scene.chances):
            if slot.morning and slot.office:
                month = self._morning(slot, month)
            self._work(slot)
            if self._progress is not None:
                self._progress(f"{slot.day:%B %Y}", len(self._scene.arrivals), self._total)
        self._finish()
        open_ = Order.objects.filter(status=Order.Status.OPEN).count()
        return Report(Order.objects.count(), open_, dict(self._scene.refused))

    def _finish(self) -> None:
        """What came after the last slot is there, too, and the system has done what it may."""
        day = self._now.astimezone(ZONE).date()
        self._take_in(self._coming, Slot(self._now, day, 0, office=True))
        run_open(now=self._now, retry=True)
        clock.sweep(self._now)
        for one in self._beside:
            one.finish(self._now)

    def _morning(self, slot: Slot, month: int) -> int:
        """What happens once a day, a week, a month."""
        now = slot.at - timedelta(minutes=25)
        if slot.day.weekday() == MONDAY:
            self._stores.replenish(slot, now)
        if slot.day.month != month:
            self._stores.count(slot, now + timedelta(minutes=2))
        self._money.book_payments(slot, now + timedelta(minutes=4))
        for one in self._beside:
            one.morning(slot, now + timedelta(minutes=6))
        return slot.day.month

    def _work(self, slot: Slot) -> None:
        ticks = _Ticks(slot.at)
        if slot.office:
            if slot.morning:
                self._take_in([one for one in self._coming if one.at <= slot.at], slot)
                self._disturbances.work(slot, ticks.next())
            elif slot.afternoon:
                self._inbound.work(slot, ticks.next())
        self._do_tasks(slot, ticks)
        run_open(now=ticks.next(), retry=slot.morning and slot.day.weekday() == MONDAY)
        if slot.afternoon:
            clock.sweep(ticks.next())

    def _take_in(self, come: Sequence[Arrival], slot: Slot) -> None:
        if come:
            taken = {one.index for one in come}
            self._coming = [one for one in self._coming if one.index not in taken]
            for number in self._orders.take_in(come, slot):
                self._disturbances.expect(number)

    def _do_tasks(self, slot: Slot, ticks: _Ticks) -> None:
        groups: dict[tuple[str, str], list[Task]] = {}
        tasks = open_tasks()
        asked = {(task.place, task.stage) for task in tasks if task.kind in ("approval", "decision")}
        for task in tasks:
            if task.kind not in ("approval", "decision") and (task.place, task.stage) in asked:
                continue  # it waits for a signature or decision that is a task of its own
            if _is_time(task.work, slot) and self._scene.is_ready(task, slot):
                actor = self._scene.staff.at_desk(task.role, task.responsible, slot)
                work = f"{task.work} by the system" if task.by_system else task.work
                groups.setdefault((work, actor.key), []).append(task)
        for (work, key), tasks in sorted(groups.items()):
            now = ticks.next()
            if work in self._desks:
                self._scene.note(work, self._desks[work](tasks, self._scene.staff.actor(key), slot, now))
            else:
                self._help_the_system(tasks, self._scene.staff.actor(key), slot, now)

    def _help_the_system(self, tasks: Sequence[Task], actor: Actor, slot: Slot, now: datetime) -> None:
        """What the system could not finish because credit did not suffice is waived once; then it is for people to judge anew."""
        for task in tasks:
            gate = task.definition.gate
            criterion = next((one.id for one in gate.criteria if one.waive), None) if gate else None
            if criterion is not None and (task.place, task.run) not in self._helped:
                self._helped.add((task.place, task.run))
                self._orders.waive([task], criterion, slot, now)
            elif gate is not None:
                self._scene.note("review.decide", self._orders.review([task], actor, slot, now))
            self._scene.later(task, slot, 480)


def _is_time(work: str, slot: Slot) -> bool:
    """Whether this kind of work is done in this slot."""
    if not (slot.office or work in WAREHOUSE_ACTS):
        return False
    if work not in ROUTINE:
        return True
    days, morning = ROUTINE[work]
    return slot.day.weekday() in days and (slot.morning if morning else slot.afternoon)


class _Ticks:
    """Moments within a slot, one after the other."""

    def __init__(self, at: datetime) -> None:
        self._at = at

    def next(self) -> datetime:
        self._at += timedelta(minutes=MINUTES_BETWEEN)
        return self._at
