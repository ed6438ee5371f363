"""Threads that begin at the same moment, each with its own connection."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest
from django.db import connection

from orders import shop as shops
from standing import standing


@pytest.fixture
def shop(transactional_db):
    """The small company, committed, so that every thread sees it."""
    shops.BOXES.clear()
    shops.UNKNOWN_TOTALS.clear()
    return standing("orders", lambda: shops.Shop().open())


@pytest.fixture
def at_once():
    """Run an act in n threads that start together; gives their results, exceptions included."""

    def run(count: int, act: Callable[[int], object]) -> list[object]:
        barrier = threading.Barrier(count)
        results: list[object] = [None] * count

        def one(index: int) -> None:
            try:
                connection.ensure_connection()
                barrier.wait(timeout=30)
                results[index] = act(index)
            except Exception as error:  # the test looks at it
                results[index] = error
            finally:
                connection.close()

        threads = [threading.Thread(target=one, args=(index,)) for index in range(count)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=120)
        assert not any(thread.is_alive() for thread in threads), "a thread hangs"
        return results

    return run


@pytest.fixture
def in_the_end():
    """Follow the journal until something holds: PostgreSQL shows an entry only when no older transaction runs, in other databases, too."""

    def wait(follow: Callable[[], object], holds: Callable[[], bool]) -> None:
        give_up = time.monotonic() + 90
        while True:
            while follow():
                pass
            if holds() or time.monotonic() > give_up:
                return
            time.sleep(0.05)

    return wait
