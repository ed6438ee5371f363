"""What must never be false about scorecards: the tasks of an order are those that its journal tells now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from orderway.assessment import following, measuring
from orderway.assessment.models import AssessedOrder, DoneTask
from orderway.journal.verify import Finding, register_invariant, tally
from orderway.orders.models import Order

CHUNK = 500


def register() -> None:
    """Let verify run it (TRUST 12: totals reconcile)."""
    register_invariant(12, "scorecards", scorecards_reconcile)


def scorecards_reconcile() -> Finding:
    """Every order that is up to date has the tasks that it would have if it were judged again."""
    return tally(_faults())


def _faults() -> Iterator[str | None]:
    unseen, after = following.unseen(), 0
    while marks := list(AssessedOrder.objects.filter(pk__gt=after).order_by("pk").values_list("pk", "sequence")[:CHUNK]):
        after = marks[-1][0]
        numbers = list(Order.objects.filter(pk__in=[pk for pk, _ in marks]).values_list("number", flat=True))
        fresh = {one.head.id: one for one in measuring.fresh(numbers)}
        kept = defaultdict[int, set[tuple[object, ...]]](set)
        for row in DoneTask.objects.filter(order_id__in=[pk for pk, _ in marks]).values_list(*measuring.COLUMNS):
            kept[row[0]].add(row)
        for pk, sequence in marks:
            behind = fresh[pk].head.sequence != sequence or pk in unseen
            yield (
                None if behind or set(following.rows([fresh[pk]])) == kept[pk] else f"{fresh[pk].head.number}: other tasks than its journal"
            )
