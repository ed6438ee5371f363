"""Placing, entering and correcting orders: what the tables say afterwards, what comes a second time, who may."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.db.models import Count
from django.test.utils import CaptureQueriesContext

from orderway.journal.models import Entry
from orderway.masterdata.models import Customer, Price, PriceList
from orderway.orders import documents, line_ledger
from orderway.orders.models import Evidence, LineMove, Order, OrderLine, StoredDocument
from orderway.orders.refusals import NotAllowed
from orderway.releases.models import Trial
from orderway.stages.capture import actions, editing, queries
from orderway.stages.capture.models import AmendmentProposal
from orderway.stages.capture.rules import Attachment, LineDraft, LineEdit, OrderEdit
from stages.house import findings, statements

D = Decimal
PAPER = Attachment("customer_po", "po.pdf", "application/pdf", b"%PDF-1.4 order")


def facts(house, number):
    ids = [house.order(number).pk]
    known = {name: getattr(queries, name)(ids).get(ids[0]) for name in ("discounts", "new_customers", "lines")}
    return queries.heads(ids)[ids[0]]._asdict() | known


def test_an_order_is_placed_with_lines_prices_tax_and_total(house):
    number = house.an_order(("M8-BOLT", "10.5"), ("POSTAGE", 1, "9.995"), customer_po=" PO-1 ", requested_on=date(2026, 3, 20))

    order = house.order(number)
    assert (order.customer_po, order.currency, order.total, order.owner.key) == ("PO-1", "CNY", D("14.20"), "alice")
    first, second = OrderLine.objects.filter(order=order)
    assert (first.quantity, first.unit_price, first.amount, first.tax_rate) == (D("10.5"), D("0.40"), D("4.2"), 13)
    assert (second.unit_price, second.amount, second.requested_on) == (D("9.995"), D("9.995"), date(2026, 3, 20))
    assert house.open_stages(number) == ["receipt"]
    assert findings() == []


def test_the_facts_of_a_new_order_are_known_at_once(house):
    number = house.an_order(("M8-BOLT", 10, "1.00"), ("M8-NUT", 20, "0.50"), discount_percent=D(10), customer_po="A")
    assert facts(house, number) == {
        "total": D("18.00"),
        "discounts": 10,
        "new_customers": True,
        "channel": "form",
        "customer_po": "A",
        "requested_on": None,
        "customer_blocked": False,
        "lines": {"1": {"sku": "M8-BOLT", "qty": 10, "price": 1}, "2": {"sku": "M8-NUT", "qty": 20, "price": D("0.5")}},
    }
    assert facts(house, house.an_order())["new_customers"] is False


def test_a_line_without_a_price_gets_the_one_of_the_customers_list(house):
    agreed = PriceList.objects.create(key="DAN", currency="CNY")
    Price.objects.create(price_list=agreed, item=house.bolt, price=D("0.35"))
    Price.objects.create(price_list=agreed, item=house.bolt, from_quantity=100, price=D("0.30"))
    Customer.objects.update(price_list=agreed)
    number = house.an_order(("M8-BOLT", 99), ("M8-BOLT", 100), ("M8-NUT", 1))
    assert list(OrderLine.objects.filter(order__number=number).values_list("unit_price", flat=True)) == [D("0.35"), D("0.30"), D("0.10")]
    asked = [LineDraft("M8-BOLT", D(100)), LineDraft("NOPE", D(1))]
    assert queries.proposed_prices("DAN", asked, now=house.now) == [D("0.30"), None]


def test_a_draft_that_is_refused_does_not_disturb_the_others(house):
    outcomes = house.places(house.draft(), house.draft(("NOPE", -1)), house.draft(customer="NOBODY"), house.draft())

    assert [outcome.state for outcome in outcomes] == ["placed", "refused", "refused", "placed"]
    assert [each.field for each in outcomes[1].problems] == ["lines[0].sku", "lines[0].quantity"]
    assert "There is no customer NOBODY. Choose one of the list" in str(outcomes[2].refusal)
    assert Order.objects.count() == 2


def test_an_order_names_its_standard_where_several_are_in_force(house):
    (outcome,) = house.places(house.draft(standard=""))
    assert "Name one of them: itself, people." in str(outcome.refusal)
    house.automatic.status = "retired"
    house.automatic.retired_at = house.now
    house.automatic.save()
    assert house.places(house.draft(standard=""))[0].state == "placed"


def test_a_trial_sends_its_share_of_the_orders_to_the_version_on_trial(house):
    other = house.drafted(house.automatic, "1.1.0")
    Trial.objects.create(from_version=house.automatic, to_version=other, share_percent=50, seed="s", begins_at=house.now)
    numbers = [outcome.number for outcome in house.places(*[house.draft(customer_po=f"PO-{number}") for number in range(40)])]
    pinned = dict(Order.objects.filter(number__in=numbers).values_list("version__version").annotate(orders=Count("pk")))
    assert set(pinned) == {"1.0.0", "1.1.0"}
    assert min(pinned.values()) >= 8


def test_a_pilot_takes_the_orders_of_a_customer_group(house):
    other = house.drafted(house.automatic, "1.1.0")
    others = PriceList.objects.create(key="ABROAD", currency="EUR")
    head = {"from_version": house.automatic, "to_version": other, "seed": "s", "begins_at": house.now}
    Trial.objects.create(**head, share_percent=100, customer_group=others)
    at_home = house.places(house.draft())[0].number
    Customer.objects.filter(key=house.draft().customer).update(price_list=others)

    of_group = house.places(house.draft())[0].number

    assert [Order.objects.get(number=number).version.version for number in (at_home, of_group)] == ["1.0.0", "1.1.0"]


def test_who_does_not_work_here_may_not_place_an_order(house):
    stranger = replace(house.actor("eve"), person_id=None)
    (outcome,) = actions.place([house.draft()], actor=stranger, now=house.now)
    assert isinstance(outcome.refusal, NotAllowed)


# --- known already ------------------------------------------------------------------------------------------------------------


def test_the_same_purchase_order_again_changes_nothing_and_gives_the_first_number(house):
    number = house.an_order(customer_po="PO-12")
    (again,) = house.places(house.draft(customer_po="ＰＯ－12 "))
    assert (again.state, again.number) == ("unchanged", number)
    assert Order.objects.count() == 1


def test_the_same_purchase_order_with_another_content_is_kept_as_one_proposal_that_waits(house):
    number = house.an_order(("M8-BOLT", 10), customer_po="PO-12")
    other = house.draft(("M8-BOLT", 12), customer_po="PO-12")
    for _ in range(2):
        (outcome,) = house.places(other)
        assert (outcome.state, outcome.number, outcome.refusal.code) == ("amendment", number, "purchase_order_exists")
    (proposal,) = queries.waiting_proposals([house.order(number).pk])[house.order(number).pk]
    assert proposal.draft["lines"][0]["quantity"] == "12"
    assert house.line(number).quantity == 10
    assert Order.objects.count() == 1


def test_a_purchase_order_that_comes_twice_in_one_call_is_one_order(house):
    same, other = house.draft(customer_po="PO-1"), house.draft(("M8-NUT", 1), customer_po="po-1")
    outcomes = house.places(same, same, other, house.draft(), house.draft())
    assert [outcome.state for outcome in outcomes] == ["placed", "unchanged", "amendment", "placed", "placed"]
    assert {outcome.number for outcome in outcomes[:3]} == {outcomes[0].number}
    assert AmendmentProposal.objects.count() == 1
    assert Order.objects.count() == 3


def test_another_channel_or_customer_has_its_own_purchase_order_numbers(house):
    Customer.objects.create(key="DORA", name="Dora", currency="CNY")
    outcomes = house.places(
        house.draft(customer_po="1"), house.draft(customer_po="1", channel="edi"), house.draft(customer_po="1", customer="DORA")
    )
    assert [outcome.state for outcome in outcomes] == ["placed"] * 3


def test_an_amendment_is_settled_once_and_by_who_may_change_the_order(house):
    house.an_order(("M8-BOLT", 10), customer_po="PO-12")
    house.places(house.draft(("M8-BOLT", 12), customer_po="PO-12"))
    proposal = AmendmentProposal.objects.get()
    settle = {"state": AmendmentProposal.State.DISMISSED, "reason": "sent twice by mistake", "now": house.now}
    with pytest.raises(NotAllowed):
        actions.settle_proposal(proposal.pk, actor=house.actor("eve"), **settle)
    actions.settle_proposal(proposal.pk, actor=house.actor("alice"), **settle)
    with pytest.raises(actions.ProposalSettled):
        actions.settle_proposal(proposal.pk, actor=house.actor("alice"), **settle)
    assert AmendmentProposal.objects.get().settled_by == "alice"


# --- entering ------------------------------------------------------------------------------------------------------------------


def test_an_order_that_brings_its_paper_is_entered_at_once_and_confirmed(house):
    number = house.an_order(standard="people", attachments=(PAPER,))

    assert house.open_stages(number) == ["review"]
    assert set(StoredDocument.objects.values_list("kind", flat=True)) == {"customer_po", "order_form"}
    assert Evidence.objects.get().step == "enter"
    form = StoredDocument.objects.get(kind="order_form")
    assert form.data["lines"][0]["sku"] == "M8-BOLT"
    assert documents.content(form, template="order_form", language="en").startswith(b"%PDF")
    assert findings() == []


def test_without_the_customers_paper_the_receipt_stays_open_and_says_so(house):
    number = house.an_order(standard="people")
    refused = actions.enter([number], actor=house.actor("alice"), now=house.now)
    assert "Evidence is missing for: enter." in str(refused[number])
    assert house.open_stages(number) == ["receipt"]
    assert not house.enters(number)
    assert house.open_stages(number) == ["review"]


def test_who_is_no_clerk_may_not_enter(house):
    number = house.an_order(standard="people", attachments=())
    refused = actions.enter([number], actor=house.actor("eve"), now=house.now)
    assert isinstance(refused[number], NotAllowed)


# --- correcting -----------------------------------------------------------------------------------------------------------------


def edit(house, number, change, who="alice"):
    return editing.edit({number: change}, actor=house.actor(who), now=house.now)


def test_a_correction_changes_lines_total_and_ledger_and_names_the_editor(house):
    number = house.an_order(("M8-BOLT", 10), ("M8-NUT", 5), standard="people")

    change = OrderEdit((LineEdit(1, quantity=D(12)), LineEdit(2, quantity=D(0))), (LineDraft("POSTAGE", D(1)),), note="by phone")
    assert not edit(house, number, change)

    order = house.order(number)
    assert (order.total, order.note, order.edited_by) == (D("16.80"), "by phone", "alice")
    assert {line["sku"]: line["qty"] for line in facts(house, number)["lines"].values()} == {"M8-BOLT": 12, "POSTAGE": 1}
    sums = line_ledger.sums([house.line(number, 1).pk, house.line(number, 2).pk])
    assert [(each.quantity("ordered"), each.quantity("cancelled")) for each in sums.values()] == [(12, 0), (5, 5)]
    assert "line 1: quantity 10 -> 12" in Entry.objects.filter(subject_key=number).latest("sequence").payload
    assert findings() == []


def test_a_correction_with_a_problem_changes_nothing_of_that_order(house):
    number, other = house.orders(2, standard="people")
    changes = {number: OrderEdit((LineEdit(9, D(1)),)), other: OrderEdit((LineEdit(1, D(11)),))}
    refused = editing.edit(changes, actor=house.actor("alice"), now=house.now)
    assert list(refused) == [number]
    assert refused[number].problems[0].field == "lines[0].position"
    assert (house.line(number).quantity, house.line(other).quantity) == (10, 11)


def test_an_order_that_is_past_its_receipt_is_changed_not_corrected(house):
    number = house.an_order(standard="people", attachments=(PAPER,))
    refused = edit(house, number, OrderEdit((LineEdit(1, D(11)),)))
    assert refused[number].code == "not_open"


def test_only_who_works_on_the_order_may_correct_it(house):
    number = house.an_order(standard="people")
    assert isinstance(edit(house, number, OrderEdit((LineEdit(1, D(11)),)), who="eve")[number], NotAllowed)


def test_who_corrected_an_order_may_not_review_it(house):
    house.hire("zoe", "clerk", "reviewer")
    number = house.an_order(standard="people")
    edit(house, number, OrderEdit((LineEdit(1, D(11)),)), who="zoe")
    house.enters(number)
    assert house.reviews(number, who="zoe")[number].code == "barred_by_segregation"
    assert not house.reviews(number, who="bob")


# --- statements -------------------------------------------------------------------------------------------------------------------


def test_the_number_of_statements_of_every_act_does_not_depend_on_the_number_of_orders(house):
    counted: dict[str, list[int]] = {"place": [], "enter": [], "edit": []}

    def count(act, run):
        with CaptureQueriesContext(connection) as log:
            result = run()
        counted[act].append(len(statements(log.captured_queries)))
        return result

    for number_of_orders in (1, 30):
        drafts = [house.draft(("M8-BOLT", 1), ("M8-NUT", 2), ("POSTAGE", 1), standard="people") for _ in range(number_of_orders)]
        numbers = [outcome.number for outcome in count("place", lambda drafts=drafts: house.places(*drafts))]
        change = OrderEdit((LineEdit(1, D(2)),), (LineDraft("M8-NUT", D(1)),))
        edits = dict.fromkeys(numbers, change)
        assert not count("edit", lambda edits=edits: editing.edit(edits, actor=house.actor("alice"), now=house.now))
        assert not count("enter", lambda numbers=numbers: house.enters(*numbers))
    assert {act: len(set(each)) for act, each in counted.items()} == {"place": 1, "enter": 1, "edit": 1}, counted
    assert LineMove.objects.filter(kind="ordered").count() == 31 * 5


def test_an_order_whose_papers_cannot_be_kept_is_not_placed_and_says_why(house):
    """Its sender believes that they came with it; the order would wait for them without a word."""
    strange = replace(PAPER, kind="delivery_slip")
    good, bad = house.places(
        house.draft(standard="people", attachments=(PAPER,)), house.draft(standard="people", attachments=(PAPER, strange))
    )

    assert (good.state, bad.state) == ("placed", "refused")
    assert [(problem.field, problem.code) for problem in bad.problems] == [("attachments.1", "unknown_document")]
    assert "delivery_slip" in str(bad.refusal)
    assert Order.objects.count() == 1
    assert StoredDocument.objects.filter(kind="customer_po").count() == 1
