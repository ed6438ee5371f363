"""The pages of a diagnosis: ask, wait, read, take away; and what cannot be read is said."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from journeys import company, orders
from mining.logs import ORDERS
from orderway.diagnosis.models import Diagnosis
from orderway.diagnosis.own import own_log
from orderway.diagnosis.working import work_off
from orderway.releases.models import Version

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def people(db):
    """The company's people."""
    return company.found()


@pytest.fixture
def alice(people):
    client = Client()
    client.force_login(people["alice"])
    return client


def ask(client, content=ORDERS, name="orders.csv", **more):
    return client.post("/diagnosis/ask", {"file": SimpleUploadedFile(name, content.encode()), **more})


def diagnosed(client, content=ORDERS, **more):
    address = ask(client, content, **more)["Location"]
    work_off(NOW)
    return address


def test_a_file_is_queued_its_page_waits_and_then_shows_what_was_found(alice):
    address = ask(alice)["Location"]
    waiting = alice.get(address).content.decode()
    polled = alice.get(address, headers={"HX-Request": "true"})
    work_off(NOW)
    ready = alice.get(address, headers={"HX-Request": "true"})

    page = alice.get(address).content.decode()

    assert 'hx-trigger="every 2s"' in waiting
    assert "<html" not in polled.content.decode()
    assert ready.headers["HX-Refresh"] == "true"
    assert "33.3 % of the cases take the most frequent way; there are 3 ways." in page
    assert "1 cases have a single event, e.g. 3" in page
    for title in ("Process map", "Waiting and working", "Rework", "Causes", "Drift", "Draft standard"):
        assert title in page
    assert "Nobody with fewer than 20 cases is shown." in page


def test_a_file_is_compared_with_a_standard(alice):
    version = Version.objects.filter(status="effective").first()

    page = alice.get(diagnosed(alice, against=version.pk)).content.decode()

    assert "Deviations from" in page
    assert "Activities that the standard does not know:" in page


def test_the_slider_gets_the_map_alone(alice):
    address = diagnosed(alice)

    few, all_of_it = (alice.get(f"{address}/map?share={share}").content.decode() for share in (5, 100))

    assert "<html" not in few
    assert few.count("<path") < all_of_it.count("<path")
    assert "dg-time" in alice.get(f"{address}/map?share=x&show=time").content.decode()


def test_report_figures_and_draft_are_taken_away(alice):
    address = diagnosed(alice)

    report = alice.get(f"{address}/report.html").content.decode()

    assert report.startswith("<!doctype html>")
    assert "http" not in report.replace("http://www.w3.org", "")  # it needs nothing else
    assert json.loads(alice.get(f"{address}/figures.json").content)["events"] == 9
    assert alice.get(f"{address}/draft.yaml").content.decode().startswith("format: order-standard/1")
    assert alice.get(f"{address}/other.exe").status_code == 404


@pytest.mark.parametrize("language", ["zh-hans", "zh-hant"])
def test_the_report_is_in_the_language_of_the_reader(alice, language):
    address = diagnosed(alice)
    alice.post("/language", {"language": language, "next": "/"})

    report = alice.get(f"{address}/report.html").content.decode()

    assert f'lang="{language[:3]}' in report
    assert "Waiting" not in report
    assert "返工" in report


def test_what_cannot_be_read_is_said_in_a_sentence(alice):
    page = alice.get(diagnosed(alice, "a,b,c\n1,2,3\n")).content.decode()

    assert "No column of this file looks like the timestamp" in page


def test_a_form_without_a_file_or_with_a_wrong_mapping_is_refused_beside_the_field(alice):
    nothing = alice.post("/diagnosis/ask", {})
    wrong = ask(alice, mapping="colour=red")

    assert (nothing.status_code, wrong.status_code) == (422, 422)
    assert "No file was chosen." in nothing.content.decode()
    assert "does not say which column is what" in wrong.content.decode()
    assert not Diagnosis.objects.exists()


def test_this_company_is_a_log_of_its_ended_orders(people, alice):
    orders.handed_over(people)
    with pytest.raises(Exception, match="No row has"):
        own_log("us")
    from orderway.orders.models import Order

    Order.objects.update(status=Order.Status.ENDED, ended_at=NOW)

    log = own_log("us")

    assert log.case_count == 1
    assert {"Order receipt", "Order review"} & set(log.activities.names)
    address = alice.post("/diagnosis/ask", {"own": "yes"})["Location"]
    work_off(NOW)
    assert "Process map" in alice.get(address).content.decode()


def test_the_list_takes_a_fixed_number_of_statements(alice, django_assert_max_num_queries):
    for _more in range(3):
        diagnosed(alice)
    with django_assert_max_num_queries(6):
        assert alice.get("/diagnosis/").content.decode().count("orders.csv</a>") == 3


@pytest.mark.parametrize("language", ["en", "zh-Hans", "zh-Hant"])
def test_the_report_is_a_pdf_in_three_languages_and_the_same_bytes_each_time(alice, language):
    address = diagnosed(alice)

    first, again = (alice.get(f"{address}/report.pdf?language={language}") for _time in range(2))

    assert first["Content-Type"] == "application/pdf"
    assert first["Content-Disposition"].endswith(f'-{language}.pdf"')
    assert first.content.startswith(b"%PDF")
    assert first.content == again.content


def test_a_log_with_letters_that_cannot_be_printed_is_refused_by_name_and_stays_readable_on_the_page(alice):
    address = diagnosed(alice, ORDERS.replace("ship", "\u1200"))

    refused = alice.get(f"{address}/report.pdf")

    assert refused.status_code == 409
    assert "U+1200" in refused.content.decode()
    assert alice.get(f"{address}/report.html").status_code == 200
