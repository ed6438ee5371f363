"""Orders with their whole journals as moves, in chunks: what verify and replays read. Writes nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from orderway.engine.move import Move
from orderway.engine.program import Program
from orderway.journal.chain import Head
from orderway.journal.models import Entry
from orderway.orders.models import Order
from orderway.orders.storing import SUBJECT
from orderway.releases.publishing import program_of

CHUNK = 500


@dataclass(frozen=True, slots=True)
class History:
    """An order, its moves, the program that each was made by (the last is that of its version), and the head of its journal."""

    order: Order
    moves: list[Move]
    programs: list[Program]
    head: Head


def histories() -> Iterator[History]:
    """Every order, by id; memory does not grow with their number."""
    after = 0
    while orders := list(Order.objects.select_related("version").filter(pk__gt=after).order_by("pk")[:CHUNK]):
        after = orders[-1].pk
        entries = _entries([order.number for order in orders])
        for order in orders:
            found = entries.get(order.number, [])
            payloads = [json.loads(entry.payload) for entry in found]
            moves = [Move.from_payload(payload) for payload in payloads]
            programs = [program_of(order.version_id, payload.get("standard", order.version.content_hash)) for payload in payloads]
            head = Head(found[-1].sequence, found[-1].hash) if found else Head()
            yield History(order, moves, programs, head)


def moves_of(numbers: Sequence[str]) -> dict[str, list[Move]]:
    """The journals of these orders as moves, each oldest first; one statement."""
    return {number: [Move.from_payload(json.loads(entry.payload)) for entry in found] for number, found in _entries(numbers).items()}


def _entries(numbers: Sequence[str]) -> dict[str, list[Entry]]:
    found: dict[str, list[Entry]] = {}
    rows = Entry.objects.filter(subject_kind=SUBJECT, subject_key__in=numbers).order_by("subject_key", "sequence")
    for entry in rows.only("subject_key", "sequence", "hash", "payload"):
        found.setdefault(entry.subject_key, []).append(entry)
    return found
