"""Every page declares the right it asks for; a page that declares none is closed; what a page lets through the act asks again."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.decorators import login_not_required
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from orderway.masterdata import rights
from orderway.orders.models import WorkItem
from orderway.orders.refusals import ActBroke
from orderway.pages.guarding import OWN, needed_by
from orderway.web.middleware import may_enter


def _routes(resolver, prefix=""):
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from _routes(entry, prefix + str(entry.pattern))
        elif isinstance(entry, URLPattern):
            yield prefix + str(entry.pattern), entry.callback


ROUTES = [(path, view) for path, view in _routes(get_resolver()) if not path.startswith("api/")]


@pytest.mark.parametrize(("path", "view"), ROUTES, ids=[path for path, _view in ROUTES])
def test_every_route_declares_a_right_of_the_table_or_is_open_to_strangers(path, view):
    right = needed_by(view)

    if right is None:
        assert getattr(view, "login_required", True) is False, f"{path} declares no right"
    else:
        assert right == OWN or right in rights.RIGHTS, f"{path}: {right}"


@pytest.mark.parametrize(("path", "view"), ROUTES, ids=[path for path, _view in ROUTES])
def test_a_stranger_gets_nothing_but_the_way_in(db, path, view):
    if getattr(view, "login_required", True):
        address = "/" + re.sub(r"<int:\w+>", "1", path)
        address = address.replace("<slug:", "<str:")
        for name in ("standard_id", "version", "stage", "number", "role"):
            address = address.replace(f"<str:{name}>", "x")
        answer = Client().get(address)
        assert answer.status_code == 302
        assert answer["Location"].startswith("/sign-in?next=")


def test_a_page_that_declares_nothing_is_closed_to_everybody(shop):
    def forgotten(request):
        raise AssertionError

    assert not may_enter(shop.people["alice"], forgotten)
    assert not may_enter(shop.administrator, forgotten)
    assert may_enter(shop.people["alice"], login_not_required(forgotten))


def test_only_an_administrator_sees_the_health_of_the_installation(signed_in, shop):
    assert signed_in("alice").get("/health").status_code == 403
    admin = Client()
    admin.force_login(shop.administrator)

    answer = admin.get("/health")

    assert answer.status_code == 200
    assert "orderway worker" in answer.content.decode()


def test_the_health_page_names_orders_at_which_the_program_failed(shop):
    good, broken = shop.orders(2, version=shop.automatic)
    WorkItem.objects.filter(order__number=broken).update(waiting="act_broke", waiting_reason=str(ActBroke(error="KeyError: 'x'")))
    admin = Client()
    admin.force_login(shop.administrator)

    admin.post("/language", {"language": "zh-hans", "next": "/health"})
    page = admin.get("/health").content.decode()

    assert f'href="/orders/{broken}/"' in page
    assert "程序在处理此订单时出错（KeyError: &#x27;x&#x27;）" in page
    assert good not in page


def test_who_may_see_a_task_but_not_do_it_is_told_who_may(signed_in, shop):
    number = shop.an_order()
    item = shop.item(number, "enter")

    answer = signed_in("eve").post(f"/tasks/{item.pk}/finish", {"evidence.type": "yes", "from": "order"})

    assert answer.status_code == 409
    assert "Clerk" in answer.content.decode()
    assert shop.open_stages(number) == ["enter"]


@pytest.mark.parametrize("act", ["hold", "cancel", "complain"])
def test_acts_on_the_order_that_the_standard_gives_to_others_are_refused_in_place(signed_in, shop, act):
    number = shop.an_order()

    answer = signed_in("eve").post(f"/orders/{number}/{act}", {"reason": "because", "type": "credit", "kind": ""})

    assert answer.status_code == 409
    assert "ow-refused" in answer.content.decode()
    assert f"/orders/{number}/{act}" not in signed_in("eve").get(f"/orders/{number}/").content.decode()


def test_a_hold_is_placed_and_lifted_by_those_whom_the_standard_names(signed_in, shop):
    number = shop.an_order()
    alice = signed_in("alice")

    assert alice.post(f"/orders/{number}/hold", {"type": "customer", "reason": "Dan asked"}).status_code == 302
    page = alice.get(f"/orders/{number}/").content.decode()
    assert "Dan asked" in page
    assert "the clock stands still" in page
    assert alice.post(f"/orders/{number}/lift", {"type": "customer"}).status_code == 302
    assert "Dan asked" not in alice.get(f"/orders/{number}/").content.decode().split('id="history"')[0]


def test_an_order_is_cancelled_with_a_reason_by_those_whom_the_standard_names(signed_in, shop):
    number = shop.an_order()
    mary = signed_in("mary")

    assert mary.post(f"/orders/{number}/cancel", {"reason": ""}).status_code == 422
    assert mary.post(f"/orders/{number}/cancel", {"reason": "Dan changed his mind"}).status_code == 302

    page = mary.get(f"/orders/{number}/").content.decode()
    assert "Order cancelled" in page
    assert "Dan changed his mind" in page


def test_a_signature_is_given_by_the_role_that_the_table_names_and_refused_only_with_a_reason(signed_in, shop):
    first, second = shop.an_order(total="4000.00"), shop.an_order(total="4000.00")
    shop.entered(first, second)
    shop.checked(first, second)
    mary = signed_in("mary")

    assert mary.post(f"/tasks/{_approval(second)}/sign", {"sign": "no", "reason": ""}).status_code == 422
    assert mary.post(f"/tasks/{_approval(second)}/sign", {"sign": "no", "reason": "too dear"}).status_code == 302
    assert mary.post(f"/tasks/{_approval(first)}/sign", {"sign": "yes"}).status_code == 302

    assert shop.open_stages(first) == ["reserve"]
    assert shop.open_stages(second) == ["enter"]


def _approval(number):
    return WorkItem.objects.get(order__number=number, kind="approval", state="open").pk


def test_the_team_list_lets_one_take_over_several_tasks_at_once(signed_in, shop):
    shop.hire("ben", "reviewer")
    numbers = [shop.an_order() for _ in range(4)]
    shop.entered(*numbers)
    bob, ben = signed_in("bob"), signed_in("ben")
    of_ben = [shop.item(number, "check") for number in numbers if shop.item(number, "check").responsible == shop.people["ben"]]
    assert of_ben

    answer = bob.post("/tasks/claim", {"item": [item.pk for item in of_ben]}, follow=True)

    assert f"Taken over: {len(of_ben)}." in answer.content.decode()
    assert "Nothing is waiting for you" in ben.get("/").content.decode()


def test_take_next_opens_the_most_urgent_task(signed_in, shop):
    shop.entered(shop.an_order())

    answer = signed_in("bob").post("/tasks/next")

    assert answer["Location"].startswith("/?task=")
    assert signed_in("eve").post("/tasks/next", follow=True).status_code == 200


def test_a_task_that_nobody_has_says_why(signed_in, shop):
    from orderway.masterdata.models import RoleMember

    RoleMember.objects.filter(role="reviewer").delete()
    number = shop.an_order()
    shop.entered(number)
    item = shop.item(number, "check")

    page = signed_in("eve").get(f"/orders/{number}/").content.decode()

    assert item.responsible is None
    assert "nobody has this role" in page
