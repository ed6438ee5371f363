"""One order from the customer's message to the invoice, by the people who do it, in their browsers."""

from __future__ import annotations

import pytest

from journeys import company
from orderway.orders.models import Order, WorkItem

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def people(transactional_db):
    """The company's people."""
    return company.found()


def _finish(desk, person, language="en", **fills):
    """Open one's own most urgent task, tick everything, answer every question with yes, fill in, finish."""
    someone = desk(person, language=language)
    someone.open("/")
    page = someone.page
    for field, value in fills.items():
        page.fill(f"#{field}", value)
    for box in page.query_selector_all('#task input[name^="evidence."][type=checkbox]'):
        box.check()
    for yes in page.query_selector_all("#task label.ow-yes"):
        yes.click()
    page.click("#task [data-ow-finish]")
    page.wait_for_load_state("networkidle")
    assert page.query_selector(".ow-refused") is None, page.inner_text(".ow-refused")
    assert someone.complaints == []
    return someone


def test_an_order_goes_from_its_entry_to_the_invoice(people, desk):
    alice = desk(people["alice"], language="en")
    alice.open("/capture/new")
    page = alice.page
    page.fill("#customer", "C001")
    page.fill("#customer_po", "45-77120")
    page.select_option("#standard", "make-to-stock")
    page.fill("#line-0-sku", "GX-2040")
    page.fill("#line-0-quantity", "40")
    page.press("#line-0-quantity", "Tab")
    page.wait_for_selector("#line-0-hint >> text=1,300.00")
    page.fill("#line-1-sku", "NOT-THERE")
    page.fill("#line-1-quantity", "1")
    page.click("text=Place the order")
    page.wait_for_selector("#line-1-sku.is-invalid")
    assert page.input_value("#customer_po") == "45-77120"
    page.fill("#line-1-sku", "BS-1605")
    page.fill("#line-1-quantity", "4")
    page.click("text=Place the order")
    page.wait_for_url("**/orders/**")

    order = Order.objects.get()
    assert order.total == 4 * 2433.33 + 40 * 1300 or str(order.total) == "61733.32"
    assert "Order receipt" in page.inner_text("#ow-flow [aria-current=step]")

    _finish(desk, people["alice"])
    _finish(desk, people["bob"])  # the review
    _finish(desk, people["carol"])  # stock check
    _finish(desk, people["carol"])  # delivery planning
    _finish(desk, people["carol"])  # picking
    _finish(desk, people["carol"], signed_by="Dan")  # delivery
    _finish(desk, people["bob"])  # invoicing

    bob = desk(people["bob"])
    bob.open(f"/orders/{order.number}/")
    invoices = bob.page.inner_text("section[aria-label='Invoices']")
    assert "69,758.65" in invoices
    assert {item.stage for item in WorkItem.objects.filter(order=order, state="open")} == {"after_sales"}


def test_a_review_that_says_no_sends_the_order_back_with_its_reason(people, desk):
    from journeys.orders import at_review

    number = at_review(people)
    bob = desk(people["bob"])
    bob.open(f"/orders/{number}/")

    bob.page.press("body", "b")
    bob.page.fill("#back-reason", "Quantity differs from the PO")
    bob.page.click("details[open] >> text=Send back >> nth=1")
    bob.page.wait_for_load_state("networkidle")

    history = bob.page.inner_text("#history")
    assert "Order review sent back" in history
    assert "Quantity differs from the PO" in history


def test_what_is_refused_is_said_in_its_place_and_nothing_is_lost(people, desk):
    from journeys.orders import at_review

    number = at_review(people)
    bob = desk(people["bob"])
    bob.open("/")

    bob.page.click("#task [data-ow-finish]")
    bob.page.wait_for_selector("#task .ow-refused")

    assert "Evidence is missing for" in bob.page.inner_text("#task .ow-refused")
    assert Order.objects.get(number=number).status == "open"


def test_the_keyboard_alone_walks_the_list_and_opens_the_next_task(people, desk):
    from journeys.orders import at_review

    numbers = [at_review(people) for _ in range(3)]
    bob = desk(people["bob"])
    bob.open("/")
    first = bob.page.inner_text("#task a.ow-num")

    bob.page.press("body", "j")
    bob.page.wait_for_function("text => document.querySelector('#task a.ow-num').textContent !== text", arg=first)
    bob.page.press("body", "?")
    bob.page.wait_for_selector("#ow-keys:popover-open")
    bob.page.press("body", "Escape")
    bob.page.press("body", "/")
    assert bob.page.evaluate("document.activeElement.id") == "ow-find"
    bob.page.keyboard.type(numbers[2])
    bob.page.keyboard.press("Enter")
    bob.page.wait_for_url(f"**/orders/{numbers[2]}/")
    bob.page.press("body", "g")
    bob.page.press("body", "s")
    bob.page.wait_for_url("**/standard/")

    assert bob.complaints == []
