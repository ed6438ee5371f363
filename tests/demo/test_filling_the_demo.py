"""The demo company: the same seed, the same year; nothing false, nothing idle, something open everywhere."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import Count, F

from demo.conftest import NOW, ORDERS
from orderway.demo import names
from orderway.demo.filling import AlreadyFilled, fill
from orderway.improvement.models import Cycle, Reply
from orderway.journal import verify
from orderway.journal.models import Entry
from orderway.masterdata.models import Customer, Item, Supplier, Warehouse
from orderway.orders.models import Feedback, Hold, Idempotency, Order, StoredDocument, WorkItem
from orderway.stages.aftersales.models import Complaint, CreditNote, ReturnReceipt
from orderway.stages.capture.models import AmendmentProposal
from orderway.stages.delivery.models import HandOver
from orderway.stages.invoicing.models import Invoice, Payment
from orderway.stages.stock.models import StockMove
from orderway.stages.supply.models import SupplyOrder, SupplyReceipt
from orderway.training.rules import Standing
from orderway.training.skills import matrix
from orderway.training.standings import standards_to_learn

pytestmark = pytest.mark.django_db

# What acts may refuse in a company where all know their work; anything else is a fault of the demo or of an act.
NORMAL = {
    "criterion_blocks", "case_ended", "too_late", "below_shipped", "no_such_hold", "purchase_order_exists", "signatory_not_distinct",
    "nothing_reserved", "returns_awaited", "not_enough_stock", "too_early", "nothing_to_cancel", "already_waived", "more_than_returned",
}  # fmt: skip


def test_the_same_seed_makes_the_same_year(filled):
    assert filled.stories[0] == filled.stories[1]
    assert len(filled.stories[0]) > 10 * ORDERS
    if connection.vendor == "sqlite":  # elsewhere sequences go on after a rollback, and numbers stand in the hashed payload
        assert filled.heads[0] == filled.heads[1]


def test_nothing_that_must_never_be_false_is_false_and_no_invariant_is_idle(filled):
    rows = verify.verify()

    assert [row for row in rows if row.broken] == []
    assert [row.invariant for row in rows if not row.checked] == []


def test_there_is_open_work_at_every_act_and_some_of_it_is_late(filled):
    open_items = WorkItem.objects.filter(state=WorkItem.State.OPEN)

    assert set(open_items.values_list("act", flat=True)) >= {
        "capture.enter", "review.decide", "stock.reserve", "delivery.plan", "supply.produce", "supply.purchase", "delivery.pick",
        "delivery.hand_over", "invoicing.issue", "aftersales.resolve",
    }  # fmt: skip
    assert open_items.filter(kind="approval").exists()
    assert open_items.filter(due_at__lt=NOW).exists()
    assert not open_items.filter(responsible__isnull=True, unassigned_reason="", by_system=False).exists()
    assert filled.report.open == Order.objects.filter(status="open").count() < ORDERS


def test_the_company_has_its_masters(filled):
    assert Item.objects.count() > 100
    assert Customer.objects.count() == 60
    assert Supplier.objects.count() == 25
    assert set(Warehouse.objects.values_list("key", flat=True)) == {"WUXI", "NINGBO"}
    assert len(names.PEOPLE) == 18


@pytest.mark.parametrize("act", ["sign", "hold", "lift", "change", "cancel", "reopen", "add_run", "escalate", "evidence", "record"])
def test_what_comes_between_has_come_between(filled, act):
    assert Entry.objects.filter(subject_kind="order", act=act).exists()


def test_every_stage_has_left_its_papers_and_rows(filled):
    for model in (Invoice, Payment, Complaint, CreditNote, ReturnReceipt, HandOver, SupplyReceipt, Hold, AmendmentProposal, StoredDocument):
        assert model.objects.exists(), model
    assert HandOver.objects.filter(damaged=True).exists()
    assert HandOver.objects.filter(outcome="refused").exists()
    assert {"make", "buy"} <= set(SupplyOrder.objects.values_list("kind", flat=True))
    assert set(StockMove.objects.values_list("reason", flat=True)) >= {
        "opening",
        "received",
        "produced",
        "consumed",
        "shipped",
        "transferred",
    }


def test_some_goods_come_in_parts(filled):
    receipts = SupplyReceipt.objects.values("supply_line").annotate(n=Count("pk"))

    assert receipts.filter(n__gt=1).exists()


def test_work_takes_time_and_is_done_by_its_role(filled):
    done = WorkItem.objects.filter(state=WorkItem.State.DONE, by_system=False)
    roles = {key: set(roles) for key, _, roles in names.PEOPLE}

    assert done.filter(closed_at__gt=F("opened_at") + timedelta(minutes=30)).count() > done.count() / 2
    actors = set(Entry.objects.filter(subject_kind="order", act="sign").values_list("actor", flat=True))
    assert actors
    assert all(roles[actor] & {"sales_manager", "general_manager"} for actor in actors)


def test_the_portal_sends_with_keys_and_gets_one_order_for_two_requests(filled):
    assert Idempotency.objects.filter(status=201).exists()
    assert Order.objects.filter(channel="api").count() > Idempotency.objects.count() / 2
    assert Order.objects.count() == ORDERS


def test_no_order_is_older_than_the_standard_that_it_is_pinned_to(filled):
    assert not Order.objects.filter(created_at__lt=F("version__effective_at")).exists()


def test_customers_have_answered_staff_have_suggested_and_a_cycle_waits_for_orders(filled):
    assert Feedback.objects.filter(kind="answer", order__isnull=False).count() > 10
    assert Feedback.objects.filter(kind="suggestion").count() >= 4
    assert set(Reply.objects.values_list("state", flat=True)) >= {"taken_up", "done", "declined"}
    assert Cycle.objects.filter(changed_at__isnull=False, closed_at__isnull=True).exists()  # a hundred orders are too few to judge


def test_only_what_may_be_refused_was_refused(filled):
    assert {code for _, code in filled.report.refused} <= NORMAL


def test_a_company_with_orders_is_not_filled_again(filled):
    with pytest.raises(AlreadyFilled):
        fill(orders=ORDERS, seed=7, now=NOW)


def test_some_people_are_certified_some_no_more_and_some_never_were(filled):
    versions = standards_to_learn()
    shown = [matrix(version, now=NOW) for version in versions]
    standings = {cell.state.standing for one in shown for row in one.rows for cell in row.cells if cell.concerned}

    assert {Standing.VALID, Standing.EXPIRING, Standing.EXPIRED, Standing.MISSING} <= standings
    assert all(one.risks for one in shown)
