"""How amounts of money are rounded, taxed and divided; every policy is a named object, its default the one of RULES.

Pure: knows neither orders nor documents, reads nothing, never touches a float.
"""

from __future__ import annotations

import calendar
import decimal
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from babel.numbers import get_currency_precision

ZERO = Decimal(0)
ONE = Decimal(1)
HUNDRED = Decimal(100)
# Quantities have up to 18 digits and prices 20; their products must stay exact until the one rounding (the default of 28 would not do).
EXACT = decimal.Context(prec=80, rounding=decimal.ROUND_HALF_EVEN)


# --- rounding --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Rounding:
    """A way to round, by name."""

    name: str
    mode: str

    def __call__(self, amount: Decimal, step: Decimal) -> Decimal:
        """`amount` rounded to a multiple of `step` (0.01, 1, 0.05)."""
        units = EXACT.divide(amount, step).quantize(ONE, rounding=self.mode, context=EXACT)
        return EXACT.multiply(units, step)


HALF_UP = Rounding("half_up", decimal.ROUND_HALF_UP)  # away from zero, so that a credit note mirrors its invoice
HALF_EVEN = Rounding("half_even", decimal.ROUND_HALF_EVEN)
UP = Rounding("up", decimal.ROUND_UP)
DOWN = Rounding("down", decimal.ROUND_DOWN)
ROUNDINGS = {rounding.name: rounding for rounding in (HALF_UP, HALF_EVEN, UP, DOWN)}


def minor_unit(currency: str) -> Decimal:
    """The smallest amount of a currency on a document: 0.01 EUR, 1 JPY, 0.001 KWD."""
    return ONE.scaleb(-get_currency_precision(currency))


def to_cash(amount: Decimal, step: Decimal, rounding: Rounding = HALF_UP) -> Decimal:
    """What is paid in cash where small coins are gone; the direction is the seller's policy."""
    return rounding(amount, step)


# --- tax -------------------------------------------------------------------------------------------------------------------


def tax_on(net: Decimal, rate_percent: Decimal, step: Decimal, rounding: Rounding = HALF_UP) -> Decimal:
    """The tax to add to a net amount."""
    return rounding(EXACT.divide(EXACT.multiply(net, rate_percent), HUNDRED), step)


def tax_within(gross: Decimal, rate_percent: Decimal, step: Decimal, rounding: Rounding = HALF_UP) -> Decimal:
    """The tax that a tax-inclusive amount contains."""
    return rounding(EXACT.divide(EXACT.multiply(gross, rate_percent), HUNDRED + rate_percent), step)


def split_tax(net: Decimal, rates_percent: Sequence[Decimal], step: Decimal, rounding: Rounding = HALF_UP) -> tuple[Decimal, ...]:
    """Several taxes on one amount: rounded once as a sum, then divided, so that the parts add up to what is charged."""
    total = tax_on(net, sum(rates_percent, ZERO), step, rounding)
    return shares(total, rates_percent, step)


@dataclass(frozen=True, slots=True)
class Taxable:
    """An amount of one line and its tax category; net or tax-inclusive as the document says."""

    category: str
    rate_percent: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class TaxRow:
    """One tax category of a document."""

    category: str
    rate_percent: Decimal
    net: Decimal
    tax: Decimal


@dataclass(frozen=True, slots=True)
class Totals:
    """The amounts at the foot of a document; `tax` is the sum of its rows, never computed beside them."""

    net: Decimal
    tax: Decimal
    gross: Decimal
    rows: tuple[TaxRow, ...]


def totals(amounts: Iterable[Taxable], *, prices_include_tax: bool, step: Decimal, rounding: Rounding = HALF_UP) -> Totals:
    """The totals of a document: tax per category on the sum of its amounts, categories by rate and name."""
    sums: dict[tuple[Decimal, str], Decimal] = {}
    for taxable in amounts:
        key = (taxable.rate_percent, taxable.category)
        sums[key] = sums.get(key, ZERO) + taxable.amount
    rows = tuple(_tax_row(category, rate, amount, prices_include_tax, step, rounding) for (rate, category), amount in sorted(sums.items()))
    net, tax = sum((row.net for row in rows), ZERO), sum((row.tax for row in rows), ZERO)
    return Totals(net, tax, net + tax, rows)


def _tax_row(category: str, rate: Decimal, amount: Decimal, included: bool, step: Decimal, rounding: Rounding) -> TaxRow:
    if included:
        tax = tax_within(amount, rate, step, rounding)
        return TaxRow(category, rate, amount - tax, tax)
    return TaxRow(category, rate, amount, tax_on(amount, rate, step, rounding))


# --- dividing --------------------------------------------------------------------------------------------------------------


def shares(total: Decimal, weights: Sequence[Decimal], step: Decimal) -> tuple[Decimal, ...]:
    """`total` divided by weight in multiples of `step`: largest remainder first, among equals the earlier one.

    The parts always add up to `total`, which must be a multiple of `step`; weights are not negative. Without any weight
    the parts are equal.
    """
    if not weights:
        if total:
            raise AssertionError("Nobody is there to take a share")
        return ()
    if not any(weights):
        weights = [ONE] * len(weights)
    sign = -1 if total < 0 else 1
    units, whole = EXACT.divide(abs(total), step), sum(weights, ZERO)
    exact = [EXACT.divide(EXACT.multiply(units, weight), whole) for weight in weights]
    given = [part.to_integral_value(decimal.ROUND_FLOOR) for part in exact]
    left = int(units - sum(given, ZERO))
    for index in sorted(range(len(weights)), key=lambda index: (given[index] - exact[index], index))[:left]:
        given[index] += 1
    return tuple(EXACT.multiply(sign * part, step) for part in given)


def next_part(
    whole: Decimal, of: Decimal, before: Decimal, quantity: Decimal, already: Decimal, step: Decimal, rounding: Rounding = HALF_UP
) -> Decimal:
    """The part of `whole` for the next `quantity` out of `of`, after `before` of it took `already`.

    It is the rounded sum so far less what was taken. Parts taken so add up to the rounded whole, however often it is divided.
    """
    if of == 0:
        return ZERO
    reached = EXACT.divide(EXACT.multiply(whole, before + quantity), of)
    return rounding(reached, step) - already


def instalments(total: Decimal, count: int, first_due: date, step: Decimal, rounding: Rounding = HALF_UP) -> list[tuple[date, Decimal]]:
    """Equal monthly instalments; the last one takes the difference, the day never leaves its month."""
    part = rounding(EXACT.divide(total, Decimal(count)), step)
    amounts = [part] * (count - 1) + [total - part * (count - 1)]
    return [(months_later(first_due, month), amount) for month, amount in enumerate(amounts)]


def months_later(day: date, months: int) -> date:
    """The same day `months` later, or the last day of that month if it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
