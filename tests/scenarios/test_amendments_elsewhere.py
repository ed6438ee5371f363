"""What another system's scenarios of amendments and cancelled lines do, done here: the same figures, or the policy that differs.

The business content of Tryton's `sale_amendment` and `sale_line_cancelled*`; where we differ stands in
`decisions/2026-11-28-what-a-change-may-touch.md`.
"""

from __future__ import annotations

from dataclasses import fields

import pytest

from orderway.orders import changes
from orderway.orders.models import Amendment, DeliveryLine
from orderway.orders.ordered import NewLine, OrderChange
from orderway.stages.capture.rules import LineDraft, LineEdit, OrderEdit
from scenarios.company import AnOrder, D, Someone, capture
from scenarios.company import OrderDraft as Draft


@pytest.fixture
def order(shop) -> AnOrder:
    """Five pieces at 10 and a service at 5, on their way: 55.00, no revision yet, one delivery and nothing billed."""
    for sku in ("ONE", "TWO"):
        shop.an_item(sku, "10")
        shop.on_hand(sku, 10)
    shop.an_item("SERVICE", "5", stocked=False)
    draft = Draft(customer="DAN", lines=(LineDraft("ONE", D(5)), LineDraft("SERVICE", D(1))), standard="make-to-order")
    (outcome,) = capture.place([draft], actor=Someone(shop, "alice").actor, now=shop.now)
    placed = AnOrder(shop, outcome.number).at("picking")
    assert (placed.row.total, placed.deliveries, placed.invoices) == (D(55), [(1, "open", D(6))], [])
    assert not Amendment.objects.exists()
    return placed


def carried(order) -> dict[str, D]:
    rows = DeliveryLine.objects.filter(delivery__order__number=order.number, quantity__gt=0, delivery__state="open")
    return dict(rows.values_list("line__item__sku", "quantity"))


def test_an_amendment_to_another_item_fewer_pieces_and_another_price_becomes_revision_1_and_delivery_and_invoice_follow(shop, order):
    two = shop.an_item("TWO-B", "10")
    shop.on_hand("TWO-B", 10)
    one, service = order.line(1).pk, order.line(2).pk
    wish = OrderChange({one: D(0), service: D(2)}, added=(NewLine(two.pk, "TWO-B", D(4), D(9), tax_rate=D(13)),))

    assert not changes.change({order.number: wish}, reason="Dan wants the other one", **Someone(shop, "alice").doing)

    assert (Amendment.objects.get(order__number=order.number).revision, order.row.total) == (1, D(46))
    shop.system_works()
    order.at("picking")
    assert carried(order) == {"TWO-B": 4, "SERVICE": 2}
    order.to_its_end()
    assert [total for _, total in order.invoices] == [D("51.98")], "46.00 and 13 % of it"


def test_customer_warehouse_and_payment_terms_of_an_order_that_runs_are_not_amended_but_the_order_is_placed_anew(shop, order):
    assert {one.name for one in fields(OrderChange)} == {
        *("quantities", "requested_on", "dates", "prices", "discounts", "added", "discount_percent", "moved"),
    }

    assert shop.mary.cancels(order) is None

    assert (order.status, order.open_stages, order.reserved) == ("cancelled", [], 0)
    assert shop.an_order((("ONE", 5),)).row.total == 50


def test_an_item_is_exchanged_while_the_receipt_is_open_by_taking_the_line_off_and_adding_another(shop):
    fresh = shop.an_order((("RAIL", 5), ("SCREW", 1)))
    edit = OrderEdit((LineEdit(1, quantity=D(0)),), (LineDraft("SCREW", D(4), D(9)),))

    from orderway.stages.capture import editing

    assert not editing.edit({fresh.number: edit}, **Someone(shop, "alice").doing)

    assert fresh.row.total == 86
    assert [fresh.sums(position).open for position in (1, 2, 3)] == [0, 1, 4]


def test_an_order_whose_only_line_is_cancelled_before_it_is_shipped_or_billed_ends_and_nobody_has_an_exception_to_settle(shop, order):
    lines = {order.line(1).pk: D(5), order.line(2).pk: D(1)}

    by = Someone(shop, "mary").doing
    assert not changes.cancel([order.number], lines={order.number: lines}, reason="Dan stopped", **by)

    assert (order.status, order.open_work, order.invoices) == ("cancelled", [], [])
    assert order.deliveries == [(1, "withdrawn", D(0))] or [state for _, state, _ in order.deliveries] == ["withdrawn"]


def test_a_line_that_is_cancelled_when_its_shipment_is_due_leaves_the_rest_to_be_shipped_and_billed_and_the_order_ends(shop, order):
    by = Someone(shop, "mary").doing
    assert not changes.cancel([order.number], lines={order.number: {order.line(1).pk: D(5)}}, reason="Dan needs none", **by)
    assert carried(order) == {"SERVICE": 1}

    order.to_its_end()

    assert order.status == "ended"
    assert [total for _, total in order.invoices] == [D("5.65")]


def test_what_was_billed_is_not_cancelled_on_its_invoice_but_comes_back_as_a_return_and_is_credited(shop, order):
    """Elsewhere an invoice may come first, be cancelled, and the order be done; here billing follows delivery (RULES 10)."""
    order.to_its_end()

    assert shop.mary.cancels(order).code in ("nothing_to_cancel", "case_ended")
    assert "return" in str(shop.mary.cancels(order)) or shop.mary.cancels(order).code == "case_ended"
    shop.alice.takes_a_complaint(order)
    assert shop.alice.announces_a_return(order, {1: 5}) is None
    assert shop.alice.receives_the_return(order) is None
    assert order.sums(1).billable <= 0
