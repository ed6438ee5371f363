"""Who may use the API: tokens, their scopes, their end, and how many requests they have."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from api.office import NOW
from orderway.api import tokens
from orderway.api.models import Token
from orderway.masterdata.models import Person, RoleMember
from orderway.orders.models import WorkItem
from orderway.orders.routes import routing


@pytest.fixture(autouse=True)
def _the_clock_stands(monkeypatch):
    monkeypatch.setattr("orderway.api.authentication.utc_now", lambda: NOW)


def test_without_a_token_there_is_nothing_but_how_to_send_one(office):
    answer = office.get("", "/orders")

    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == "Bearer"
    assert answer.json()["code"] == "no_token"


@pytest.mark.parametrize("secret", ["", "ow_12345678", "ow_12345678.wrong", "Ω", "a" * 5000, "ow_\0"])
def test_what_is_no_token_opens_nothing(office, secret):
    office.secrets["thief"] = secret

    assert office.get("thief", "/orders").status_code == 401


def test_a_dump_of_the_table_holds_no_usable_token(office):
    secret = office.secrets["alice"]

    kept = [str(value) for row in Token.objects.values() for value in row.values()]

    assert len(secret.partition(".")[2]) >= 32
    assert not any(secret in value or secret.partition(".")[2] in value for value in kept)


def test_a_token_ends_when_it_is_revoked_expires_or_its_person_leaves(office):
    revoked = tokens.make(office.people["bob"], name="x", now=NOW)
    expired = tokens.make(office.people["bob"], name="x", now=NOW, expires_at=NOW)
    left = tokens.make(office.people["sam"], name="x", now=NOW)
    tokens.revoke(Token.objects.get(prefix=revoked.partition(".")[0]), now=NOW)
    Person.objects.filter(key="sam").update(is_active=False)

    office.secrets |= {"revoked": revoked, "expired": expired, "left": left}

    assert [office.get(who, "/orders").status_code for who in ("bob", "revoked", "expired", "left")] == [200, 401, 401, 401]


def test_a_token_that_may_only_read_changes_nothing(office):
    office.secrets["reader"] = tokens.make(office.people["alice"], name="x", now=NOW, scopes=tokens.READ)

    answer = office.post("reader", "/orders", office.an_order())

    assert office.get("reader", "/orders").json()["total"] == 0
    assert (answer.status_code, answer.json()["code"]) == (403, "out_of_scope")


def test_one_token_cannot_use_up_the_requests_of_another(office, monkeypatch):
    monkeypatch.setattr(tokens, "bucket", tokens.Bucket(per_minute=2))

    answers = [office.get("alice", "/standards") for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert int(answers[2]["Retry-After"]) >= 1
    assert answers[2].json()["code"] == "too_many_requests"
    assert office.get("bob", "/standards").status_code == 200


def test_the_bucket_fills_again_with_time(monkeypatch):
    seconds = [0.0]
    monkeypatch.setattr(tokens.time, "monotonic", lambda: seconds[0])
    bucket = tokens.Bucket(per_minute=60)

    granted = [bucket.take("a").granted for _ in range(61)]
    seconds[0] += 1

    assert granted == [True] * 60 + [False]
    assert [bucket.take("a").granted for _ in range(2)] == [True, False]


def test_rights_change_at_once(office):
    number = office.placed()
    body = {"act": "capture.enter", "evidence": {"enter": "yes", "confirm": "yes"}}
    RoleMember.objects.filter(person=office.people["alice"]).update(valid_until=(NOW - timedelta(days=1)).date())
    RoleMember.objects.create(person=office.people["eve"], role="sales")
    WorkItem.objects.filter(order__number=number).update(responsible=office.people["bob"])

    assert office.post("alice", f"/work-items/{number}/act", body).status_code == 403
    assert office.post("eve", f"/work-items/{number}/act", body).status_code == 200


def test_token_person_roles_and_kept_reply_are_one_statement(office):
    office.post("alice", "/orders", office.an_order(), key="k-1")

    with CaptureQueriesContext(connection) as captured:
        office.post("alice", "/orders", office.an_order(), key="k-1")

    assert len(captured) == 1


def test_the_roles_of_today_come_with_the_token(office):
    RoleMember.objects.create(person=office.people["bob"], role="sales")

    found = tokens.find(office.secrets["bob"], now=NOW)

    assert found.caller.actor.roles == {"finance", "sales"}
    assert found.caller.actor.via == "api"
    assert routing.ENTRANCE_DUTIES >= {"reader", "token"} == set(found.caller.actor.duties)
