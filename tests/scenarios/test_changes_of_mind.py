"""A working day on which Dan changes his mind: amended, cut down, divided, held, and sent again, with everybody's name on the record.

The business content of amendments, cancelled lines and credit limits as other systems test it; where we differ stands in
`decisions/2026-11-28-what-a-change-may-touch.md`.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import translation

from orderway.orders import blast_radius, changes, dividing, documents, exposure, line_ledger
from orderway.orders.changes import OrderChange
from orderway.orders.dividing import Division
from orderway.orders.models import Amendment, Delivery, Hold, Order, StoredDocument
from orderway.orders.ordered import Difference, LinePart
from orderway.pages import printing
from orderway.releases.publishing import program_of
from orderway.stages.capture import actions as capture
from orderway.stages.capture import amending, editing, papers
from orderway.stages.capture.models import AmendmentProposal
from orderway.stages.capture.rules import LineDraft, OrderDraft, OrderEdit
from orderway.stages.supply import actions as supply
from orderway.stages.supply.models import SupplyLine
from orderway.web import change_view, order_view
from scenarios import company
from scenarios.company import AnOrder, D


def row_of(order) -> Order:
    return Order.objects.select_related("version", "customer").get(number=order.number)


def divides(shop, order, quantities, *, who="alice", on=None):
    """Alice makes an order of its own of so much of these lines; gives it, or the refusal."""
    lines = {order.line(position).pk: D(str(quantity)) for position, quantity in quantities.items()}
    by = company.Someone(shop, who).doing
    done = dividing.divide({order.number: Division(lines, on)}, reason="Dan wants a part later", **by)
    return AnOrder(shop, done.numbers[order.number]) if done.numbers else next(iter(done.refused.values()))


def reviewed(shop, lines=(("RAIL", 10),), **fields):
    """An order that Bob has passed, signed by Mary, whose deliveries are to be planned."""
    order = shop.an_order(lines, **fields)
    assert shop.alice.enters(order) is None
    assert shop.bob.reviews(order) is None
    if "review" in order.open_stages:
        assert shop.mary.signs(order) is None
    return order


def test_an_amendment_after_confirmation_gets_a_revision_keeps_agreed_prices_and_is_reviewed_again(shop):
    order = reviewed(shop, (("RAIL", 10), ("SCREW", 4)))
    assert (row_of(order).total, order.open_stages) == (D(1200), ["delivery_planning"])
    shop.rail.list_price = D(150)
    shop.rail.save()

    assert shop.alice.changes(order, 1, 8) is None

    assert (row_of(order).total, order.open_stages) == (D(1000), ["review"])
    document = Amendment.objects.get(order__number=order.number)
    assert (document.revision, document.total_before, document.total_after) == (1, D(1200), D(1000))
    assert shop.bob.reviews(order) is None


def test_a_signature_given_before_an_amendment_is_void(shop):
    order = shop.an_order()
    shop.alice.enters(order)
    shop.bob.reviews(order)
    assert blast_radius.of_change(row_of(order), OrderChange({order.line(1).pk: D(11)})).voided == 1

    assert shop.alice.changes(order, 1, 11) is None

    assert not order_waits_for_signature(order)
    assert shop.mary.signs(order).code == "not_open"


def test_the_total_of_an_order_and_of_its_confirmation_is_rounded_as_the_company_rounds_its_invoices(shop):
    company.Company.objects.update(rounding="half_even")
    draft = OrderDraft(customer="DAN", lines=(LineDraft("RAIL", D(1), unit_price=D("0.125")),), standard="make-to-order")
    (placed,) = capture.place([draft], actor=company.Someone(shop, "alice").actor, now=shop.now)
    even = AnOrder(shop, placed.number)
    assert (row_of(even).total, confirmed_total(shop, even)) == (D("0.12"), "0.12")  # half-up would be 0.13

    assert shop.alice.changes(even, 1, 3) is None  # 0.375
    assert row_of(even).total == D("0.38")
    assert exposure.gross([row_of(even).pk])[row_of(even).pk] == D("0.43")  # 0.38 and 0.04875 of tax
    company.Company.objects.update(rounding="down")
    assert shop.alice.changes(even, 1, 5) is None  # 0.625
    assert (row_of(even).total, confirmations(even)[-1].data["total"]) == (D("0.62"), "0.62")


def confirmed_total(shop, order) -> str:
    assert shop.alice.enters(order) is None
    return confirmations(order)[-1].data["total"]


def confirmations(order) -> list[StoredDocument]:
    return list(StoredDocument.objects.filter(order__number=order.number, kind="order_form").order_by("id"))


def test_a_change_makes_a_new_confirmation_that_says_what_changed_and_the_old_one_says_that_it_is_superseded(shop):
    order = reviewed(shop, (("RAIL", 10), ("SCREW", 4)))

    assert shop.alice.changes(order, 1, 8) is None

    old, new = confirmations(order)
    assert (old.data.get("revision"), new.data["revision"], new.name) == (None, 1, f"{order.number}-order_form-r1.pdf")
    with translation.override("en"):
        paper = papers.order_form(new.data)
        assert ("Revision", "1") in paper.facts
        assert [row[3] for row in paper.rows] == ["8 pcs", "4 pcs"]
        assert paper.notes[1:] == ["Line 1, RAIL: quantity 10 → 8"]
    assert documents.content(old, template="order_form", language="en") != documents.content(new, template="order_form", language="en")
    shown = order_view.papers_of(row_of(order), program_of(row_of(order).version_id))
    assert [(one.stored, one.superseded) for one in shown if one.stored in (old, new)] == [(old, True), (new, False)]


def test_the_face_of_a_superseded_confirmation_names_the_day_of_the_newer_one(shop):
    order = reviewed(shop)
    assert shop.alice.changes(order, 1, 8) is None
    old, new = confirmations(order)

    with translation.override("en"):
        said = papers.order_form(documents.with_what_replaced_it(old)).notes
        assert said == [f"Superseded by a newer confirmation of {printing.day(new.made_at.date())}."]
        assert documents.with_what_replaced_it(new) == new.data


def test_an_order_that_was_not_confirmed_yet_and_one_that_is_cancelled_as_a_whole_get_no_new_confirmation(shop):
    early = shop.an_order()
    assert shop.alice.changes(early, 1, 8) is None
    assert confirmations(early) == []
    late = reviewed(shop)
    by = company.Someone(shop, "mary").doing
    assert changes.cancel([late.number], reason="Dan wants nothing", **by) == {}
    assert len(confirmations(late)) == 1


def test_a_part_that_is_divided_off_and_its_whole_are_each_confirmed_as_they_are(shop):
    order = reviewed(shop, (("RAIL", 10), ("SCREW", 4)))

    part = divides(shop, order, {1: 4})

    whole, its = confirmations(order)[-1], confirmations(part)[-1]
    assert [(line["sku"], line["quantity"]) for line in whole.data["lines"]] == [("RAIL", "6"), ("SCREW", "4")]
    assert (whole.data["revision"], its.data["number"], its.data.get("revision")) == (1, part.number, None)
    assert [(line["sku"], line["quantity"]) for line in its.data["lines"]] == [("RAIL", "4")]


def order_waits_for_signature(order) -> bool:
    return company.WorkItem.objects.filter(order__number=order.number, kind="approval", state="open").exists()


def test_credit_is_checked_again_when_an_amendment_makes_the_order_larger(shop):
    shop.dan.credit_limit = D(2000)
    shop.dan.save()
    order = reviewed(shop)
    assert exposure.of_customers([shop.dan.pk])[shop.dan.pk].total == D(1130)
    preview = blast_radius.of_change(row_of(order), OrderChange({order.line(1).pk: D(20)}))
    assert (preview.credit.gross, preview.credit.left, preview.credit.exceeded, preview.credit.judged) == (D(2260), D(2000), True, True)

    assert shop.alice.changes(order, 1, 20) is None

    assert exposure.of_customers([shop.dan.pk])[shop.dan.pk].total == D(1130)  # what is added counts when it was judged
    assert shop.bob.reviews(order).code == "criterion_blocks"
    assert shop.alice.changes(order, 1, 5) is None
    assert exposure.of_customers([shop.dan.pk])[shop.dan.pk].total == D(565)  # what is taken off is free at once
    assert shop.bob.reviews(order) is None


def test_a_part_of_an_order_becomes_an_order_of_its_own_under_the_same_eyes(shop):
    order = reviewed(shop, (("RAIL", 10), ("SCREW", 4)))

    part = divides(shop, order, {1: 4}, on=date(2026, 4, 1))

    mine, its = row_of(order), row_of(part)
    assert (mine.total, its.total, its.requested_on, its.divided_from_id) == (D(800), D(400), date(2026, 4, 1), mine.pk)
    assert its.version_id == mine.version_id
    assert (order.open_stages, part.open_stages) == (["delivery_planning"], ["review"])
    assert line_ledger.sums_of_orders([mine.pk])[mine.pk][order.line(1).pk].open == 6
    assert exposure.of_customers([shop.dan.pk])[shop.dan.pk].total == D("1356.00")
    refused = company.review.decide([part.number], brings={part.number: findings()}, **company.Someone(shop, "alice").doing)
    assert refused[part.number].code in ("not_allowed", "barred_by_segregation")
    assert shop.bob.reviews(part) is None
    assert [one.kind for one in Amendment.objects.order_by("pk")] == ["divide", "divide"]


def findings():
    return company.Completion(findings=dict.fromkeys(("accuracy", "price_terms", "feasible"), True), evidence={"compare": "yes"})


def test_dividing_an_order_defeats_no_approval_limit(shop):
    reviewed(shop)  # Dan is no new customer any more
    large = shop.an_order((("RAIL", 297),))
    assert shop.alice.enters(large) is None
    first = divides(shop, large, {1: 99})
    second = divides(shop, large, {1: 99})
    assert [row_of(each).total for each in (large, first, second)] == [D(9900)] * 3

    for each in (large, first, second):
        assert shop.bob.reviews(each) is None
        assert order_waits_for_signature(each), "each of them is below 20,000, all together are 29,700"


def test_an_order_cannot_be_divided_into_nothing_and_something(shop):
    order = reviewed(shop)

    assert divides(shop, order, {1: 10}).code == "nothing_stays"
    assert divides(shop, order, {1: 11}).code == "not_open_to_cancel"
    assert divides(shop, order, {1: 3}, who="bob").code == "not_allowed"


def test_a_corrected_day_of_the_order_is_the_day_of_its_lines(shop):
    order = shop.an_order((("RAIL", 10), ("SCREW", 4)), requested_on=date(2026, 3, 20))
    edit = OrderEdit(requested_on=date(2026, 4, 20))

    assert not editing.edit({order.number: edit}, **company.Someone(shop, "alice").doing)

    assert [order.line(position).requested_on for position in (1, 2)] == [date(2026, 4, 20)] * 2


@pytest.mark.parametrize("corrected", [5, 8, 0])
def test_a_line_of_which_a_part_was_cancelled_is_corrected_and_its_row_says_what_was_ordered(shop, corrected):
    """An order whose line said 13 where its moves said 19 ordered and 6 cancelled: a correction had forgotten what was cancelled."""
    order = reviewed(shop, (("RAIL", 19), ("SCREW", 4)))
    assert shop.alice.changes(order, 1, 13) is None
    assert shop.bob.reviews(order, accuracy=False) is None

    assert shop.alice.corrects(order, 1, corrected) is None

    sums, line = order.sums(), order.line()
    assert line.quantity == sums.quantity("ordered")
    assert line.amount == sums.amount("ordered") == line.quantity * 100
    assert sums.open == corrected
    assert row_of(order).total == corrected * 100 + 200


def moves(shop, order, position, quantity, on, *, who="alice", seen=""):
    """Dan wants so much of a line on another day; gives the refusal, or None."""
    part = LinePart(order.line(position).pk, D(str(quantity)), on)
    by = company.Someone(shop, who)
    refused = changes.change({order.number: OrderChange(moved=(part,))}, reason="Dan called", seen={order.number: seen}, **by.doing)
    return by._said(order, refused)


def planned_for(order):
    """By delivery that was not withdrawn: the day, and how much of which line it carries."""
    rows = Delivery.objects.filter(order__number=order.number).exclude(state="withdrawn").prefetch_related("lines__line").order_by("number")
    return {one.number: (one.planned_on, {line.line.position: line.quantity for line in one.lines.all() if line.quantity}) for one in rows}


def test_a_part_of_a_line_goes_to_another_day_in_the_same_order_and_has_its_own_delivery(shop):
    shop.on_hand("RAIL", 10)
    order = shop.an_order((("RAIL", 10), ("SCREW", 4)), requested_on=date(2026, 3, 20)).at("purchasing")
    assert planned_for(order) == {1: (date(2026, 3, 20), {1: 10}), 2: (date(2026, 3, 20), {2: 4})}
    total = row_of(order).total
    wish = OrderChange(moved=(LinePart(order.line(1).pk, D(4), date(2026, 5, 4)),))
    preview = blast_radius.of_change(row_of(order), wish)
    assert preview.refusal is None
    assert preview.goes_back_to == ("review",)
    assert "Delivery 1, planned for 2026-03-20, becomes smaller or ends: 4 x RAIL less" in [one.text for one in preview.consequences]

    assert moves(shop, order, 1, 4, date(2026, 5, 4), seen=preview.stamp) is None

    first, part = order.line(1), order.line(3)
    assert (first.quantity, part.quantity, part.item_id, part.unit_price) == (6, 4, first.item_id, first.unit_price)
    assert (first.amount + part.amount, row_of(order).total) == (D(1000), total)
    assert (order.sums(1).quantity("ordered"), order.sums(1).quantity("cancelled"), order.sums(3).quantity("ordered")) == (6, 0, 4)
    order.at("picking")
    assert planned_for(order) == {
        1: (date(2026, 3, 20), {1: 6}),
        2: (date(2026, 3, 20), {2: 4}),
        3: (date(2026, 5, 4), {3: 4}),
    }
    assert order.sums(3).quantity("reserved") == 4
    order.to_its_end()
    assert [order.sums(position).quantity("shipped") for position in (1, 2, 3)] == [6, 4, 4]
    assert sum(total for _, total in order.invoices) == D("1356.00")


def test_what_a_supplier_has_been_asked_for_serves_a_part_that_goes_to_another_day_too(shop):
    order = shop.an_order((("SCREW", 10),), requested_on=date(2026, 3, 20)).at("purchasing")
    shop.carol.has_bought(order)

    assert moves(shop, order, 1, 4, date(2026, 5, 4)) is None
    order.at("purchasing")
    assert ("purchasing", "leftover", "carol") in order.open_work, "the supplier has the order for ten: Carol asks for four of them later"
    assert shop.carol.settles(order, "purchasing") is None
    assert planned_for(order) == {1: (date(2026, 3, 20), {1: 6}), 2: (date(2026, 5, 4), {2: 4})}
    for place in (f"{order.number}/1", f"{order.number}/2"):
        supply.purchase([place], **company.Someone(shop, "carol").doing)
    for number in shop.supply_orders():
        shop.carol.receives(number)
    assert SupplyLine.objects.get().quantity == 10, "what is on its way serves the part too: nothing is bought twice"
    order.to_its_end()

    assert [order.sums(position).quantity("shipped") for position in (1, 2)] == [6, 4]


def test_a_preview_promises_nobody_a_task_for_an_invoice_that_bills_what_was_delivered(shop):
    shop.on_hand("RAIL", 3)
    order = shop.an_order((("RAIL", 10),)).at("production")
    shop.carol.picks(order, place=f"{order.number}/1")
    shop.carol.hands_over(order, place=f"{order.number}/1")
    if not order.invoices:
        shop.bob.bills(order)

    preview = blast_radius.of_change(row_of(order), OrderChange({order.line(1).pk: D(5)}))

    (invoice,) = [one for one in preview.consequences if one.act == "invoicing.issue"]
    assert invoice.text == f"Invoice {invoice.reference} was issued and stays: it bills what was delivered."
    assert not [one for one in preview.leftovers if one.act == "invoicing.issue"]


def test_the_document_of_the_change_says_which_part_of_which_line_goes_to_which_day(shop):
    order = reviewed(shop)

    moves(shop, order, 1, 4, date(2026, 5, 4))

    document = Amendment.objects.get(order__number=order.number)
    assert [change_view.difference_text(Difference(**one)) for one in document.differences] == [
        "Line 1, RAIL: quantity 10 → 6",
        "Line 2, RAIL: 4 of line 1, wanted on 2026-05-04",
    ]
    assert (document.total_before, document.total_after) == (D(1000), D(1000))


def test_the_credit_that_an_order_uses_stays_the_same_when_a_part_goes_to_another_day(shop):
    order = reviewed(shop)
    before = exposure.of_customers([shop.dan.pk])[shop.dan.pk].total

    moves(shop, order, 1, 4, date(2026, 5, 4))

    assert exposure.of_customers([shop.dan.pk])[shop.dan.pk].total == before == 1130


@pytest.mark.parametrize(
    ("quantity", "day", "who", "code"),
    [
        (10, date(2026, 5, 4), "alice", "whole_line_moves"),
        (11, date(2026, 5, 4), "alice", "part_not_there"),
        (0, date(2026, 5, 4), "alice", "bad_figure"),
        (-1, date(2026, 5, 4), "alice", "bad_figure"),
        (4, date(2026, 3, 20), "alice", "same_day"),
        (4, date(2026, 5, 4), "bob", "not_allowed"),
        (4, date(2026, 5, 4), "eve", "not_allowed"),
    ],
)
def test_a_part_that_cannot_go_to_another_day_is_refused_in_words(shop, quantity, day, who, code):
    order = reviewed(shop, requested_on=date(2026, 3, 20))

    assert moves(shop, order, 1, quantity, day, who=who).code == code

    assert order.line(1).quantity == 10
    assert not Amendment.objects.exists()


def test_what_has_left_stays_where_it_is_and_the_rest_may_go_to_another_day(shop):
    shop.on_hand("RAIL", 3)
    order = shop.an_order((("RAIL", 10),)).at("production")
    shop.carol.picks(order, place=f"{order.number}/1")
    shop.carol.hands_over(order, place=f"{order.number}/1")

    assert moves(shop, order, 1, 8, date(2026, 5, 4)).code == "part_not_there"
    assert moves(shop, order, 1, 7, date(2026, 5, 4)) is None

    assert (order.line(1).quantity, order.sums(1).open, order.sums(2).open) == (3, 0, 7)
    for leftover in ("production", "purchasing"):
        if leftover in order.open_stages and ("leftover" in [kind for stage, kind, _ in order.open_work if stage == leftover]):
            shop.carol.settles(order, leftover)
    order.to_its_end()
    assert (order.sums(1).quantity("shipped"), order.sums(2).quantity("shipped")) == (3, 7)


def test_when_the_whole_order_goes_to_another_day_its_deliveries_go_along(shop):
    shop.on_hand("RAIL", 10)
    order = shop.an_order((("RAIL", 10),), requested_on=date(2026, 3, 20)).at("picking")
    by = company.Someone(shop, "alice")

    by._said(order, changes.change({order.number: OrderChange(requested_on=date(2026, 4, 20))}, reason="Dan called", **by.doing))
    order.at("picking")

    assert (order.line(1).requested_on, planned_for(order)) == (date(2026, 4, 20), {1: (date(2026, 4, 20), {1: 10})})
    (document,) = Amendment.objects.filter(order__number=order.number)
    assert [one["position"] for one in document.differences] == [0], "the line goes along without a word of its own"


def test_lines_that_are_wanted_on_different_days_go_out_apart_and_the_confirmation_says_so(shop):
    for sku in ("RAIL", "SCREW"):
        shop.on_hand(sku, 10)
    lines = (LineDraft("RAIL", D(10)), LineDraft("SCREW", D(4), requested_on=date(2026, 5, 4)))
    draft = OrderDraft(customer="DAN", lines=lines, standard="make-to-order", requested_on=date(2026, 3, 20))
    (outcome,) = capture.place([draft], actor=company.Someone(shop, "alice").actor, now=shop.now)

    order = AnOrder(shop, outcome.number).at("picking")

    assert planned_for(order) == {1: (date(2026, 3, 20), {1: 10}), 2: (date(2026, 5, 4), {2: 4})}
    form = StoredDocument.objects.get(order__number=order.number, kind="order_form")
    assert [line.get("requested_on") for line in form.data["lines"]] == [None, "2026-05-04"]
    with translation.override("en"):
        said = [row[2] for row in papers.order_form(form.data).rows]
    assert said == ["Rail", "Screw (wanted on 4 May 2026)"]


def test_several_holds_stand_each_with_its_owner_and_one_lifts_itself(shop):
    order = reviewed(shop)

    assert shop.bob.holds(order, "credit") is None
    assert shop.alice.holds(order, "customer") is None
    assert shop.carol.plans(order).code == "held"
    assert shop.alice.lifts(order, "credit").code == "not_allowed"
    until = Hold.objects.get(type="credit").expires_at
    assert Hold.objects.get(type="customer").expires_at is None

    shop.time_is(until - timedelta(minutes=1))
    assert Hold.objects.filter(lifted_at__isnull=True).count() == 2
    shop.time_is(until + timedelta(minutes=1))
    lifted = Hold.objects.get(lifted_at__isnull=False)
    assert (lifted.type, lifted.lifted_by) == ("credit", "system")
    assert shop.carol.plans(order).code == "held"
    assert shop.alice.lifts(order, "customer") is None
    assert shop.carol.plans(order) is None


def sent_again(shop, quantity, price=None):
    lines = (LineDraft("RAIL", D(10)), LineDraft("SCREW", D(quantity), price))
    draft = OrderDraft(customer="DAN", lines=lines, standard="make-to-order", customer_po="PO-12", channel="edi")
    (outcome,) = capture.place([draft], actor=company.Someone(shop, "alice").actor, now=shop.now)
    return outcome


@pytest.fixture
def proposed(shop):
    """An order of ten rails that came again with four screws, and the proposal that waits."""
    draft = OrderDraft(customer="DAN", lines=(LineDraft("RAIL", D(10)),), standard="make-to-order", customer_po="PO-12", channel="edi")
    (outcome,) = capture.place([draft], actor=company.Someone(shop, "alice").actor, now=shop.now)
    assert sent_again(shop, 4).state == "amendment"
    return AnOrder(shop, outcome.number), AmendmentProposal.objects.get()


def test_a_purchase_order_that_came_again_is_accepted_as_an_amendment(shop, proposed):
    order, proposal = proposed
    assert shop.alice.enters(order) is None
    wish = amending.change_of(row_of(order), amending.edit_of(proposal), now=shop.now)
    preview = blast_radius.of_change(row_of(order), wish, settles=True)
    assert [(one.what, one.after) for one in preview.differences] == [("added", "4 x 50")]

    assert amending.accept(proposal.pk, reason="Dan confirmed", seen=preview.stamp, **company.Someone(shop, "alice").doing) is None

    proposal.refresh_from_db()
    assert (proposal.state, proposal.settled_by, row_of(order).total) == ("applied", "alice", Decimal(1200))
    assert Amendment.objects.get().requested_by == "edi: alice"


def test_a_change_that_arrives_while_another_waits_is_refused_with_both_names(shop, proposed):
    order, proposal = proposed

    refused = shop.alice.changes(order, 1, 8)

    assert refused.code == "change_waits"
    assert Amendment.objects.get().met == "Alice"
    amending.reject(proposal.pk, reason="sent by mistake", **company.Someone(shop, "alice").doing)
    assert shop.alice.changes(order, 1, 8) is None
