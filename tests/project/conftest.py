"""The command line as somebody types it, in a folder of its own: exit code, what was printed, what was complained about."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

import pytest
from django.db import transaction

from orderway.project import cli

OWN_MAPPING = """
format: order-mapping/1
standard: {standard}
channel: {standard}
currency: CNY
create: [customers, items]
opening_stock: demand
columns: {{order: po, customer: customer, sku: item, quantity: quantity, price: price, ordered_at: ordered_at}}
"""
HEADING = "po,customer,item,quantity,price,ordered_at\n"


@dataclass(frozen=True)
class Answer:
    """What came back."""

    code: int
    out: str
    err: str


def _type(folder: Path, *words: object) -> int:
    with (
        mock.patch.dict(os.environ, {"COLUMNS": "200", "ORDERWAY_DATA_DIR": str(folder / "data")}),
        mock.patch.object(sys, "argv", ["orderway", *map(str, words)]),
        pytest.raises(SystemExit) as ended,
    ):
        cli.main()
    return int(ended.value.code or 0)


@dataclass(frozen=True)
class Shop:
    """An installation, and a way to import rows into it: ``shop(row, row, mapping="stock.yaml")``."""

    orderway: Callable[..., Answer]
    file: Callable[..., str]

    def __call__(self, *rows: str, mapping: str = "trade.yaml", options: tuple[str, ...] = ()) -> Answer:
        self.file("orders.csv", HEADING + "\n".join(rows) + "\n")
        return self.orderway("import", "orders.csv", "--mapping", mapping, *options)


@pytest.fixture
def orderway(monkeypatch, capsys, tmp_path):
    """Type a command; the database is that of the tests."""
    monkeypatch.chdir(tmp_path)

    def type_command(*words: object) -> Answer:
        capsys.readouterr()
        code = _type(tmp_path, *words)
        printed = capsys.readouterr()
        return Answer(code, printed.out, printed.err)

    return type_command


@pytest.fixture(scope="module")
def installation(django_db_setup, django_db_blocker, tmp_path_factory):
    """What `orderway init` does, once for all tests of a module."""
    with django_db_blocker.unblock(), transaction.atomic():
        assert _type(tmp_path_factory.mktemp("installation"), "init") == 0
        yield
        transaction.set_rollback(True)


@pytest.fixture
def installed(installation, db, orderway):
    """Type commands into an installation as `orderway init` leaves it; what they do is taken back."""
    return orderway


@pytest.fixture
def file(tmp_path):
    """Write a file into the folder; gives its name."""

    def write(name: str, text: str | bytes) -> str:
        (tmp_path / name).write_bytes(text.encode() if isinstance(text, str) else text)
        return name

    return write


@pytest.fixture
def shop(installed, file):
    """An installation with the mappings `trade.yaml` (all by the system) and `stock.yaml` (by people)."""
    file("trade.yaml", OWN_MAPPING.format(standard="trade"))
    file("stock.yaml", OWN_MAPPING.format(standard="make-to-stock"))

    return Shop(installed, file)
