"""An order goes through a stage that is not on yet: what the gate finds is in its journal, nobody is stopped, and verify agrees."""

from __future__ import annotations

import json

import pytest

from orders import shop as shops
from orderway.journal import reading
from orderway.orders import acts, invariants
from orderway.orders.completion import DONE
from orderway.orders.models import Order, WorkItem


@pytest.fixture
def shop(db):
    """The small company, which has not switched its check on yet."""
    shops.BOXES.clear()
    shops.UNKNOWN_TOTALS.clear()
    company = shops.Shop().open()
    source = shops.PLAIN.format(id="plain", version="1.1.0").replace("languages: [en]", "languages: [en]\nadvisory: [check]")
    company.version = company.released(source + "\nchanges:\n  - {version: 1.1.0, reason: {en: Check comes later}}\n")
    return company


def test_who_entered_an_order_finishes_its_advisory_check_unproven_and_the_journal_says_what_was_found(shop):
    number = shop.an_order(total="9000.00")  # too dear, and its manager would have to sign
    shop.people["alice"].roles.create(role="reviewer")
    shop.roles["alice"] = frozenset({"clerk", "reviewer"})
    shop.entered(number)

    refused = acts.complete({number: DONE}, stage="check", actor=shop.actor("alice"), now=shop.now)

    assert refused == {}
    assert WorkItem.objects.get(order__number=number, state="open").stage == "reserve"
    told = [json.loads(entry.payload) for entry in reading.of_subject("order", number)]
    assert told[-1]["judged"] == [["right", "unknown"], ["affordable", "false"]]


def test_verify_takes_any_finding_of_an_advisory_gate_and_misses_one_that_is_not_there(shop):
    number = shop.an_order(total="9000.00")
    shop.entered(number)
    acts.complete({number: DONE}, stage="check", actor=shop.actor("bob"), now=shop.now)

    assert invariants.gates_were_decided().broken == 0
    assert invariants.journals_replay().broken == 0
    assert invariants.decide_again().broken == 0
    assert Order.objects.get(number=number).status == "open"
