"""What comes after the goods have arrived: damage, complaints, returns, credit notes, replacements, also when the order has ended."""

from __future__ import annotations

from decimal import Decimal

from orderway.improvement import questions
from orderway.improvement.models import Question
from orderway.stages.aftersales.models import CreditNote

D = Decimal


def test_a_damaged_delivery_becomes_a_complaint_a_return_and_a_credit_note(shop):
    order = shop.an_order(lines=[("RAIL", 10)]).at("delivery")
    assert shop.carol.hands_over(order, damaged=True, note="the crate was dented") is None
    assert order.open_work == [("after_sales", "stage", "alice")]

    assert shop.alice.announces_a_return(order, {1: 2}) is None
    assert shop.alice.resolves(order).code == "returns_awaited"
    assert shop.alice.receives_the_return(order, condition="damaged") is None
    assert shop.alice.resolves(order) is None

    assert order.status == "ended"
    assert CreditNote.objects.get(order__number=order.number).total == D("226.00")  # two of ten rails, with tax
    assert shop.level("RAIL") == (0, 0)  # what is damaged goes to loss, not to the shelf
    assert order.sums().quantity("returned") == 2


def test_goods_in_order_that_come_back_are_free_for_the_next_order(shop):
    order = shop.an_order(lines=[("RAIL", 10)]).to_its_end()
    shop.alice.takes_a_complaint(order)
    shop.alice.announces_a_return(order, {1: 3})
    shop.alice.receives_the_return(order)

    assert shop.alice.resolves(order) is None

    assert shop.level("RAIL") == (3, 0)


def test_an_ended_order_opens_again_by_a_complaint_and_ends_again(shop):
    order = shop.an_order(lines=[("RAIL", 10)]).to_its_end()

    shop.alice.takes_a_complaint(order)
    assert order.status == "open"
    assert order.open_work == [("after_sales", "complaint", "alice")]
    assert shop.alice.resolves(order) is None

    assert order.status == "ended"


def test_more_than_was_delivered_cannot_come_back(shop):
    order = shop.an_order(lines=[("RAIL", 10)]).to_its_end()
    shop.alice.takes_a_complaint(order)

    assert shop.alice.announces_a_return(order, {1: 7}) is None
    assert shop.alice.announces_a_return(order, {1: 4}).code == "more_than_delivered"


def test_goods_are_sent_again_without_a_further_delivery_and_nothing_is_owed_twice(shop):
    shop.on_hand("RAIL", 12)
    order = shop.an_order(lines=[("RAIL", 10)]).to_its_end()
    shop.alice.takes_a_complaint(order)
    shop.alice.announces_a_return(order, {1: 2})
    shop.alice.receives_the_return(order, condition="damaged")

    shop.alice.sends_again(order, {1: 2})
    assert shop.alice.resolves(order) is None

    assert shop.level("RAIL") == (0, 0)
    assert order.sums().net_shipped == 10
    billed = sum(total for _, total in order.invoices)
    credited = sum(CreditNote.objects.filter(order__number=order.number).values_list("total", flat=True))
    assert billed - credited == D("1130.00")


def test_a_complaint_beside_the_call_leaves_both_to_be_worked_one_after_the_other(shop):
    shop.on_hand("RAIL", 10)
    order = shop.an_order(lines=[("RAIL", 10)], standard="make-to-stock").at("after_sales")

    shop.alice.takes_a_complaint(order)
    assert [kind for _, kind, _ in order.open_work] == ["complaint", "stage"]

    assert shop.alice.resolves(order) is None
    assert shop.alice.resolves(order) is None
    assert order.status == "ended"


def test_a_low_score_that_comes_before_after_sales_opens_it_on_the_way_and_not_twice(shop, monkeypatch):
    order = shop.an_order().at("delivery")
    monkeypatch.setattr(shop, "system_works", lambda: None)  # the invoice is not issued yet
    shop.carol.hands_over(order)
    questions.ask([order.number], shop.now)

    questions.answer(questions.token_of(Question.objects.get()), 1, "", now=shop.now)
    monkeypatch.undo()
    shop.system_works()

    assert order.open_work == [("after_sales", "stage", "alice")]
