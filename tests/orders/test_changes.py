from __future__ import annotations

from decimal import Decimal

import pytest

from orders import shop as shops
from orders.test_door import codes, nothing_broken
from orderway.orders import blast_radius, changes, exposure, invariants, line_ledger, stages
from orderway.orders.models import ExposureBalance, Order, WorkItem
from orderway.orders.work import Completion, working_on


@pytest.fixture
def undone(monkeypatch):
    calls = []

    def undo(order_ids, lines, *, actor, now):
        calls.append((list(order_ids), {order: [change.open_quantity for change in found] for order, found in lines.items()}))
        return [stages.Leftover(order, "test.reserve", "a pallet stands in the aisle") for order in order_ids if order in shops.BOXES]

    monkeypatch.setitem(stages._undo, "test.reserve", undo)
    return calls


def at_pack(shop, *numbers):
    shop.entered(*numbers)
    shop.checked(*numbers)
    shop.runs()


def test_cancelling_ends_the_order_undoes_what_was_done_and_books_the_rest_as_cancelled(shop, undone):
    number, other = shop.orders(2)
    at_pack(shop, number, other)

    refused = changes.cancel([number, other], reason="not wanted", actor=shop.actor("mary"), now=shop.now)

    assert not refused
    assert set(Order.objects.values_list("status", flat=True)) == {"cancelled"}
    assert len(undone) == 1  # one call for both
    assert line_ledger.sums([shop.line(number).pk])[shop.line(number).pk].quantity("cancelled") == Decimal(10)
    nothing_broken()


def test_what_cannot_be_undone_becomes_work_for_the_owner_of_the_stage(shop, undone):
    number = shop.an_order()
    at_pack(shop, number)
    shops.BOXES[Order.objects.get(number=number).pk] = ["1"]

    changes.cancel([number], reason="not wanted", actor=shop.actor("mary"), now=shop.now)

    item = WorkItem.objects.get(order__number=number, state="open")
    assert (item.kind, item.stage, item.role) == ("leftover", "reserve", "warehouse")
    from orderway.orders import acts

    assert not acts.settle([number], outcome="moved", actor=shop.actor("carol"), now=shop.now)
    assert Order.objects.get(number=number).status == "cancelled"
    nothing_broken()


def test_only_who_the_standard_names_may_cancel_and_a_reason_is_needed(shop):
    number = shop.an_order()

    assert codes(changes.cancel([number], reason="x", actor=shop.actor("alice"), now=shop.now)) == {number: "not_allowed"}
    assert codes(changes.cancel([number], reason=" ", actor=shop.actor("mary"), now=shop.now)) == {number: "reason_required"}


def test_a_change_sends_the_order_back_to_be_checked_and_moves_quantities(shop):
    number = shop.an_order(total="100.00")
    at_pack(shop, number)
    line = shop.line(number)

    refused = changes.change(
        {number: changes.OrderChange({line.pk: Decimal(12)})}, reason="two more", actor=shop.actor("alice"), now=shop.now
    )

    assert not refused
    assert shop.open_stages(number) == ["check"]
    order = Order.objects.get(number=number)
    assert (order.total, order.edited_by) == (Decimal(120), "alice")
    sums = line_ledger.sums([line.pk])[line.pk]
    assert (sums.quantity("ordered"), shop.line(number).quantity) == (Decimal(12), Decimal(12))
    nothing_broken()


def test_a_smaller_quantity_is_booked_as_cancelled(shop):
    number = shop.an_order(total="100.00")
    shop.entered(number)
    line = shop.line(number)

    changes.change({number: changes.OrderChange({line.pk: Decimal(4)})}, reason="fewer", actor=shop.actor("alice"), now=shop.now)

    sums = line_ledger.sums([line.pk])[line.pk]
    assert (sums.open, Order.objects.get(number=number).total) == (Decimal(4), Decimal(40))
    nothing_broken()


def test_credit_exposure_is_gross_and_invoicing_moves_it_without_changing_it(shop):
    book = exposure.Amount
    customer = shop.customer.pk
    exposure.book([book(customer, "confirmed", Decimal("33900")), book(customer, "confirmed", Decimal("80000"))], now=shop.now)
    exposure.book([book(customer, "delivered", Decimal("91300")), book(customer, "invoiced", Decimal("80000"))], now=shop.now)
    exposure.book([book(customer, "deposited", Decimal("10000"))], now=shop.now)

    found = exposure.of_customers([customer])[customer]

    assert (found.receivables, found.delivered - found.invoiced, found.confirmed - found.delivered) == (80_000, 11_300, 22_600)
    assert found.total == Decimal(103_900)
    exposure.book([book(customer, "invoiced", Decimal("11300"))], now=shop.now)
    assert exposure.of_customers([customer])[customer].total == Decimal(103_900)


def test_a_balance_is_kept_beside_the_moves_and_one_that_is_wrong_is_found(shop):
    book = exposure.Amount
    customer = shop.customer.pk
    exposure.book([book(customer, "confirmed", Decimal("113.05")), book(customer, "delivered", Decimal("50.00"))], now=shop.now)
    exposure.book([book(customer, "paid", Decimal("13.01")), book(customer, "deposited", Decimal("0.04"))], now=shop.now)

    assert dict(ExposureBalance.objects.values_list("customer", "exposed")) == {customer: 100_00}
    assert (invariants.balances_match().checked, invariants.balances_match().broken) == (1, 0)
    ExposureBalance.objects.update(exposed=100_01)
    finding = invariants.balances_match()
    assert (finding.checked, finding.broken) == (1, 1)
    assert finding.first == f"customer {customer}: the balance says 10001 hundredths, the moves 10000"


def test_the_order_being_judged_is_left_out_of_the_exposure(shop):
    number = shop.an_order()
    order = Order.objects.get(number=number)
    exposure.book(
        [
            exposure.Amount(shop.customer.pk, "confirmed", Decimal(700)),
            exposure.Amount(shop.customer.pk, "confirmed", Decimal(50), order.pk),
        ],
        now=shop.now,
    )

    assert exposure.without_orders([order.pk]) == {order.pk: Decimal(700)}


def test_billable_is_net_delivered_less_net_invoiced(shop):
    line = shop.line(shop.an_order()).pk
    booking = line_ledger.Booking
    line_ledger.book([booking(line, "shipped", Decimal(10)), booking(line, "invoiced", Decimal(10), Decimal(1000))], now=shop.now)
    line_ledger.book(
        [booking(line, "returned", Decimal(2)), booking(line, "shipped", Decimal(2)), booking(line, "replaced", Decimal(2))], now=shop.now
    )

    sums = line_ledger.sums([line])[line]

    assert (sums.billable, sums.open, sums.net_shipped) == (0, 0, 10)
    line_ledger.book([booking(line, "credited", Decimal(0), Decimal(200))], now=shop.now)
    assert line_ledger.sums([line])[line].billable == 0
    assert line_ledger.sums([line])[line].creditable == Decimal(800)


def test_a_delivery_that_has_gone_is_not_taken_back_by_a_cancellation(shop, undone):
    number = shop.an_order()
    shops.BOXES[Order.objects.get(number=number).pk] = ["1", "2"]
    at_pack(shop, number)
    place = f"{number}/1"
    with working_on(
        [place], "test.pack", actor=shop.actor("carol"), now=shop.now, brings={place: Completion(evidence={"close": "yes"})}
    ) as work:
        work.complete()
    line = shop.line(number).pk
    line_ledger.book([line_ledger.Booking(line, "shipped", Decimal(4))], now=shop.now)

    assert not changes.cancel([number], reason="enough", actor=shop.actor("mary"), now=shop.now)

    assert line_ledger.sums([line])[line].quantity("cancelled") == Decimal(6)
    assert Order.objects.get(number=number).status == "open"
    nothing_broken()


def test_what_a_cancellation_would_touch_is_told_before_anything_happens(shop, monkeypatch):
    number = shop.an_order()
    at_pack(shop, number)

    def find(order_ids, changes_):
        return [
            stages.Consequence(order, "test.reserve", f"{int(changes_[order][0].open_quantity)} go back to the shelf")
            for order in order_ids
        ]

    monkeypatch.setitem(stages._consequences, "test.reserve", find)

    found = blast_radius.of_cancel(Order.objects.select_related("version").get(number=number))

    assert [consequence.text for consequence in found.consequences] == ["10 go back to the shelf"]
    assert Order.objects.get(number=number).status == "open"


def test_a_line_cannot_become_smaller_than_what_has_left(shop):
    number = shop.an_order()
    line = shop.line(number).pk
    line_ledger.book([line_ledger.Booking(line, "shipped", Decimal(4))], now=shop.now)

    refused = changes.change({number: changes.OrderChange({line: Decimal(3)})}, reason="fewer", actor=shop.actor("alice"), now=shop.now)

    assert codes(refused) == {number: "below_shipped"}
