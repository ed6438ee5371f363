"""What lines come to: an order's total and what the customer owes for it with tax. Pure: amounts in, amounts out.

Rounded as the company rounds its documents, half-up away from zero if it says nothing else (RULES 2), tax per rate on the whole document
(RULES 1). Prices and reads nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, ROUND_UP, Decimal

ZERO = Decimal(0)
HUNDRED = Decimal(100)
CENT = Decimal("0.01")
HALF_UP = "half_up"
MODES = {HALF_UP: ROUND_HALF_UP, "half_even": ROUND_HALF_EVEN, "up": ROUND_UP, "down": ROUND_DOWN}  # the names of Company.Rounding
AMOUNT = Decimal("0.00000001")  # the last place of a line's amount
WITHOUT_CENTS = frozenset({"CLP", "ISK", "JPY", "KRW", "PYG", "UGX", "VND", "XAF", "XOF", "XPF"})  # ISO 4217, no minor unit


def amount_of(quantity: Decimal, unit_price: Decimal, discount_percent: Decimal = ZERO) -> Decimal:
    """A line's amount, exact to eight decimals: quantity x price less discount, without tax."""
    return (quantity * unit_price * (HUNDRED - discount_percent) / HUNDRED).quantize(AMOUNT, ROUND_HALF_UP)


def total_of(amounts: Iterable[Decimal], discount_percent: Decimal, currency: str, rounding: str = HALF_UP) -> Decimal:
    """The order's total: its lines' sum less the order's discount, rounded to the currency as invoices are (RULES 2, 40)."""
    total = sum(amounts, ZERO) * (HUNDRED - discount_percent) / HUNDRED
    return total.quantize(Decimal(1) if currency in WITHOUT_CENTS else CENT, MODES[rounding])


def gross_of(
    amounts: Iterable[tuple[Decimal, Decimal]], discount_percent: Decimal, *, includes_tax: bool, rounding: str = HALF_UP
) -> Decimal:
    """What an order comes to with tax, from its lines' (amount, tax rate in percent): tax is rounded per rate (RULES 1, 2)."""
    net: dict[Decimal, Decimal] = {}
    for amount, rate in amounts:
        net[rate] = net.get(rate, ZERO) + amount * (HUNDRED - discount_percent) / HUNDRED
    mode = MODES[rounding]
    total = sum(net.values(), ZERO).quantize(CENT, mode)
    if includes_tax:
        return total
    return total + sum(((sum_ * rate / HUNDRED).quantize(CENT, mode) for rate, sum_ in net.items()), ZERO)


def part_of(amount: Decimal, quantity: Decimal, wanted: Decimal) -> Decimal:
    """What so much of a line comes to that comes to `amount` in all: the agreed price, with all its decimals."""
    return amount if wanted == quantity else amount * wanted / quantity


def money_of(amount: Decimal, quantity: Decimal, part: Decimal) -> Decimal:
    """The same in cents, as people read it."""
    return part_of(amount, quantity, part).quantize(CENT, ROUND_HALF_UP)
