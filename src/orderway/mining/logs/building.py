"""A table of text and the meaning of its columns -> an EventLog. Nothing is dropped in silence: every row left out is named and counted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from orderway.mining.log import MISSING, Coded, Codes, EventLog, Finding, Flags, Micros, Places, Taken, Unreadable, gettext_noop
from orderway.mining.logs.column import Column
from orderway.mining.logs.moments import DAY_MICROS, NONE, Moments, moments
from orderway.mining.logs.table import Table

EARLIEST = np.int64(365 * DAY_MICROS)  # 1971: what is earlier is an empty field of some program, or 1948 (both seen in real logs)
FARTHEST = np.int64(20 * 365 * DAY_MICROS)  # from the middle of the log; no order takes that long


@dataclass(frozen=True, slots=True)
class _Read:
    cases: Coded
    activities: Coded
    times: Moments
    starts: Moments | None
    resources: Coded | None
    transitions: Coded | None


def build(name: str, table: Table, parts: Mapping[str, str]) -> EventLog:
    """The log that the table holds."""
    read = _read(table.columns, parts)
    sound, findings = _sound(read)
    if not sound.any():
        raise Unreadable(
            "no_events",
            gettext_noop("No row has a case, an activity and a time that can be used. Look at the columns taken: {columns}."),
            columns=", ".join(f"{part} = {column}" for part, column in parts.items()),
        )
    order, cases, offsets = _arranged(read.cases.codes, read.times.micros, sound)
    numbered = Coded(np.repeat(np.arange(len(cases), dtype=np.int32), np.diff(offsets)), [read.cases.names[code] for code in cases])
    others = tuple(column for column in table.columns if column not in parts.values())
    log = EventLog(
        name=name,
        cases=numbered,
        activities=_compact(read.activities.taken(order)),
        times=read.times.micros[order],
        offsets=offsets,
        taken=Taken(table.format, dict(parts), others, table.notes),
        resources=read.resources.taken(order) if read.resources else None,
        transitions=read.transitions.taken(order) if read.transitions else None,
        starts=_starts(read, order),
        attribute_names=others,
        _attribute=lambda column: table.columns[column].coded().taken(order),
    )
    return replace(log, findings=(*table.findings, *findings, *_remarks(log, others)))


def _read(columns: Mapping[str, Column], parts: Mapping[str, str]) -> _Read:
    def words(part: str) -> Coded | None:
        return columns[parts[part]].coded() if part in parts else None

    return _Read(
        cases=columns[parts["case"]].coded(),
        activities=columns[parts["activity"]].coded(),
        times=moments(columns[parts["timestamp"]]),
        starts=moments(columns[parts["start"]]) if "start" in parts else None,
        resources=words("resource"),
        transitions=words("transition"),
    )


def _sound(read: _Read) -> tuple[Flags, list[Finding]]:
    """Which rows can be used, and why the others cannot."""
    times = read.times.micros
    without = {"no_case": read.cases.codes == MISSING, "no_activity": read.activities.codes == MISSING, "no_time": times == NONE}
    sound = ~(without["no_case"] | without["no_activity"] | without["no_time"])
    middle = np.int64(np.median(times[sound])) if sound.any() else np.int64(0)
    without["odd_time"] = sound & ((times < EARLIEST) | (np.abs(times - middle) > FARTHEST))
    sound &= ~without["odd_time"]
    findings = [Finding(code, int(rows.sum()), _example(read, code, rows), left_out=True) for code, rows in without.items() if rows.any()]
    return sound, findings + _zones(read.times)


def _example(read: _Read, code: str, rows: Flags) -> str:
    place = int(np.argmax(rows))
    if code == "odd_time":
        return str(np.datetime64(int(read.times.micros[place]), "us").astype("datetime64[s]"))
    return f"{place + 2}"  # as a spreadsheet counts: the heading is row 1


def _zones(times: Moments) -> list[Finding]:
    findings = []
    zones = ", ".join(f"{minutes // 60:+03d}:{minutes % 60:02d}" for minutes in sorted(times.zones))
    if times.without_zone:
        findings.append(Finding("no_zone", times.without_zone, "UTC"))
    if times.zones and times.without_zone:
        findings.append(Finding("mixed_zones", times.without_zone, zones))
    if len(times.zones) > 1:
        findings.append(Finding("several_offsets", len(times.zones), zones))
    if times.day_first_guessed:
        findings.append(Finding("day_or_month", times.day_first_guessed))
    return findings


def _arranged(cases: Codes, times: Micros, sound: Flags) -> tuple[Places, Codes, Places]:
    """Rows by (case, time, place in the file); the cases in order of appearance; where each begins."""
    order = np.flatnonzero(sound)
    if len(order) < len(cases) or not _in_order(cases, times):
        order = order[np.argsort(times[order], kind="stable")]
        order = order[np.argsort(cases[order], kind="stable")]
    sorted_cases = cases[order]
    begins = np.flatnonzero(np.concatenate(([True], sorted_cases[1:] != sorted_cases[:-1])))
    return order, sorted_cases[begins], np.append(begins, len(order))


def _in_order(cases: Codes, times: Micros) -> bool:
    same = cases[1:] == cases[:-1]
    return bool((cases[1:] >= cases[:-1]).all() and (times[1:] >= times[:-1])[same].all())


def _compact(activities: Coded) -> Coded:
    """Only words that occur, by name, so that codes sort as names do."""
    used = np.flatnonzero(activities.counts() > 0)
    by_name = sorted(used.tolist(), key=lambda code: activities.names[code])
    new = np.zeros(len(activities.names), dtype=np.int32)
    new[by_name] = np.arange(len(by_name), dtype=np.int32)
    return Coded(new[activities.codes], [activities.names[code] for code in by_name])


def _starts(read: _Read, order: Places) -> Micros | None:
    """When the work of each event began: a column of its own; -1 where it is no time or lies after the end."""
    if read.starts is None:
        return None
    starts = read.starts.micros[order]
    return np.where((starts == NONE) | (starts < EARLIEST) | (starts > read.times.micros[order]), np.int64(-1), starts)


def _remarks(log: EventLog, others: tuple[str, ...]) -> list[Finding]:
    """What does not keep events out but must be known."""
    remarks = []
    lengths = np.diff(log.offsets)
    singles = np.flatnonzero(lengths == 1)
    if len(singles):
        remarks.append(Finding("one_event_cases", len(singles), log.cases.names[singles[0]]))
    twice = duplicates(log)
    if twice.any():
        remarks.append(Finding("duplicates", int(twice.sum()), log.cases.names[log.cases.codes[int(np.argmax(twice))]]))
    if log.resources is None:
        remarks.append(Finding("no_resource_column", log.events))
    elif (nobody := log.resources.codes == MISSING).any():
        remarks.append(Finding("no_resource", int(nobody.sum()), log.cases.names[log.cases.codes[int(np.argmax(nobody))]]))
    if log.starts is not None and (log.starts < 0).any():
        remarks.append(Finding("no_start", int((log.starts < 0).sum())))
    if others:
        remarks.append(Finding("other_columns", len(others), ", ".join(others[:8]) + (", …" if len(others) > 8 else "")))
    return remarks


def duplicates(log: EventLog) -> Flags:
    """Events that say the same as the one before: case, activity, time, resource, transition and start."""
    same = np.zeros(log.events, dtype=np.bool_)
    if log.events < 2:
        return same
    alike = log.times[1:] == log.times[:-1]
    for words in (log.cases, log.activities, log.resources, log.transitions):
        if words is not None:
            alike &= words.codes[1:] == words.codes[:-1]
    if log.starts is not None:
        alike &= log.starts[1:] == log.starts[:-1]
    same[1:] = alike
    return same
