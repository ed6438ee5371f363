"""The screens of improvement and the customer's page: axe finds nothing, the browser complains about nothing, nothing stands beside."""

from __future__ import annotations

import pytest

from journeys import company, improving, orders

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(
    ("width", "language", "dark"),
    [("desk", "en", False), ("desk", "zh-hans", False), ("phone", "en", False), ("phone", "zh-hans", False), ("desk", "zh-hant", True)],
)
def test_every_screen_of_improvement_is_sound(transactional_db, desk, width, language, dark):
    people = company.found()
    delivered = orders.handed_over(people)
    open_order = orders.at_stock(people)
    made = improving.improved(people, delivered)
    bob, stranger = desk(people["bob"], language=language, width=width, dark=dark), desk(width=width, dark=dark)
    pages = {
        "improve": (bob, "/improve/"),
        "suggestions": (bob, "/improve/suggestions/"),
        "suggestion": (bob, f"/improve/suggestions/{made.suggestion}"),
        "cycle": (bob, f"/improve/cycles/{made.cycle}"),
        "plan": (bob, "/improve/cycles/new"),
        "introductions": (desk(people["gus"], language=language, width=width, dark=dark), "/improve/introductions/"),
        "introduction": (desk(people["gus"], language=language, width=width, dark=dark), f"/improve/introductions/{made.introduction}"),
        "what-ifs": (bob, "/improve/what-if/"),
        "what-if": (bob, f"/improve/what-if/{made.what_if}"),
        "people-needed": (bob, "/improve/people/"),
        "staffing": (bob, f"/improve/what-if/{made.staffing}"),
        "outlook": (bob, "/improve/outlook"),
        "order-asked": (bob, f"/orders/{delivered}/"),
        "order-promised": (bob, f"/orders/{open_order}/"),
        "question": (stranger, f"/say/{made.link}?language={language}"),
    }

    wrong = {}
    for name, (who, path) in pages.items():
        who.open(path)
        who.keep(f"{name}-{language}-{width}")
        if found := who.unsound():
            wrong[name] = found

    assert wrong == {}


def test_a_customer_answers_on_a_phone_without_signing_in(transactional_db, desk):
    people = company.found()
    made = improving.improved(people, orders.handed_over(people))
    dan = desk(width="phone")

    dan.open(f"/say/{made.link}?language=zh-hans")
    dan.page.get_by_text("非常满意", exact=True).click()
    dan.page.fill("#comment", "包装很好")
    dan.page.click("button.btn-primary")
    dan.page.wait_for_load_state("networkidle")

    assert "谢谢您" in dan.page.inner_text("h1")
    assert dan.unsound() == []
