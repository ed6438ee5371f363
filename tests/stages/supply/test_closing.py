"""Supply orders that go out, are late, end early, or lose what they were for."""

from __future__ import annotations

from datetime import date

import pytest

from orderway.engine.refusals import Refusal
from orderway.stages.stock.models import ExpectedReceipt
from orderway.stages.supply import actions as supply
from orderway.stages.supply import queries as supplied
from orderway.stages.supply.models import SupplyOrder
from stages.house import findings

NUMBER = "PO-2026-00001"


def on_order(dispatch, *lines, standard="hands"):
    """An order whose bolts are on order."""
    number = dispatch.planned(*lines or (("M8-BOLT", 10),), standard=standard)
    if standard == "hands":
        dispatch.purchases(f"{number}/1")
    return number


def expected():
    """What stock expects: quantity, date, and whether it is promised to somebody."""
    rows = ExpectedReceipt.objects.filter(quantity__gt=0).order_by("id")
    return [(row.quantity, str(row.reconfirmed_on or row.due_on), row.line_id is not None) for row in rows]


def test_who_is_supplied_late_counts_with_the_new_date(dispatch):
    on_order(dispatch)

    supply.reconfirm(NUMBER, date(2026, 3, 20), actor=dispatch.actor("carol"), now=dispatch.now)

    assert expected() == [(10, "2026-03-20", True)]
    assert list(supplied.overdue_at(date(2026, 3, 20))) == []
    assert [order.number for order in supplied.overdue_at(date(2026, 3, 21))] == [NUMBER]


def test_releasing_twice_is_releasing_once(dispatch):
    on_order(dispatch)
    for _ in range(2):
        order = supply.release(NUMBER, actor=dispatch.actor("carol"), now=dispatch.now)

    assert (order.released_by, order.released_at) == ("carol", dispatch.now)
    assert findings() == []


def test_a_supply_order_that_ends_early_leaves_its_demand_to_be_ordered_anew(dispatch):
    number = on_order(dispatch)
    dispatch.receives(NUMBER, (1, 4))

    supply.close(NUMBER, reason="supplier cannot", actor=dispatch.actor("carol"), now=dispatch.now)
    dispatch.purchases(f"{number}/1")

    assert dispatch.supply_orders() == {NUMBER: ("closed", [("M8-BOLT", 10, 4)]), "PO-2026-00002": ("open", [("M8-BOLT", 6, 0)])}
    assert expected() == [(6, "2026-03-05", True)]
    assert findings() == []

    assert dispatch.receives("PO-2026-00002").completed == (f"{number}/1",)
    assert findings() == []


def test_the_system_orders_anew_what_a_closed_supply_order_did_not_bring(dispatch):
    number = on_order(dispatch, standard="way")

    supply.close(NUMBER, reason="supplier cannot", actor=dispatch.actor("carol"), now=dispatch.now)
    dispatch.runs(number)

    assert dispatch.supply_orders()["PO-2026-00002"] == ("open", [("M8-BOLT", 10, 0)])


def test_what_serves_nobody_any_more_is_expected_for_everybody(dispatch):
    number = on_order(dispatch)
    supply.release(NUMBER, actor=dispatch.actor("carol"), now=dispatch.now)

    dispatch.cancels(number)

    assert expected() == [(10, "2026-03-05", False)]


def test_a_supply_order_that_serves_another_order_too_stays_when_one_is_cancelled(dispatch):
    first, second = dispatch.planned_orders(2, ("M8-BOLT", 10))
    dispatch.purchases(f"{first}/1", f"{second}/1")

    dispatch.cancels(first)

    assert dispatch.supply_orders() == {NUMBER: ("open", [("M8-BOLT", 20, 0)])}
    assert sorted(expected()) == [(10, "2026-03-05", False), (10, "2026-03-05", True)]
    assert findings() == []


@pytest.mark.parametrize(
    "act",
    [
        lambda **given: supply.release(NUMBER, **given),
        lambda **given: supply.reconfirm(NUMBER, date(2026, 3, 20), **given),
        lambda **given: supply.close(NUMBER, reason="no", **given),
    ],
)
def test_only_who_owns_a_stage_that_supplies_may_work_on_supply_orders(dispatch, act):
    on_order(dispatch)

    with pytest.raises(Refusal) as refused:
        act(actor=dispatch.actor("eve"), now=dispatch.now)

    assert refused.value.code == "may_not_supply"
    order = SupplyOrder.objects.get()
    assert (order.status, order.released_at, str(order.due_on)) == ("open", None, "2026-03-05")


def test_a_closed_supply_order_cannot_be_released_or_closed_again(dispatch):
    on_order(dispatch)
    carol = {"actor": dispatch.actor("carol"), "now": dispatch.now}
    supply.close(NUMBER, reason="no", **carol)

    for act in (lambda: supply.release(NUMBER, **carol), lambda: supply.close(NUMBER, reason="no", **carol)):
        with pytest.raises(Refusal) as refused:
            act()
        assert refused.value.code == "supply_order_not_open"
