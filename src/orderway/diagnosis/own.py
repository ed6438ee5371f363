"""Our own journal as a log: stages that were completed, when and by whom. Orders that are still open are left out and counted."""

from __future__ import annotations

import json
from collections.abc import Iterator

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
Row = tuple[str, str, str, str, str]


def own_log(name: str) -> EventLog:
    """Every order that has ended, cancelled ones included."""
    ended = dict(Order.objects.exclude(status=Order.Status.OPEN).values_list("number", "customer__name"))
    left_out = Order.objects.filter(status=Order.Status.OPEN).count()
    titles = _titles()
    rows = [(order, titles.get(stage, stage), *rest) for order, stage, *rest in _rows() if order in ended]
    columns = {title: Column.of([row[place] for row in rows]) for place, title in enumerate(PARTS.values())}
    columns["customer"] = Column.of([ended[row[0]] for row in rows])
    findings = (Finding("open_orders", left_out, left_out=True),) if left_out else ()
    return build(name, Table("journal", columns, findings), PARTS)


def _titles() -> dict[str, str]:
    """Stage -> its title in the language in use, of the newest version that has it."""
    found: dict[str, str] = {}
    for version in Version.objects.exclude(status=Version.Status.DRAFT).order_by("id").only("id", "content_hash"):
        standard = program_of(version.pk, version.content_hash).standard
        found |= {str(stage): said(standard.stages[stage].title) for stage in standard.stages}
    return found


def _rows() -> Iterator[Row]:
    """Order, stage, when it was completed, when somebody first did something at it, by whom it was completed."""
    entries = Entry.objects.filter(subject_kind=SUBJECT).order_by("subject_key", "sequence")
    taken_up: dict[tuple[str, str], str] = {}
    for order, at, act, actor, payload in entries.values_list("subject_key", "at", "act", "actor", "payload").iterator(chunk_size=2_000):
        move = json.loads(payload)
        item = json.dumps(move.get("item", ""))
        if act in ("evidence", "claim", "record"):
            taken_up.setdefault((order, item), at.isoformat())
        for key, how in move.get("closed", ()):
            if key[2] == "stage" and how in DONE:
                yield order, key[0], at.isoformat(), taken_up.get((order, json.dumps(key)), ""), actor
