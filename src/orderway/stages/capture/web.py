"""The page on which an order is entered: lines with item search and the price of the customer's list; what is wrong is said at its field.

Judges nothing: `rules` does, asked by `actions.place`, the same as for the API and files.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Q
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from orderway.engine.refusals import Refusal
from orderway.masterdata.models import Customer, Item
from orderway.orders import asking
from orderway.orders.actor import Actor
from orderway.orders.completion import Completion
from orderway.pages import languages, refusing
from orderway.pages.act_forms import ActForm, Sent, register_form
from orderway.pages.guarding import needs
from orderway.pages.templatetags.ow import said
from orderway.releases.models import Version
from orderway.releases.publishing import program_of
from orderway.stages.capture import actions, queries, rules
from orderway.stages.capture.rules import LineDraft, OrderDraft, Problem

EMPTY_LINES = 3
MOST_LINES_OF_FORM = 500
SUGGESTED = 20
CONFLICT, UNPROCESSABLE = 409, 422
HEAD = ("customer", "customer_po", "requested_on", "discount_percent", "note", "standard")
CELLS = ("sku", "quantity", "unit_price", "discount_percent")

SENTENCES = {
    "unknown_customer": gettext_lazy("There is no such customer. Choose one of the list, or have the customer entered first."),
    "customer_closed": gettext_lazy("This customer is closed. Choose another, or have it opened again."),
    "unknown_standard": gettext_lazy("This standard is not in force. Choose another."),
    "which_standard": gettext_lazy("Several standards are in force. Choose the one that this order runs on."),
    "no_standard": gettext_lazy("No standard is in force. Have one released first."),
    "too_long": gettext_lazy("This is too long. Enter the number alone."),
    "other_currency": gettext_lazy("This is not the customer's currency. Enter prices in the customer's currency."),
    "bad_discount": gettext_lazy("This is no discount. Enter 0 to 100."),
    "no_lines": gettext_lazy("The order has no lines. Enter at least one item with its quantity."),
    "too_many_lines": gettext_lazy("The order has too many lines. Divide it into several orders."),
    "unknown_item": gettext_lazy("There is no such item. Copy the item number from the customer's document, or have the item entered."),
    "item_closed": gettext_lazy("This item is closed. Offer its successor, or have it opened again."),
    "no_price": gettext_lazy("No price is known for this item. Enter the price that was agreed."),
    "quantity_not_positive": gettext_lazy("This is no quantity. Enter one above 0; what comes back is a return."),
    "absurd_quantity": gettext_lazy("This is more than anybody orders. Check the number."),
    "too_many_decimals": gettext_lazy("This has too many decimals. Round it."),
    "negative_price": gettext_lazy("This is no price. Enter 0 or more; a credit note gives money back."),
    "absurd_price": gettext_lazy("This is more than anything costs. Check the number."),
    "not_a_number": gettext_lazy("This is no number. Write it like 1234.50."),
    "not_a_date": gettext_lazy("This is no day of the calendar. Write it like 2026-03-31."),
}


@needs("order.place")
@require_http_methods(["GET", "POST"])
def new_order(request: HttpRequest) -> HttpResponse:
    """The empty form, or the order that was sent: placed, or shown again with what is wrong."""
    if request.method != "POST":
        return _form(request, {}, ["" for _line in range(EMPTY_LINES)], [], "")
    draft, wrong = draft_of(request.POST)
    if wrong:
        return _again(request, wrong)
    outcome = actions.place([draft], actor=asking.actor_of(request), now=asking.now())[0]
    if outcome.problems:
        return _again(request, _at_rows(list(outcome.problems), request.POST))
    if outcome.refusal is not None and outcome.state == "refused":
        return _again(request, [], refusing.sentence(outcome.refusal), CONFLICT)
    answer = redirect("order", outcome.number)
    answer.set_cookie("ow_placed", outcome.number, max_age=60, samesite="Lax", secure=request.is_secure())  # the page forgets its draft
    return answer


def draft_of(fields: QueryDict) -> tuple[OrderDraft, list[Problem]]:
    """The draft of a form and what could not be read of it. Rows that are empty are no lines."""
    wrong: list[Problem] = []
    lines = []
    for row in _rows(fields):
        where = f"lines[{row}]"
        cells = {cell: fields.get(f"{where}.{cell}", "").strip() for cell in CELLS}
        lines.append(
            LineDraft(
                sku=cells["sku"],
                quantity=_number(cells["quantity"], f"{where}.quantity", wrong),
                unit_price=_number(cells["unit_price"], f"{where}.unit_price", wrong) if cells["unit_price"] else None,
                discount_percent=_number(cells["discount_percent"] or "0", f"{where}.discount_percent", wrong),
            )
        )
    wanted = fields.get("requested_on", "").strip()
    draft = OrderDraft(
        customer=_key(fields.get("customer", "")),
        lines=tuple(lines),
        customer_po=fields.get("customer_po", "").strip(),
        standard=fields.get("standard", ""),
        requested_on=_day(wanted, wrong) if wanted else None,
        discount_percent=_number(fields.get("discount_percent", "").strip() or "0", "discount_percent", wrong),
        note=fields.get("note", "").strip()[:2000],
    )
    return draft, wrong


@needs("master.read")
@require_safe
def customers(request: HttpRequest) -> HttpResponse:
    """Customers whose key or name holds the words, as choices."""
    words = request.GET.get("customer", "").strip()
    found = Customer.objects.filter(active=True).filter(Q(key__icontains=words) | Q(name__icontains=words))[:SUGGESTED] if words else []
    return render(request, "capture/choices.html", {"choices": [(customer.key, customer.name) for customer in found]})


@needs("master.read")
@require_safe
def items(request: HttpRequest) -> HttpResponse:
    """Items whose number or name holds the words, as choices."""
    words = next((_text(request.GET, name) for name in request.GET if name.endswith(".sku")), "")
    by_name = Q(name__icontains=words) | Q(**{f"names__{languages.tag()}__icontains": words})
    found = Item.objects.filter(active=True).filter(Q(sku__icontains=words) | by_name)[:SUGGESTED] if words else []
    return render(request, "capture/choices.html", {"choices": [(item.sku, item.names.get(languages.tag(), item.name)) for item in found]})


@needs("master.read")
@require_safe
def line(request: HttpRequest) -> HttpResponse:
    """What a line would be: the item's name and the price that the customer's list proposes."""
    row = next(iter(_rows(request.GET)), None)
    sku = request.GET.get(f"lines[{row}].sku", "").strip()
    item = Item.objects.filter(sku=sku).first() if sku else None
    if item is None:
        return render(request, "capture/line.html", {"unknown": bool(sku)})
    quantity = rules.number(request.GET.get(f"lines[{row}].quantity", "") or "1", "quantity")
    customer = Customer.objects.filter(key=_key(request.GET.get("customer", ""))).first()
    wanted = LineDraft(sku, quantity if isinstance(quantity, Decimal) else Decimal(1))
    price = queries.proposed_prices(customer.key, [wanted], now=asking.now())[0] if customer else None
    context = {"name": item.names.get(languages.tag(), item.name), "price": price, "currency": customer.currency if customer else ""}
    return render(request, "capture/line.html", context)


def enter(place: str, sent: Sent, *, completion: Completion, actor: Actor, now: datetime) -> Mapping[str, Refusal]:
    """Complete the stage of an order that was entered."""
    return actions.enter([place], actor=actor, now=now, brings={place: completion})


def register() -> None:
    """Fill the list of forms."""
    register_form(ActForm("capture.enter", enter, gettext_lazy("Order is complete")))


urlpatterns = [
    path("new", new_order, name="new_order"),
    path("customers", customers, name="capture_customers"),
    path("items", items, name="capture_items"),
    path("line", line, name="capture_line"),
]


# --- the form -----------------------------------------------------------------------------------------------------------------


def _again(request: HttpRequest, problems: list[Problem], sentence: str = "", status: int = UNPROCESSABLE) -> HttpResponse:
    rows = [str(row) for row in range(max([*_rows(request.POST), EMPTY_LINES - 1]) + 1)]
    return _form(request, request.POST, rows, problems, sentence, status)


def _form(
    request: HttpRequest, sent: Mapping[str, str], rows: list[str], problems: list[Problem], sentence: str, status: int = 200
) -> HttpResponse:
    errors = {problem.field: SENTENCES.get(problem.code, f"{problem.message} {problem.remedy}") for problem in problems}
    lines = [
        {
            "n": row,
            "cells": {cell: sent.get(f"lines[{row}].{cell}", "") for cell in CELLS},
            "errors": {cell: errors.get(f"lines[{row}].{cell}", "") for cell in CELLS},
        }
        for row in range(len(rows))
    ]
    versions = Version.objects.filter(status=Version.Status.EFFECTIVE).only("standard_id", "content_hash", "version")
    titles = {version.pk: program_of(version.pk, version.content_hash).standard.title for version in versions}
    context = {
        "sent": {name: sent.get(name, "") for name in HEAD},
        "errors": {name: errors.get(name, "") for name in (*HEAD, "lines", "currency")},
        "lines": lines,
        "refused": sentence,
        "count": len(errors),
        "first_error": next(iter(errors), ""),
        "standards": [(version.standard_id, f"{said(titles[version.pk])} {version.version}") for version in versions],
    }
    return render(request, "capture/new_order.html", context, status=status)


def _rows(fields: QueryDict) -> list[int]:
    """The numbers of rows that hold anything."""
    rows = set()
    for name in fields:
        if name.startswith("lines[") and _text(fields, name):
            number = name.removeprefix("lines[").partition("]")[0]
            if number.isdecimal() and int(number) < MOST_LINES_OF_FORM:
                rows.add(int(number))
    return sorted(rows)


def _at_rows(problems: list[Problem], fields: QueryDict) -> list[Problem]:
    """Problems count lines without the empty rows of the form: back to the row where the person typed."""
    rows = dict(enumerate(_rows(fields)))
    moved = []
    for problem in problems:
        number, bracket, rest = problem.field.removeprefix("lines[").partition("]")
        at_row = bracket and problem.field.startswith("lines[") and number.isdecimal()
        field = f"lines[{rows.get(int(number), int(number))}]{rest}" if at_row else problem.field
        moved.append(Problem(field, problem.code, problem.message, problem.remedy))
    return moved


def _text(fields: QueryDict, name: str) -> str:
    value = fields.get(name, "")
    return value.strip() if isinstance(value, str) else ""


def _number(text: str, where: str, wrong: list[Problem]) -> Decimal:
    value = rules.number(text, where)
    if isinstance(value, Problem):
        wrong.append(value)
        return Decimal(0)
    return value


def _day(text: str, wrong: list[Problem]) -> date | None:
    value = rules.day(text, "requested_on")
    if isinstance(value, Problem):
        wrong.append(value)
        return None
    return value


def _key(text: str) -> str:
    """The key of a customer as it was chosen: ``C001`` or ``C001 · Name``."""
    return text.partition(" · ")[0].strip()
