"""What must never be false about measures: roll-ups are the sum of their orders, and an order measures the same when measured again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from orderway.journal.verify import Finding, register_invariant, tally
from orderway.measures import following, measuring
from orderway.measures.models import MeasuredOrder, RollUp
from orderway.measures.rules.definitions import Cell, Dimensions, cells

CHUNK = 500


def register() -> None:
    """Let verify run them (TRUST 12: totals reconcile)."""
    register_invariant(12, "measures", measures_reconcile)


def measures_reconcile() -> Finding:
    """Every measured order that is up to date measures the same now, and the roll-ups are what all of them add up to."""
    return tally(_faults())


def _faults() -> Iterator[str | None]:
    sums: dict[Cell, list[int]] = defaultdict(lambda: [0, 0])
    unseen, after = following.unseen(), 0
    while rows := list(MeasuredOrder.objects.filter(pk__gt=after).select_related("order").order_by("pk")[:CHUNK]):
        after = rows[-1].pk
        now = {one.head.id: one for one in measuring.fresh([row.order.number for row in rows])}
        for row in rows:
            _add(sums, row)
            again = now[row.pk]
            behind = again.head.sequence != row.sequence or row.pk in unseen
            same = behind or measuring.packed(again.measured) == row.parts
            yield None if same else f"{row.order.number}: measures otherwise now"
    yield from _roll_ups(sums)


def _add(sums: dict[Cell, list[int]], row: MeasuredOrder) -> None:
    dimensions = Dimensions(row.customer_group, row.channel, tuple(filter(None, row.item_groups.split(","))))
    for cell, (numerator, denominator) in cells(measuring.unpacked(row.parts), dimensions).items():
        sums[cell][0] += numerator
        sums[cell][1] += denominator


def _roll_ups(sums: dict[Cell, list[int]]) -> Iterator[str | None]:
    kept = {
        (figure, dimension, value, day): [numerator, denominator]
        for figure, dimension, value, day, numerator, denominator in RollUp.objects.values_list(
            "figure", "dimension", "value", "day", "numerator", "denominator"
        )
    }
    for cell in sorted(kept.keys() | sums.keys()):
        said, summed = kept.get(cell, [0, 0]), sums.get(cell, [0, 0])
        yield None if said == summed else f"{' '.join(filter(None, cell))}: the roll-up says {said}, its orders {summed}"
