"""Followers read the journal from where they stopped and lose nothing, also of transactions that commit late.

By ``id > cursor`` they would: ids are given before the commit. On PostgreSQL a follower reads by (transaction, id) and only below the
oldest transaction that still runs. Never changes an entry.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from orderway import sets
from orderway.journal.models import Cursor, Entry
from orderway.sets.columns import moment_from_sqlite

BATCH = 1_000


@dataclass(frozen=True, slots=True)
class Followed:
    """An entry as a follower gets it, with its position (transaction, id)."""

    transaction_id: int
    id: int
    subject_kind: str
    subject_key: str
    sequence: int
    at: datetime
    act: str
    actor: str
    payload: str
    hash: str


def read(after: tuple[int, int], limit: int = BATCH) -> list[Followed]:
    """The next entries after a position, in the sequence in which a follower may rely on them."""
    rows = sets.select("journal.follow", after_transaction=after[0], after_entry=after[1], batch=limit)
    return [_followed(row) for row in rows]


def follow(follower: str, take: Callable[[Sequence[Followed]], None], *, now: datetime, limit: int = BATCH) -> int:
    """Hand the next entries to `take` and move the cursor, in one transaction; gives how many there were.

    `take` writes only to the database, or is able to see an entry twice. Two processes with one follower name wait for each other.
    """
    with transaction.atomic():
        Cursor.objects.get_or_create(follower=follower)
        cursor = Cursor.objects.select_for_update().get(follower=follower)
        entries = read((cursor.transaction_id, cursor.entry_id), limit)
        if entries:
            take(entries)
            cursor.transaction_id, cursor.entry_id, cursor.moved_at = entries[-1].transaction_id, entries[-1].id, now
            cursor.save(update_fields=["transaction_id", "entry_id", "moved_at"])
    return len(entries)


def begin_at_end(follower: str, now: datetime) -> None:
    """Where there is no cursor yet: what happened before anybody followed is passed over."""
    if Cursor.objects.filter(follower=follower).exists():
        return
    last = Entry.objects.order_by("-transaction_id", "-id").values_list("transaction_id", "id").first() or (0, 0)
    place = {"transaction_id": last[0] or 0, "entry_id": last[1], "moved_at": now}
    Cursor.objects.get_or_create(follower=follower, defaults=place)


def _followed(row: tuple[Any, ...]) -> Followed:
    transaction_id, entry, kind, key, sequence, at, act, actor, payload, hash_ = row
    moment = moment_from_sqlite(at)
    assert moment is not None
    return Followed(transaction_id or 0, entry, kind, key, sequence, moment, act, actor, payload, hash_)
