"""Credit notes and replacements: one cap over all paths, exact tax, billing that stays closed."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal as D

import pytest
from django.db import DatabaseError, transaction

from orderway.orders import line_ledger
from orderway.orders.corrections import Fault
from orderway.orders.models import Correction
from orderway.stages.aftersales import papers, settlements, stage
from orderway.stages.aftersales.models import CreditNote, CreditNoteLine, Replacement
from orderway.stages.aftersales.rules import CreditAboveCap, MoreThanReturned, NothingToCredit, PiecesAndAmount, PiecesNotReturned
from orderway.stages.invoicing import queries as invoicing
from orderway.stages.invoicing.models import Allocation, Invoice
from orderway.stages.invoicing.payments import Received, pay
from orderway.stages.stock.actions import NotEnoughStock
from stages.billing import broken


def test_an_allowance_and_a_return_of_everything_share_the_invoice(shop):
    number = shop.sold((shop.rail, 10, "100"))
    assert shop.credits(number, amounts={1: 200}) == ("CN-2026-000001", None)
    shop.comes_back(number, {1: 10})

    shop.resolves(number)

    assert list(CreditNote.objects.order_by("id").values_list("net", flat=True)) == [D("200"), D("800")]
    assert sum(CreditNote.objects.values_list("total", flat=True)) == shop.invoice(number).total
    assert shop.exposure().total == 0
    assert broken(3, 4, 11) == []


def test_an_allowance_does_not_reopen_billing(shop):
    number = shop.sold((shop.rail, 10, "100"))

    shop.credits(number, amounts={1: 50})

    assert shop.sums(number).billable == 0


def test_nothing_is_credited_beyond_the_invoice(shop):
    number = shop.sold((shop.rail, 10, "100"))
    shop.credits(number, amounts={1: 950})

    _, refused = shop.credits(number, amounts={1: "50.01"})

    assert isinstance(refused, CreditAboveCap)
    assert "at most 50" in str(refused)
    assert CreditNote.objects.count() == 1


def test_pieces_are_credited_only_if_they_came_back(shop):
    number = shop.sold((shop.rail, 10, "100"))
    _, refused = shop.credits(number, pieces={1: 2})
    assert isinstance(refused, PiecesNotReturned)

    shop.comes_back(number, {1: 2})
    note, refused = shop.credits(number, pieces={1: 2})

    assert (note, refused) == ("CN-2026-000001", None)
    assert shop.sums(number).billable == 0
    shop.resolves(number)
    assert CreditNote.objects.count() == 1  # nothing is left to credit


def test_zero_pieces_credit_nothing_and_make_no_document(shop):
    number = shop.sold((shop.rail, 10, "100"))

    _, refused = shop.credits(number, pieces={1: 0})

    assert isinstance(refused, NothingToCredit)
    assert not CreditNote.objects.exists()


def test_a_line_is_credited_by_pieces_or_by_amount(shop):
    number = shop.sold()
    shop.comes_back(number, {1: 1})

    _, refused = shop.credits(number, pieces={1: 1}, amounts={1: 5})

    assert isinstance(refused, PiecesAndAmount)


def test_nothing_is_credited_that_was_not_invoiced(shop):
    (number,) = shop.sells()

    _, refused = shop.credits(number, amounts={1: 5})

    assert isinstance(refused, CreditAboveCap)


def test_who_has_no_right_credits_nothing(shop):
    number = shop.sold()

    _, refused = shop.credits(number, amounts={1: 5}, who="eve")

    assert refused is not None
    assert not CreditNote.objects.exists()


def test_the_tax_of_partial_credits_adds_up_to_the_tax_that_was_charged(shop):
    number = shop.sold((shop.rail, 3, "0.35"))  # 1.05 + 0.14
    for _ in range(3):
        shop.credits(number, amounts={1: "0.35"})

    assert list(CreditNote.objects.order_by("id").values_list("tax", flat=True)) == [D("0.05"), D("0.04"), D("0.05")]
    assert sum(CreditNote.objects.values_list("total", flat=True)) == shop.invoice(number).total
    assert broken(4) == []


def test_the_stored_part_of_a_discount_is_credited_back(shop):
    number = shop.sold((shop.rail, 3, "10.00"), (shop.rail, 1, "9.99"), discount="10")
    shop.comes_back(number, {1: 3, 2: 1})

    shop.resolves(number)

    assert list(CreditNoteLine.objects.order_by("id").values_list("amount", flat=True)) == [D("27"), D("8.99")]
    assert shop.credit_note(number).total == shop.invoice(number).total


def test_tax_inclusive_invoices_are_credited_inclusive(shop):
    shop.company.prices_include_tax = True
    shop.company.save()
    shop.bolt.tax.rate_percent = D(21)
    number = shop.sold((shop.bolt, 2, "379.00"))
    shop.comes_back(number, {1: 2})

    shop.resolves(number)

    note = shop.credit_note(number)
    assert (note.total, note.tax, note.net) == (D("758"), D("131.55"), D("626.45"))
    assert broken(4) == []


def test_a_credit_settles_the_invoice_and_what_was_paid_stays_with_the_customer(shop):
    number = shop.sold((shop.rail, 10, "100"))
    invoice = shop.invoice(number).number
    pay(Received("DAN", D("1000"), "CNY", "bank 1", date(2026, 3, 3), {invoice: None}), actor=shop.actor("fay"), now=shop.now)
    shop.comes_back(number, {1: 2})

    shop.resolves(number)

    assert Allocation.objects.get(credit_note="CN-2026-000001").amount == D("130")
    assert invoicing.one(invoice).settled == D("1130")
    assert shop.exposure().total == D("-96.00")  # 226 credited, 130 were open
    assert broken(4) == []


def test_a_credit_note_is_never_changed_and_prints_in_three_languages(shop):
    number = shop.sold()
    shop.credits(number, amounts={1: 5})

    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        CreditNote.objects.update(total=1)
    for language in ("en", "zh-Hans", "zh-Hant"):
        assert papers.render({"credit_note": "CN-2026-000001"}, language).startswith(b"%PDF-")


# --- replacements -------------------------------------------------------------------------------------------------------------------


def replaces(shop, number, quantity, who="sue"):
    settlements.replace_goods(number, {1: D(quantity)}, actor=shop.actor(who), now=shop.now)


def test_goods_sent_again_are_neither_credited_nor_billed_twice(shop):
    number = shop.sold((shop.rail, 10, "100"))
    shop.comes_back(number, {1: 2})

    replaces(shop, number, 2)
    shop.resolves(number)

    sums = shop.sums(number)
    assert (sums.quantity("shipped"), sums.quantity("returned"), sums.quantity("replaced"), sums.billable) == (12, 2, 2, 0)
    assert not CreditNote.objects.exists()
    assert Invoice.objects.count() == 1
    assert Replacement.objects.get().quantity == 2
    assert stage.replaced([shop.line(number).order_id]) == {shop.line(number).order_id: 2}
    assert shop.stock_of(shop.rail) == 0
    assert shop.exposure().total == D("1130.00")
    assert broken(1, 2, 3, 4) == []


def test_goods_sent_again_after_they_were_credited_are_billed_anew(shop):
    number = shop.sold((shop.rail, 10, "100"))
    shop.comes_back(number, {1: 2})
    shop.resolves(number)
    assert shop.exposure().total == D("904.00")

    replaces(shop, number, 2)

    assert list(Invoice.objects.order_by("id").values_list("total", flat=True)) == [D("1130"), D("226")]
    assert shop.exposure().total == D("1130.00")
    assert broken(3, 4, 11) == []


def test_only_what_came_back_is_sent_again(shop):
    number = shop.sold((shop.rail, 10, "100"))
    shop.comes_back(number, {1: 2})

    with pytest.raises(MoreThanReturned):
        replaces(shop, number, 3)


def test_without_stock_nothing_is_sent_again(shop):
    number = shop.sold((shop.rail, 10, "100"))
    shop.announces(number, {1: 2})
    shop.takes_back(number, condition="damaged")

    with pytest.raises(NotEnoughStock):
        replaces(shop, number, 2)

    assert shop.sums(number).quantity("replaced") == shop.sums(number).quantity("reserved") == 0


# --- invariants ---------------------------------------------------------------------------------------------------------------------


def test_invariants_see_a_credit_beyond_the_invoice(shop):
    number = shop.sold((shop.rail, 10, "100"))
    shop.credits(number, amounts={1: 1000})
    assert broken(4) == []

    note = shop.credit_note(number)
    line = note.lines.get()
    row = {field.attname: getattr(note, field.attname) for field in CreditNote._meta.concrete_fields} | {"id": None}
    twin = CreditNote.objects.create(**(row | {"number": "CN-2026-000002", "series_number": 2}))
    CreditNoteLine.objects.create(**{field.attname: getattr(line, field.attname) for field in CreditNoteLine._meta.concrete_fields}
                                  | {"id": None, "credit_note_id": twin.pk})  # fmt: skip
    with transaction.atomic():
        line_ledger.book([line_ledger.Booking(line.line_id, "credited", D(0), D(1000))], now=shop.now)

    assert re.search(r"2000(\.0+)? for 0(\.0+)? credited of 1000", broken(4)[0])
    assert broken(11) == ["series CN-2026: 2 documents, numbers 1 to 2"]


def test_a_credit_note_says_which_error_it_makes_good(shop):
    number = shop.sold((shop.rail, 10, "100"))

    assert shop.credits(number, amounts={1: 50}, fault=Fault("mood"))[1].code == "unknown_error_kind"
    assert not CreditNote.objects.exists()
    assert shop.credits(number, amounts={1: 50}, fault=Fault("quantity")) == ("CN-2026-000001", None)
    assert list(Correction.objects.values_list("kind", "found_at")) == [("quantity", "after_sales")]
