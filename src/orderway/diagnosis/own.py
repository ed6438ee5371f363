"""Our own journal as a log: stages that were completed, when and by whom. Orders that are still open are left out and counted."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from orderway.engine.case import PLACE_SEPARATOR
from orderway.journal.models import Entry
from orderway.mining.log import EventLog, Finding
from orderway.mining.logs.building import build
from orderway.mining.logs.column import Column
from orderway.mining.logs.table import Table
from orderway.orders.models import Order
from orderway.orders.storing import SUBJECT
from orderway.pages.templatetags.ow import said
from orderway.releases.models import Version
from orderway.releases.publishing import program_of

PARTS = {"case": "order", "activity": "stage", "timestamp": "completed", "start": "taken up", "resource": "person"}
DONE = ("completed", "decided", "failed")


@dataclass(frozen=True, slots=True)
class Completed:
    """A stage that was done: by which entry of the order's journal, when, when somebody first did something at it, by whom, and how."""

    order: str
    sequence: int
    stage: str
    path: str
    at: datetime
    taken_up: datetime | None
    person: str
    how: str


def own_log(name: str) -> EventLog:
    """Every order that has ended, cancelled ones included."""
    ended = dict(Order.objects.exclude(status=Order.Status.OPEN).values_list("number", "customer__name"))
    left_out = Order.objects.filter(status=Order.Status.OPEN).count()
    names = titles()
    rows = [_row(one, names) for one in completed() if one.order in ended]
    columns = {title: Column.of([row[place] for row in rows]) for place, title in enumerate(PARTS.values())}
    columns["customer"] = Column.of([ended[row[0]] for row in rows])
    findings = (Finding("open_orders", left_out, left_out=True),) if left_out else ()
    return build(name, Table("journal", columns, findings), PARTS)


def titles() -> dict[str, str]:
    """Stage -> its title in the language in use, of the newest version that has it."""
    found: dict[str, str] = {}
    for version in Version.objects.exclude(status=Version.Status.DRAFT).order_by("id").only("id", "content_hash"):
        standard = program_of(version.pk, version.content_hash).standard
        found |= {str(stage): said(standard.stages[stage].title) for stage in standard.stages}
    return found


def completed() -> Iterator[Completed]:
    """Every stage that was done, by order and in the sequence of its journal."""
    entries = Entry.objects.filter(subject_kind=SUBJECT).order_by("subject_key", "sequence")
    taken_up: dict[tuple[str, str], datetime] = {}
    columns = ("subject_key", "sequence", "at", "act", "actor", "payload")
    for order, sequence, at, act, actor, payload in entries.values_list(*columns).iterator(chunk_size=2_000):
        move = json.loads(payload)
        item = json.dumps(move.get("item", ""))
        if act in ("evidence", "claim", "record"):
            taken_up.setdefault((order, item), at)
        for key, how in move.get("closed", ()):
            if key[2] == "stage" and how in DONE:
                started = taken_up.get((order, json.dumps(key)))
                yield Completed(order, sequence, key[0], PLACE_SEPARATOR.join(key[1]), at, started, actor, how)


def _row(one: Completed, names: Mapping[str, str]) -> tuple[str, str, str, str, str]:
    started = one.taken_up.isoformat() if one.taken_up else ""
    return one.order, names.get(one.stage, one.stage), one.at.isoformat(), started, one.person
