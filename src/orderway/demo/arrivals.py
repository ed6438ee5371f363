"""Which orders come when: customers, items, quantities and seasons of a year, generated from one seed. Pure; places nothing."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate
from random import Random

from orderway.demo.workdays import ZONE, Workdays

# Orders by month as a share of the average: the spring festival empties February, the fairs of March and September fill the books.
SEASON = {1: 0.9, 2: 0.55, 3: 1.25, 4: 1.1, 5: 1.0, 6: 1.05, 7: 0.95, 8: 0.95, 9: 1.15, 10: 0.9, 11: 1.1, 12: 1.05}
WEEKDAY = (1.2, 1.1, 1.0, 1.0, 0.85, 0.6, 0.6)  # make-up workdays are slow
HOUR = {9: 2.0, 10: 3.0, 11: 2.2, 13: 1.2, 14: 2.4, 15: 2.2, 16: 1.8, 17: 1.0, 19: 0.4, 21: 0.3}
ORDERS_A_DAY = 1.6  # a small demo covers so many fewer days, so that there is always something going on
SHORTEST_DAYS, LONGEST_DAYS = 75, 365
STANDARDS = (("make-to-order", 60), ("make-to-stock", 32), ("trade", 8))
POPULAR_SIZES = {"15": 5, "20": 8, "25": 7, "30": 5, "35": 3, "45": 2, "55": 1, "65": 1}
FEWER = {"GR": (2, 24), "GB": (4, 48), "BS": (1, 6), "CP": (2, 16)}
MOST_LINES = (1, 1, 2, 2, 2, 3, 3, 4, 5)


@dataclass(frozen=True, slots=True)
class Line:
    """An item and how many of it are wanted."""

    sku: str
    quantity: int


@dataclass(frozen=True, slots=True)
class Arrival:
    """An order as the customer sends it. `index` counts from 0; `wished_on` is the day by which the goods are wanted."""

    index: int
    at: datetime
    customer: str
    standard: str
    channel: str
    purchase_order: str
    lines: tuple[Line, ...]
    discount_percent: int
    wished_on: date
    urgent: bool
    complete: bool


def days_covered(orders: int) -> int:
    """How many days a demo of so many orders covers: a year for 600 and more."""
    return min(LONGEST_DAYS, max(SHORTEST_DAYS, int(orders / ORDERS_A_DAY)))


def arrivals(
    random: Random, orders: int, *, customers: Sequence[str], skus: Sequence[str], until: datetime, workdays: Workdays
) -> list[Arrival]:
    """So many orders up to `until`, the earliest first. `customers` by size: the first order most."""
    moments = _moments(random, orders, until, workdays)
    shop = _Shop(random, customers, skus, workdays)
    return [shop.order(index, at) for index, at in enumerate(moments)]


def _moments(random: Random, orders: int, until: datetime, workdays: Workdays) -> list[datetime]:
    last = until.astimezone(ZONE).date()
    days = workdays.office_days(last - timedelta(days=days_covered(orders)), last)
    weights = [SEASON[day.month] * WEEKDAY[day.weekday()] for day in days]
    hours = random.choices(list(HOUR), list(HOUR.values()), k=orders)
    moments = [
        datetime.combine(day, time(hour, random.randrange(60), random.randrange(60)), ZONE).astimezone(UTC)
        for day, hour in zip(random.choices(days, weights, k=orders), hours, strict=True)
    ]
    early = until - timedelta(hours=1)
    return sorted(moment if moment < early else moment - timedelta(days=7) for moment in moments)


class _Shop:
    """Who orders what."""

    def __init__(self, random: Random, customers: Sequence[str], skus: Sequence[str], workdays: Workdays) -> None:
        self._random, self._customers, self._workdays = random, customers, workdays
        self._sizes = list(accumulate(1 / (rank + 3) ** 0.8 for rank in range(len(customers))))
        self._made = _weighed(sku for sku in skus if sku[:2] in ("GR", "GB"))
        self._traded = _weighed(sku for sku in skus if sku[:2] in ("BS", "CP"))
        self._numbers: dict[str, int] = {}

    def order(self, index: int, at: datetime) -> Arrival:
        random = self._random
        customer = self._customers[bisect_left(self._sizes, random.uniform(0, self._sizes[-1]))]
        standard = random.choices([name for name, _ in STANDARDS], [weight for _, weight in STANDARDS])[0]
        urgent = random.random() < 0.08
        wished = self._workdays.days_after(at.astimezone(ZONE).date(), random.randint(4, 7) if urgent else random.randint(8, 16))
        return Arrival(
            index=index,
            at=at,
            customer=customer,
            standard=standard,
            channel=random.choices(("form", "api"), (55, 45))[0],
            purchase_order=self._purchase_order(customer, at),
            lines=self._lines(standard),
            discount_percent=random.choices((0, 3, 5, 8, 12), (70, 12, 10, 6, 2))[0],
            wished_on=wished,
            urgent=urgent,
            complete=random.random() < 0.6,
        )

    def _purchase_order(self, customer: str, at: datetime) -> str:
        number = self._numbers[customer] = self._numbers.get(customer, self._random.randint(10, 900)) + self._random.randint(1, 4)
        return f"{('PO', 'CG', 'Bestellung', '采购')[number % 4]}-{at:%y}{number:05d}"

    def _lines(self, standard: str) -> tuple[Line, ...]:
        random = self._random
        wanted = random.choice(MOST_LINES)
        large = 3 if random.random() < 0.05 else 1
        shelf = self._traded if standard == "trade" else self._made if standard == "make-to-order" else {**self._made, **self._traded}
        skus = dict.fromkeys(random.choices(list(shelf), list(shelf.values()), k=wanted))
        lines = [Line(sku, random.randint(*FEWER[sku[:2]]) * large) for sku in skus]
        return (*lines, Line("FREIGHT", 1)) if standard != "trade" and random.random() < 0.2 else tuple(lines)


def _weighed(skus: Iterable[str]) -> Mapping[str, int]:
    """How often an item is ordered: middle sizes most, couplings and screws alike."""
    return {sku: POPULAR_SIZES.get(sku[2:4], 3) for sku in skus}
