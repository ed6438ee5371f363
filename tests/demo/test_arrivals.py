"""The generator alone: how many orders come, when, from whom, and what is in store for them."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime
from random import Random

from orderway.demo.arrivals import arrivals, days_covered
from orderway.demo.chances import Chances
from orderway.demo.fates import fates
from orderway.demo.workdays import ZONE, Workdays

NOW = datetime(2026, 6, 10, 3, 30, tzinfo=UTC)
SKUS = ("GR15-460", "GR20-1000", "GB25A", "GB65H", "BS-1605", "CP-26", "ST15", "FREIGHT")
CUSTOMERS = tuple(f"C{number:04d}" for number in range(20))


def _year(seed: int, orders: int = 400):
    return arrivals(Random(seed), orders, customers=CUSTOMERS, skus=SKUS, until=NOW, workdays=Workdays())


def test_as_many_orders_come_as_were_wanted_and_none_after_the_end():
    year = _year(1)

    assert [one.index for one in year] == list(range(400))
    assert [one.at for one in year] == sorted(one.at for one in year)
    assert year[-1].at < NOW
    assert (NOW - year[0].at).days <= days_covered(400)


def test_the_same_seed_gives_the_same_orders_and_another_seed_others():
    assert _year(1) == _year(1)
    assert _year(1) != _year(2)


def test_orders_come_on_working_days_only():
    workdays = Workdays()

    assert all(workdays.is_office_day(one.at.astimezone(ZONE).date()) for one in _year(3))
    assert not workdays.is_office_day(date(2025, 10, 1))  # national day
    assert workdays.is_office_day(date(2025, 10, 11))  # a Saturday that makes up for it


def test_large_customers_order_more_and_nobody_orders_components():
    year = _year(4)
    by_customer = Counter(one.customer for one in year)

    assert by_customer["C0000"] > by_customer["C0019"]
    assert {line.sku for one in year for line in one.lines} <= {"GR15-460", "GR20-1000", "GB25A", "GB65H", "BS-1605", "CP-26", "FREIGHT"}
    assert {one.standard for one in year} == {"make-to-order", "make-to-stock", "trade"}


def test_a_customer_never_uses_a_number_twice():
    year = _year(5)

    assert len({(one.customer, one.purchase_order) for one in year}) == len(year)


def test_even_a_small_demo_has_one_of_everything():
    dealt = fates(Random(6), 60)

    assert any(fate.review_fails == 1 for fate in dealt)
    assert any(fate.review_fails > 3 for fate in dealt)
    assert any(fate.damaged for fate in dealt)
    assert any(fate.cancelled_after is not None for fate in dealt)
    assert {fate.hold for fate in dealt} == {"", "customer", "quality"}
    assert {fate.remedy for fate in dealt} >= {"return", "allowance"}


def test_one_more_question_changes_no_other_answer():
    chances = Chances(7)
    before = chances.of("supplier", "PO-1").random()
    chances.of("supplier", "PO-2").random()

    assert chances.of("supplier", "PO-1").random() == before


def test_slots_lie_in_working_time_and_the_warehouse_works_on_saturdays():
    slots = list(Workdays().slots(datetime(2026, 6, 1, tzinfo=UTC), datetime(2026, 6, 8, tzinfo=UTC), Chances(8)))

    assert [(slot.day.day, slot.number, slot.office) for slot in slots] == [
        *((day, number, True) for day in range(1, 6) for number in range(4)),
        (6, 0, False),
    ]
