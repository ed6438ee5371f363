"""Four eyes, questions answered no, signatures by amount, waivers, and what happens when it goes wrong too often."""

from __future__ import annotations

from decimal import Decimal

from orderway.engine import answers
from orderway.masterdata.models import RoleMember

D = Decimal


def test_a_reviewer_may_not_review_what_he_entered(shop):
    RoleMember.objects.create(person=shop.people["alice"], role="finance")
    order = shop.an_order().at("review")
    entered = shop.alice.actor

    from orderway.orders.actor import Actor
    from orderway.orders.completion import Completion
    from orderway.stages.review import actions as review

    alice_as_reviewer = Actor(entered.key, entered.person_id, roles=frozenset({"sales", "finance"}))
    findings = dict.fromkeys(("accuracy", "price_terms", "feasible"), True)
    brings = {order.number: Completion(findings=findings, evidence={"compare": "yes"})}
    refused = review.decide([order.number], brings=brings, actor=alice_as_reviewer, now=shop.now)

    assert refused[order.number].code == "barred_by_segregation"
    assert order.open_work == [("review", "stage", "bob")]
    assert shop.bob.reviews(order) is None


def test_an_order_with_an_error_goes_back_is_corrected_and_passes(shop):
    order = shop.an_order(lines=[("RAIL", 10)]).at("review")

    assert shop.bob.reviews(order, accuracy=False) is None
    assert order.open_stages == ["receipt"]

    assert shop.alice.corrects(order, 1, 12) is None
    assert shop.alice.enters(order) is None
    assert shop.bob.reviews(order) is None
    assert order.sums().quantity("ordered") == 12
    assert order.line().quantity == 12
    order.to_its_end()


def test_after_three_failures_the_sales_manager_decides_and_nobody_sends_it_back_again(shop):
    shop.an_order()  # Dan is no new customer, so that his small order needs no signature afterwards
    order = shop.an_order().at("review")
    for _ in range(3):
        assert shop.bob.reviews(order, accuracy=False) is None
        assert order.open_stages == ["receipt"]
        assert shop.alice.enters(order) is None

    assert shop.bob.reviews(order, accuracy=False) is None

    assert ("review", "decision", "mary") in order.open_work
    assert shop.bob.reviews(order).code == "awaiting_decision"
    assert shop.mary.decides(order) is None
    assert order.at("delivery_planning").status == "open"


def test_a_large_order_needs_a_signature_and_the_one_who_reviewed_cannot_give_it(shop):
    order = shop.an_order(lines=[("RAIL", 300)]).at("review")  # 30,000

    assert shop.bob.reviews(order) is None
    assert ("review", "approval", "mary") in order.open_work
    assert shop.bob.reviews(order).code == "awaiting_signature"
    assert shop.grace.signs(order).code == "not_allowed"
    assert shop.mary.signs(order) is None
    assert order.open_stages == ["delivery_planning"]


def test_a_very_large_order_needs_two_signatures_one_after_the_other(shop):
    shop.dan.credit_limit = D(2_000_000)
    shop.dan.save()
    order = shop.an_order(lines=[("RAIL", 6_000)]).at("review")  # 600,000

    assert shop.bob.reviews(order) is None
    assert ("review", "approval", "mary") in order.open_work
    assert shop.mary.signs(order) is None
    assert ("review", "approval", "grace") in order.open_work
    assert shop.grace.signs(order) is None
    assert order.open_stages == ["delivery_planning"]


def test_a_refused_signature_sends_the_order_back(shop):
    order = shop.an_order(lines=[("RAIL", 300)]).at("review")
    shop.bob.reviews(order)

    assert shop.mary.signs(order, approve=False) is None

    assert order.open_stages == ["receipt"]


def test_a_change_voids_signatures(shop):
    order = shop.an_order(lines=[("RAIL", 300)]).at("review")
    shop.bob.reviews(order)
    assert shop.mary.signs(order) is None
    assert order.open_stages == ["delivery_planning"]

    assert shop.alice.changes(order, 1, 400) is None

    assert order.open_work == [("review", "stage", "bob")]
    assert shop.bob.reviews(order) is None
    assert ("review", "approval", "mary") in order.open_work


def test_an_order_beyond_the_credit_waits_until_somebody_waives_it(shop):
    order = shop.an_order(lines=[("RAIL", 990)]).at("review")  # 99,000 of a limit of 100,000
    shop.an_order(lines=[("RAIL", 100)]).at("delivery_planning")

    refusal = shop.bob.reviews(order)

    assert refusal.code == "criterion_blocks"
    assert order.open_work == [("review", "stage", "bob")]
    assert shop.mary.waives(order, "credit").code == "not_allowed"
    assert shop.grace.waives(order, "credit") is None
    assert shop.bob.reviews(order) is None
    assert ("review", "approval", "grace") in order.open_work, "what is beyond the credit is not for the sales manager to sign"


def test_a_hold_stops_the_clock_and_nothing_is_completed_meanwhile(shop):
    from datetime import timedelta

    order = shop.an_order().at("review")
    due = order.item("review").due_at
    shop.now += timedelta(hours=1)
    assert shop.alice.holds(order, "customer") is None

    assert shop.bob.reviews(order).code == "held"
    shop.time_is(shop.now + timedelta(days=1))
    assert order.item("review").alarms_fired == 0
    assert shop.alice.lifts(order, "customer") is None

    assert order.item("review").due_at == due + timedelta(days=1)
    assert shop.bob.reviews(order) is None


def test_a_late_review_tells_those_whom_the_standard_names_and_only_once(shop):
    from datetime import timedelta

    order = shop.an_order().at("review")

    for hours in (3, 5, 5, 12, 36, 36):  # half of four hours, all of them, twice of them
        shop.time_is(shop.now.replace(hour=1, day=2) + timedelta(hours=hours))

    fired = [line for line in order.journal if line.startswith("escalate")]
    assert len(fired) == 3
    assert order.open_work == [("review", "stage", "bob")]  # it informs, it does not move the item


def test_deciding_pays_nothing_for_reasons_that_nobody_asks_for(shop, monkeypatch):
    def nobody_asked(*_given, **_named):
        raise AssertionError("a decision asked for reasons")

    for name in ("explain", "remedies"):
        monkeypatch.setattr(answers, name, nobody_asked)
    order = shop.an_order(lines=[("RAIL", 10)]).at("review")

    assert shop.bob.reviews(order) is None
    assert shop.mary.signs(order) is None

    assert order.open_stages == ["delivery_planning"]
