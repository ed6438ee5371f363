"""The review as its page shows it: why a criterion blocks and what would help, what comes next, waivers that stay on the order."""

from __future__ import annotations

from decimal import Decimal
from html import unescape

import pytest
from django.test import Client

from orderway.orders.models import Mention
from orderway.pages.fact_titles import TITLES
from orderway.releases import catalogue
from stages.house import BY_PEOPLE, STANDARD, House
from stages.review.test_reviewing import PAPER, entered, limit
from standing import standing

D = Decimal


@pytest.fixture
def house(db):
    """The trading house."""
    return standing("house", lambda: House().open())


def browser(house, who: str) -> Client:
    client = Client()
    client.force_login(house.people[who])
    return client


def page_of(house, who: str, number: str, language: str = "en") -> str:
    answer = browser(house, who).get(f"/orders/{number}/", HTTP_ACCEPT_LANGUAGE=language)
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def test_a_criterion_that_blocks_says_the_row_that_fired_and_what_would_let_it_pass(house):
    limit(house, D(100))
    number = entered(house, ("M8-BOLT", 100, "1.00"))
    page = page_of(house, "bob", number)
    assert "Table credit, row 2:" in page
    assert "Would pass if Credit left were at least CN¥113.00; or if Order total with tax were at most CN¥100.00." in page
    assert "It cannot pass now" in page
    assert "May be waived by: Manager." in page


@pytest.mark.parametrize(("language", "words"), [("zh-hans", "满足以下条件即可通过：可用信用额度"), ("zh-hant", "符合下列條件即可通過：")])
def test_the_explanation_is_told_in_the_readers_language(house, language, words):
    limit(house, D(100))
    number = entered(house, ("M8-BOLT", 100, "1.00"))
    house.people["bob"].language = language
    house.people["bob"].save()
    assert words.split("：")[0] in page_of(house, "bob", number, language)


def test_what_comes_next_is_said_for_yes_and_for_no(house):
    number = entered(house)
    page = page_of(house, "bob", number)
    assert "If you pass it, this comes next: Stock check." in page
    assert "If you find anything wrong, it goes back to Receipt (time 1 of 3)." in page


def test_a_manager_waives_with_a_reason_and_every_later_page_shows_it(house):
    limit(house, D(1))
    number = entered(house, ("M8-BOLT", 100, "1.00"))
    item = house.item(number, "review")
    client = browser(house, "mary")
    form = {"criterion": "credit", "from": "order"}

    assert client.post(f"/tasks/{item.pk}/waive", form).status_code == 422
    answer = client.post(f"/tasks/{item.pk}/waive", {**form, "waive_reason.credit": "paid in advance <b>"})

    assert answer.status_code == 302
    assert not house.reviews(number)
    page = client.get(f"/orders/{number}/").content.decode()
    assert "Waived at Review" in page
    assert "paid in advance &lt;b&gt;" in page


def test_who_is_not_named_cannot_waive(house):
    limit(house, D(1))
    number = entered(house)
    item = house.item(number, "review")
    answer = browser(house, "bob").post(f"/tasks/{item.pk}/waive", {"criterion": "credit", "waive_reason.credit": "please"})
    assert answer.status_code == 409
    assert house.reviews(number)[number].code == "criterion_blocks"


def test_every_fact_of_the_product_has_a_title():
    assert {name for name in catalogue.catalogue().facts if not name.startswith("test.")} <= set(TITLES)


def test_a_comment_with_a_script_in_it_is_shown_as_text(house):
    number = entered(house)
    client = browser(house, "alice")
    said = "<script>alert(1)</script> @bob\nline & more"
    assert client.post(f"/orders/{number}/comments", {"text": said, "about": "review.compare"}).status_code == 302
    page = client.get(f"/orders/{number}/").content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; <strong>@Bob</strong>\nline &amp; more" in page
    assert "Review: Compare" in page


def test_an_empty_comment_is_refused_in_words(house):
    number = entered(house)
    answer = browser(house, "alice").post(f"/orders/{number}/comments", {"text": " "})
    assert answer.status_code == 422
    assert "A comment has 1 to 4000 characters." in answer.content.decode()


def test_who_may_not_waive_asks_those_who_may(house):
    limit(house, D(1))
    number = entered(house)
    item = house.item(number, "review")
    answer = browser(house, "bob").post(f"/tasks/{item.pk}/ask-waiver", {"criterion": "credit", "waive_reason.credit": "paid in advance"})
    assert answer.status_code == 302
    mention = Mention.objects.get()
    assert mention.person.key == "mary"
    assert "paid in advance" in mention.comment.text


def test_sending_back_from_the_page_records_the_error_and_the_page_shows_it(house):
    house.version = house.released(
        STANDARD.format(**BY_PEOPLE | {"id": "erring"}).replace("facts:", "errors:\n  item: {en: Wrong item}\nfacts:", 1)
    )
    number = house.an_order(standard="erring", attachments=(PAPER,))
    item = house.item(number, "review")
    form = {"from": "order", "error_kind": "item", "caught_at": "review", "back_reason": "bolts, not nuts"}
    client = browser(house, "bob")
    assert "Wrong item" in client.get(f"/orders/{number}/").content.decode()
    assert client.post(f"/tasks/{item.pk}/send-back", form).status_code == 302
    page = client.get(f"/orders/{number}/").content.decode()
    assert "should have been caught at Review" in page
    assert "bolts, not nuts" in page


def test_the_history_shows_what_a_decision_was_made_on_with_the_facts_frozen_then(house):
    number = entered(house, ("M8-BOLT", 100, "1.00"))
    assert not house.reviews(number)
    limit(house, D(5))
    page = page_of(house, "bob", number)
    assert "What was decided on" in page
    assert "Is it right: <strong>Pass</strong>" in page
    assert 'Order total with tax</dt> <dd class="d-inline">CN¥113.00' in page
