"""How often a link may be tried: buckets in the cache, per address for forged links and per link for real ones. Decides nothing else.

The cache belongs to one process, so with n web processes the limits are n times as wide; guessing 128 bits stays hopeless.
"""

from __future__ import annotations

from hashlib import sha256

from django.core.cache import cache

WINDOW_SECONDS = 600
FORGERIES_PER_WINDOW = 20
TRIES_PER_WINDOW = 60


def seconds_to_wait(address: str, token: str) -> int:
    """0 if this may be tried now."""
    if int(cache.get(_forged(address), 0)) >= FORGERIES_PER_WINDOW:
        return WINDOW_SECONDS
    return WINDOW_SECONDS if _count(f"question-tried:{sha256(token.encode()).hexdigest()[:24]}") > TRIES_PER_WINDOW else 0


def note_forgery(address: str) -> None:
    """Somebody at this address tried a link that is none."""
    _count(_forged(address))


def _forged(address: str) -> str:
    return f"question-forged:{sha256(address.encode()).hexdigest()[:24]}"


def _count(key: str) -> int:
    """One more; gives how many in this window."""
    if cache.add(key, 1, WINDOW_SECONDS):
        return 1
    try:
        return int(cache.incr(key))
    except ValueError:  # the window ended in between
        cache.set(key, 1, WINDOW_SECONDS)
        return 1
