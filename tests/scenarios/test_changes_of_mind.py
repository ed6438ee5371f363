"""A working day on which Dan changes his mind: amended, cut down, divided, held, and sent again, with everybody's name on the record.

The business content of amendments, cancelled lines and credit limits as other systems test it; where we differ stands in
`decisions/2026-11-28-what-a-change-may-touch.md`.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from orderway.orders import blast_radius, dividing, exposure, line_ledger
from orderway.orders.changes import OrderChange
from orderway.orders.dividing import Division
from orderway.orders.models import Amendment, Hold, Order
from orderway.stages.capture import actions as capture
from orderway.stages.capture import amending
from orderway.stages.capture.models import AmendmentProposal
from orderway.stages.capture.rules import LineDraft, OrderDraft
from scenarios import company
from scenarios.company import AnOrder, D


def row_of(order) -> Order:
    return Order.objects.select_related("version", "customer").get(number=order.number)


def divides(shop, order, quantities, *, who="alice", on=None):
    """Alice makes an order of its own of so much of these lines; gives it, or the refusal."""
    lines = {order.line(position).pk: D(str(quantity)) for position, quantity in quantities.items()}
    by = company.Someone(shop, who).doing
    done = dividing.divide({order.number: Division(lines, on)}, reason="Dan wants a part later", **by)
    return AnOrder(shop, done.numbers[order.number]) if done.numbers else next(iter(done.refused.values()))


def reviewed(shop, lines=(("RAIL", 10),), **fields):
    """An order that Bob has passed, signed by Mary, whose deliveries are to be planned."""
    order = shop.an_order(lines, **fields)
    assert shop.alice.enters(order) is None
    assert shop.bob.reviews(order) is None
    if "review" in order.open_stages:
        assert shop.mary.signs(order) is None
    return order


def test_an_amendment_after_confirmation_gets_a_revision_keeps_agreed_prices_and_is_reviewed_again(shop):
    order = reviewed(shop, (("RAIL", 10), ("SCREW", 4)))
    assert (row_of(order).total, order.open_stages) == (D(1200), ["delivery_planning"])
    shop.rail.list_price = D(150)
    shop.rail.save()

    assert shop.alice.changes(order, 1, 8) is None

    assert (row_of(order).total, order.open_stages) == (D(1000), ["review"])
    document = Amendment.objects.get(order__number=order.number)
    assert (document.revision, document.total_before, document.total_after) == (1, D(1200), D(1000))
    assert shop.bob.reviews(order) is None


def test_a_signature_given_before_an_amendment_is_void(shop):
    order = shop.an_order()
    shop.alice.enters(order)
    shop.bob.reviews(order)
    assert blast_radius.of_change(row_of(order), OrderChange({order.line(1).pk: D(11)})).voided == 1

    assert shop.alice.changes(order, 1, 11) is None

    assert not order_waits_for_signature(order)
    assert shop.mary.signs(order).code == "not_open"


def order_waits_for_signature(order) -> bool:
    return company.WorkItem.objects.filter(order__number=order.number, kind="approval", state="open").exists()


def test_credit_is_checked_again_when_an_amendment_makes_the_order_larger(shop):
    shop.dan.credit_limit = D(2000)
    shop.dan.save()
    order = reviewed(shop)
    assert exposure.of_customers([shop.dan.pk])[shop.dan.pk].total == D(1130)
    preview = blast_radius.of_change(row_of(order), OrderChange({order.line(1).pk: D(20)}))
    assert (preview.credit.gross, preview.credit.left, preview.credit.exceeded, preview.credit.judged) == (D(2260), D(2000), True, True)

    assert shop.alice.changes(order, 1, 20) is None

    assert exposure.of_customers([shop.dan.pk])[shop.dan.pk].total == D(1130)  # what is added counts when it was judged
    assert shop.bob.reviews(order).code == "criterion_blocks"
    assert shop.alice.changes(order, 1, 5) is None
    assert exposure.of_customers([shop.dan.pk])[shop.dan.pk].total == D(565)  # what is taken off is free at once
    assert shop.bob.reviews(order) is None


def test_a_part_of_an_order_becomes_an_order_of_its_own_under_the_same_eyes(shop):
    order = reviewed(shop, (("RAIL", 10), ("SCREW", 4)))

    part = divides(shop, order, {1: 4}, on=date(2026, 4, 1))

    mine, its = row_of(order), row_of(part)
    assert (mine.total, its.total, its.requested_on, its.divided_from_id) == (D(800), D(400), date(2026, 4, 1), mine.pk)
    assert its.version_id == mine.version_id
    assert (order.open_stages, part.open_stages) == (["delivery_planning"], ["review"])
    assert line_ledger.sums_of_orders([mine.pk])[mine.pk][order.line(1).pk].open == 6
    assert exposure.of_customers([shop.dan.pk])[shop.dan.pk].total == D("1356.00")
    refused = company.review.decide([part.number], brings={part.number: findings()}, **company.Someone(shop, "alice").doing)
    assert refused[part.number].code in ("not_allowed", "barred_by_segregation")
    assert shop.bob.reviews(part) is None
    assert [one.kind for one in Amendment.objects.order_by("pk")] == ["divide", "divide"]


def findings():
    return company.Completion(findings=dict.fromkeys(("accuracy", "price_terms", "feasible"), True), evidence={"compare": "yes"})


def test_dividing_an_order_defeats_no_approval_limit(shop):
    reviewed(shop)  # Dan is no new customer any more
    large = shop.an_order((("RAIL", 297),))
    assert shop.alice.enters(large) is None
    first = divides(shop, large, {1: 99})
    second = divides(shop, large, {1: 99})
    assert [row_of(each).total for each in (large, first, second)] == [D(9900)] * 3

    for each in (large, first, second):
        assert shop.bob.reviews(each) is None
        assert order_waits_for_signature(each), "each of them is below 20,000, all together are 29,700"


def test_an_order_cannot_be_divided_into_nothing_and_something(shop):
    order = reviewed(shop)

    assert divides(shop, order, {1: 10}).code == "nothing_stays"
    assert divides(shop, order, {1: 11}).code == "not_open_to_cancel"
    assert divides(shop, order, {1: 3}, who="bob").code == "not_allowed"


@pytest.mark.parametrize("corrected", [5, 8, 0])
def test_a_line_of_which_a_part_was_cancelled_is_corrected_and_its_row_says_what_was_ordered(shop, corrected):
    """An order whose line said 13 where its moves said 19 ordered and 6 cancelled: a correction had forgotten what was cancelled."""
    order = reviewed(shop, (("RAIL", 19), ("SCREW", 4)))
    assert shop.alice.changes(order, 1, 13) is None
    assert shop.bob.reviews(order, accuracy=False) is None

    assert shop.alice.corrects(order, 1, corrected) is None

    sums, line = order.sums(), order.line()
    assert line.quantity == sums.quantity("ordered")
    assert line.amount == sums.amount("ordered") == line.quantity * 100
    assert sums.open == corrected
    assert row_of(order).total == corrected * 100 + 200


def test_several_holds_stand_each_with_its_owner_and_one_lifts_itself(shop):
    order = reviewed(shop)

    assert shop.bob.holds(order, "credit") is None
    assert shop.alice.holds(order, "customer") is None
    assert shop.carol.plans(order).code == "held"
    assert shop.alice.lifts(order, "credit").code == "not_allowed"
    until = Hold.objects.get(type="credit").expires_at
    assert Hold.objects.get(type="customer").expires_at is None

    shop.time_is(until - timedelta(minutes=1))
    assert Hold.objects.filter(lifted_at__isnull=True).count() == 2
    shop.time_is(until + timedelta(minutes=1))
    lifted = Hold.objects.get(lifted_at__isnull=False)
    assert (lifted.type, lifted.lifted_by) == ("credit", "system")
    assert shop.carol.plans(order).code == "held"
    assert shop.alice.lifts(order, "customer") is None
    assert shop.carol.plans(order) is None


def sent_again(shop, quantity, price=None):
    lines = (LineDraft("RAIL", D(10)), LineDraft("SCREW", D(quantity), price))
    draft = OrderDraft(customer="DAN", lines=lines, standard="make-to-order", customer_po="PO-12", channel="edi")
    (outcome,) = capture.place([draft], actor=company.Someone(shop, "alice").actor, now=shop.now)
    return outcome


@pytest.fixture
def proposed(shop):
    """An order of ten rails that came again with four screws, and the proposal that waits."""
    draft = OrderDraft(customer="DAN", lines=(LineDraft("RAIL", D(10)),), standard="make-to-order", customer_po="PO-12", channel="edi")
    (outcome,) = capture.place([draft], actor=company.Someone(shop, "alice").actor, now=shop.now)
    assert sent_again(shop, 4).state == "amendment"
    return AnOrder(shop, outcome.number), AmendmentProposal.objects.get()


def test_a_purchase_order_that_came_again_is_accepted_as_an_amendment(shop, proposed):
    order, proposal = proposed
    assert shop.alice.enters(order) is None
    wish = amending.change_of(row_of(order), amending.edit_of(proposal), now=shop.now)
    preview = blast_radius.of_change(row_of(order), wish, settles=True)
    assert [(one.what, one.after) for one in preview.differences] == [("added", "4 x 50")]

    assert amending.accept(proposal.pk, reason="Dan confirmed", seen=preview.stamp, **company.Someone(shop, "alice").doing) is None

    proposal.refresh_from_db()
    assert (proposal.state, proposal.settled_by, row_of(order).total) == ("applied", "alice", Decimal(1200))
    assert Amendment.objects.get().requested_by == "edi: alice"


def test_a_change_that_arrives_while_another_waits_is_refused_with_both_names(shop, proposed):
    order, proposal = proposed

    refused = shop.alice.changes(order, 1, 8)

    assert refused.code == "change_waits"
    assert Amendment.objects.get().met == "Alice"
    amending.reject(proposal.pk, reason="sent by mistake", **company.Someone(shop, "alice").doing)
    assert shop.alice.changes(order, 1, 8) is None
