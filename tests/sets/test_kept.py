"""Kept queries: drawn up once, and as the ORM would have answered."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from orderway.masterdata.models import Customer, Person, RoleMember
from orderway.orders.models import Job
from orderway.sets.kept import Kept, each_of, given

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def customers():
    limits = {"K1": Decimal("1000.50"), "K2": None, "K3": Decimal("0.10")}
    return [Customer.objects.create(key=key, name=f"100% {key}", credit_limit=limit) for key, limit in limits.items()]


def test_values_are_sent_anew_and_the_query_is_drawn_up_once(customers):
    drawn = []

    def draw():
        drawn.append(1)
        return Customer.objects.filter(key=given("key"), name__startswith="100%").values_list("key", "credit_limit", "blocked")

    by_key = Kept(draw)

    with CaptureQueriesContext(connection) as asked:
        found = [by_key.rows(key=key) for key in ("K1", "K2", "K4")]

    assert found == [[("K1", Decimal("1000.50"), False)], [("K2", None, False)], []]
    assert len(drawn) == 1
    assert len(asked) == 3


def test_n_values_are_one_statement_and_none_find_nothing(customers):
    keys = Kept(lambda: Customer.objects.filter(pk__in=each_of("int8", "ids")).order_by("key").values_list("key", flat=True))

    assert keys.rows(ids=[one.pk for one in customers[:2]]) == ["K1", "K2"]
    assert keys.rows(ids={customers[2].pk}) == ["K3"]
    assert keys.rows(ids=()) == []


def test_texts_with_quotes_stay_texts(customers):
    found = Kept(lambda: Customer.objects.filter(name__in=each_of("text", "names")).values_list("key", flat=True))
    customers[0].name = 'O\'Neill "&" {Söhne}, 第一\\'
    customers[0].save()

    assert found.rows(names=[customers[0].name, "'; DROP TABLE x; --"]) == ["K1"]


def test_times_and_amounts_compare_as_in_the_orm(customers):
    Job.objects.bulk_create([Job(name=f"j{hour}", leased_until=NOW + timedelta(hours=hour)) for hour in range(3)])
    since = Kept(lambda: Job.objects.filter(leased_until__gte=given("since")).order_by("name").values_list("name", "leased_until"))
    above = Kept(lambda: Customer.objects.filter(credit_limit__gt=given("limit")).values_list("key", flat=True))

    assert since.rows(since=NOW + timedelta(hours=1)) == [(f"j{hour}", NOW + timedelta(hours=hour)) for hour in (1, 2)]
    assert above.rows(limit=Decimal("0.10")) == ["K1"]


def test_instances_come_with_what_was_joined_and_reckoned(customers):
    kept = Kept(lambda: Customer.objects.filter(key=given("key")).annotate(twice=F("credit_limit") * 2))
    members = Kept(lambda: RoleMember.objects.filter(role=given("role")).select_related("person"))
    RoleMember.objects.create(role="sales", person=Person.objects.create(key="alice", name="Alice"))

    (found,), (member,) = kept.rows(key="K1"), members.rows(role="sales")

    assert found == customers[0]
    assert (found.credit_limit, found.twice) == (Decimal("1000.50"), Decimal("2001.00"))
    found.blocked = True
    found.save(update_fields=["blocked"])
    assert Customer.objects.get(key="K1").blocked
    with CaptureQueriesContext(connection) as asked:
        assert member.person.name == "Alice"
    assert len(asked) == 0


def test_a_broken_transaction_is_not_asked(customers):
    keys = Kept(lambda: Customer.objects.filter(key=given("key")).values_list("key", flat=True))

    with transaction.atomic():
        with pytest.raises(IntegrityError), transaction.atomic():
            Customer.objects.create(key="K1", name="twice")
        assert keys.rows(key="K1") == ["K1"]
