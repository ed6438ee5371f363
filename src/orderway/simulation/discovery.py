"""Parameters read from what happened: work, waiting, gates, people and arrivals of a log, each with its n. A log too small is refused.

Waiting is split by asking whether the person was busy: what passed while they were free is the stage's own delay, the rest comes out of
the simulation again (Chapela-Campa and Dumas, "Modeling extraneous activity delays", 2023).
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from orderway.engine.acting import SYSTEM
from orderway.engine.calendars import Holidays
from orderway.engine.program import Program
from orderway.simulation.outcome import Passage
from orderway.simulation.parameters import HOURS_OF_WEEK, Arrivals, Kind, Parameters, StageWork, Worker
from orderway.simulation.refusals import LogTooSmall
from orderway.simulation.running import always
from orderway.simulation.spreads import NOTHING, Share, Spread, measured
from orderway.simulation.timeline import Timeline

FEWEST_CASES = 30  # a mean of skewed times is known to about a fifth then
FEWEST_PASSAGES = 10
CLOSE_SECONDS = 60.0  # work that begins so soon after other work of the person had waited for it
WEEK = 7 * 86_400.0


@dataclass(frozen=True, slots=True)
class Observed:
    """A log of one standard: the passages of finished orders, when orders arrived, how many complained, and what kinds they were.

    `started` of a passage is 0 where nobody knows when work began.
    """

    passages: Sequence[Passage]
    arrivals: Sequence[float]
    complaints: int
    kinds: Sequence[Kind] = ()


def discovered(program: Program, observed: Observed, holidays: Holidays, people: tuple[Worker, ...] = ()) -> Parameters:
    """Everything measured. `people`: who is there, if that is known; else who was seen at work. Raises LogTooSmall."""
    require_enough(program, observed)
    begin = datetime.fromtimestamp(min(observed.arrivals), UTC).date()
    reader = _Reader(program, observed, holidays, begin)
    cases = len(observed.arrivals)
    return Parameters(
        arrivals=reader.arrivals(),
        stages={str(stage): reader.stage(str(stage)) for stage in program.standard.stages},
        people=reader.in_hand(people) if people else reader.people(),
        kinds=_kinds(observed.kinds) or (Kind(),),
        complains=Share(observed.complaints / cases, cases),
    )


def require_enough(program: Program, observed: Observed) -> None:
    """Refuse a log of too few cases, or in which a stage that every order passes was hardly ever done."""
    cases = len({passage.order for passage in observed.passages})
    if cases < FEWEST_CASES:
        raise LogTooSmall(cases=cases, missing="the times of every stage would be guesses", needed=FEWEST_CASES)
    counts = Counter(passage.stage for passage in observed.passages if passage.kind == "stage")
    rare = {stage: counts[stage] for stage in sorted(always(program)) if _by_person(program, stage) and counts[stage] < FEWEST_PASSAGES}
    if rare:
        named = ", ".join(f"{stage} was done {count} times" for stage, count in rare.items())
        least = min(max(1, count) for count in rare.values())
        raise LogTooSmall(cases=cases, missing=named, needed=-(-cases * FEWEST_PASSAGES // least))


class _Reader:
    """One pass over the log, then one answer per question."""

    def __init__(self, program: Program, observed: Observed, holidays: Holidays, begin: date) -> None:
        self._program, self._observed = program, observed
        standard = program.standard
        made = {calendar.id: Timeline(calendar, holidays, begin) for calendar in standard.calendars.values()}
        self._timelines = {str(stage.id): made[standard.calendar_of(stage).id] for stage in standard.stages.values()}
        self._office = made[standard.calendar]
        self._of_stage: Mapping[str, list[Passage]] = defaultdict(list)
        self._ends: Mapping[str, list[float]] = defaultdict(list)
        for passage in observed.passages:
            self._of_stage[passage.stage].append(passage)
            if passage.person != SYSTEM.key:
                self._ends[passage.person].append(passage.ended)
        for ends in self._ends.values():
            ends.sort()

    def stage(self, stage: str) -> StageWork:
        """How one stage goes."""
        found = [passage for passage in self._of_stage.get(stage, ()) if passage.kind == "stage"]
        signed = [passage for passage in self._of_stage.get(stage, ()) if passage.kind == "approval"]
        return StageWork(
            work=self._work(found),
            delay=self._delay(found),
            fails=_failing(found),
            signing=self._work(signed),
            refused=_failing(signed),
        )

    def arrivals(self) -> Arrivals:
        """Orders per hour of the week, over the weeks that the log covers."""
        moments = sorted(self._observed.arrivals)
        weeks = max(1.0, (moments[-1] - moments[0]) / WEEK)
        counts = Counter(self._office.hour_of_week(moment) for moment in moments)
        return Arrivals(tuple(counts[hour] / weeks for hour in range(HOURS_OF_WEEK)), len(moments))

    def people(self) -> tuple[Worker, ...]:
        """Everybody who did something, in the roles of the stages they did, with as many items in hand as were seen at once."""
        roles: dict[str, dict[str, None]] = defaultdict(dict)
        for passage in self._observed.passages:
            stage = self._program.stage(passage.stage)
            if passage.person != SYSTEM.key and passage.kind in ("stage", "complaint"):
                roles[passage.person][str(stage.owner)] = None
            elif passage.kind == "decision" and stage.gate is not None and stage.gate.fail is not None:
                roles[passage.person][str(stage.gate.fail.then)] = None
        return tuple(Worker(key, tuple(found), capacity=self._in_hand(key)) for key, found in sorted(roles.items()))

    def in_hand(self, people: tuple[Worker, ...]) -> tuple[Worker, ...]:
        """These people with as many items in hand as were seen at once."""
        return tuple(replace(worker, capacity=self._in_hand(worker.key)) for worker in people)

    def _work(self, passages: Sequence[Passage]) -> Spread:
        """From the first touch to the end; where no touch is known, from when the person could have begun."""
        known = [self._worked(passage, passage.started) for passage in passages if passage.started and passage.person != SYSTEM.key]
        if known:
            return measured(known)
        gaps = [self._worked(passage, free) for passage in passages if (free := self._busy_until(passage)) >= passage.opened]
        gaps.sort()
        usual = [gap for gap in gaps if gap <= 3 * gaps[len(gaps) // 2]]  # longer gaps are pauses, not work
        return measured(usual) if usual else NOTHING

    def _delay(self, passages: Sequence[Passage]) -> Spread:
        """What passed while the person was free; if they were hardly ever, what passed at all."""
        timed = [(passage, self._began(passage)) for passage in passages]
        free = [(passage, start) for passage, start in timed if not self._was_busy(passage, start)]
        chosen = free if len(free) >= FEWEST_PASSAGES else timed
        return measured([self._between(passage, start) for passage, start in chosen]) if chosen else NOTHING

    def _began(self, passage: Passage) -> float:
        return passage.started or max(passage.opened, passage.ended - CLOSE_SECONDS)

    def _was_busy(self, passage: Passage, start: float) -> bool:
        return passage.person != SYSTEM.key and start > passage.opened and start - self._busy_until(passage) <= CLOSE_SECONDS

    def _busy_until(self, passage: Passage) -> float:
        """The last end of the person's other work before this began (before it ended, where that is not known)."""
        ends = self._ends.get(passage.person, [])
        index = bisect_left(ends, (passage.started + 1e-6) if passage.started else passage.ended) - 1
        return ends[index] if index >= 0 else 0.0

    def _between(self, passage: Passage, start: float) -> float:
        timeline = self._timelines[passage.stage]
        return timeline.worked(start) - timeline.worked(passage.opened)

    def _worked(self, passage: Passage, start: float) -> float:
        timeline = self._timelines[passage.stage]
        return timeline.worked(passage.ended) - timeline.worked(start)

    def _in_hand(self, key: str) -> int:
        """Items in hand at once in nine of ten moments of beginning one."""
        spans = [(one.started, one.ended) for one in self._observed.passages if one.person == key and one.started]
        starts, ends = sorted(start for start, _ in spans), sorted(end for _, end in spans)
        at_once = sorted(number + 1 - bisect_left(ends, start + 1e-6) for number, start in enumerate(starts))
        return max(1, at_once[int(len(at_once) * 0.9)]) if at_once else 1


def _failing(passages: Sequence[Passage]) -> Share:
    return Share(sum(passage.how == "failed" for passage in passages) / len(passages), len(passages)) if passages else Share(0.0)


def _by_person(program: Program, stage: str) -> bool:
    return program.stage(stage).runs == "person" and program.stage(stage).skip_when is None


def _kinds(kinds: Iterable[Kind]) -> tuple[Kind, ...]:
    """Equal kinds counted together."""
    counted: dict[str, tuple[Kind, float]] = {}
    for kind in kinds:
        known = counted.get(repr(kind))
        counted[repr(kind)] = (kind, (known[1] if known else 0.0) + kind.weight)
    return tuple(Kind(kind.holds, kind.runs, kind.signers, weight) for kind, weight in counted.values())
