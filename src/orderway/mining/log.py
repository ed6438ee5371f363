"""An event log as arrays: one row per event, in the order (case, time, place in the file).

Everything that counts, measures or aligns takes an `EventLog`; where it came from is the readers' business (`mining/logs`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.int32]
Micros = NDArray[np.int64]
Flags = NDArray[np.bool_]
Places = NDArray[np.int64]

MISSING = -1  # the code of a value that is not there
SECOND = 1_000_000  # microseconds
PARTS = ("case", "activity", "timestamp", "start", "resource", "transition")  # what a column of a log can be


@dataclass(frozen=True, slots=True)
class Coded:
    """A column of words: each row holds the place of its word in `names`, or MISSING."""

    codes: Codes
    names: Sequence[str]

    def counts(self) -> Places:
        """How often each word stands there."""
        return np.bincount(self.codes[self.codes >= 0], minlength=len(self.names))

    def taken(self, places: Places) -> Coded:
        """The same words at other rows."""
        return Coded(self.codes[places], self.names)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about the file that its reader must know: what, how often, an example, and whether those events were left out."""

    code: str
    count: int
    example: str = ""
    left_out: bool = False


@dataclass(frozen=True, slots=True)
class Taken:
    """Which column was read as what, and how the file was read."""

    format: str
    columns: Mapping[str, str]
    others: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EventLog:
    """Events of cases; events of one case stand together, `offsets[c]` to `offsets[c + 1]`."""

    name: str
    cases: Coded
    activities: Coded
    times: Micros
    offsets: Places
    taken: Taken
    findings: tuple[Finding, ...] = ()
    resources: Coded | None = None
    transitions: Coded | None = None
    starts: Micros | None = None  # when the work of the event began, where the log says so; -1 else
    attribute_names: tuple[str, ...] = ()
    _attribute: Callable[[str], Coded] | None = field(default=None, repr=False, compare=False)

    @property
    def events(self) -> int:
        """The number of events."""
        return len(self.times)

    @property
    def case_count(self) -> int:
        """The number of cases."""
        return len(self.offsets) - 1

    def attribute(self, name: str) -> Coded:
        """A column that has no part of its own in the log, per event."""
        if self._attribute is None or name not in self.attribute_names:
            raise KeyError(name)
        return self._attribute(name)

    def firsts(self) -> Micros:
        """When each case began: its first event, or the start of the work of it."""
        begins = self.times if self.starts is None else np.where(self.starts >= 0, self.starts, self.times)
        return np.minimum.reduceat(begins, self.offsets[:-1]) if self.case_count else begins[:0]

    def lasts(self) -> Micros:
        """When each case ended: its last event."""
        return self.times[self.offsets[1:] - 1]

    def of_cases(self, chosen: Flags) -> EventLog:
        """The log of some of its cases."""
        lengths = np.diff(self.offsets)
        kept = np.flatnonzero(np.repeat(chosen, lengths))
        numbers = np.flatnonzero(chosen)
        renumbered = np.repeat(np.arange(len(numbers), dtype=np.int32), lengths[numbers])
        return EventLog(
            name=self.name,
            cases=Coded(renumbered, [self.cases.names[number] for number in numbers.tolist()]),
            activities=self.activities.taken(kept),
            times=self.times[kept],
            offsets=np.concatenate(([0], np.cumsum(lengths[numbers]))),
            taken=self.taken,
            findings=self.findings,
            resources=self.resources.taken(kept) if self.resources else None,
            transitions=self.transitions.taken(kept) if self.transitions else None,
            starts=self.starts[kept] if self.starts is not None else None,
            attribute_names=self.attribute_names,
            _attribute=(lambda name: self.attribute(name).taken(kept)) if self._attribute else None,
        )


def gettext_noop(sentence: str) -> str:
    """Mark a sentence for translation; pages translate it, this package knows no language."""
    return sentence


class Unreadable(Exception):
    """The file cannot be read as a log; the sentence says why and what to do. `code` is stable, `params` are the parts of the sentence."""

    def __init__(self, code: str, sentence: str, **params: str | int) -> None:
        super().__init__(sentence.format(**params))
        self.code = code
        self.sentence = sentence
        self.params = params
