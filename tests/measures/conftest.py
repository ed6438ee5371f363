"""The small company with a standard that has targets of its own."""

from __future__ import annotations

from datetime import timedelta

import pytest

from orders.shop import PLAIN
from orderway.orders.work import Completion, working_on
from web.conftest import shop, signed_in

__all__ = ["shop", "signed_in"]

TARGETS = """
kpis:
  - {id: quick, title: {en: From desk to box}, measure: time, from: enter.start, to: pack.end, stat: p80, target: "<= 2d"}
  - {id: bad, title: {en: Sent back}, measure: share, of: [gate_failed], target: "<= 10%"}
  - {id: punctual, title: {en: On time}, measure: share, of: [stage_in_limit], target: ">= 95%"}
"""


@pytest.fixture
def company(shop):
    """A company whose standard has three measures; its orders are placed with it."""
    shop.version = shop.released(PLAIN.format(id="measured", version="1.0.0") + TARGETS)
    return shop


def finished(shop, number: str, *, hours: int = 2, fails: int = 0) -> None:
    """The order goes its whole way; so many hours pass before each step, and the check fails so many times."""
    for _ in range(fails):
        _later(shop, hours)
        shop.entered(number)
        shop.checked(number, right=False)
    _later(shop, hours)
    shop.entered(number)
    _later(shop, hours)
    shop.checked(number)
    shop.runs(number)
    _later(shop, hours)
    packed(shop, number)
    shop.runs(number)


def packed(shop, number: str) -> None:
    """Carol closes the box."""
    bring = {number: Completion(evidence={"close": "yes"})}
    with working_on([number], "test.pack", actor=shop.actor("carol"), now=shop.now, brings=bring) as work:
        work.complete()
    assert not work.refused


def _later(shop, hours: int) -> None:
    shop.now += timedelta(hours=hours)
