"""Planning deliveries: what goes when, what planning again changes, and what it costs."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import connection
from django.test.utils import CaptureQueriesContext

from orderway.journal.models import Entry
from orderway.orders import changes
from orderway.orders.models import Delivery
from orderway.stages.delivery import actions as delivery
from orderway.stages.delivery import rules
from orderway.stages.delivery.models import Trip
from orderway.stages.supply import actions as supply
from stages.deliveries import D
from stages.house import findings, statements


def test_what_lies_in_stock_goes_now_and_what_is_short_goes_with_a_later_delivery(dispatch):
    dispatch.on_hand(dispatch.bolt, 6)

    number = dispatch.planned(("M8-BOLT", 10), ("RAIL", 3), ("POSTAGE", 1))

    assert dispatch.deliveries(number) == {
        1: ("open", [("M8-BOLT", 6, "stock"), ("POSTAGE", 1, "stock")]),
        2: ("open", [("RAIL", 3, "make")]),
        3: ("open", [("M8-BOLT", 4, "buy")]),
    }
    assert dispatch.open_items(number) == {"/1": ["picking"], "/2": ["making"], "/3": ["buying"]}
    assert findings() == []


def test_a_delivery_from_stock_is_due_at_once_and_one_that_is_made_after_its_lead_time_in_working_days(dispatch):
    dispatch.on_hand(dispatch.bolt, 10)

    number = dispatch.planned(("M8-BOLT", 10), ("RAIL", 3))

    days = dict(Delivery.objects.filter(order__number=number).values_list("number", "planned_on"))
    assert {key: str(day) for key, day in days.items()} == {1: "2026-03-02", 2: "2026-03-09"}


def test_goods_of_one_line_in_two_warehouses_go_with_one_delivery(dispatch):
    dispatch.on_hand(dispatch.bolt, 6)
    dispatch.on_hand(dispatch.bolt, 6, dispatch.far)

    number = dispatch.planned(("M8-BOLT", 10))

    assert dispatch.deliveries(number) == {1: ("open", [("M8-BOLT", 6, "stock"), ("M8-BOLT", 4, "stock")])}
    assert findings() == []


def test_the_vehicle_and_its_window_are_booked_with_the_plan(dispatch):
    dispatch.on_hand(dispatch.bolt, 10)
    number = dispatch.orders(1, ("M8-BOLT", 10), standard="hands")[0]
    dispatch.runs(number)
    window = datetime(2026, 3, 3, 2, tzinfo=UTC)

    dispatch.plans(number, trips={number: delivery.TripWish("Swift Freight", "沪A 12345", window, window.replace(hour=4))})

    trip = Trip.objects.get()
    assert (trip.delivery.number, trip.carrier, trip.window_from, trip.booked_by) == (1, "Swift Freight", window, "alice")


def test_an_order_of_a_customer_who_takes_no_parts_is_one_delivery(dispatch, settings):
    settings.ORDERWAY_DELIVERY_POLICY = rules.DeliveryPolicy(partial_allowed=False)
    dispatch.on_hand(dispatch.bolt, 6)

    number = dispatch.planned(("M8-BOLT", 10), ("RAIL", 3))

    assert dispatch.deliveries(number) == {
        1: ("open", [("M8-BOLT", 6, "stock"), ("M8-BOLT", 4, "buy"), ("RAIL", 3, "make")]),
    }
    assert dispatch.open_items(number) == {"/1": ["buying", "making"]}


def test_a_changed_order_is_planned_anew_and_leaves_what_was_ordered_beyond_it_to_its_owner(dispatch):
    dispatch.on_hand(dispatch.bolt, 6)
    number = dispatch.planned(("M8-BOLT", 10))
    dispatch.purchases(f"{number}/2")

    refused = changes.change(
        {number: changes.OrderChange({dispatch.line(number).pk: D(8)})}, reason="less", actor=dispatch.actor("alice"), now=dispatch.now
    )
    dispatch.runs(number)
    dispatch.plans(number)

    assert refused == {}
    assert dispatch.deliveries(number) == {1: ("open", [("M8-BOLT", 6, "stock")]), 2: ("open", [("M8-BOLT", 2, "buy")])}
    assert dispatch.open_items(number) == {"": ["buying"], "/1": ["picking"], "/2": ["buying"]}  # the first is the leftover: two too many
    assert findings() == []


def test_what_is_on_order_and_no_longer_needed_is_left_to_its_buyer(dispatch):
    number = dispatch.planned(("M8-BOLT", 10))
    dispatch.purchases(f"{number}/1")
    supply.release("PO-2026-00001", actor=dispatch.actor("carol"), now=dispatch.now)

    changes.change(
        {number: changes.OrderChange({dispatch.line(number).pk: D(7)})}, reason="less", actor=dispatch.actor("alice"), now=dispatch.now
    )
    dispatch.runs(number)
    dispatch.plans(number)

    assert dispatch.deliveries(number) == {1: ("open", [("M8-BOLT", 7, "buy")])}
    assert dispatch.open_items(number) == {"": ["buying"], "/1": ["buying"]}
    entry = Entry.objects.filter(subject_key=number, payload__contains="Supply without demand: 3 x M8-BOLT on PO-2026-00001")
    assert entry.exists()
    assert findings() == []


def test_the_statements_of_a_plan_do_not_grow_with_the_orders(dispatch):
    dispatch.on_hand(dispatch.bolt, 60)
    counted = []
    for count in (2, 6):
        numbers = dispatch.orders(count, ("M8-BOLT", 7), ("RAIL", 1), standard="hands")
        dispatch.runs(*numbers)
        dispatch.prove("planning", {"split": "yes"}, *numbers, who="alice")
        with CaptureQueriesContext(connection) as queries:
            assert delivery.plan(numbers, actor=dispatch.actor("alice"), now=dispatch.now) == {}
        counted.append(len(statements(queries)))

    assert counted[0] == counted[1]
    assert counted[0] <= 16
