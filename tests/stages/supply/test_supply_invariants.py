"""verify finds what is broken about supply orders: each test breaks one thing and sees it found."""

from __future__ import annotations

import pytest

from orderway.stages.stock.models import StockMove
from orderway.stages.supply import invariants
from orderway.stages.supply.models import SupplyLine, SupplyPeg, SupplyReceipt
from stages.house import findings


@pytest.fixture
def number(dispatch):
    """A purchase order of 10 that has received 6; nothing is broken."""
    order = dispatch.planned(("M8-BOLT", 10))
    dispatch.purchases(f"{order}/1")
    dispatch.receives("PO-2026-00001", (1, 6))
    assert findings() == []
    return "PO-2026-00001"


def test_there_is_something_to_check(number):
    assert [invariants.check_received().checked, invariants.check_pegs().checked] == [2, 2]


def test_a_line_that_received_something_else_than_its_goods_receipts_is_found(number):
    SupplyReceipt.objects.update(quantity=5)

    assert [row.first for row in findings(1)] == [f"{number} position 1: received 6, goods receipts say 5"]


def test_goods_that_were_received_and_never_reached_stock_are_found(number):
    StockMove.objects.filter(reference=number).update(reference="elsewhere")

    assert f"{number}: received 6" in findings(1)[0].first
    assert "stock moves say 0" in findings(1)[0].first


def test_a_line_that_promises_more_than_it_brings_is_found(number):
    SupplyLine.objects.update(quantity=9)

    assert [row.first for row in findings(3)] == [f"{number} position 1: brings 9 and is promised for 10"]


def test_a_peg_to_a_line_of_another_item_is_found(number, dispatch):
    SupplyLine.objects.update(item=dispatch.nut)
    StockMove.objects.filter(reference=number).update(item=dispatch.nut)

    assert f"{number}: serves a line of another item or delivery" in [invariants.check_pegs().first]
    assert SupplyPeg.objects.count() == 1
