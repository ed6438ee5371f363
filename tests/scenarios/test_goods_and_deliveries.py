"""Goods that are short, come later, go out in parts, are refused, lost, cancelled or wanted otherwise."""

from __future__ import annotations

from decimal import Decimal

D = Decimal


def test_a_short_line_sends_the_order_to_supply_and_tells_a_date(shop):
    from datetime import date

    from orderway.stages.supply.models import SupplyOrder

    shop.on_hand("RAIL", 3)
    order = shop.an_order(lines=[("RAIL", 10)]).at("production")

    refusal = shop.carol.has_made(order)

    (number,) = shop.supply_orders()
    assert refusal.code == "goods_on_order"
    assert refusal.params["supply_orders"] == [number]
    assert SupplyOrder.objects.get(number=number).due_on == date(2026, 3, 6)  # four working days from Monday, 2 March
    assert order.reserved == 3
    shop.carol.receives(number)
    assert order.reserved == 10
    assert "production" not in order.open_stages


def test_an_order_with_two_deliveries_is_invoiced_per_delivery(shop):
    shop.on_hand("RAIL", 4)
    order = shop.an_order(lines=[("RAIL", 10)]).at("production")
    assert order.deliveries == [(1, "open", D(4)), (2, "open", D(6))]

    assert shop.carol.picks(order, place=f"{order.number}/1") is None
    assert shop.carol.hands_over(order, place=f"{order.number}/1") is None

    assert order.invoices == [(f"{order.number}/1", D("452.00"))]
    order.to_its_end()
    assert order.invoices == [(f"{order.number}/1", D("452.00")), (f"{order.number}/2", D("678.00"))]


def test_goods_that_come_in_parts_let_the_order_wait_for_the_rest(shop):
    order = shop.an_order(lines=[("RAIL", 10)]).at("production")
    shop.carol.has_made(order)
    (number,) = shop.supply_orders()

    first = shop.carol.receives(number, 6)

    assert first.completed == ()
    assert order.reserved == 6
    assert order.open_stages == ["production"]
    assert shop.carol.receives(number).completed == (f"{order.number}/1",)
    order.to_its_end()


def test_one_production_order_serves_two_orders(shop):
    from orderway.orders import acts
    from orderway.stages.supply import actions as supply

    first, second = (shop.an_order(lines=[("RAIL", quantity)]).at("production") for quantity in (10, 5))
    places = [first.place("production"), second.place("production")]
    acts.add_evidence({place: {"prepare": "yes"} for place in places}, **shop.carol.doing)

    refused = supply.produce(places, **shop.carol.doing)

    (number,) = shop.supply_orders()
    assert {refusal.code for refusal in refused.values()} == {"goods_on_order"}
    received = shop.carol.receives(number)
    assert sorted(received.completed) == sorted(places)
    assert first.open_stages == second.open_stages == ["picking"]


def test_what_the_shelf_does_not_hold_becomes_the_next_delivery(shop):
    shop.on_hand("RAIL", 10)
    order = shop.an_order(lines=[("RAIL", 10)]).at("picking")

    assert shop.carol.picks(order, {1: 7}, missing=True) is None

    assert order.deliveries == [(1, "open", D(7)), (2, "open", D(3))]
    assert "production" in order.open_stages or "picking" in order.open_stages  # the rest is made, or found on another shelf
    order.to_its_end()
    assert order.sums().quantity("shipped") == 10
    assert len(order.invoices) == 2


def test_what_the_customer_refuses_is_back_on_its_shelf_and_due_with_the_next_delivery(shop):
    shop.on_hand("RAIL", 10)
    order = shop.an_order(lines=[("RAIL", 10)]).at("delivery")

    assert shop.carol.hands_over(order, kept={1: D(6)}, note="a carton was wet") is None

    assert order.sums().quantity("shipped") == 6
    assert shop.level("RAIL") == (4, 4)
    assert order.invoices == [(f"{order.number}/1", D("678.00"))]
    order.to_its_end()
    assert [total for _, total in order.invoices] == [D("678.00"), D("452.00")]


def test_a_delivery_that_nobody_takes_is_withdrawn_and_another_takes_its_place(shop):
    shop.on_hand("RAIL", 10)
    order = shop.an_order(lines=[("RAIL", 10)]).at("delivery")

    assert shop.carol.hands_over(order, kept={}, note="nobody was there") is None

    assert order.sums().quantity("shipped") == 0
    assert order.invoices == []
    assert order.deliveries == [(1, "withdrawn", D(0)), (2, "open", D(10))]
    order.to_its_end()
    assert order.sums().quantity("shipped") == 10


def test_an_order_that_is_cancelled_gives_its_stock_back(shop):
    shop.on_hand("RAIL", 10)
    order = shop.an_order(lines=[("RAIL", 10)]).at("delivery_planning")
    assert shop.level("RAIL") == (10, 10)

    assert shop.mary.cancels(order) is None

    assert order.status == "cancelled"
    assert shop.level("RAIL") == (10, 0)
    assert order.sums().open == 0


def test_a_cancelled_order_leaves_to_its_owner_what_is_made_for_it(shop):
    from orderway.stages.supply import actions as supply

    order = shop.an_order(lines=[("RAIL", 10)]).at("production")
    shop.carol.has_made(order)
    (number,) = shop.supply_orders()
    supply.release(number, **shop.carol.doing)

    assert shop.mary.cancels(order) is None

    assert ("production", "leftover", "carol") in order.open_work
    assert shop.carol.settles(order, "production") is None
    assert order.status == "cancelled"
    shop.carol.receives(number)
    assert shop.level("RAIL") == (10, 0)  # free for whoever comes next


def test_what_is_delivered_stays_delivered_when_the_rest_is_cancelled(shop):
    shop.on_hand("RAIL", 4)
    order = shop.an_order(lines=[("RAIL", 10)]).at("production")
    shop.carol.picks(order, place=f"{order.number}/1")
    shop.carol.hands_over(order, place=f"{order.number}/1")

    assert shop.mary.cancels(order) is None

    order.to_its_end()
    assert order.status == "ended"
    assert order.sums().quantity("shipped") == 4
    assert order.sums().quantity("cancelled") == 6
    assert [total for _, total in order.invoices] == [D("452.00")]


def test_a_change_asks_for_a_new_review_and_brings_what_is_reserved_to_the_new_need(shop):
    shop.on_hand("RAIL", 30)
    order = shop.an_order(lines=[("RAIL", 10)]).at("delivery_planning")

    assert shop.alice.changes(order, 1, 25) is None
    assert order.open_stages == ["review"]
    order.at("delivery_planning")

    assert order.reserved == 25
    assert order.row.total == D("2500.00")
    order.to_its_end()
    assert [total for _, total in order.invoices] == [D("2825.00")]


def test_less_than_has_left_cannot_be_wanted(shop):
    shop.on_hand("RAIL", 4)
    order = shop.an_order(lines=[("RAIL", 10)]).at("production")
    shop.carol.picks(order, place=f"{order.number}/1")
    shop.carol.hands_over(order, place=f"{order.number}/1")

    assert shop.alice.changes(order, 1, 3).code == "below_shipped"


def test_what_is_picked_for_a_delivery_cannot_be_changed_away_while_the_rest_can(shop):
    shop.on_hand("RAIL", 15)
    order = shop.an_order(lines=[("RAIL", 15), ("SCREW", 5)]).at("purchasing")
    assert shop.carol.picks(order, place=f"{order.number}/1") is None  # fifteen rails stand packed, the screws are still to come

    assert shop.alice.changes(order, 1, 8).code == "below_shipped"
    assert shop.alice.changes(order, 2, 2) is None

    order.to_its_end()
    assert order.sums(1).quantity("shipped") == 15
    assert order.sums(2).quantity("shipped") == 2


def test_an_order_that_came_back_by_a_change_cannot_be_corrected_below_what_has_left(shop):
    shop.on_hand("RAIL", 4)
    order = shop.an_order(lines=[("RAIL", 10)]).at("production")
    shop.carol.picks(order, place=f"{order.number}/1")
    shop.carol.hands_over(order, place=f"{order.number}/1")
    shop.alice.changes(order, 1, 12)
    shop.bob.reviews(order, accuracy=False)

    assert shop.alice.corrects(order, 1, 3).code == "below_shipped"
    assert shop.alice.corrects(order, 1, 9) is None

    order.to_its_end()
    assert order.sums().quantity("shipped") == 9


def test_goods_that_come_during_a_hold_prove_the_stage_when_it_is_lifted(shop):
    order = shop.an_order(lines=[("RAIL", 10)]).at("production")
    shop.carol.has_made(order)
    shop.alice.holds(order, "customer")
    (number,) = shop.supply_orders()

    received = shop.carol.receives(number)

    assert received.waiting[f"{order.number}/1"].code == "held"
    assert order.reserved == 10
    shop.alice.lifts(order, "customer")
    assert shop.carol.has_made(order) is None
    assert order.open_stages == ["picking"]
