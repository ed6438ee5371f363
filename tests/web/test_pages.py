"""Every page with its number of statements, and that it shows what it is for. The numbers do not grow with the number of orders."""

from __future__ import annotations

import pytest
from django.test import Client

from journeys import company, orders

BOTH = (("GX-2040", 40), ("BS-1605", 24))
SESSION = 2  # session and person


@pytest.fixture
def people(db):
    """The company's people."""
    return company.found()


def browser(person) -> Client:
    client = Client()
    client.force_login(person)
    client.get("/standard/")  # programs of versions are remembered: what one process reads once is not counted
    return client


def count(django_assert_max_num_queries, most, client, path):
    with django_assert_max_num_queries(most) as seen:
        answer = client.get(path)
    assert answer.status_code == 200
    return len(seen), answer.content.decode()


def test_my_work_takes_the_same_statements_for_one_task_and_for_many(people, django_assert_max_num_queries):
    orders.at_review(people)
    bob = browser(people["bob"])
    few, _page = count(django_assert_max_num_queries, 24, bob, "/")
    for _more in range(6):
        orders.at_review(people)

    many, page = count(django_assert_max_num_queries, 24, bob, "/")

    assert many <= few
    assert page.count("data-ow-row") == 7


def test_the_order_list_takes_the_same_statements_for_one_order_and_for_many(people, django_assert_max_num_queries):
    orders.at_review(people)
    alice = browser(people["alice"])
    few, _page = count(django_assert_max_num_queries, 8, alice, "/orders/")
    for _more in range(6):
        orders.at_review(people)

    many, page = count(django_assert_max_num_queries, 8, alice, "/orders/")

    assert many == few
    assert "7 of 7" in page


@pytest.mark.parametrize(("stage", "most"), [("at_review", 50), ("with_deliveries", 50), ("handed_over", 50)])
def test_the_order_page_at_every_stage(people, django_assert_max_num_queries, stage, most):
    number = getattr(orders, stage)(people)
    bob = browser(people["bob"])

    _statements, page = count(django_assert_max_num_queries, most, bob, f"/orders/{number}/")

    assert number in page
    assert 'aria-current="step"' in page


@pytest.mark.parametrize(
    ("path", "most", "words"),
    [
        ("/standard/", 5, "In force since"),
        ("/standard/make-to-stock/1.0.0/", 5, "Answers for"),
        ("/standard/make-to-stock/1.0.0/review/", 5, "What the review must find"),
        ("/capture/new", 5, "Order lines"),
        ("/password", 4, "Change password"),
        ("/capture/customers?customer=%E5%8D%8E", 4, "C001"),
        ("/capture/items?lines%5B0%5D.sku=gx", 4, "GX-2040"),
        ("/capture/line?lines%5B0%5D.sku=GX-2040&lines%5B0%5D.quantity=2&customer=C001", 12, "1,300.00"),
    ],
)
def test_the_other_pages(people, django_assert_max_num_queries, path, most, words):
    _statements, page = count(django_assert_max_num_queries, most, browser(people["bob"]), path)

    assert words in page


def test_every_stage_of_every_shipped_standard_can_be_read(people):
    from orderway.releases.models import Version
    from orderway.releases.publishing import program_of

    alice = browser(people["alice"])

    for version in Version.objects.all():
        for stage in program_of(version.pk).standard.stages.values():
            answer = alice.get(f"/standard/{version.standard_id}/{version.version}/{stage.id}/")
            assert answer.status_code == 200, (version, stage.id)


def test_the_list_is_filtered_by_status_stage_customer_lateness_and_words(people):
    first = orders.at_review(people, po="45-77120")
    second = orders.at_stock(people)
    alice = browser(people["alice"])

    def listed(query):
        page = alice.get(f"/orders/?{query}").content.decode()
        return {number for number in (first, second) if f">{number}<" in page}

    assert listed("") == {first, second}
    assert listed("stage=review") == {first}
    assert listed("q=77120") == {first}
    assert listed("status=ended") == set()
    assert listed("late=yes") == set()
    assert listed("customer=C001&sort=total") == {first, second}
    assert listed("page=99&sort=nonsense&status=nonsense") == set()


def test_searching_for_a_number_leads_to_the_order_and_for_words_to_the_list(people):
    number = orders.at_review(people, po="45-77120")
    alice = browser(people["alice"])

    assert alice.get(f"/search?q={number.lower()}")["Location"] == f"/orders/{number}/"
    assert alice.get("/search?q=45-77120")["Location"] == f"/orders/{number}/"
    assert alice.get("/search?q=precision")["Location"] == "/orders/?q=precision"


def test_every_act_of_the_product_has_a_form_or_is_done_by_the_system(people):
    from orderway.pages.act_forms import offered
    from orderway.releases.catalogue import catalogue

    for act in catalogue().acts.values():
        assert act.name in offered() or act.by_system or act.name.startswith("test."), act.name


def test_a_paper_is_a_download_and_never_a_page(people):
    number = orders.at_review(people)
    from orderway.orders.models import StoredDocument

    document = StoredDocument.objects.get(order__number=number, kind="order_form")

    answer = browser(people["alice"]).get(f"/documents/{document.pk}")

    assert answer.status_code == 200
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer.content.startswith(b"%PDF")
