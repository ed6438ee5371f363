"""An order that nothing happens to: seven stages, each by whom it belongs to, and the papers that come of it."""

from __future__ import annotations

from decimal import Decimal

D = Decimal


def test_an_order_made_for_the_customer_passes_every_stage_and_is_billed(shop):
    order = shop.an_order(lines=[("RAIL", 10), ("SCREW", 4)]).to_its_end()

    assert order.status == "ended"
    assert order.sums(1).quantity("shipped") == 10
    assert order.sums(2).quantity("shipped") == 4
    assert sum(total for _, total in order.invoices) == D("1356.00")  # (1,000 + 200) and 13 % tax
    assert shop.level("RAIL") == (0, 0)
    assert shop.level("STEEL") == (980, 0)  # two kilos a rail


def test_an_order_from_stock_is_worked_by_people_and_ends_after_the_call(shop):
    shop.on_hand("RAIL", 50)

    order = shop.an_order(lines=[("RAIL", 10)], standard="make-to-stock").at("after_sales")

    assert order.open_work == [("after_sales", "stage", "alice")]
    assert shop.alice.resolves(order) is None
    assert order.status == "ended"
    assert shop.level("RAIL") == (40, 0)


def test_an_order_of_a_trader_passes_without_a_person_as_far_as_stock_allows(shop):
    shop.on_hand("SCREW", 50)

    order = shop.an_order(lines=[("SCREW", 5)], standard="trade")
    shop.system_works()

    assert order.status == "ended"
    assert {line.rpartition(" by ")[2] for line in order.journal[1:]} == {"system"}
    assert order.invoices == [(f"{order.number}/1", D("282.50"))]


def test_everybody_gets_the_work_of_their_role_and_nobody_else_may_do_it(shop):
    order = shop.an_order().at("review")

    assert order.open_work == [("review", "stage", "bob")]
    assert shop.eve.cancels(order).code == "not_allowed"
    assert shop.carol.holds(order, "credit").code == "not_allowed"
    assert order.open_work == [("review", "stage", "bob")]


def test_a_payment_settles_the_invoice_and_frees_the_credit(shop):
    from orderway.orders import exposure

    order = shop.an_order(lines=[("RAIL", 10)]).to_its_end()
    owed = exposure.of_customers([shop.dan.pk])[shop.dan.pk].total

    shop.bob.books_payment(order, "1130.00")

    assert owed == D("1130.00")
    assert exposure.of_customers([shop.dan.pk])[shop.dan.pk].total == 0
