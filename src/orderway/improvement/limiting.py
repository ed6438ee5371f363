"""How often a link may be tried: buckets in the database, per address for forged links and per link for real ones. Decides nothing else.

One installation counts together, however many processes serve it. Buckets hold hashes only, and those that are over are thrown away.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256

from django.db import transaction

from orderway.improvement.models import LinkBucket

WINDOW_SECONDS = 600
FORGERIES_PER_WINDOW = 20
TRIES_PER_WINDOW = 60


def seconds_to_wait(address: str, token: str, now: datetime) -> int:
    """0 if this may be tried now."""
    forged = LinkBucket.objects.filter(key=_forged(address), until__gt=now).values_list("count", flat=True).first() or 0
    if forged >= FORGERIES_PER_WINDOW:
        return WINDOW_SECONDS
    return WINDOW_SECONDS if _count(_key("tried", token), now) > TRIES_PER_WINDOW else 0


def note_forgery(address: str, now: datetime) -> None:
    """Somebody at this address tried a link that is none."""
    _count(_forged(address), now)


def _forged(address: str) -> str:
    return _key("forged", address)


def _key(kind: str, of: str) -> str:
    return f"{kind}:{sha256(of.encode()).hexdigest()[:24]}"


def _count(key: str, now: datetime) -> int:
    """One more; gives how many in this window. The row is locked, so that none is lost between processes.

    What is over goes in a transaction of its own afterwards: one that held its own row and threw away others' could wait in a circle.
    """
    with transaction.atomic():
        until = now + timedelta(seconds=WINDOW_SECONDS)
        row, _made = LinkBucket.objects.select_for_update().get_or_create(key=key, defaults={"count": 0, "until": until})
        if row.until <= now:
            row.count, row.until = 0, until
        row.count += 1
        row.save(update_fields=["count", "until"])
    if row.count == 1:
        LinkBucket.objects.filter(until__lte=now).delete()
    return row.count
