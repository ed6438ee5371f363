"""Check sheets: the form of a stage, empty for the wall and filled from an order."""

from __future__ import annotations

import pytest

from orderway.manual import book, check_sheets
from orderway.manual.printouts import check_sheet
from orderway.orders.models import Order
from orderway.releases import publishing
from orderway.standard.parse import parse
from orderway.standard.templates import shipped


@pytest.fixture
def printing(shop):
    return book.Printing(shop.version, shop.now.date(), "https://orders.example.com/standard/plain/")


def filled(shop, number, stage, printing, path=""):
    standard = publishing.program_of(shop.version.pk).standard
    order = Order.objects.select_related("customer").get(number=number)
    return check_sheets.sheet(standard, standard.stages[stage], printing, "en", check_sheets.recorded(order, standard.stages[stage], path))


def test_a_filled_sheet_says_who_did_what_and_what_the_review_found(shop, printing):
    number = shop.an_order()
    shop.entered(number)
    shop.checked(number)

    sheet = filled(shop, number, "check", printing)

    (step,) = sheet["steps"]
    assert (step["mark"], step["by"]) == ("checked", "Bob · 2026-03-02 17:00")
    assert [one["marks"] for one in sheet["questions"]] == [["checked", "empty"], ["checked", "empty"]]
    assert sheet["about"] == f"{number} · Dan"


def test_work_sent_back_shows_what_was_answered_no(shop, printing):
    number = shop.an_order()
    shop.entered(number)
    shop.checked(number, right=False)

    assert next(one["marks"] for one in filled(shop, number, "check", printing)["questions"]) == ["empty", "checked"]
    assert [one["mark"] for one in filled(shop, number, "pack", printing, "1")["steps"]] == ["empty"]


def test_an_empty_sheet_leaves_room_for_what_each_step_asks(printing):
    standard = parse(shipped()["make-to-order"]).standard
    sheets = [
        check_sheets.sheet(standard, stage, printing, language) for stage in standard.stages.values() for language in ("en", "zh-hans")
    ]

    assert all(step["mark"] == "empty" and not step["by"] for sheet in sheets for step in sheet["steps"])
    assert {step["blank"] for sheet in sheets for step in sheet["steps"]} > {"", "attach it", "请附上"}


def test_sheets_are_sent_and_what_is_unknown_is_not_there(shop, signed_in):
    eve = signed_in("eve")
    number = shop.an_order()

    assert eve.get("/standard/plain/1.0.0/check/check-sheet.pdf").content.startswith(b"%PDF")
    assert eve.get(f"/standard/check-sheets/{number}/enter.pdf").content.startswith(b"%PDF")
    assert eve.get(f"/standard/check-sheets/{number}/nowhere.pdf").status_code == 404
    assert eve.get("/standard/check-sheets/SO-0/enter.pdf").status_code == 404
    assert "/standard/plain/1.0.0/enter/check-sheet.pdf" in eve.get("/standard/plain/1.0.0/enter/").content.decode()


def test_a_sheet_is_one_page_in_three_languages(printing):
    standard = parse(shipped()["make-to-stock"]).standard
    for language in ("en", "zh-hans", "zh-hant"):
        pdf = check_sheet(standard, printing, next(iter(standard.stages.values())), language)
        assert pdf.count(b"/Type /Page\n") + pdf.count(b"/Type /Page/") + pdf.count(b"/Type/Page/") <= 1
