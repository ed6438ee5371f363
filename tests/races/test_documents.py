"""Invoice numbers and credit caps when many act at the same moment; each with the control that shows what goes wrong without the lock."""

from __future__ import annotations

import threading
from decimal import Decimal as D

import pytest
from django.db import IntegrityError, OperationalError, connection, transaction

from orderway import sets
from orderway.orders import numbers
from orderway.orders.actor import SYSTEM
from orderway.orders.models import NumberSeries
from orderway.stages.aftersales import crediting, queries, rules
from orderway.stages.aftersales.models import CreditNote
from orderway.stages.invoicing import actions as invoicing
from orderway.stages.invoicing.models import Invoice
from stages import billing
from stages.billing import broken

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]
EIGHT = 8


@pytest.fixture
def company(transactional_db):
    """A company that bills, committed, so that every thread sees it."""
    return billing.Billing().open()


def bills(company, number):
    return invoicing.issue([f"{number}/1"], actor=SYSTEM, now=company.now)


def with_ids(take):
    """Another way to draw numbers, in the place of the one that draws ids with them."""
    return lambda series, model, count: (take(series, count), numbers.take_ids(model, count))


def test_eight_at_once_issue_invoices_without_gap_double_or_error(company, at_once):
    orders = company.sells(count=5 * EIGHT, people=False)

    results = at_once(EIGHT, lambda index: [bills(company, number) for number in orders[index::EIGHT]])

    assert results == [[{}] * 5] * EIGHT
    assert sorted(Invoice.objects.values_list("series_number", flat=True)) == list(range(1, 5 * EIGHT + 1))
    assert broken(4, 5, 11) == []


@pytest.mark.postgresql
def test_the_control_a_draw_that_does_not_wait_throws_lock_errors_at_seven_of_eight(company, at_once, monkeypatch):
    orders = company.sells(count=EIGHT, people=False)
    NumberSeries.objects.create(key="INV-2026", last=0)
    everybody_tried = threading.Barrier(EIGHT)

    def take_nowait(series, count):
        try:
            row = NumberSeries.objects.select_for_update(nowait=True).get(key=series)
        finally:
            everybody_tried.wait(timeout=60)
        NumberSeries.objects.filter(pk=row.pk).update(last=row.last + count)
        return range(row.last + 1, row.last + 1 + count)

    monkeypatch.setattr(numbers, "take_with_ids", with_ids(take_nowait))

    results = at_once(EIGHT, lambda index: bills(company, orders[index]))

    assert sum(isinstance(result, OperationalError) for result in results) == EIGHT - 1, results
    assert Invoice.objects.count() == 1


@pytest.mark.postgresql
def test_the_control_a_draw_of_the_highest_number_plus_one_gives_eight_the_same(company, at_once, monkeypatch):
    orders = company.sells(count=EIGHT, people=False)
    everybody_read = threading.Barrier(EIGHT)
    drawn: list[int] = []

    def take_highest(_series, count):
        with connection.cursor() as cursor:
            cursor.execute("SELECT coalesce(max(series_number), 0) FROM invoicing_invoice")
            last = cursor.fetchone()[0]
        everybody_read.wait(timeout=60)
        drawn.append(last + 1)
        return range(last + 1, last + 1 + count)

    monkeypatch.setattr(numbers, "take_with_ids", with_ids(take_highest))

    results = at_once(EIGHT, lambda index: bills(company, orders[index]))

    assert drawn == [1] * EIGHT
    assert sum(isinstance(result, IntegrityError) for result in results) == EIGHT - 1, results


def test_an_allowance_and_a_resolved_return_at_the_same_moment_share_one_cap(company, at_once):
    orders = [company.sold((company.rail, 10, "100")) for _ in range(4)]
    for number in orders:
        company.comes_back(number, {1: 10})

    def act(index):
        number = orders[index // 2]
        return company.resolves(number) if index % 2 else company.credits(number, amounts={1: 200})[1]

    results = at_once(EIGHT, act)

    assert not [result for result in results if isinstance(result, Exception) and not isinstance(result, rules.CreditAboveCap)]
    for number in orders:
        credited = CreditNote.objects.filter(order__number=number).values_list("net", flat=True)
        assert sorted(credited) in ([D(200), D(800)], [D(1000)])
    assert broken(3, 4, 5, 11) == []


@pytest.mark.postgresql
def test_the_control_without_the_lock_of_the_order_two_paths_credit_more_than_was_invoiced(company, at_once):
    number = company.sold((company.rail, 10, "100"))
    company.comes_back(number, {1: 10})
    order_id = company.line(number).order_id
    both_judged = threading.Barrier(2)

    def credit_unlocked(index):
        with transaction.atomic():
            (line,) = queries.lines([order_id])[order_id]
            judged = rules.return_credit(line.facts, D(10), D("0.01")) if index else rules.allowance_credit(line.facts, D(200))
            both_judged.wait(timeout=60)
            reason = "return" if index else "allowance"
            issued = crediting.issue([crediting.Draft(order_id, reason, [(line, judged)])], actor=SYSTEM, now=company.now)
            sets.store(issued.writes)

    assert at_once(2, credit_unlocked) == [None, None]

    assert sum(CreditNote.objects.values_list("net", flat=True)) == D(1200)
    assert any(
        "settled of 1130" in fault or "credited of 1000" in fault for fault in broken(4)
    )  # whoever comes first decides where it shows
