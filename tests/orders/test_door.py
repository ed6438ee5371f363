from __future__ import annotations

import pytest

from orderway.journal import verify
from orderway.orders.models import Order


def all_green():
    broken = [row for row in verify.verify() if row.broken]
    assert not broken, broken


def test_a_plain_order_goes_its_way(shop):
    number = shop.an_order()
    assert shop.open_stages(number) == ["enter"]
    shop.entered(number)
    assert shop.open_stages(number) == ["check"]
    shop.checked(number)
    assert shop.open_stages(number) == ["reserve"]
    shop.runs()
    assert shop.open_stages(number) == ["pack"]
    all_green()
