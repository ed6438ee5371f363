"""Follows the journal: whatever happened to an order, that order is measured anew, and the difference goes into the roll-ups.

What an entry costs depends on its own order's history, never on how many orders there are. Writes its own tables only.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Max, Q

from orderway import sets
from orderway.journal import following
from orderway.journal.following import Followed
from orderway.journal.models import Cursor
from orderway.measures import measuring
from orderway.measures.measuring import Fresh
from orderway.measures.models import MeasuredOrder, MeasuredValue, RollUp
from orderway.measures.rules.definitions import EDITION, Cell, Dimensions, cells
from orderway.orders.comments import SUBJECT as COMMENT
from orderway.orders.models import Comment, Correction, Feedback, Order
from orderway.orders.storing import SUBJECT
from orderway.sets.writing import Write

FOLLOWER = "measures"
BESIDE = "measures: beside the journal"  # the cursor over rows that no entry of an order tells of
DEFINED = "measures: definitions"  # the edition by which everything was measured, and the order up to which that was done again
AT_ONCE = 200
SEEN_AGAIN = timedelta(hours=1)  # rows are looked at again for so long: one with a smaller id may have been committed later
BATCH = 2_000
ORDER_COLUMNS = ("day", "customer_group", "channel", "item_groups", "sequence", "parts")


@dataclass(frozen=True, slots=True)
class Difference:
    """What measuring an order anew changes: its row and its values afresh, and what is added to the cells."""

    fresh: Fresh
    text: str
    known: bool
    added: dict[Cell, tuple[int, int]]


def follow(now: datetime) -> int:
    """Read on in the journal and measure what it is about; gives how many entries were read. The first call begins at the beginning."""
    if not Cursor.objects.filter(follower=FOLLOWER).exists():
        Cursor.objects.get_or_create(follower=DEFINED, defaults={"transaction_id": EDITION, "moved_at": now})
    read = 0
    while count := following.follow(FOLLOWER, _take, now=now, limit=BATCH):
        read += count
    _look_beside(now)
    while _measure_again(now):
        pass
    return read


def unseen() -> set[int]:
    """Orders about which something stands beside the journal that was not looked at yet: answers of customers, corrections."""
    seen = Cursor.objects.filter(follower=BESIDE).first()
    answers, faults = (seen.transaction_id, seen.entry_id) if seen else (0, 0)
    return _beside(Q(pk__gt=answers), Q(pk__gt=faults))


def _beside(answers: Q, faults: Q) -> set[int]:
    rows = Feedback.objects.filter(answers, kind=Feedback.Kind.ANSWER, order__isnull=False).values_list("order_id", flat=True)
    return {order for order in rows if order} | set(Correction.objects.filter(faults).values_list("order_id", flat=True))


def _look_beside(now: datetime) -> None:
    """Measure the orders that customers answered about or in which an error was found, which no entry of theirs may tell."""
    with transaction.atomic():
        Cursor.objects.get_or_create(follower=BESIDE)
        seen = Cursor.objects.select_for_update().get(follower=BESIDE)
        last = [model.objects.aggregate(last=Max("pk"))["last"] or 0 for model in (Feedback, Correction)]
        fresh = Q(at__gte=now - SEEN_AGAIN)
        orders = _beside(Q(pk__gt=seen.transaction_id) | fresh, Q(pk__gt=seen.entry_id) | fresh)
        if orders:
            measure_orders(sorted(Order.objects.filter(pk__in=orders).values_list("number", flat=True)))
        if [seen.transaction_id, seen.entry_id] != last:
            seen.transaction_id, seen.entry_id, seen.moved_at = last[0], last[1], now
            seen.save(update_fields=["transaction_id", "entry_id", "moved_at"])


def _measure_again(now: datetime) -> int:
    """After an update that counts something else: the next orders that were measured by another edition; gives how many there were."""
    with transaction.atomic():
        Cursor.objects.get_or_create(follower=DEFINED)
        done = Cursor.objects.select_for_update().get(follower=DEFINED)
        if done.transaction_id == EDITION:
            return 0
        rows = list(MeasuredOrder.objects.filter(pk__gt=done.entry_id).order_by("pk").values_list("pk", "order__number")[:AT_ONCE])
        measure_orders([number for _pk, number in rows])
        done.transaction_id, done.entry_id = (done.transaction_id, rows[-1][0]) if rows else (EDITION, 0)
        done.moved_at = now
        done.save(update_fields=["transaction_id", "entry_id", "moved_at"])
    return len(rows)


def measure_orders(numbers: Iterable[str]) -> int:
    """Measure these orders anew, in the caller's transaction; gives how many had changed."""
    fresh = measuring.fresh(numbers)
    before = MeasuredOrder.objects.in_bulk([one.head.id for one in fresh])
    changed = [difference for one in fresh if (difference := _difference(one, before.get(one.head.id))) is not None]
    MeasuredValue.objects.filter(order_id__in=[one.fresh.head.id for one in changed if one.known]).delete()
    sets.store(_rows(changed))
    return len(changed)


def _take(entries: Sequence[Followed]) -> None:
    numbers = {entry.subject_key for entry in entries if entry.subject_kind == SUBJECT}
    comments = [int(entry.subject_key) for entry in entries if entry.subject_kind == COMMENT]
    if comments:
        numbers |= set(Comment.objects.filter(pk__in=comments).values_list("order__number", flat=True))
    measure_orders(sorted(numbers))


def _difference(fresh: Fresh, before: MeasuredOrder | None) -> Difference | None:
    """None where nothing is different. Sums are whole numbers, so that taking off and adding leaves no trace."""
    text = measuring.packed(fresh.measured)
    if before is not None and (before.parts, before.sequence, _known(before)) == (text, fresh.head.sequence, fresh.dimensions):
        return None
    added = cells(fresh.measured, fresh.dimensions)
    if before is not None:
        for cell, (numerator, denominator) in cells(measuring.unpacked(before.parts), _known(before)).items():
            now = added.get(cell, (0, 0))
            added[cell] = (now[0] - numerator, now[1] - denominator)
    return Difference(fresh, text, before is not None, {cell: sums for cell, sums in added.items() if any(sums)})


def _known(row: MeasuredOrder) -> Dimensions:
    return Dimensions(row.customer_group, row.channel, tuple(filter(None, row.item_groups.split(","))))


def _rows(changed: Sequence[Difference]) -> list[Write]:
    heads = [(one.fresh.head.id, *_columns(one)) for one in changed]
    known = {one.fresh.head.id for one in changed if one.known}
    values = [
        (one.fresh.head.id, figure, date.fromisoformat(one.fresh.measured.day), amount)
        for one in changed
        for figure, amount in one.fresh.measured.values.items()
    ]
    sums = [(*cell, *added) for one in changed for cell, added in one.added.items()]
    return [
        sets.Insert(MeasuredOrder, ("order", *ORDER_COLUMNS), [row for row in heads if row[0] not in known]),
        sets.Update(MeasuredOrder, ("order",), ORDER_COLUMNS, [row for row in heads if row[0] in known]),
        sets.Insert(MeasuredValue, ("order", "figure", "day", "amount"), values),
        sets.Add(RollUp, ("figure", "dimension", "value", "day"), ("numerator", "denominator"), sums),
    ]


def _columns(one: Difference) -> tuple[object, ...]:
    dimensions, measured = one.fresh.dimensions, one.fresh.measured
    groups = f",{','.join(dimensions.item_groups)}," if dimensions.item_groups else ""
    day = date.fromisoformat(measured.day) if measured.day else None
    return day, dimensions.customer_group, dimensions.channel, groups, one.fresh.head.sequence, one.text
