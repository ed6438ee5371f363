"""Several processes at once: starts them, lets them go together, and collects what each has done. The racers are functions below."""

from __future__ import annotations

import multiprocessing
import traceback
import warnings
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django.db import connections, transaction

NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
Racer = Callable[..., dict[str, int]]


def race(racer: Racer, arguments: Sequence[Sequence[object]]) -> list[dict[str, int]]:
    """Run a racer once per list of arguments, all at the same time; gives what each has counted."""
    connections.close_all()  # a connection cannot be shared by two processes
    context = multiprocessing.get_context("fork")
    barrier, told = context.Barrier(len(arguments)), context.Queue()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # the test runner has threads; a racer uses none of them
        racers = [context.Process(target=_run, args=(racer, each, barrier, told)) for each in arguments]
        for one in racers:
            one.start()
    answers = [told.get(timeout=300) for _ in racers]
    for one in racers:
        one.join()
    failed = [answer for answer in answers if isinstance(answer, str)]
    assert not failed, failed[0]
    return answers


def _run(racer: Racer, arguments: Sequence[object], barrier: Any, told: Any) -> None:
    try:
        connections["default"].ensure_connection()
        barrier.wait(timeout=120)
        told.put(racer(*arguments))
    except BaseException:  # whatever it was, the test must hear of it
        told.put(traceback.format_exc())
    finally:
        connections.close_all()


def added_up(told: Sequence[Mapping[str, int]]) -> dict[str, int]:
    """What all racers together have counted."""
    keys = {key for each in told for key in each}
    return {key: sum(each.get(key, 0) for each in told) for key in sorted(keys)}


# --- racers -----------------------------------------------------------------------------------------------------------------


def reserve(numbers: Sequence[str]) -> dict[str, int]:
    """Reserve these orders, one act each."""
    from orderway.orders.actor import SYSTEM
    from orderway.stages.stock import actions

    refused = [actions.reserve([number], actor=SYSTEM, now=NOW) for number in numbers]
    return {"tried": len(numbers), "refused": sum(map(len, refused))}


def reserve_without_lock(numbers: Sequence[str]) -> dict[str, int]:
    """The same with the lock on stock taken away; what the compare-and-set then catches is counted."""
    from orderway.sets import WrongCount, reading

    real = reading.queries
    unlocked = {name: text.partition("FOR NO KEY UPDATE")[0] for name, text in real("stock", "postgresql").items()}
    reading.queries = lambda file, vendor: unlocked if file == "stock" else real(file, vendor)  # type: ignore[assignment]
    counted = {"tried": 0, "refused": 0, "caught": 0}
    for number in numbers:
        try:
            for key, value in reserve([number]).items():
                counted[key] += value
        except WrongCount:
            counted["caught"] += 1
    return counted


def take_naively(level_id: int, attempts: int) -> dict[str, int]:
    """What a simple implementation does: read, compare in the application, write back."""
    from orderway.stages.stock.models import StockLevel

    accepted = 0
    for _ in range(attempts):
        level = StockLevel.objects.get(pk=level_id)
        if level.reserved + 1 <= level.on_hand:
            StockLevel.objects.filter(pk=level_id).update(reserved=level.reserved + 1)
            accepted += 1
    return {"tried": attempts, "accepted": accepted}


def take_locked(line_id: int, item_id: int, attempts: int) -> dict[str, int]:
    """The same wish through the act of the stage."""
    from orderway.orders.actor import SYSTEM
    from orderway.stages.stock import actions
    from orderway.stages.stock.rules import Need

    accepted = 0
    for _ in range(attempts):
        with transaction.atomic():
            got = actions.reserve_for([Need(line_id, item_id, Decimal(1))], actor=SYSTEM, now=NOW)
        accepted += int(sum(got.values()))
    return {"tried": attempts, "accepted": accepted}


def review(numbers: Sequence[str]) -> dict[str, int]:
    """Let the system review these orders, one act each."""
    from orderway.orders.actor import SYSTEM
    from orderway.stages.review import actions

    refused = [actions.decide([number], actor=SYSTEM, now=NOW) for number in numbers]
    return {"tried": len(numbers), "refused": sum(map(len, refused))}


def review_without_lock(numbers: Sequence[str]) -> dict[str, int]:
    """The same with the lock on the customers taken away."""
    from orderway.orders import exposure

    exposure.lock_customers = lambda customer_ids: None  # type: ignore[assignment]
    return review(numbers)


def place(drafts: Sequence[str]) -> dict[str, int]:
    """Place an order for each of these purchase orders."""
    from orderway.orders.actor import SYSTEM
    from orderway.stages.capture import actions
    from orderway.stages.capture.rules import LineDraft, OrderDraft

    lines = (LineDraft("M8-BOLT", Decimal(10)),)
    outcomes = [
        actions.place([OrderDraft(customer="DAN", lines=lines, customer_po=po, standard="itself")], actor=SYSTEM, now=NOW)[0]
        for po in drafts
    ]
    return {"tried": len(drafts)} | {state: sum(each.state == state for each in outcomes) for state in ("placed", "unchanged", "amendment")}
