"""Reads what a person has entered to change, cancel or divide an order. Judges nothing: capture's rules and the acts do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal

from django.http import QueryDict

from orderway.orders.dividing import Division
from orderway.orders.ordered import LineState, Ordered
from orderway.stages.capture import rules
from orderway.stages.capture.actions import DraftRefused
from orderway.stages.capture.rules import LineEdit, OrderEdit, PartEdit, Problem
from orderway.stages.capture.web import draft_of

ZERO = Decimal(0)
WHOLE, SAME_ORDER = "whole", "same"


def edit_of(fields: QueryDict, ordered: Ordered) -> OrderEdit:
    """What is to be different, by position; raises DraftRefused naming what cannot be read. What was left as it is is not named."""
    wrong: list[Problem] = []
    draft, problems = draft_of(fields)
    wrong += [problem for problem in problems if problem.field.startswith("lines[")]
    edits = [edit for line in ordered.lines.values() if (edit := _line_edit(fields, line, wrong)) != LineEdit(line.position)]
    discount = _number(fields, "discount", wrong)
    requested = _day(fields, "requested_on", wrong)
    if wrong:
        raise DraftRefused(problems=wrong)
    return OrderEdit(
        lines=tuple(edits),
        added=tuple(replace(line, requested_on=None) for line in draft.lines),
        discount_percent=discount if discount != ordered.head.discount_percent else None,
        requested_on=requested if requested != ordered.head.requested_on else None,
    )


def _line_edit(fields: QueryDict, line: LineState, wrong: list[Problem]) -> LineEdit:
    quantity = _number(fields, f"quantity.{line.position}", wrong)
    price = _number(fields, f"price.{line.position}", wrong)
    day = _day(fields, f"date.{line.position}", wrong)
    return LineEdit(
        line.position,
        quantity=quantity if quantity != line.wanted else None,
        unit_price=price if price != line.unit_price else None,
        requested_on=day if day != line.requested_on else None,
    )


def quantities_of(fields: QueryDict, ordered: Ordered) -> dict[int, Decimal]:
    """So much of these lines, by line id; raises DraftRefused naming what cannot be read."""
    wrong: list[Problem] = []
    named = {line.line_id: _number(fields, f"quantity.{line.position}", wrong) for line in ordered.lines.values()}
    if wrong:
        raise DraftRefused(problems=wrong)
    return {line: quantity for line, quantity in named.items() if quantity}


def division_of(fields: QueryDict, ordered: Ordered) -> Division:
    """What becomes an order of its own; raises DraftRefused naming what cannot be read."""
    return Division(quantities_of(fields, ordered), day_of(fields, "new_date"))


def moved_of(fields: QueryDict, ordered: Ordered) -> list[PartEdit]:
    """Parts of lines for another day; raises DraftRefused naming what cannot be read, or that there is no day."""
    day = day_of(fields, "new_date")
    if day is None:
        no_day = Problem("new_date", "no_day", "No day was entered.", "Enter the day on which the customer wants the part.")
        raise DraftRefused(problems=[no_day])
    quantities = quantities_of(fields, ordered)
    return [PartEdit(ordered.lines[line].position, quantity, day) for line, quantity in quantities.items()]


def day_of(fields: QueryDict, name: str) -> date | None:
    """A day, None if there is none; raises DraftRefused if it cannot be read."""
    wrong: list[Problem] = []
    day = _day(fields, name, wrong)
    if wrong:
        raise DraftRefused(problems=wrong)
    return day


def stays_in_order(fields: QueryDict) -> bool:
    """Whether the part stays in its order, on another day."""
    return fields.get("into", "") == SAME_ORDER


def wish_text(fields: QueryDict) -> str:
    """What was entered, as one text: a preview belongs to exactly this."""
    return "&".join(f"{name}={value}" for name, value in _entered(fields))


def _entered(fields: QueryDict) -> Iterator[tuple[str, str]]:
    for name in sorted(fields):
        if name.partition(".")[0] in (
            "quantity",
            "price",
            "date",
            "scope",
            "discount",
            "requested_on",
            "new_date",
            "into",
        ) or name.startswith("lines["):
            value = fields.get(name, "")
            if isinstance(value, str) and value.strip():
                yield name, value.strip()


def _number(fields: QueryDict, name: str, wrong: list[Problem]) -> Decimal | None:
    text = fields.get(name, "").strip()
    if not text:
        return None
    value = rules.number(text, name)
    if isinstance(value, Problem):
        wrong.append(value)
        return None
    return value


def _day(fields: QueryDict, name: str, wrong: list[Problem]) -> date | None:
    text = fields.get(name, "").strip()
    if not text:
        return None
    value = rules.day(text, name)
    if isinstance(value, Problem):
        wrong.append(value)
        return None
    return value
