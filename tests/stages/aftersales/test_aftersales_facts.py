"""What after-sales tells the rules of a standard, and what a change would touch of it."""

from __future__ import annotations

from decimal import Decimal as D

from orderway.orders import stages
from orderway.orders.models import Feedback, Order
from orderway.orders.stages import LineChange
from orderway.stages.aftersales import actions, stage
from orderway.stages.invoicing import stage as invoicing


def test_an_order_without_trouble_has_none(shop):
    order = Order.objects.get(number=shop.sold()).pk

    assert stage.returned([order]) == stage.credited([order]) == {order: D(0)}
    assert stage.complained([order]) == stage.low_feedback([order]) == {order: False}


def test_returns_credits_complaints_and_low_scores_become_facts(shop):
    number = shop.sold()
    order = Order.objects.get(number=number).pk
    shop.comes_back(number, {1: 2})
    shop.credits(number, pieces={1: 2})
    actions.complain(number, kind="damage", text="bent", actor=shop.actor("sue"), now=shop.now)
    Feedback.objects.create(order_id=order, name="csat", score=1, low=True, actor="customer", at=shop.now)

    assert stage.returned([order]) == {order: D(2)}
    assert stage.credited([order]) == {order: D(226)}
    assert stage.complained([order]) == stage.low_feedback([order]) == {order: True}


def test_a_change_is_told_which_returns_will_not_come(shop):
    (number,) = shop.sells(ship=False)
    shop.announces(number, {1: 4}, who="system", before_shipping=True)
    line = shop.line(number)
    change = {line.order_id: [LineChange(line.pk, D(10), D(0))]}

    consequences = stages.consequences_of("aftersales.resolve")([line.order_id], change)

    assert [one.text for one in consequences] == ["4 pieces of return 1 will not come."]
    assert stage.consequences([line.order_id], {}) == []


def test_undo_leaves_awaited_returns_to_their_owner(shop):
    number = shop.sold()
    shop.announces(number, {1: 4})
    order = Order.objects.get(number=number).pk

    leftovers = stages.undo_of("aftersales.resolve")([order], {order: []}, actor=shop.actor("sue"), now=shop.now)

    assert [one.text for one in leftovers] == ["Return 1 is announced and has not arrived. Receive or close it."]


def test_undo_leaves_what_is_billed_beyond_the_delivery_to_the_owner_of_invoicing(shop):
    number = shop.sold()
    shop.comes_back(number, {1: 4})
    order = Order.objects.get(number=number).pk

    leftovers = invoicing.undo([order], {order: []}, actor=shop.actor("fay"), now=shop.now)
    told = invoicing.consequences([order], {order: [LineChange(shop.line(number).pk, D(0), D(0))]})

    assert [one.text for one in leftovers] == ["4 pieces of line 1 are invoiced beyond what was delivered. Credit them."]
    assert [one.reversible for one in told] == [False]
