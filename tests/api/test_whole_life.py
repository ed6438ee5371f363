"""A whole life over HTTP: placed, entered, reviewed, reserved, planned, picked, handed over, invoiced, settled; one request each."""

from __future__ import annotations

from django.db import connection
from django.test.utils import CaptureQueriesContext

from api.office import WAY
from orderway.journal import verify
from orderway.orders.models import Order
from orderway.stages.invoicing.models import Invoice

CONTROL = ("BEGIN", "SAVEPOINT", "RELEASE", "COMMIT")
# On PostgreSQL an act stores all its rows by one statement; SQLite takes one for each table.
MOST = {"postgresql": 60, "sqlite": 130}


def test_an_order_lives_its_whole_life_over_http(office):
    number = office.post("alice", "/orders", office.an_order(), key="o-1").json()["number"]

    for who, act, stage, body in WAY:
        answer = office.post(who, f"/work-items/{office.place_of(number, stage)}/act", {"act": act, **body}, key=f"{number}-{stage}")
        assert answer.status_code == 200, (stage, answer.content)

    assert Order.objects.get(number=number).status == "ended"
    assert Invoice.objects.get(order__number=number).net == 300
    assert [row for row in verify.verify() if row.broken] == []


def life(office, quantity):
    """The statements of a whole life, by stage: token, rights, idempotency, journal and system stages included."""
    counted = {}

    def request(name, do):
        with CaptureQueriesContext(connection) as captured:
            answer = do()
        assert answer.status_code in (200, 201), (name, answer.content)
        counted[name] = len([query for query in captured if not query["sql"].startswith(CONTROL)])
        return answer

    order = office.an_order(quantity, customer_po=f"PO-{quantity}")
    number = request("place", lambda: office.post("alice", "/orders", order, key=f"o-{quantity}")).json()["number"]
    for who, act, stage, body in WAY:
        path, sent = f"/work-items/{office.place_of(number, stage)}/act", {"act": act, **body}
        request(stage, lambda who=who, path=path, sent=sent, stage=stage: office.post(who, path, sent, key=f"{number}-{stage}"))
    return counted


def test_a_whole_life_takes_few_statements_and_not_more_the_more_orders_there_are(office):
    life(office, "1")
    few = life(office, "2")
    for _ in range(5):
        office.placed()

    assert life(office, "3") == few
    assert sum(few.values()) <= MOST[connection.vendor], few
    assert few["place"] <= 12


def test_nothing_but_the_act_itself_asks_the_database(office):
    """Neither session nor messages nor any middleware: a request that is refused by its token's scope costs one statement."""
    with CaptureQueriesContext(connection) as captured:
        office.get("eve", "/health")

    assert len(captured) == 1
