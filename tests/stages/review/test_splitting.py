"""RULES 35: dividing an order does not hide its size from a table that asks for the customer's orders of the week together."""

from __future__ import annotations

from decimal import Decimal

from orderway.orders import acts
from stages.house import BY_PEOPLE, STANDARD
from stages.review.test_reviewing import PAPER

D = Decimal
AUTHORITY = """tables:
  authority:
    inputs: [order.total_with_siblings]
    output: role
    hit: first
    rows:
      - ["< 10000", none]
      - ["-", manager]
"""


def released(house):
    source = STANDARD.format(**BY_PEOPLE | {"id": "authority"}).replace("tables:\n", AUTHORITY, 1)
    source = source.replace("  customer.blocked: bool\n", "  customer.blocked: bool\n  order.total_with_siblings: money\n", 1)
    house.released(source.replace("      fail: {back_to: receipt", "      approve: authority\n      fail: {back_to: receipt", 1))


def test_three_orders_just_below_the_limit_of_authority_are_29_700_and_each_needs_the_signature(house):
    released(house)
    numbers = [house.an_order(("M8-BOLT", 99, "100"), standard="authority", attachments=(PAPER,)) for _ in range(3)]

    assert not house.reviews(*numbers)

    for number in numbers:
        assert house.open_stages(number) == ["review", "review"]
    assert not acts.sign(numbers, approve=True, actor=house.actor("mary"), now=house.now)
    assert [house.open_stages(number) for number in numbers] == [["stock_check"]] * 3


def test_one_such_order_alone_needs_none(house):
    released(house)
    number = house.an_order(("M8-BOLT", 99, "100"), standard="authority", attachments=(PAPER,))
    assert not house.reviews(number)
    assert house.open_stages(number) == ["stock_check"]
