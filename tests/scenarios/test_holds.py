"""Holds that lift themselves when what they wait for has come: credit that is free again, a paper, goods, a day; the record says why."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from orderway.journal import reading
from orderway.journal.models import Entry
from orderway.masterdata.models import Customer
from orderway.orders import acts, releasing
from orderway.orders.facts import Facts
from orderway.orders.models import Hold
from orderway.releases import publishing
from orderway.releases.models import Version
from orderway.releases.publishing import program_of
from orderway.standard.templates import shipped
from orderway.web import sentences
from scenarios.company import PAPER, D, Someone

KINDS = {
    "customer: {by: [sales]}": (
        "customer: {by: [sales]}, paper: {by: [sales], lift_when: \"order.papers.exists(p, p.kind == 'customer_po')\"}, "
        'goods: {by: [sales], expires: 20d, lift_when: "order.lines.all(l, l.reserved >= l.qty)"}'
    ),
    "version: 1.0.0": "version: 2.0.0\nchanges: [{version: 2.0.0, reason: {en: Holds that wait}, running_orders: finish}]",
    "  order.total_with_tax: money\n": "  order.total_with_tax: money\n  order.papers: [{kind: text}]\n",
    "available: number,": "available: number, reserved: number,",
}


@pytest.fixture
def waiting(shop):
    """The shipped standard with two more kinds of hold: until the customer's paper has come, and until everything lies reserved."""
    source = shipped()["make-to-order"]
    for old, new in KINDS.items():
        assert source.count(old) >= 1, old
        source = source.replace(old, new, 1)
    version = publishing.draft(source, author="author", now=shop.now)
    admin = shop.administrator
    publishing.approve(version, by=admin, now=shop.now, accept="a test")
    return publishing.release(version, by=admin, now=shop.now)


def entry_of(order, act="lift") -> Entry:
    """The last entry of this act."""
    return reading.of_subject("order", order.number).filter(act=act).last()


def told_of(order) -> list[str]:
    """What the history of the order says, oldest first: what happened, why, who."""
    row = order.row
    program = program_of(row.version_id, row.version.content_hash)
    told = sentences.told(list(reading.of_subject("order", order.number)), program.standard, {}, "CNY")
    return [f"{one.sentence}: {one.detail} ({one.who})" for one in told]


def standing(order) -> list[str]:
    return list(Hold.objects.filter(order__number=order.number, lifted_at__isnull=True).values_list("type", flat=True))


def test_a_credit_hold_lifts_itself_when_the_credit_is_free_again_and_the_record_says_who_and_why(shop):
    order = shop.an_order().at("delivery_planning")
    Customer.objects.filter(pk=shop.dan.pk).update(credit_limit=D(1000))  # the order comes to 1,130 with tax
    assert shop.bob.holds(order, "credit") is None
    shop.time_is(shop.now + timedelta(minutes=1))
    assert standing(order) == ["credit"]

    Customer.objects.filter(pk=shop.dan.pk).update(credit_limit=D(2000))
    shop.time_is(shop.now + timedelta(minutes=1))

    assert standing(order) == []
    lifted = Hold.objects.get()
    assert (lifted.lifted_by, lifted.lifts_when) == ("system", "table.credit == 'ok'")
    said = told_of(order)[-1]
    assert said.startswith("Hold lifted: What the hold waited for has come. · table.credit == 'ok' (")
    assert "customer.credit_left - order.total_with_tax is 870.00" in said
    assert shop.carol.plans(order) is None


def test_a_credit_hold_that_is_placed_although_the_credit_is_free_stands_until_somebody_lifts_it_or_it_expires(shop):
    order = shop.an_order().at("delivery_planning")

    assert shop.bob.holds(order, "credit") is None  # Bob has another reason: he heard that Dan is in trouble

    shop.time_is(shop.now + timedelta(hours=2))
    assert standing(order) == ["credit"]
    assert Hold.objects.get().lifts_when == ""
    shop.time_is(Hold.objects.get().expires_at)
    assert standing(order) == []
    assert "The hold has expired." in told_of(order)[-1]


def test_only_the_hold_that_waited_is_lifted_and_one_of_the_same_kind_with_another_reason_stands(shop):
    order = shop.an_order().at("delivery_planning")
    shop.bob.holds(order, "credit")
    Customer.objects.filter(pk=shop.dan.pk).update(credit_limit=D(1000))
    shop.bob.holds(order, "credit")

    Customer.objects.filter(pk=shop.dan.pk).update(credit_limit=D(2000))
    shop.time_is(shop.now + timedelta(minutes=1))

    (left,) = Hold.objects.filter(lifted_at__isnull=True)
    assert left.lifts_when == ""
    assert order.row.status == "open"
    assert shop.carol.plans(order).code == "held"


def test_a_hold_for_a_paper_lifts_itself_when_the_paper_has_arrived(shop, waiting):
    order = shop.an_order()
    assert shop.alice.holds(order, "paper") is None
    shop.time_is(shop.now + timedelta(minutes=1))
    assert standing(order) == ["paper"]

    paper = acts.Attachment("customer_po", "po.pdf", "application/pdf", PAPER)
    assert not acts.attach({order.number: [paper]}, **Someone(shop, "alice").doing)
    shop.time_is(shop.now + timedelta(minutes=1))

    assert standing(order) == []


def test_a_hold_for_goods_lifts_itself_when_they_came_and_are_reserved(shop, waiting):
    order = shop.an_order().at("production")
    shop.carol.has_made(order)
    assert shop.alice.holds(order, "goods") is None
    (number,) = shop.supply_orders()

    shop.carol.receives(number)  # news from the world is recorded during a hold
    shop.time_is(shop.now + timedelta(minutes=1))

    assert standing(order) == []
    assert shop.carol.has_made(order) is None


def test_a_hold_until_a_day_lifts_itself_when_the_day_begins_where_the_company_is(shop):
    order = shop.an_order().at("delivery_planning")
    by = Someone(shop, "alice").doing
    assert not acts.hold([order.number], "customer", reason="after the fair", until=date(2026, 3, 10), **by)

    shop.time_is(datetime(2026, 3, 9, 15, 59, tzinfo=UTC))
    assert standing(order) == ["customer"]
    shop.time_is(datetime(2026, 3, 9, 16, 0, tzinfo=UTC))  # midnight in Shanghai

    assert standing(order) == []
    assert Hold.objects.get().lifted_by == "system"


def test_a_hold_until_a_day_that_has_begun_is_refused_and_one_that_expires_sooner_expires(shop):
    order = shop.an_order().at("delivery_planning")
    refused = acts.hold([order.number], "customer", reason="too late", until=date(2026, 3, 2), **Someone(shop, "alice").doing)
    assert refused[order.number].code == "hold_over"

    assert not acts.hold([order.number], "credit", reason="long", until=date(2026, 12, 1), **Someone(shop, "bob").doing)

    assert Hold.objects.get().expires_at < datetime(2026, 3, 11, tzinfo=UTC), "five working days at most, says the standard"


def test_looking_whether_holds_may_be_lifted_takes_the_same_statements_for_one_and_for_many(shop, django_assert_max_num_queries):
    Customer.objects.filter(pk=shop.dan.pk).update(credit_limit=Decimal(1))
    for _ in range(4):
        order = shop.an_order()
        shop.bob.holds(order, "credit")

    with django_assert_max_num_queries(6):
        found = releasing.come(0, 500)

    assert [number for _, number in found] == [""] * 4


def test_orders_of_two_versions_in_one_act_are_each_asked_what_their_own_version_mentions(shop, waiting):
    """One version mentions what is reserved of a line, the other does not: the second had found it unknown if the first was asked first."""
    new = shop.an_order()
    old_version = Version.objects.get(standard_id="make-to-order", version="1.0.0")
    order = new.row
    facts = Facts([order.pk])

    without = facts.value(program_of(old_version.pk, old_version.content_hash), "order.lines", order.pk)
    also = facts.value(program_of(order.version_id, order.version.content_hash), "order.lines", order.pk)

    assert "reserved" not in without[0]
    assert also[0]["reserved"] == 0
