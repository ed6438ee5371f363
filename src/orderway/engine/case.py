"""Where one order stands: its open items, holds and counters, as one frozen value with one canonical text.

A case keeps no facts, no people responsible and no times; those are handed in. Only `replay.apply` makes a new one.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal, NamedTuple

Kind = Literal["stage", "approval", "decision", "complaint", "leftover"]
Status = Literal["open", "ended", "cancelled"]
RunState = Literal["open", "finished", "withdrawn"]
Path = tuple[str, ...]

PLACE_SEPARATOR = "/"
REMEMBERED_TEXTS = 2_000  # parsed cases; orders of one import stand at few distinct places


class ItemKey(NamedTuple):
    """The identity of an open item: `opened` is the sequence of the journal entry that opened it, else rework would collide."""

    stage: str
    path: Path
    kind: Kind
    opened: int


class OpenItem(NamedTuple):
    """Work that waits for somebody.

    kind: `stage` is the stage itself; `approval` a signature that its gate waits for; `decision` the verdict of the role that takes
    over after too many failures; `complaint` a further run outside the flow; `leftover` what an undo could not take back.
    `path`: keys of the enclosing `each` runs. `role`: who owns it. `waiting`: why the system could not finish it, or "".
    """

    stage: str
    path: Path
    kind: Kind
    opened: int
    run: int
    role: str
    waiting: str = ""

    @property
    def key(self) -> ItemKey:
        """What identifies the item for its whole life."""
        return ItemKey(self.stage, self.path, self.kind, self.opened)

    @property
    def place(self) -> str:
        """The part of a place after the order number: ``2`` in ``SO-1042/2``; empty outside of every `each`."""
        return PLACE_SEPARATOR.join((*self.path, "complaint") if self.kind == "complaint" else self.path)


class GateDecision(NamedTuple):
    """A gate that was decided and waits for signatures: `roles` in order, `signed` the people of each signature given so far.

    A person who acted as a deputy stands together with the person acted for. `stand_in_for`: everybody for whom one of them may stand
    in, so that a later signatory is not somebody whose delegate decided or signed before.
    """

    stage: str
    path: Path
    run: int
    decided_by: tuple[str, ...]
    roles: tuple[str, ...]
    signed: tuple[tuple[str, ...], ...] = ()
    stand_in_for: tuple[str, ...] = ()


class Waiver(NamedTuple):
    """A criterion that somebody let pass for one run of a gate; the reason stands in the journal entry `sequence`."""

    stage: str
    path: Path
    run: int
    criterion: str
    actor: str
    sequence: int


class Hold(NamedTuple):
    """A hold of one type, placed by the journal entry `sequence`."""

    type: str
    sequence: int


class EachRun(NamedTuple):
    """One run of an `each`: the block's word, the keys of the runs around it, and its own key."""

    name: str
    path: Path
    key: str


Place = tuple[str, Path]


@dataclass(frozen=True, slots=True)
class Case:
    """The position of one order. `sequence` counts the journal entries folded so far; mappings are never changed in place.

    `failures`, `runs`: per (stage, path), over the whole life. `passed`: places completed, of the stages that exceptions ask about.
    `worked`: people per stage, of the stages that a `not_by` names. `each_runs`: state of every run. `ends_as`: what the case becomes
    when nothing is open. `ended_once`: lead time ended with the first end; `reopenings` counts what came after.
    """

    sequence: int = 0
    status: Status = "open"
    items: tuple[OpenItem, ...] = ()
    holds: tuple[Hold, ...] = ()
    failures: Mapping[Place, int] = field(default_factory=dict)
    runs: Mapping[Place, int] = field(default_factory=dict)
    passed: frozenset[Place] = frozenset()
    worked: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    each_runs: Mapping[EachRun, RunState] = field(default_factory=dict)
    decisions: tuple[GateDecision, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    ends_as: Literal["ended", "cancelled"] = "ended"
    ended_once: bool = False
    reopenings: int = 0
    _text: list[str] = field(default_factory=list, compare=False, repr=False)

    @property
    def held(self) -> bool:
        """Whether any hold stands: completing and automatic work are then refused and every clock stands still."""
        return bool(self.holds)

    def item(self, key: ItemKey) -> OpenItem | None:
        """The open item of this identity, or None if it is no longer open."""
        for item in self.items:
            if item[:4] == key:
                return item
        return None

    def at(self, stage: str, path: Path = (), kind: Kind = "stage") -> OpenItem | None:
        """The open stage, complaint or leftover at a place, if there is one; there is never more than one."""
        return next((item for item in self.items if item.stage == stage and item.path == path and item.kind == kind), None)

    def decision(self, item: OpenItem) -> GateDecision | None:
        """The decision of the gate of this item (or of the passage that an approval belongs to) that waits for signatures."""
        if not self.decisions:
            return None
        wanted = (item.stage, item.path, item.run)
        return next((decision for decision in self.decisions if decision[:3] == wanted), None)

    def taken_over(self, item: OpenItem) -> OpenItem | None:
        """The open decision of the role that took over the item's gate, if it failed too often."""
        for other in self.items:
            if other.kind == "decision" and (other.stage, other.path, other.run) == (item.stage, item.path, item.run):
                return other
        return None

    def passage(self, item: OpenItem) -> OpenItem | None:
        """The stage or complaint that an approval or decision belongs to."""
        wanted = (item.stage, item.path, item.run)
        found = (other for other in self.items if other.kind in ("stage", "complaint") and (other.stage, other.path, other.run) == wanted)
        return next(found, None)

    def waived(self, item: OpenItem) -> frozenset[str]:
        """The criteria of the item's gate that are waived in this run."""
        return frozenset(w.criterion for w in self.waivers if (w.stage, w.path, w.run) == (item.stage, item.path, item.run))

    def to_text(self) -> str:
        """Canonical JSON: equal cases have equal texts, byte for byte. Empty parts are left out."""
        if not self._text:
            self._text.append(json.dumps(dict(_parts(self)), ensure_ascii=False, separators=(",", ":")))
        return self._text[0]

    @staticmethod
    def from_text(text: str) -> Case:
        """The case of a canonical text. Recently read texts are remembered."""
        return _parsed(text)


UNOPENED = Case()  # where every order begins


def _parts(case: Case) -> Iterator[tuple[str, object]]:
    yield "n", case.sequence
    if case.status != "open":
        yield "s", case.status
    if case.items:
        yield "i", sorted(case.items)
    if case.holds:
        yield "h", sorted(case.holds, key=lambda hold: hold.sequence)
    for letter, counts in (("f", case.failures), ("r", case.runs)):
        if counts:
            yield letter, [[stage, list(path), count] for (stage, path), count in sorted(counts.items())]
    if case.passed:
        yield "p", sorted([stage, list(path)] for stage, path in case.passed)
    if case.worked:
        yield "w", {stage: list(people) for stage, people in sorted(case.worked.items())}
    if case.each_runs:
        yield "e", [[*run, state] for run, state in sorted(case.each_runs.items())]
    if case.decisions:
        yield "d", sorted(case.decisions)
    if case.waivers:
        yield "v", sorted(case.waivers)
    if case.ends_as != "ended":
        yield "z", case.ends_as
    if case.ended_once:
        yield "o", 1
    if case.reopenings:
        yield "x", case.reopenings


@lru_cache(maxsize=REMEMBERED_TEXTS)
def _parsed(text: str) -> Case:
    parts = json.loads(text)
    case = Case(
        sequence=parts["n"],
        status=parts.get("s", "open"),
        items=tuple(OpenItem(item[0], tuple(item[1]), *item[2:]) for item in parts.get("i", ())),
        holds=tuple(Hold(*hold) for hold in parts.get("h", ())),
        failures={(stage, tuple(path)): count for stage, path, count in parts.get("f", ())},
        runs={(stage, tuple(path)): count for stage, path, count in parts.get("r", ())},
        passed=frozenset((stage, tuple(path)) for stage, path in parts.get("p", ())),
        worked={stage: tuple(people) for stage, people in parts.get("w", {}).items()},
        each_runs={EachRun(name, tuple(path), key): state for name, path, key, state in parts.get("e", ())},
        decisions=tuple(
            GateDecision(stage, tuple(path), run, tuple(by), tuple(roles), tuple(tuple(people) for people in signed), tuple(linked))
            for stage, path, run, by, roles, signed, linked in parts.get("d", ())
        ),
        waivers=tuple(Waiver(waiver[0], tuple(waiver[1]), *waiver[2:]) for waiver in parts.get("v", ())),
        ends_as=parts.get("z", "ended"),
        ended_once=bool(parts.get("o", 0)),
        reopenings=parts.get("x", 0),
    )
    case._text.append(text)
    return case
