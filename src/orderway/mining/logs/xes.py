"""XES (IEEE 1849): traces and events with attributes. Attributes of the trace are columns `case:…`, as everywhere in the trade."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from orderway.mining.log import MISSING, Codes, Finding
from orderway.mining.logs.markup import read_markup
from orderway.mining.logs.sparse import Sparse, Words, as_column
from orderway.mining.logs.table import Table
from orderway.mining.logs.xes_regular import read_regular

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
    regular = read_regular(content)
    if regular is not None:
        return _table(regular.of_events, regular.of_traces, regular.lengths, findings)
    return read_parsed(content, findings)


def read_parsed(content: bytes, findings: tuple[Finding, ...]) -> Table:
    """The same by a parser, element by element, whatever the file looks like; also as far as it goes where it breaks off."""
    traces = _Traces()
    broken = read_markup(content, traces.start, traces.end)
    of_events, of_traces = traces.of_events.columns(sum(traces.lengths)), traces.of_traces.columns(len(traces.lengths))
    return _table(of_events, of_traces, traces.lengths, (*findings, *broken))


Columns = Mapping[str, tuple[Codes, Words]]


def _table(of_events: Columns, of_traces: Columns, lengths: list[int], findings: tuple[Finding, ...]) -> Table:
    """Attributes of events and of traces as one table, a row per event."""
    spread = np.repeat(np.arange(len(lengths)), lengths)
    columns = {name: as_column(codes[spread], words) for name, (codes, words) in of_traces.items()}
    columns |= {name: as_column(codes, words) for name, (codes, words) in of_events.items()}
    named, said = _named(of_traces, len(lengths))
    columns[MEANING["case"]] = as_column(named[0][spread], named[1])
    return Table("XES", columns, (*findings, *_empty(lengths), *said), meaning=MEANING)


def _named(of_traces: Columns, traces: int) -> tuple[tuple[Codes, list[str]], list[Finding]]:
    """The name of every trace; one without a name is numbered, and that is said."""
    known, texts = of_traces.get(MEANING["case"], (np.full(traces, MISSING, dtype=np.int32), []))
    codes, words = known.copy(), texts if isinstance(texts, list) else texts.to_pylist()
    nameless = np.flatnonzero((codes == MISSING) | np.isin(codes, [code for code, word in enumerate(words) if not word.strip()]))
    codes[nameless] = np.arange(len(words), len(words) + len(nameless), dtype=np.int32)
    numbered = [f"trace {place + 1}" for place in nameless]
    said = [Finding("unnamed_traces", len(nameless), numbered[0])] if len(nameless) else []
    return (codes, [*words, *numbered]), said


def _empty(lengths: list[int]) -> list[Finding]:
    """Traces without events have no row; they are counted here."""
    empty = sum(1 for length in lengths if not length)
    return [Finding("empty_traces", empty, left_out=True)] if empty else []
