"""What the masters refuse, on every database."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from orderway.masterdata.models import Absence, BillLine, Item, Person, Price, PriceList, RoleMember, TaxCategory

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice():
    return Person.objects.create_user("alice", name="Alice")


@pytest.fixture
def bolt():
    return Item.objects.create(sku="BOLT", name="Bolt", tax=TaxCategory.objects.create(key="VAT", rate_percent=13))


def refused(create, **values):
    with pytest.raises(IntegrityError), transaction.atomic():
        create(**values)


@pytest.mark.parametrize("start", [None, date(2026, 1, 1)])
def test_a_person_has_a_role_once_with_or_without_a_start(alice, start):
    RoleMember.objects.create(person=alice, role="sales", valid_from=start)
    refused(RoleMember.objects.create, person=alice, role="sales", valid_from=start)
    RoleMember.objects.create(person=alice, role="sales", valid_from=date(2027, 1, 1))


@pytest.mark.parametrize("start", [None, date(2026, 1, 1)])
def test_a_list_has_one_price_from_a_quantity_and_a_day_on(bolt, start):
    prices = PriceList.objects.create(key="A", currency="CNY")
    Price.objects.create(price_list=prices, item=bolt, price=1, valid_from=start)
    refused(Price.objects.create, price_list=prices, item=bolt, price=2, valid_from=start)


def test_nobody_is_their_own_deputy_and_no_absence_ends_before_it_begins(alice):
    refused(Absence.objects.create, person=alice, first_day=date(2026, 1, 2), last_day=date(2026, 1, 2), deputy=alice)
    refused(Absence.objects.create, person=alice, first_day=date(2026, 1, 2), last_day=date(2026, 1, 1))


def test_an_item_is_no_component_of_itself(bolt):
    refused(BillLine.objects.create, item=bolt, component=bolt, quantity=1)


def test_who_has_no_password_cannot_sign_in(alice):
    assert not alice.has_usable_password()
