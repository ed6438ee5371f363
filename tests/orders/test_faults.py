from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import OperationalError, connection, transaction

from orders.test_door import nothing_broken
from orderway.orders import acts, changes, clock
from orderway.orders.models import Order
from orderway.orders.work import Completion, place_orders, run_open

ENOUGH = 40  # no act of this layer makes more statements


class PowerCut(OperationalError):
    """The injected failure, of the kind that a lost connection raises: nobody's bug, so nothing goes on after it."""


class FailsAt:
    """Lets n statements pass and fails the next; counts what it saw."""

    def __init__(self, passing: int) -> None:
        self.left = passing
        self.hit = False

    def __call__(self, execute, sql, params, many, context):
        if self.left == 0 and not self.hit:
            self.hit = True
            raise PowerCut
        self.left = max(0, self.left - 1)
        return execute(sql, params, many, context)


def state():
    orders = list(Order.objects.order_by("pk").values_list("number", "case_text", "journal_sequence", "journal_hash", "status", "total"))
    items = [
        list(order.work_items.order_by("pk").values_list("stage", "state", "responsible", "waiting", "alarms_fired", "held_since"))
        for order in Order.objects.order_by("pk")
    ]
    ledgers = [
        list(line.moves.order_by("pk").values_list("kind", "quantity")) for order in Order.objects.all() for line in order.lines.all()
    ]
    return orders, items, ledgers


def acts_of(shop, number):
    """The acts to be interrupted, each from the state in which an order of the test stands."""
    bring = Completion(evidence={"type": "yes"})
    alice, bob, mary = shop.actor("alice"), shop.actor("bob"), shop.actor("mary")
    later = shop.now.replace(day=20)
    return {
        "place": lambda: place_orders([shop.draft(), shop.draft(po="7")], actor=alice, now=shop.now),
        "complete": lambda: acts.complete({number: bring}, stage="enter", actor=alice, now=shop.now),
        "evidence": lambda: acts.add_evidence({number: {"type": "yes"}}, actor=alice, now=shop.now),
        "hold": lambda: acts.hold([number], "credit", reason="late", actor=bob, now=shop.now),
        "claim": lambda: acts.claim([number], actor=alice, now=shop.now),
        "cancel": lambda: changes.cancel([number], reason="no", actor=mary, now=shop.now),
        "change": lambda: changes.change(
            {number: changes.OrderChange({shop.line(number).pk: Decimal(12)})}, reason="more", actor=alice, now=shop.now
        ),
        "sweep": lambda: clock.sweep(later),
        "run": lambda: run_open(now=shop.now),
    }


@pytest.mark.parametrize("name", ["place", "complete", "evidence", "hold", "claim", "cancel", "change", "sweep"])
def test_an_act_that_fails_at_any_statement_has_its_full_effect_or_none(shop, name):
    number = shop.an_order()
    if name == "change":
        shop.entered(number)
    act = acts_of(shop, number)[name]
    before = state()
    hits = 0
    for passing in range(ENOUGH):
        fault = FailsAt(passing)
        with transaction.atomic():  # what the request would do: nothing of a failed act stays
            sid = transaction.savepoint()
            try:
                with connection.execute_wrapper(fault):
                    act()
            except PowerCut:
                transaction.savepoint_rollback(sid)
        if not fault.hit:
            break
        hits += 1
        assert state() == before, f"{name} left something behind at statement {passing}"
    assert hits >= 3
    assert passing < ENOUGH - 1
    assert state() != before
    nothing_broken()


def test_a_run_that_fails_at_any_statement_leaves_whole_batches_only(shop):
    shop.orders(3, version=shop.automatic)
    hits = 0
    for passing in range(200):
        fault = FailsAt(passing)
        try:
            with connection.execute_wrapper(fault):
                run_open(now=shop.now)
        except PowerCut:
            hits += 1
            nothing_broken()
        else:
            break
    assert hits >= 6  # PostgreSQL stores an act by one statement
    assert set(Order.objects.values_list("status", flat=True)) == {"ended"}
