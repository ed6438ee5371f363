"""Object-centric event logs (OCEL 2.0): events concern several objects at once. Flattened on one type they are an event log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from orderway.mining.log import Coded, Finding, Places, Unreadable, gettext_noop
from orderway.mining.logs.column import Column
from orderway.mining.logs.moments import NONE, moments
from orderway.mining.logs.table import Table

MEANING = {"case": "case", "activity": "ocel:activity", "timestamp": "ocel:timestamp"}


@dataclass(frozen=True, slots=True)
class ObjectLog:
    """Events with type and time, objects with type, and which event concerns which object."""

    format: str
    activities: Coded
    times: Column
    objects: tuple[str, ...]
    object_types: Coded  # per object; its names are all declared types, also those without objects
    related_events: Places
    related_objects: Places
    attributes: Mapping[str, Column]
    findings: tuple[Finding, ...] = ()


def chosen_type(log: ObjectLog, wanted: str | None) -> str:
    """The type to flatten on: the one wanted, else orders, else the one that most events concern."""
    types = list(log.object_types.names)
    if wanted is not None:
        if wanted not in types:
            raise Unreadable(
                "object_type",
                gettext_noop("The log has no objects of type “{wanted}”. It has: {types}."),
                wanted=wanted,
                types=", ".join(types),
            )
        return wanted
    if not types or not len(log.related_events):
        raise Unreadable(
            "no_objects", gettext_noop("No event of this log concerns an object, so there are no cases. Export it with its relations.")
        )
    named = [name for name in types if name.lower().rstrip("s") in ("order", "sales order", "salesorder", "订单", "訂單")]
    pairs = np.unique(np.column_stack((log.related_events, log.object_types.codes[log.related_objects])), axis=0)
    events = np.bincount(pairs[:, 1], minlength=len(types))
    return named[0] if named else types[int(np.argmax(events))]


def flattened(log: ObjectLog, object_type: str) -> Table:
    """One row per event and object of the type."""
    code = log.object_types.names.index(object_type)
    of_type = log.object_types.codes[log.related_objects] == code
    pairs = np.unique(np.column_stack((log.related_events[of_type], log.related_objects[of_type])), axis=0)
    events, objects = pairs[:, 0], pairs[:, 1].astype(np.int32)
    columns = {
        "case": Column.of_codes(objects, log.objects),
        "ocel:activity": Column.of_codes(log.activities.codes[events], log.activities.names),
        "ocel:timestamp": log.times.taken(events),
    }
    columns |= {name: column.taken(events) for name, column in log.attributes.items() if name not in columns}
    apart = len(log.activities.codes) - len(np.unique(events))
    findings = (*log.findings, Finding("other_objects", apart, object_type, left_out=True)) if apart else log.findings
    return Table(log.format, columns, findings, (object_type,), MEANING)


def summary(log: ObjectLog) -> dict[str, object]:
    """What the log holds, in the keys of the reference answers."""
    times = moments(log.times).micros
    times = times[times != NONE]
    counts, objects = log.activities.counts(), log.object_types.counts()
    by_count = sorted(range(len(counts)), key=lambda code: (-counts[code], log.activities.names[code]))
    return {
        "events": len(log.activities.codes),
        "activities": {log.activities.names[code]: int(counts[code]) for code in by_count if counts[code]},
        "first": _text(int(times.min())) if len(times) else None,
        "last": _text(int(times.max())) if len(times) else None,
        "objects_by_type": {name: int(objects[code]) for code, name in sorted(enumerate(log.object_types.names), key=lambda pair: pair[1])},
        "objects": len(log.objects),
        "e2o_relations": len(log.related_events),
    }


def _text(micros: int) -> str:
    return str(np.datetime64(micros, "us").astype("datetime64[ms]")).replace("T", " ") + "Z"
