"""How much credit a customer has left, and whether orders add up to more than each of them shows.

Pure: amounts in, amounts out. Whether that is enough is said by the company's standard, not here. In the customer's currency.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

ZERO = Decimal(0)
UNLIMITED = Decimal(1_000_000_000_000)  # more than an order can come to: a customer without a limit has it left
SIBLING_DAYS = 7  # orders of one customer within a week count together: somebody could have divided one (RULES 35)


# --- exposure -----------------------------------------------------------------------------------------------------------------


def exposure(*, receivables: Decimal, delivered_not_invoiced: Decimal, confirmed_not_delivered: Decimal, deposits: Decimal) -> Decimal:
    """What a customer owes or will owe (RULES 33). Invoicing moves a part from one figure to the next and changes nothing."""
    return receivables + delivered_not_invoiced + confirmed_not_delivered - deposits


def credit_left(limit: Decimal | None, exposed: Decimal) -> Decimal:
    """The limit less the exposure without the order being judged; below zero if it is exceeded already."""
    return UNLIMITED if limit is None else limit - exposed


@dataclass(frozen=True, slots=True)
class Judged:
    """An order whose credit is judged: its gross total, its customer's credit without it, and what of it counts already.

    `confirmed` is what stands in the exposure for it, `delivered` what of it has gone out.
    """

    order_id: int
    customer_id: int
    gross: Decimal
    left: Decimal
    confirmed: Decimal = ZERO
    delivered: Decimal = ZERO


def left_in_turn(judged: Sequence[Judged], passed: Callable[[int], bool]) -> Callable[[int], Decimal]:
    """What each order of one act has left when its turn comes: the orders of the same customer that passed before it have used theirs.

    `passed(order id)` says whether an earlier order of the act went through. Ask in the sequence of `judged`.
    """
    of_customer: dict[int, list[Judged]] = {}
    turn_of: dict[int, tuple[Judged, int]] = {}
    for each in judged:
        earlier = of_customer.setdefault(each.customer_id, [])
        turn_of[each.order_id] = (each, len(earlier))
        earlier.append(each)
    used: dict[int, list[Decimal]] = {customer: [ZERO] for customer in of_customer}

    def left(order_id: int) -> Decimal:
        each, turn = turn_of[order_id]
        sums = used[each.customer_id]
        for before in of_customer[each.customer_id][len(sums) - 1 : turn]:
            sums.append(sums[-1] + (before.gross if passed(before.order_id) else ZERO))
        return each.left - sums[turn]

    return left


def to_confirm(judged: Judged, *, passed: bool) -> Decimal:
    """What has to be booked so that an order that passed counts with its gross total, and one that did not with what has gone out."""
    return (judged.gross if passed else min(judged.confirmed, judged.delivered)) - judged.confirmed


# --- divided orders -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Sibling:
    """An order of a customer, as far as dividing it could hide its size."""

    order_id: int
    total: Decimal
    ordered_at: datetime


def total_with_siblings(order: Sibling, others: Iterable[Sibling]) -> Decimal:
    """What this order and the customer's others within a week before or after it come to: three of 9,900 are 29,700 (RULES 35)."""
    window = timedelta(days=SIBLING_DAYS)
    near = (each.total for each in others if each.order_id != order.order_id and abs(each.ordered_at - order.ordered_at) <= window)
    return order.total + sum(near, ZERO)


# --- the verdict ------------------------------------------------------------------------------------------------------------------


def verdict(answers: Mapping[str, bool], *, blocked: bool) -> str:
    """What a review came to: "sent_back" with any no, "blocked" if an automatic criterion stands against it, else "passed"."""
    if not all(answers.values()):
        return "sent_back"
    return "blocked" if blocked else "passed"
