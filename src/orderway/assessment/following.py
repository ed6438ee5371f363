"""Follows the journal: whatever happened to an order, its tasks are judged anew and replace what stood there.

What an entry costs depends on its own order's history, never on how many orders there are. Writes its own tables only.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Max, Q

from orderway import sets
from orderway.assessment import measuring
from orderway.assessment.measuring import Fresh
from orderway.assessment.models import Alike, AssessedOrder, DoneTask
from orderway.assessment.rules.judging import EDITION, Judged
from orderway.journal import following
from orderway.journal.following import Followed
from orderway.journal.models import Cursor
from orderway.masterdata.people import SUBJECT as PERSON
from orderway.measures.measuring import zone
from orderway.orders.models import Correction, Order
from orderway.orders.storing import SUBJECT

FOLLOWER = "scorecards"
BESIDE = "scorecards: beside the journal"  # the cursor over errors that no entry of an order tells of, and the edition of the rules
SEEN_AGAIN = timedelta(hours=1)  # errors are looked at again for so long: one with a smaller id may have been committed later
BATCH = 2_000
Cell = tuple[str, str, str, str]
"""Standard, stage, kind of item, kind of order."""


def follow(now: datetime) -> int:
    """Read on in the journal and judge what it is about; gives how many entries were read. The first call begins at the beginning.

    After an update that judges otherwise it begins there again, and orders change one by one.
    """
    beside, new = Cursor.objects.get_or_create(follower=BESIDE, defaults={"transaction_id": EDITION, "moved_at": now})
    if not new and beside.transaction_id != EDITION:
        with transaction.atomic():
            Cursor.objects.filter(follower=FOLLOWER).update(transaction_id=0, entry_id=0)
            Cursor.objects.filter(follower=BESIDE).update(transaction_id=EDITION)
    read = 0
    while count := following.follow(FOLLOWER, _take, now=now, limit=BATCH):
        read += count
    _look_beside(now)
    return read


def judge(numbers: Iterable[str]) -> None:
    """Judge these orders anew, in the caller's transaction."""
    fresh = measuring.fresh(numbers)
    if not fresh:
        return
    ids = [one.head.id for one in fresh]
    DoneTask.objects.filter(order_id__in=ids).delete()
    marks = [AssessedOrder(order_id=one.head.id, sequence=one.head.sequence) for one in fresh]
    AssessedOrder.objects.bulk_create(marks, update_conflicts=True, update_fields=["sequence"], unique_fields=["order"])
    found = rows(fresh)
    if found:
        sets.insert(DoneTask, measuring.COLUMNS, found)


def rows(fresh: Sequence[Fresh]) -> list[tuple[object, ...]]:
    """The rows of these orders, as they are to stand in the table. Whoever is no person here, such as an interface, has none."""
    people, here = measuring.people(), zone()
    wanted = [(one, task) for one in fresh for task in one.tasks if task.task.by in people]
    alike = _alike({_cell(one, task) for one, task in wanted})
    return [(one.head.id, *measuring.row_of(task, people[task.task.by], alike[_cell(one, task)], here)) for one, task in wanted]


def unseen() -> set[int]:
    """Orders in which an error was found that was not looked at yet."""
    seen = Cursor.objects.filter(follower=BESIDE).values_list("entry_id", flat=True).first() or 0
    return set(Correction.objects.filter(pk__gt=seen).values_list("order_id", flat=True))


def _take(entries: Sequence[Followed]) -> None:
    numbers = {entry.subject_key for entry in entries if entry.subject_kind == SUBJECT}
    for entry in entries:
        if entry.subject_kind == PERSON and entry.act.startswith("absence"):
            numbers |= _done_since(entry.subject_key, json.loads(entry.payload)["from"])
    judge(sorted(numbers))


def _done_since(key: str, first_day: str) -> set[str]:
    """Orders in which somebody did something since the first day of an absence that was recorded, changed or withdrawn afterwards."""
    rows = DoneTask.objects.filter(person__key=key, day__gte=date.fromisoformat(first_day))
    return set(rows.values_list("order__order__number", flat=True))


def _look_beside(now: datetime) -> None:
    with transaction.atomic():
        seen = Cursor.objects.select_for_update().get(follower=BESIDE)
        last = Correction.objects.aggregate(last=Max("pk"))["last"] or 0
        orders = Correction.objects.filter(Q(pk__gt=seen.entry_id) | Q(at__gte=now - SEEN_AGAIN)).values("order_id")
        judge(sorted(Order.objects.filter(pk__in=orders).values_list("number", flat=True)))
        if seen.entry_id != last:
            seen.entry_id, seen.moved_at = last, now
            seen.save(update_fields=["entry_id", "moved_at"])


def _cell(one: Fresh, task: Judged) -> Cell:
    return one.head.standard_id, task.task.stage, task.task.kind, one.kind


def _alike(wanted: set[Cell]) -> dict[Cell, int]:
    """The ids of these cells; new ones are made. The table is small: stages times kinds of orders."""
    rows = Alike.objects.values_list("pk", "standard_id", "stage", "item", "kind")
    known: dict[Cell, int] = {(standard, stage, item, kind): pk for pk, standard, stage, item, kind in rows}
    missing = sorted(wanted - known.keys())
    if not missing:
        return known
    Alike.objects.bulk_create([Alike(standard_id=one[0], stage=one[1], item=one[2], kind=one[3]) for one in missing], ignore_conflicts=True)
    return _alike(wanted)
