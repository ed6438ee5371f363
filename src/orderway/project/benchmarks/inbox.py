"""How long a person waits for My work and for the live board among 500 people and 200,000 open items. Measures; asserts nothing."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orderway.masterdata.models import Person
    from orderway.orders.models import WorkItem

PEOPLE, OPEN_ITEMS = 500, 200_000
BATCH = 2_000
LOOKS, BOARD_LOOKS = 100, 20


def fill(orders: list[str], total: int) -> list[Person]:
    """People, and open items spread over them, over the stages of the standard and over these orders."""
    from orderway.masterdata.models import Person
    from orderway.orders.models import WorkItem

    rows = [Person(key=f"inbox{number:03d}", name=f"Inbox {number}") for number in range(PEOPLE)]
    people = Person.objects.bulk_create(rows)
    items = _items(orders, people, total)
    while batch := list(islice(items, BATCH)):
        WorkItem.objects.bulk_create(batch)
    return people


def _items(numbers: list[str], people: list[Person], total: int) -> Iterator[WorkItem]:
    from orderway.orders.models import Order, WorkItem
    from orderway.releases.publishing import program_of

    orders = list(Order.objects.filter(number__in=numbers).select_related("version"))
    stages = list(program_of(orders[0].version_id, orders[0].version.content_hash).standard.stages.values())
    now = datetime.now(UTC)  # as the pages ask the clock: work of last winter would be counted over a whole year of working days
    for number in range(total):
        stage, opened = stages[number % len(stages)], now - timedelta(minutes=number % 9_000)
        order = orders[number % len(orders)]
        yield WorkItem(
            order=order,
            place=order.number,
            stage=stage.id,
            path=str(number),
            kind="stage",
            opened_sequence=1,
            role=stage.owner,
            responsible=people[(number * 7) % len(people)],
            opened_at=opened,
            due_at=opened + timedelta(hours=8 + number % 200),
            work_minutes=240,
        )


def look(people: list[Person]) -> tuple[list[float], list[float]]:
    """Milliseconds of My work of many people and of the board, whole pages, without the network."""
    from django.test import Client

    inbox: list[float] = []
    board: list[float] = []
    for person in people[:LOOKS]:
        client = Client()
        client.force_login(person)
        inbox.append(_milliseconds(client, "/"))
        if len(board) < BOARD_LOOKS:
            board.append(_milliseconds(client, "/board/"))
    return sorted(inbox[1:]), sorted(board[1:])  # the first look reads programs that one process reads once


def look_at_board(people: list[Person]) -> tuple[list[float], list[float]]:
    """Milliseconds of the board as a whole page, and of the statements that it sends, added up."""
    from django.db import connection
    from django.test import Client

    pages: list[float] = []
    statements: list[float] = []
    for person in people[: BOARD_LOOKS + 1]:
        client = Client()
        client.force_login(person)
        taken: list[float] = []
        with connection.execute_wrapper(_timed_into(taken)):
            pages.append(_milliseconds(client, "/board/"))
        statements.append(sum(taken))
    return sorted(pages[1:]), sorted(statements[1:])


def _timed_into(taken: list[float]) -> Callable[..., object]:
    def timed(execute: Callable[..., object], *given: object) -> object:
        started = time.perf_counter()
        try:
            return execute(*given)
        finally:
            taken.append((time.perf_counter() - started) * 1_000)

    return timed


def _milliseconds(client: object, path: str) -> float:
    from django.test import Client

    assert isinstance(client, Client)
    started = time.perf_counter()
    answer = client.get(path, headers={"host": "localhost"})
    assert answer.status_code == 200, path
    return (time.perf_counter() - started) * 1_000
