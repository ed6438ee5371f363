"""What happens to each order of the demo beside the plain way: errors found, holds, changes, damage, complaints, late payment.

Dealt like cards, so that even a small demo has one of each. Pure; does nothing to any order.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from random import Random
from typing import Literal

Remedy = Literal["none", "talk", "allowance", "return", "replace"]
HoldType = Literal["", "customer", "quality"]

OLDER = 0.85  # share of the orders that have time enough
# share of all orders; each is dealt to at least two
FAILS_ONCE, FAILS_TWICE, FAILS_TOO_OFTEN = 0.062, 0.014, 0.005
APPROVAL_REFUSED, HELD, CANCELLED, CHANGED = 0.015, 0.03, 0.02, 0.03
SHORT, REFUSED_IN_PART, REFUSED, DAMAGED, COMPLAINT = 0.03, 0.012, 0.004, 0.02, 0.035
PAYS_LATE, PAYS_IN_PARTS, SENT_TWICE, AMENDED = 0.035, 0.03, 0.02, 0.006
REMEDIES: tuple[Remedy, ...] = ("return", "allowance", "return", "talk", "replace")
HOLDS: tuple[HoldType, ...] = ("customer", "quality")


@dataclass(frozen=True, slots=True)
class Fate:
    """What is in store for one order. Days count from its arrival or delivery, in working days."""

    review_fails: int = 0
    approval_refused: bool = False
    hold: HoldType = ""
    hold_days: int = 0
    hold_after: int = 0
    cancelled_after: int | None = None
    changed_after: int | None = None
    short: bool = False
    refused_in_part: bool = False
    refused: bool = False
    damaged: bool = False
    complaint_after: int | None = None
    remedy: Remedy = "none"
    pays_late_days: int = 0
    pays_in_parts: bool = False
    sent_twice: bool = False
    amended: bool = False


def fates(random: Random, orders: int) -> list[Fate]:
    """One fate per order, by index."""
    dealt = [Fate()] * orders
    deck = _Deck(random, orders)

    def deal(share: float, **what: object) -> None:
        for index in deck.some(share):
            dealt[index] = replace(dealt[index], **what)  # type: ignore[arg-type]

    deal(FAILS_ONCE, review_fails=1)
    deal(FAILS_TWICE, review_fails=2)
    deal(FAILS_TOO_OFTEN, review_fails=9)
    deal(APPROVAL_REFUSED, approval_refused=True)
    deal(SHORT, short=True)
    deal(REFUSED_IN_PART, refused_in_part=True)
    deal(REFUSED, refused=True)
    deal(PAYS_IN_PARTS, pays_in_parts=True)
    deal(SENT_TWICE, sent_twice=True)
    deal(AMENDED, amended=True)
    for number, index in enumerate(deck.some(HELD)):
        days = random.randint(1, 4)
        dealt[index] = replace(dealt[index], hold=HOLDS[number % 2], hold_days=days, hold_after=random.randint(0, 4))
    for index in deck.some(CANCELLED):
        dealt[index] = replace(dealt[index], cancelled_after=random.randint(0, 5))
    for index in deck.some(CHANGED):
        dealt[index] = replace(dealt[index], changed_after=random.randint(1, 5))
    for index in deck.some(PAYS_LATE):
        dealt[index] = replace(dealt[index], pays_late_days=random.randint(3, 18))
    _deal_remedies(dealt, deck.some(DAMAGED), random, damaged=True)
    _deal_remedies(dealt, deck.some(COMPLAINT), random, damaged=False)
    return dealt


def _deal_remedies(dealt: list[Fate], chosen: Iterable[int], random: Random, *, damaged: bool) -> None:
    for number, index in enumerate(chosen):
        after = None if damaged else random.randint(1, 12)
        dealt[index] = replace(dealt[index], damaged=damaged or dealt[index].damaged, complaint_after=after, remedy=REMEDIES[number % 5])


class _Deck:
    """Deals shares of the orders at random, never fewer than two, and none to the newest: nothing would come of it any more."""

    def __init__(self, random: Random, orders: int) -> None:
        self._random, self._orders = random, orders

    def some(self, share: float) -> list[int]:
        older = range(max(1, int(self._orders * OLDER)))
        return sorted(self._random.sample(older, min(len(older), max(2, round(self._orders * share)))))
