from __future__ import annotations

from django.db import connection
from django.test.utils import CaptureQueriesContext

from api.office import WAY
from orderway.journal import verify
from orderway.orders.models import Order
from orderway.stages.invoicing.models import Invoice

CONTROL = ("BEGIN", "SAVEPOINT", "RELEASE", "COMMIT")


def test_an_order_lives_its_whole_life_over_http(office):
    number = office.post("alice", "/orders", office.an_order(), key="o-1").json()["number"]

    for who, act, stage, body in WAY:
        answer = office.post(who, f"/work-items/{office.place_of(number, stage)}/act", {"act": act, **body}, key=f"{number}-{stage}")
        assert answer.status_code == 200, (stage, answer.content)

    assert Order.objects.get(number=number).status == "ended"
    assert Invoice.objects.get(order__number=number).net == 300
    assert [row for row in verify.verify() if row.broken] == []


def test_a_whole_life_takes_at_most_sixty_statements(office):
    warm = office.placed()
    office.advanced(warm, "end")
    counted = {}

    def request(name, do):
        with CaptureQueriesContext(connection) as captured:
            answer = do()
        assert answer.status_code in (200, 201), (name, answer.content)
        counted[name] = [query["sql"] for query in captured if not query["sql"].startswith(CONTROL)]
        return answer

    number = request("place", lambda: office.post("alice", "/orders", office.an_order(), key="o-1")).json()["number"]
    for who, act, stage, body in WAY:
        place = office.place_of(number, stage)
        request(stage, lambda: office.post(who, f"/work-items/{place}/act", {"act": act, **body}, key=f"{number}-{stage}"))  # noqa: B023

    for name, statements in counted.items():
        print(f"--- {name}: {len(statements)}")  # noqa: T201
        for statement in statements:
            print("   ", statement[:110].replace("\n", " "))  # noqa: T201
    print({name: len(s) for name, s in counted.items()}, sum(map(len, counted.values())))  # noqa: T201
