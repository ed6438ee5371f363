"""A database that cannot be asked, or a disk that is full: a sentence and a time to try again, never a 500, and it recovers by itself."""

from __future__ import annotations

import resource
from urllib.parse import urlsplit

import psycopg
import pytest

from faults.killing import SKU, Load

ORDER = {"customer": "DAN", "lines": [{"sku": SKU, "quantity": "1"}]}


@pytest.fixture
def admin(url):
    """An administrator of the PostgreSQL server, connected to another database."""
    with psycopg.connect(urlsplit(url)._replace(path="/postgres").geturl(), autocommit=True) as connection:
        yield connection


def name_of(company):
    return urlsplit(company.url).path.lstrip("/")


def cut_off(admin, company):
    """Kill every connection of the company; gives how many."""
    killed = admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name_of(company)]).fetchall()
    return len(killed)


def accept_connections(admin, company, yes):
    admin.execute(f"ALTER DATABASE {name_of(company)} ALLOW_CONNECTIONS {yes}")


@pytest.mark.postgresql
@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
def test_connections_killed_under_load_are_503_at_most_and_lose_nothing(company, admin):
    load = Load(company)
    load.start()
    killed = 0
    try:
        for _ in range(10):
            load.wait_for(15)
            killed += cut_off(admin, company)
        load.wait_for(15)
    finally:
        load.stop()

    assert load.wrong == []
    assert set(load.answers) <= {200, 201, 503}
    assert killed >= 20
    assert load.answers[503] >= 1, "no client ever noticed"
    stands = company.ask("report")
    assert {po: [number] for po, number in load.numbers.items()} == stands["orders"]
    assert stands["entered"] == dict.fromkeys(load.entered, 1)
    assert company.run("verify").returncode == 0


@pytest.mark.postgresql
@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
def test_a_database_that_is_away_for_a_while_is_a_503_and_comes_back_by_itself(company, admin):
    worker, _ = company.children()
    assert company.post("alice", "/orders", ORDER, "before")[0] == 201

    accept_connections(admin, company, False)
    cut_off(admin, company)
    status, reply = company.post("alice", "/orders", ORDER, "while")
    cli = company.run("verify")
    accept_connections(admin, company, True)

    assert status == 503
    assert int(reply["retry_after"]) >= 1
    assert "Try again" in reply["said"]
    assert cli.returncode == 3
    assert company.post("alice", "/orders", ORDER, "while")[0] == 201
    assert company.children()[0] == worker
    before = company.look("SELECT max(last_finished_at) FROM orders_job")
    company.wait_until(lambda: company.look("SELECT max(last_finished_at) FROM orders_job") != before)
    assert company.statuses() == {"open": 2}


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_a_full_disk_is_a_503_with_a_sentence_and_nothing_is_half_done(company):
    assert company.post("alice", "/orders", ORDER, "before")[0] == 201
    _, (web,) = company.children()
    limits = resource.prlimit(web, resource.RLIMIT_FSIZE)

    resource.prlimit(web, resource.RLIMIT_FSIZE, (4096, limits[1]))
    answers = [company.post("alice", "/orders", ORDER, f"while-{count}") for count in range(20)]
    resource.prlimit(web, resource.RLIMIT_FSIZE, limits)

    assert {status for status, _ in answers} == {503}
    assert all(int(reply["retry_after"]) >= 1 for _, reply in answers)
    assert company.statuses() == {"open": 1}
    assert [company.post("alice", "/orders", ORDER, f"while-{count}")[0] for count in range(20)] == [201] * 20
    assert company.statuses() == {"open": 21}
    assert company.run("verify").returncode == 0
