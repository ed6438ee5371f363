"""Reviews under the real standard: credit, sending back, four eyes, what is recorded, and that statements do not grow."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orderway.journal.models import Entry
from orderway.masterdata.models import Customer
from orderway.orders import acts, changes, exposure
from orderway.orders.actor import SYSTEM
from orderway.orders.completion import Completion
from orderway.stages.capture.rules import Attachment
from orderway.stages.review import actions, queries
from orderway.stages.review.models import ReviewDecision
from stages.house import findings, statements

D = Decimal
PAPER = Attachment("customer_po", "po.pdf", "application/pdf", b"%PDF-1.4 order")


def entered(house, *lines, **fields):
    """An order that waits for its review by a person."""
    return house.an_order(*lines, standard="people", attachments=(PAPER,), **fields)


def limit(house, amount):
    Customer.objects.filter(pk=house.dan.pk).update(credit_limit=amount)


def exposed(house):
    return exposure.of_customers([house.dan.pk])[house.dan.pk].total


def test_a_review_that_finds_everything_right_passes_and_confirms_the_gross_total(house):
    number = entered(house, ("M8-BOLT", 100, "1.00"))

    assert not house.reviews(number)

    assert house.open_stages(number) == ["stock_check"]
    assert exposed(house) == 113
    decision = ReviewDecision.objects.get()
    assert (decision.verdict, decision.answers, decision.decided_by) == ("passed", {"right": True}, "bob")
    assert decision.facts["order.total"] == "100.00"
    assert decision.facts["customer.blocked"] == "false"
    assert findings() == []


def test_the_facts_that_the_reviewer_saw_are_frozen_in_the_journal(house):
    number = entered(house)
    house.reviews(number)
    payload = Entry.objects.filter(subject_key=number).latest("sequence").payload
    for fact in actions.SEEN:
        assert fact in payload


def test_an_order_over_the_limit_is_blocked_and_told_so_and_counts_nothing(house):
    limit(house, D("112.99"))
    number = entered(house, ("M8-BOLT", 100, "1.00"))

    refused = house.reviews(number)

    assert refused[number].code == "criterion_blocks"
    assert house.open_stages(number) == ["review"]
    assert exposed(house) == 0
    assert ReviewDecision.objects.get().verdict == "blocked"


def test_the_credit_left_leaves_out_the_order_being_judged(house):
    limit(house, D(113))
    number = entered(house, ("M8-BOLT", 100, "1.00"))
    house.reviews(number)
    assert exposed(house) == 113
    assert queries.credit_left([house.order(number).pk]) == {house.order(number).pk: 113}


def test_what_an_order_uses_the_next_one_lacks(house):
    limit(house, D(150))
    first, second = entered(house, ("M8-BOLT", 100, "1.00")), entered(house, ("M8-BOLT", 100, "1.00"))
    assert not house.reviews(first)
    assert list(house.reviews(second)) == [second]


def test_two_orders_in_one_call_cannot_both_use_the_same_credit(house):
    limit(house, D(150))
    first, second, third = (entered(house, ("M8-BOLT", quantity, "1.00")) for quantity in (100, 100, 30))

    refused = house.reviews(third, second, first)

    assert list(refused) == [second]
    assert exposed(house) == D("146.90")


def test_a_waived_criterion_lets_the_order_pass_and_it_counts(house):
    limit(house, D(1))
    number = entered(house, ("M8-BOLT", 100, "1.00"))
    house.reviews(number)
    assert not acts.waive([number], "credit", reason="paid in advance", actor=house.actor("mary"), now=house.now)
    assert not house.reviews(number)
    assert exposed(house) == 113


def test_a_blocked_customer_is_not_served(house):
    Customer.objects.update(blocked=True)
    number = entered(house)
    assert house.reviews(number)[number].code == "criterion_blocks"


def test_a_no_sends_the_order_back_to_be_corrected_and_what_it_used_is_free_again(house):
    number = entered(house, ("M8-BOLT", 100, "1.00"))
    house.reviews(number)
    later = changes.OrderChange(requested_on=date(2026, 4, 1))
    changes.change({number: later}, reason="asked again", actor=house.actor("alice"), now=house.now)
    assert house.open_stages(number) == ["review"]

    assert not house.reviews(number, right=False, reason="wrong item")

    assert house.open_stages(number) == ["receipt"]
    assert exposed(house) == 0
    latest = queries.decisions_of(house.order(number).pk)[0]
    assert (latest.verdict, latest.answers, latest.reason) == ("sent_back", {"right": False}, "wrong item")
    assert findings() == []


def test_an_order_that_became_smaller_is_counted_anew(house):
    number = entered(house, ("M8-BOLT", 100, "1.00"))
    house.reviews(number)
    change = changes.OrderChange(quantities={house.line(number).pk: D(50)})
    changes.change({number: change}, reason="fewer", actor=house.actor("alice"), now=house.now)
    house.reviews(number)
    assert exposed(house) == D("56.50")


def test_a_cancelled_order_gives_its_credit_back(house):
    number = entered(house, ("M8-BOLT", 100, "1.00"))
    house.reviews(number)
    changes.cancel([number], reason="not needed", actor=house.actor("mary"), now=house.now)
    assert exposed(house) == 0


def test_who_entered_an_order_may_not_review_it(house):
    house.hire("zoe", "clerk", "reviewer")
    number = house.an_order(standard="people")
    house.enters(number, who="zoe")
    assert house.reviews(number, who="zoe")[number].code == "barred_by_segregation"
    assert not ReviewDecision.objects.exists()


def test_without_an_answer_nothing_is_decided(house):
    number = entered(house)
    refused = actions.decide([number], actor=house.actor("bob"), now=house.now)
    assert refused[number].code == "evidence_missing"
    assert house.open_stages(number) == ["review"]


def test_the_system_reviews_what_needs_no_question_and_leaves_the_rest_to_its_owner(house):
    limit(house, D(15))
    first, second = house.orders(2, ("M8-BOLT", 10, "1.00"))
    house.runs()
    assert (house.open_stages(first), house.open_stages(second)) == (["ship"], ["review"])
    assert "credit" in house.item(second, "review").waiting
    assert exposed(house) == D("11.30")
    assert findings() == []


def test_what_a_manager_passes_by_decision_counts_in_the_exposure_like_what_a_review_passed(house):
    number = entered(house, ("M8-BOLT", 10, "1.00"))
    other = entered(house, ("M8-BOLT", 5, "1.00"))
    for _ in range(3):
        assert not house.reviews(number, right=False)
        house.enters(number)
    assert not house.reviews(number, right=False)
    assert exposed(house) == 0
    said = Completion(reason="a good customer")

    refused = acts.decide({number: said, other: said}, stage="review", actor=house.actor("mary"), now=house.now)

    assert [refusal.code for refusal in refused.values()] == ["not_open"], "the other waits for no decision"
    assert exposed(house) == D("11.30")
    assert queries.credit_left([house.order(other).pk])[house.order(other).pk] is not None
    house.reviews(other)
    assert exposed(house) == D("16.95")
    assert findings() == []


def test_a_customer_with_many_orders_is_judged_by_its_balance_not_by_adding_up_its_moves(house):
    number = house.an_order(("M8-BOLT", 10, "1.00"))
    ids = [house.order(number).pk]
    with CaptureQueriesContext(connection) as asked:
        queries.credit_of(ids)
    sql = asked[0]["sql"]
    statement = sql if connection.vendor == "sqlite" else sql.replace("%(orders)b", f"ARRAY[{ids[0]}]::int8[]")

    with connection.cursor() as cursor:
        cursor.execute(("EXPLAIN QUERY PLAN " if connection.vendor == "sqlite" else "EXPLAIN ") + statement)
        plan = "\n".join(str(row[-1]) for row in cursor.fetchall())

    assert len(asked) == 1
    assert "exposurebalance" in sql
    assert "exposure_sums" not in plan, "the moves of a customer are read"


def test_orders_of_one_week_are_added_up_for_who_looks_for_divided_ones(house):
    numbers = house.orders(3, ("M8-BOLT", 99, "100"))
    ids = [house.order(number).pk for number in numbers]
    assert queries.totals_with_siblings(ids) == dict.fromkeys(ids, D(29_700))


@pytest.mark.parametrize("people", [False, True])
def test_the_number_of_statements_does_not_depend_on_the_number_of_orders(house, people):
    counted = []
    for count in (1, 30):
        if people:
            numbers = [entered(house) for _ in range(count)]
        else:
            numbers = house.orders(count)
            run_to_review(house, numbers)
        with CaptureQueriesContext(connection) as log:
            assert not (house.reviews(*numbers) if people else actions.decide(numbers, actor=SYSTEM, now=house.now))
        counted.append(len(statements(log.captured_queries)))
    assert len(set(counted)) == 1, counted
    assert counted[0] <= 32


def run_to_review(house, numbers):
    from orderway.orders.work import run_open

    run_open(numbers, now=house.now, until="review")
