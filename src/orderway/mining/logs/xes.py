"""XES (IEEE 1849): traces and events with attributes. Attributes of the trace are columns `case:…`, as everywhere in the trade."""

from __future__ import annotations

import numpy as np

from orderway.mining.log import MISSING, Codes, Finding
from orderway.mining.logs.markup import read_markup
from orderway.mining.logs.sparse import Sparse, as_column
from orderway.mining.logs.table import Table

VALUES = frozenset({"string", "date", "int", "float", "boolean", "id"})
MEANING = {
    "case": "case:concept:name",
    "activity": "concept:name",
    "timestamp": "time:timestamp",
    "resource": "org:resource",
    "transition": "lifecycle:transition",
}


class _Traces:
    """What the stream of elements adds up to."""

    def __init__(self) -> None:
        self.of_events, self.of_traces = Sparse(), Sparse()
        self.events = 0  # complete ones
        self.lengths: list[int] = []  # events of each trace
        self.inside: list[str] = []  # the elements that enclose this one, from trace down

    def start(self, name: str, attributes: dict[str, str]) -> None:
        inside = self.inside
        if not inside:
            if name == "trace":
                inside.append(name)
                self.lengths.append(0)
            return
        if name in VALUES and len(inside) <= 2 and inside[-1] in ("event", "trace"):
            self._value(attributes)
        inside.append(name)

    def _value(self, attributes: dict[str, str]) -> None:
        key = attributes.get("key")
        if key is None or "value" not in attributes:
            return
        if self.inside[-1] == "event":
            self.of_events.put(key, self.events, attributes["value"])
        else:
            self.of_traces.put(f"case:{key}", len(self.lengths) - 1, attributes["value"])

    def end(self, name: str) -> None:
        if self.inside and self.inside.pop() == "event" and len(self.inside) == 1:
            self.events += 1
            self.lengths[-1] += 1


def read_xes(content: bytes, findings: tuple[Finding, ...]) -> Table:
    """The columns of an XES file."""
    traces = _Traces()
    broken = read_markup(content, traces.start, traces.end)
    return table_of(traces.of_events, traces.of_traces, traces.lengths, (*findings, *broken))


def table_of(of_events: Sparse, of_traces: Sparse, lengths: list[int], findings: tuple[Finding, ...]) -> Table:
    """Attributes of events and of traces as one table, a row per event."""
    events = sum(lengths)
    spread = np.repeat(np.arange(len(lengths)), lengths)
    columns = {name: as_column(codes[spread], words) for name, (codes, words) in of_traces.columns(len(lengths)).items()}
    columns |= {name: as_column(codes, words) for name, (codes, words) in of_events.columns(events).items()}
    named, said = _named(of_traces, len(lengths))
    columns[MEANING["case"]] = as_column(named[0][spread], named[1])
    return Table("XES", columns, (*findings, *_empty(lengths), *said), meaning=MEANING)


def _named(of_traces: Sparse, traces: int) -> tuple[tuple[Codes, list[str]], list[Finding]]:
    """The name of every trace; one without a name is numbered, and that is said."""
    codes, words = of_traces.columns(traces).get(MEANING["case"], (np.full(traces, MISSING, dtype=np.int32), []))
    nameless = np.flatnonzero((codes == MISSING) | np.isin(codes, [code for code, word in enumerate(words) if not word.strip()]))
    codes[nameless] = np.arange(len(words), len(words) + len(nameless), dtype=np.int32)
    numbered = [f"trace {place + 1}" for place in nameless]
    said = [Finding("unnamed_traces", len(nameless), numbered[0])] if len(nameless) else []
    return (codes, [*words, *numbered]), said


def _empty(lengths: list[int]) -> list[Finding]:
    """Traces without events have no row; they are counted here."""
    empty = sum(1 for length in lengths if not length)
    return [Finding("empty_traces", empty, left_out=True)] if empty else []
