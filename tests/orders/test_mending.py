"""A line that says another quantity than its moves is found by verify and put right from the moves, on record."""

from __future__ import annotations

from decimal import Decimal
from json import loads

import pytest
from typer.testing import CliRunner

from orders import shop as shops
from orderway.journal import reading
from orderway.orders import invariants, mending
from orderway.orders.mending import Mended
from orderway.orders.models import OrderLine
from orderway.project.cli import app


@pytest.fixture
def wrong(db):
    """A line of nineteen of which the row says thirteen, as corrections once left it."""
    number = shops.Shop().open().an_order(quantity="19", total="190.00")
    OrderLine.objects.filter(order__number=number).update(quantity=13, amount=130)
    return number


def test_verify_shows_it_and_mending_takes_the_quantity_from_the_moves_at_the_agreed_price(wrong):
    assert invariants.lines_add_up().first == f"{wrong} line 1: the line says 13, its moves 19"

    done = mending.mend(by="admin", now=shops.MONDAY)

    assert done == [Mended(wrong, 1, Decimal(13), Decimal(19))]
    line = OrderLine.objects.get(order__number=wrong)
    assert (line.quantity, line.amount) == (19, 190)
    assert invariants.lines_add_up().broken == invariants.journals_replay().broken == 0
    (entry,) = reading.of_subject("mending", wrong)
    assert (entry.actor, loads(entry.payload)["lines"]) == ("admin", [{"line": 1, "quantity": ["13", "19"]}])
    assert mending.mend(by="admin", now=shops.MONDAY) == []


def test_the_command_only_looks_unless_it_is_told_to_mend(wrong, monkeypatch):
    monkeypatch.setattr("orderway.project.commands.orders.start_ready", lambda: None)

    looked = CliRunner().invoke(app, ["order", "mend-lines"])
    mended = CliRunner().invoke(app, ["order", "mend-lines", "--write"])

    assert looked.exit_code == 1
    assert f"{wrong} line 1: 13 -> 19" in looked.output
    assert OrderLine.objects.get(order__number=wrong).quantity == 19
    assert (mended.exit_code, CliRunner().invoke(app, ["order", "mend-lines"]).output) == (0, "Every line says what its moves say.\n")
