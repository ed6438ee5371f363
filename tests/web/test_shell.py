"""The frame of every page: sign-in, languages, error pages, headers."""

from __future__ import annotations

import re

import pytest
from django.db import OperationalError
from django.test import Client
from django.urls import reverse

from orderway.pages import navigation


def test_a_stranger_is_sent_to_the_sign_in_page_and_comes_back_afterwards(shop):
    shop.people["alice"].set_password("a long enough phrase")
    shop.people["alice"].save()
    client = Client()

    answer = client.get("/orders/")

    assert answer.status_code == 302
    assert answer["Location"] == "/sign-in?next=/orders/"
    assert "csrfmiddlewaretoken" in client.get(answer["Location"]).content.decode()
    answer = client.post("/sign-in", {"login": "alice", "password": "a long enough phrase", "next": "/orders/"})
    assert answer["Location"] == "/orders/"
    assert client.get("/orders/").status_code == 200


def test_a_wrong_password_is_said_and_nobody_is_signed_in(shop):
    client = Client()

    answer = client.post("/sign-in", {"login": "alice", "password": "wrong"})

    assert answer.status_code == 200
    assert 'role="alert"' in answer.content.decode()
    assert client.get("/").status_code == 302


def test_nobody_opens_an_account_by_themselves(shop):
    answer = Client().get("/sign-up")

    assert answer.status_code in (302, 404)
    assert "password" not in answer.content.decode()


def test_a_part_of_a_page_that_a_stranger_asks_for_sends_the_whole_page_to_sign_in(shop):
    answer = Client().get("/", headers={"HX-Request": "true"})

    assert answer.status_code == 401
    assert answer["HX-Redirect"].startswith("/sign-in")


def test_every_page_is_in_the_persons_language_and_switching_stays_on_the_page(signed_in, shop):
    alice = signed_in("alice")
    assert '<html lang="en"' in alice.get("/orders/?late=yes").content.decode()

    answer = alice.post("/language", {"language": "zh-hans", "next": "/orders/?late=yes"})

    assert answer["Location"] == "/orders/?late=yes"
    page = alice.get("/orders/?late=yes").content.decode()
    assert '<html lang="zh-Hans"' in page
    assert "我的工作" in page
    shop.people["alice"].refresh_from_db()
    assert shop.people["alice"].language == "zh-hans"


def test_switching_the_language_never_leads_to_another_site(signed_in):
    answer = signed_in("alice").post("/language", {"language": "en", "next": "https://elsewhere.example/"})

    assert answer["Location"] == "/"


@pytest.mark.parametrize("code", ["", "xx", "EN; drop"])
def test_an_unknown_language_is_refused(signed_in, code):
    assert signed_in("alice").post("/language", {"language": code}).status_code == 400


def test_pages_forbid_inline_code_and_contain_none(signed_in, shop):
    shop.an_order()
    answer = signed_in("alice").get("/")
    page = answer.content.decode()

    policy = answer["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "style-src 'self'" in policy
    assert "unsafe" not in policy
    assert not re.search(r"\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)|<style", page)
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"


def test_answers_to_programs_may_load_nothing(client):
    answer = client.get("/api/v1/orders")

    assert answer.status_code == 401
    assert answer["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"


def test_what_is_not_there_is_said_in_a_page_of_ours(signed_in):
    answer = signed_in("alice").get("/orders/SO-2026-99999/")

    assert answer.status_code == 404
    assert "search for the order" in answer.content.decode()


def test_a_database_that_is_away_is_a_503_that_says_when_to_ask_again(signed_in, monkeypatch):
    alice = signed_in("alice")
    monkeypatch.setattr("orderway.web.queries.orders", _away)

    answer = alice.get("/orders/")

    assert answer.status_code == 503
    assert answer["Retry-After"] == "5"
    assert "Nothing was lost" in answer.content.decode()


def test_a_database_that_goes_away_before_the_page_begins_is_a_503_too(signed_in, monkeypatch):
    alice = signed_in("alice")
    alice.raise_request_exception = False
    monkeypatch.setattr("django.contrib.sessions.backends.cached_db.SessionStore.load", _away)

    answer = alice.get("/orders/")

    assert answer.status_code == 503
    assert answer["Retry-After"] == "5"


def test_a_bug_is_a_500_without_details(signed_in, monkeypatch):
    alice = signed_in("alice")
    alice.raise_request_exception = False
    monkeypatch.setattr("orderway.web.queries.orders", _broken)

    answer = alice.get("/orders/")

    assert answer.status_code == 500
    assert "secret" not in answer.content.decode()


def test_a_form_without_its_token_is_refused_in_words(shop):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(shop.people["alice"])

    answer = strict.post("/language", {"language": "en"})

    assert answer.status_code == 403
    assert "too old" in answer.content.decode()


def test_every_entry_of_the_navigation_leads_somewhere(signed_in):
    alice = signed_in("alice")

    page = alice.get("/").content.decode()

    addresses = set(re.findall(r'<a [^>]*data-ow-jump="\w" ?[^>]*href="([^"]+)"', page)) | set(
        re.findall(r'<a [^>]*href="([^"]+)"[^>]*data-ow-jump="\w"', page)
    )
    assert {door.address for door in navigation.doors()} | {
        reverse("new_order"),
        reverse("notifications"),
        reverse("scorecard"),
    } == addresses
    assert {reverse("my_work"), reverse("orders"), reverse("board"), reverse("standards"), reverse("diagnoses")} <= addresses
    assert all(alice.get(address).status_code == 200 for address in addresses)


def _away(*_args, **_kwargs):
    raise OperationalError("server closed the connection unexpectedly")


def _broken(*_args, **_kwargs):
    raise ZeroDivisionError("secret detail")
