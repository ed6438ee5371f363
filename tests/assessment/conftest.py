"""The small company as scorecards look at it: orders that go their way, the clock moving between the steps."""

from __future__ import annotations

from datetime import timedelta

import pytest

from measures.conftest import packed
from orderway.assessment import following
from orderway.assessment.models import DoneTask
from orderway.assessment.rules.judging import Excuse, Quality, Rework, Time
from web.conftest import shop, signed_in

__all__ = ["company", "judged", "later", "shop", "signed_in", "went"]


@pytest.fixture
def company(shop):
    """The small company."""
    return shop


def later(shop, hours: float) -> None:
    """So many hours pass."""
    shop.now += timedelta(hours=hours)


def went(shop, number: str, *, hours: float = 1, fails: int = 0) -> None:
    """The order goes its whole way; so many hours pass before each step, and the check fails so many times."""
    for _ in range(fails):
        later(shop, hours)
        shop.entered(number)
        later(shop, hours)
        shop.checked(number, right=False)
    later(shop, hours)
    shop.entered(number)
    later(shop, hours)
    shop.checked(number)
    shop.runs(number)
    later(shop, hours)
    packed(shop, number)
    shop.runs(number)


def judged(shop, number: str) -> list[tuple[str, str, int, str, str, str, str]]:
    """Every task of an order in the sequence of its end: who, stage, run, time, excuse, quality, rework."""
    following.follow(shop.now)
    rows = DoneTask.objects.filter(order__order__number=number).order_by("sequence")
    columns = ("person__key", "alike__stage", "run", "time", "excuse", "quality", "rework")
    return [
        (who, stage, run, Time(time).name, Excuse(excuse).name, Quality(quality).name, Rework(rework).name)
        for who, stage, run, time, excuse, quality, rework in rows.values_list(*columns)
    ]
