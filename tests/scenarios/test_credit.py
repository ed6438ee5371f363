"""Dan's credit through a working day: what is tolerated and who signs it, what is judged anew, and what never changes it.

The business content of credit limits as Tryton's `sale_credit_limit` tests it; where we differ stands in
`decisions/2026-11-28-credit-is-judged-where-the-standard-says.md`.
"""

from __future__ import annotations

from orderway.masterdata.models import Customer, TaxCategory
from orderway.orders import changes, exposure
from orderway.stages.review import queries
from orderway.stages.review.models import ReviewDecision
from scenarios.company import D, Someone


def limit(shop, amount) -> None:
    Customer.objects.filter(pk=shop.dan.pk).update(credit_limit=D(amount))


def owed(shop) -> D:
    return exposure.of_customers([shop.dan.pk])[shop.dan.pk].total


def reviewed(shop, rails: int):
    """An order that Bob has passed and whoever must has signed."""
    return shop.an_order(lines=[("RAIL", rails)]).at("delivery_planning")


def test_credit_beyond_the_limit_but_within_its_tolerance_passes_with_the_general_managers_signature(shop):
    order = shop.an_order(lines=[("RAIL", 920)]).at("review")  # 103,960 with tax; five percent beyond 100,000 are tolerated

    assert shop.bob.reviews(order) is None

    assert ("review", "approval", "grace") in order.open_work, "92,000 alone would go to the sales manager"
    assert shop.mary.signs(order).code == "not_allowed"
    assert shop.grace.signs(order) is None
    assert order.open_stages == ["delivery_planning"]
    assert owed(shop) == 103_960


def test_credit_beyond_the_tolerance_is_not_for_anybody_to_sign(shop):
    order = shop.an_order(lines=[("RAIL", 930)]).at("review")  # 105,090

    assert shop.bob.reviews(order).code == "criterion_blocks"

    assert order.open_work == [("review", "stage", "bob")]
    assert owed(shop) == 0


def test_a_line_that_was_closed_and_is_opened_again_is_judged_by_the_credit_that_is_left_by_then(shop):
    """RULES 34: re-check credit on re-open."""
    first = reviewed(shop, 500)  # 56,500
    by = Someone(shop, "mary").doing
    closed = {first.number: {first.line(1).pk: D(400)}}
    assert not changes.cancel([first.number], lines=closed, reason="Dan needs fewer", **by)
    assert owed(shop) == 11_300
    reviewed(shop, 700)  # 79,100: it uses what the first has given back

    assert shop.alice.changes(first, 1, 500) is None

    assert first.open_stages == ["review"]
    assert owed(shop) == 90_400, "what is opened again counts when it was judged"
    assert shop.bob.reviews(first).code == "criterion_blocks"
    assert shop.alice.changes(first, 1, 150) is None
    assert shop.bob.reviews(first) is None


def test_an_order_that_makes_a_customer_owe_more_than_its_limit_waits_until_the_limit_is_raised(shop):
    """Owed 100 of 100: an order of 50 waits; of 200 it passes, and a limit that is lowered later stops nothing that was passed."""
    free = TaxCategory.objects.create(key="Z", rate_percent=D(0))
    rail = shop.rail
    rail.tax, rail.list_price = free, D(25)
    rail.save()
    exposure.book([exposure.Amount(shop.dan.pk, "confirmed", D(100), reference="brought forward")], now=shop.now)
    limit(shop, 100)
    order = shop.an_order().at("review")
    assert shop.alice.corrects(order, 1, 2) is not None, "the receipt is over: from now on it is a change"
    assert shop.alice.changes(order, 1, 2) is None

    assert shop.bob.reviews(order).code == "criterion_blocks"
    assert owed(shop) == 100

    limit(shop, 200)
    order.at("delivery_planning")
    assert owed(shop) == 150
    limit(shop, 100)
    order.at("picking")
    assert shop.carol.picks(order, {1: 1}, missing=True) is None
    assert shop.carol.hands_over(order) is None
    assert [total for _, total in order.invoices] == [25]
    assert owed(shop) == 150, "invoicing a part moves it and changes nothing"


def test_each_decision_keeps_the_credit_that_it_was_made_on(shop):
    order = shop.an_order(lines=[("RAIL", 920)]).at("review")
    shop.bob.reviews(order)

    facts = ReviewDecision.objects.get().facts

    assert (facts["customer.credit_left"], facts["customer.credit_limit"]) == ("100000.00", "100000.00")
    assert queries.credit_left([order.row.pk]) == {order.row.pk: 100_000}


def test_goods_that_are_sent_again_after_a_complaint_use_no_credit(shop):
    order = shop.an_order(lines=[("RAIL", 10)]).to_its_end()
    before = owed(shop)
    shop.alice.takes_a_complaint(order)
    assert shop.alice.announces_a_return(order, {1: 2}) is None
    assert shop.alice.receives_the_return(order) is None
    shop.on_hand("RAIL", 2)

    shop.alice.sends_again(order, {1: 2})

    assert owed(shop) == before == 1130
