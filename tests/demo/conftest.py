"""A small demo, filled twice from one seed and once kept for all tests of a module."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from unittest.mock import patch

import pytest
from django.db import transaction

from orderway.demo.filling import Report, fill
from orderway.journal.models import Entry
from orderway.orders.models import Order
from orderway.project.installing import install

NOW = datetime(2026, 6, 10, 3, 30, tzinfo=UTC)  # a Wednesday, 11:30 in Shanghai
ORDERS = 100
Story = list[tuple[int, int, datetime, str, str]]


@dataclass
class Filled:
    """What came of filling: the report, what happened to every order, and the heads of all journals, of both fillings."""

    report: Report
    stories: tuple[Story, Story]
    heads: tuple[list[str], list[str]]


def _fill() -> Report:
    with patch("orderway.project.installing.call_command"):  # the tables of a test database are there already
        for _ in install(administrator="admin", now=NOW - timedelta(days=90), password="linear-guides"):
            pass
    return fill(orders=ORDERS, seed=7, now=NOW)


def _story() -> Story:
    """Every entry of every order's journal, orders by their rank: numbers depend on what a database has seen before."""
    ranks = {number: rank for rank, number in enumerate(Order.objects.order_by("pk").values_list("number", flat=True))}
    rows = Entry.objects.filter(subject_kind="order").values_list("subject_key", "sequence", "at", "act", "actor")
    return sorted((ranks[number], sequence, at, act, actor) for number, sequence, at, act, actor in rows)


def _heads() -> list[str]:
    return list(Order.objects.order_by("pk").values_list("journal_hash", flat=True))


@pytest.fixture(scope="module")
def filled(django_db_setup, django_db_blocker):
    """The demo company; everything is rolled back when the module is done."""
    with django_db_blocker.unblock(), transaction.atomic():
        with transaction.atomic():
            _fill()
            first = _story(), _heads()
            transaction.set_rollback(True)
        report = _fill()
        second = _story(), _heads()
        yield Filled(report, (first[0], second[0]), (first[1], second[1]))
        transaction.set_rollback(True)
