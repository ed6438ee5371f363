"""The shop of the scenarios with real commits, and databases of their own for processes that are killed."""

from __future__ import annotations

import os
from contextlib import contextmanager, nullcontext
from urllib.parse import quote

import psycopg
import pytest
from django.conf import settings

from faults.injecting import Interruptions
from faults.killing import Company
from scenarios.company import Shop, broken
from standing import standing


@pytest.fixture
def shop(transactional_db):
    """The small maker; nothing that must never be false may be, when the test has ended."""
    opened = standing("scenarios", lambda: Shop().open())
    yield opened
    assert broken() == []


@pytest.fixture
def interrupted():
    """Interrupt acts at every statement."""
    return Interruptions()


@contextmanager
def _postgresql():
    """A new database beside that of the tests; gives its URL."""
    server = settings.DATABASES["default"]
    place = {"host": server["HOST"], "port": server["PORT"] or 5432, "user": server["USER"], "password": server["PASSWORD"]}
    name = f"orderway_faults_{os.getpid()}"
    with psycopg.connect(dbname="postgres", autocommit=True, **place) as admin:
        admin.execute(f"CREATE DATABASE {name}")
        try:
            yield f"postgresql://{quote(server['USER'])}:{quote(server['PASSWORD'])}@{server['HOST']}:{place['port']}/{name}"
        finally:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def url(request, tmp_path):
    """A database of its own, on each kind that this machine has."""
    with nullcontext(f"sqlite:///{tmp_path}/company.sqlite3") if request.param == "sqlite" else _postgresql() as made:
        yield made


@pytest.fixture
def company(url, tmp_path):
    """A served company."""
    made = Company(tmp_path, ORDERWAY_DATABASE_URL=url)
    made.secrets = made.ask("prepare")
    yield made.start()
    made.stop()
