"""Our own journal as simulation takes it: passages, arrivals, complaints and kinds of the orders of one standard. Reads; changes nothing.

Orders of every version of the standard count, as far as their stages are those of the version that is asked about. Hands-on time is known
only where somebody touched a task (evidence, claim) shortly before finishing it; elsewhere it is assumed from the limit and says n = 0, so
that waiting is not taken for work.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from orderway.engine.assignment import Absence
from orderway.engine.calendars import Holidays
from orderway.engine.program import Program
from orderway.journal.models import Entry
from orderway.masterdata import presence
from orderway.masterdata.models import Absence as AbsenceRow
from orderway.masterdata.models import RoleMember
from orderway.orders.models import Order
from orderway.orders.storing import SUBJECT
from orderway.simulation.assumptions import stage_work
from orderway.simulation.discovery import FEWEST_PASSAGES, Observed, discovered
from orderway.simulation.outcome import Passage
from orderway.simulation.parameters import Kind, Parameters, Worker
from orderway.simulation.spreads import Spread, measured

CHUNK = 400
MOST_ORDERS = 3_000  # the newest: what was true years ago predicts little, and reading all of it takes minutes
SHORTEST_WORK_SECONDS, LONGEST_WORK_SECONDS = 30.0, 4 * 3_600.0  # shorter: all in one click; longer: it was laid aside
HOLIDAYS = Holidays()
TOUCHES = frozenset({"evidence", "claim", "attach"})
ENDS = {"completed": "passed", "decided": "passed", "signed": "passed", "settled": "passed", "failed": "failed", "refused": "failed"}
Payload = Mapping[str, Any]  # JSON that engine.payloads wrote
ItemText = str


@dataclass(slots=True)
class _OrderLog:
    """What one order's journal says, entry by entry."""

    number: int
    opened: dict[ItemText, tuple[str, str, float]] = field(default_factory=dict)  # item -> stage, kind, when
    touched: dict[ItemText, float] = field(default_factory=dict)
    holds: dict[str, list[tuple[tuple[str, ...], bool]]] = field(default_factory=dict)
    runs: dict[str, int] = field(default_factory=dict)
    signers: dict[str, tuple[str, ...]] = field(default_factory=dict)
    complained: bool = False


@dataclass(frozen=True, slots=True)
class OwnLog:
    """The log, and per stage the seconds of hands-on time that were seen."""

    observed: Observed
    hands_on: Mapping[str, Sequence[float]]


def own_log(program: Program, *, until: datetime | None = None) -> OwnLog:
    """The finished orders of this standard, the newest ones; `until`: as if it were that day."""
    orders = Order.objects.filter(version__standard_id=program.standard.id, as_history=False, status=Order.Status.ENDED)
    if until is not None:
        orders = orders.filter(ended_at__lt=until)
    numbers = list(orders.order_by("-ended_at").values_list("number", "ordered_at")[:MOST_ORDERS])
    reader = _Reader(program)
    for rank, (_number, entries) in enumerate(_journals([number for number, _ in numbers])):
        reader.read(rank, entries)
    arrivals = sorted(at.timestamp() for _, at in numbers)
    return OwnLog(Observed(reader.passages, arrivals, reader.complaints, reader.kinds), reader.hands_on)


def parameters(program: Program, log: OwnLog, now: datetime) -> Parameters:
    """Everything measured, with the people of today. Refused with LogTooSmall."""
    found = discovered(program, log.observed, HOLIDAYS, people(program, now))
    stages = {stage: replace(work, work=_work(program, log, stage)) for stage, work in found.stages.items()}
    return replace(found, stages=stages)


def _work(program: Program, log: OwnLog, stage: str) -> Spread:
    seen = log.hands_on.get(stage, ())
    return measured(seen) if len(seen) >= FEWEST_PASSAGES else stage_work(program.stage(stage)).work


class _Reader:
    """One order after the other."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._assumed = {str(stage.id): stage_work(stage).work.mean for stage in program.standard.stages.values()}
        self.passages: list[Passage] = []
        self.kinds: list[Kind] = []
        self.complaints = 0
        self.hands_on: dict[str, list[float]] = {}

    def read(self, rank: int, entries: Sequence[tuple[float, str, str, Payload]]) -> None:
        """The journal of one order."""
        log = _OrderLog(rank)
        for at, act, actor, payload in entries:
            if act in TOUCHES and "item" in payload:
                log.touched.setdefault(_text(payload["item"]), at)
            log.complained = log.complained or bool(payload.get("reopened"))
            for key, how in payload.get("closed", ()):
                self._close(log, key, how, actor.partition(":")[0], at)
            self._open(log, payload, at)
            _read_way(self._program, log, payload)
        self.kinds.append(_kind(log))
        self.complaints += log.complained

    def _close(self, log: _OrderLog, key: Sequence[object], how: str, actor: str, at: float) -> None:
        begun = log.opened.pop(_text(key), None)
        if begun is None or how not in ENDS or begun[0] not in self._assumed:
            return
        stage, kind, opened = begun
        touched = log.touched.pop(_text(key), 0.0)
        if kind == "stage" and SHORTEST_WORK_SECONDS <= at - touched <= LONGEST_WORK_SECONDS:
            self.hands_on.setdefault(stage, []).append(at - touched)
            started = touched
        else:
            started = max(opened, at - self._assumed[stage])
        self.passages.append(Passage(log.number, stage, kind, actor, opened, started, at, ENDS[how], False))

    def _open(self, log: _OrderLog, payload: Payload, at: float) -> None:
        for stage, path, kind, opened_by, *_rest in payload.get("opened", ()):
            log.opened[_text([stage, path, kind, opened_by])] = (stage, kind, at)
            if stage in self._program.skips and kind == "stage":
                log.holds.setdefault(f"skip:{stage}", []).append((tuple(path), False))


def _journals(numbers: list[str]) -> Iterator[tuple[str, list[tuple[float, str, str, Payload]]]]:
    for start in range(0, len(numbers), CHUNK):
        some = numbers[start : start + CHUNK]
        rows = Entry.objects.filter(subject_kind=SUBJECT, subject_key__in=some).order_by("subject_key", "sequence")
        found: dict[str, list[tuple[float, str, str, Payload]]] = {}
        for number, at, act, actor, payload in rows.values_list("subject_key", "at", "act", "actor", "payload").iterator(chunk_size=2_000):
            found.setdefault(number, []).append((at.timestamp(), act, actor, json.loads(payload)))
        yield from ((number, found.get(number, [])) for number in some)


def _read_way(program: Program, log: _OrderLog, payload: Payload) -> None:
    """Which way the order took: stages skipped, branches taken, runs, who had to sign."""
    for stage, path, _condition in payload.get("skipped", ()):
        log.holds.setdefault(f"skip:{stage}", []).append((tuple(path), True))
    for _kind_of_block, number, path, branches in payload.get("entered", ()):
        for branch, rule in enumerate(program.nodes[number].when if number < len(program.nodes) else ()):
            if rule is not None:
                log.holds.setdefault(rule.id, []).append((tuple(path), branch in branches))
    for (name, _path, _key), state in payload.get("each_runs", ()):
        node = program.each_of.get(name)
        if node is not None and state == "open":
            log.runs[node.list] = log.runs.get(node.list, 0) + 1
    for stage, _path, _run, _decided_by, roles, *_rest in payload.get("decisions", ()):
        gate = program.stage(stage).gate if stage in program.standard.stages else None
        if gate is not None and gate.approve:
            log.signers[gate.approve] = tuple(roles)


def _kind(log: _OrderLog) -> Kind:
    """The answers, one per run, the last of each counting (rework asks again)."""
    holds = {rule: tuple(answer for _, answer in sorted(dict(answers).items())) for rule, answers in log.holds.items()}
    return Kind(holds=holds, runs=dict(log.runs), signers=dict(log.signers))


def _text(item: object) -> ItemText:
    return json.dumps(item)


def people(program: Program, now: datetime) -> tuple[Worker, ...]:
    """Everybody who has a role of the standard today, with the absences that are known."""
    rows = RoleMember.objects.filter(presence.valid_on(now.date()), role__in=list(program.standard.roles), person__is_active=True)
    roles: dict[str, list[str]] = {}
    for key, role in rows.order_by("person__key", "role").values_list("person__key", "role"):
        roles.setdefault(key, []).append(role)
    away: dict[str, list[Absence]] = {}
    for one in AbsenceRow.objects.filter(person__key__in=roles, withdrawn_at__isnull=True, last_day__gte=now.date()).select_related(
        "person", "deputy"
    ):
        away.setdefault(one.person.key, []).append(Absence(one.first_day, one.last_day, one.deputy.key if one.deputy else ""))
    return tuple(Worker(key, tuple(found), absences=tuple(away.get(key, ()))) for key, found in roles.items())
