"""The case study: an invented maker before and after a standard introduced by three PDCA cycles, a simulated year, recomputed from a seed.

A true world runs four quarters and writes a log. Before each change the log of the last quarter is discovered and simulated with the
change: that is the prediction. Then the true world changes, taken up only in part: that is the measurement. No figure is written by hand.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from random import Random
from statistics import fmean
from typing import NamedTuple

from orderway.engine.calendars import Holidays
from orderway.engine.program import Program, compile_standard
from orderway.simulation import case_assumptions as assumed_by
from orderway.simulation.assumptions import office_hours
from orderway.simulation.discovery import Observed, discovered
from orderway.simulation.outcome import OrderDone, Outcome, Passage
from orderway.simulation.parameters import Arrivals, Kind, Parameters, StageWork, Worker
from orderway.simulation.running import runs
from orderway.simulation.spreads import Share, assumed
from orderway.simulation.summary import Figure, figure
from orderway.simulation.verdicts import Seen, Verdict, judged
from orderway.standard.parse import parse

BEGIN = datetime(2026, 1, 5, tzinfo=UTC)
KIND = Kind(holds={"skip:put_right": (True,)})
VARIATION = 0.8
FULL_TIME_FACTOR = 3.0  # arrivals for the volume: so many times what people can do that work never runs out
REPLICATIONS = 3

Progress = Callable[[str, int, int], None]


class Change(NamedTuple):
    """One measure of a cycle: what was predicted, what was measured, relative to the phase before."""

    predicted: float
    measured: Verdict


@dataclass(frozen=True, slots=True)
class CycleResult:
    """One cycle side by side."""

    name: str
    because: str
    lead: Change
    errors: Change


@dataclass(frozen=True, slots=True)
class CaseStudy:
    """Everything that was computed. `volume`: relative change per replication."""

    seed: int
    orders_per_phase: int
    cycles: tuple[CycleResult, ...]
    lead: Verdict
    errors: Verdict
    csat: Verdict
    volume: Figure
    adopted: tuple[float, ...]


class _Phase(NamedTuple):
    program: Program
    parameters: Parameters
    outcome: Outcome
    csat: list[Seen]


def study(*, seed: int, orders_per_phase: int = 0, progress: Progress | None = None) -> CaseStudy:
    """The whole year. `orders_per_phase` is thirteen weeks of orders if not given."""
    orders = orders_per_phase or round(assumed_by.ORDERS_PER_WEEK * assumed_by.WEEKS_PER_PHASE)
    chance = Random(seed)  # noqa: S311  a simulation, no secret
    adopted = tuple(chance.uniform(*assumed_by.ADOPTION) for _ in assumed_by.CYCLES)
    tell = progress or (lambda what, done, total: None)
    steps = len(assumed_by.CYCLES) + 2
    tell("before", 0, steps)
    phases = [_phase(_program("before"), _before(), orders, seed, 0)]
    results = []
    for number, cycle in enumerate(assumed_by.CYCLES):
        tell(cycle.name, number + 1, steps)
        predicted = _predicted(phases[-1], cycle, orders, seed)
        program = _program("after") if cycle.gate else phases[-1].program
        phases.append(_phase(program, changed(phases[-1].parameters, cycle, adopted[number]), orders, seed, number + 1))
        results.append(_result(cycle, predicted, phases[-2], phases[-1], seed))
    tell("volume", steps - 1, steps)
    first, last = phases[0], phases[-1]
    return CaseStudy(
        seed=seed,
        orders_per_phase=orders,
        cycles=tuple(results),
        lead=judged(_leads(first.outcome), _leads(last.outcome), seed=seed),
        errors=judged(_errors(first.outcome), _errors(last.outcome), seed=seed, looked_for=0.5),
        csat=judged(first.csat, last.csat, seed=seed, lower_is_better=False, looked_for=0.1),
        volume=_volume_change(first, last, orders, seed),
        adopted=adopted,
    )


def changed(parameters: Parameters, cycle: assumed_by.Cycle, adoption: float) -> Parameters:
    """The parameters after a cycle, its effects taken up to this share."""
    stages = dict(parameters.stages)
    for effect in cycle.effects:
        factor = 1 - adoption * (1 - effect.factor)
        for stage in effect.stages:
            stages[stage] = _times(stages[stage], effect.what, factor)
    if cycle.gate:
        stages["check"] = _work_of(assumed_by.GATE._replace(detects=assumed_by.GATE.detects * adoption))
    return replace(parameters, stages=stages)


def with_errors(program: Program, parameters: Parameters, outcome: Outcome) -> Parameters:
    """Gates that send back by chance become errors that are left and found, estimated from where errors came to light in the log.

    What a later gate or the customer found had been missed by the earlier ones.
    """
    sends_back = {str(stage.id) for stage in program.standard.stages.values() if stage.gate is not None and stage.gate.fail is not None}
    gates = [stage for stage in program.order_of if stage in sends_back]
    found = [sum(passage.stage == gate and passage.how == "failed" for passage in outcome.passages) for gate in gates]
    complaints = sum(order.complained for order in outcome.orders)
    first = next(iter(program.order_of))
    passages = sum(passage.stage == first for passage in outcome.passages)
    stages = {stage: replace(work, fails=Share(0.0)) for stage, work in parameters.stages.items()}
    missed = complaints
    for gate, caught in reversed(list(zip(gates, found, strict=True))):
        stages[gate] = replace(stages[gate], detects=Share(caught / max(1, caught + missed), caught + missed))
        missed += caught
    stages[first] = replace(stages[first], defects=Share(missed / max(1, passages), passages))
    return replace(parameters, stages=stages, complains=Share(0.0), notices=Share(1.0))


def _phase(program: Program, parameters: Parameters, orders: int, seed: int, number: int) -> _Phase:
    begin = BEGIN + timedelta(weeks=number * assumed_by.WEEKS_PER_PHASE)
    (outcome,) = runs(program, parameters, orders=orders, replications=1, seed=seed * 10 + number, begin=begin, recording=True)
    chance = Random(seed * 100 + number)  # noqa: S311
    return _Phase(program, parameters, outcome, [Seen(_stars(order, chance)) for order in _counted(outcome)])


def _predicted(phase: _Phase, cycle: assumed_by.Cycle, orders: int, seed: int) -> tuple[float, float]:
    """Relative changes of lead time and errors: the discovered world with the change against the discovered world without."""
    known = with_errors(phase.program, _discovered(phase), phase.outcome)
    now = _means(phase.program, known, orders, seed)
    program = _program("after") if cycle.gate else phase.program
    then = _means(program, changed(known, cycle, 1.0), orders, seed)
    return then[0] / now[0] - 1, then[1] / max(1e-9, now[1]) - 1


def _discovered(phase: _Phase) -> Parameters:
    outcome = phase.outcome
    complaints = sum(order.complained for order in outcome.orders)
    observed = Observed(outcome.passages, [order.arrived for order in outcome.orders], complaints, [KIND])
    return discovered(phase.program, observed, Holidays(), phase.parameters.people)


def _means(program: Program, parameters: Parameters, orders: int, seed: int) -> tuple[float, float]:
    outcomes = runs(program, parameters, orders=orders, replications=REPLICATIONS, seed=seed, begin=BEGIN)
    leads = [order.lead for outcome in outcomes for order in _counted(outcome)]
    return fmean(leads), fmean(order.error for outcome in outcomes for order in _counted(outcome))


def _result(cycle: assumed_by.Cycle, predicted: tuple[float, float], before: _Phase, after: _Phase, seed: int) -> CycleResult:
    lead = judged(_leads(before.outcome), _leads(after.outcome), seed=seed)
    errors = judged(_errors(before.outcome), _errors(after.outcome), seed=seed, looked_for=0.5)
    return CycleResult(cycle.name, cycle.because, Change(predicted[0], lead), Change(predicted[1], errors))


def _volume_change(first: _Phase, last: _Phase, orders: int, seed: int) -> Figure:
    before, after = (_volumes(phase, orders, seed) for phase in (first, last))
    return figure(new / old - 1 for old, new in zip(before, after, strict=True))


def _volumes(phase: _Phase, orders: int, seed: int) -> list[float]:
    """Orders ended per week while work never runs out: of the middle half of the ends."""
    full = replace(phase.parameters, arrivals=phase.parameters.arrivals.at_rate(assumed_by.ORDERS_PER_WEEK * FULL_TIME_FACTOR))
    volumes = []
    for outcome in runs(phase.program, full, orders=orders, replications=REPLICATIONS + 2, seed=seed, begin=BEGIN):
        ends = sorted(order.ended for order in outcome.orders)
        begin, end = len(ends) // 4, len(ends) * 3 // 4
        volumes.append((end - begin) / ((ends[end] - ends[begin]) / (7 * 86_400)))
    return volumes


def _before() -> Parameters:
    program = _program("before")
    people = tuple(Worker(f"{role}-{number + 1}", (role,)) for role, count in assumed_by.PEOPLE.items() for number in range(count))
    stages = {stage: _work_of(figures) for stage, figures in assumed_by.BEFORE.items()}
    return Parameters(Arrivals(office_hours(program, assumed_by.ORDERS_PER_WEEK)), stages, people, (KIND,))


def _work_of(stage: assumed_by.Stage) -> StageWork:
    return StageWork(
        work=assumed(stage.work_minutes * 60, VARIATION),
        delay=assumed(stage.delay_hours * 3_600, VARIATION),
        defects=Share(stage.defects),
        detects=Share(stage.detects),
    )


def _times(stage: StageWork, what: assumed_by.What, factor: float) -> StageWork:
    if what == "work":
        return replace(stage, work=stage.work.times(factor))
    if what == "delay":
        return replace(stage, delay=stage.delay.times(factor))
    return replace(stage, defects=Share(stage.defects.value * factor, stage.defects.n))


def _program(name: str) -> Program:
    parsed = parse(files("orderway.simulation").joinpath("case", f"{name}.yaml").read_text(encoding="utf-8"))
    assert parsed.standard is not None, parsed.problems
    return compile_standard(parsed.standard)


def _counted(outcome: Outcome) -> list[OrderDone]:
    return [order for order in outcome.orders if order.counted]


def _leads(outcome: Outcome) -> list[Seen]:
    return [Seen(order.lead / 86_400) for order in _counted(outcome)]


def _errors(outcome: Outcome) -> list[Seen]:
    return [Seen(float(order.error)) for order in _counted(outcome)]


def _stars(order: OrderDone, chance: Random) -> float:
    late = max(0.0, order.lead / 86_400 - assumed_by.REQUESTED_DAYS)
    stars = assumed_by.CSAT_BASE - min(assumed_by.CSAT_MOST_LATE, late * assumed_by.CSAT_PER_DAY_LATE)
    stars -= assumed_by.CSAT_COMPLAINT * order.complained
    return min(5.0, max(1.0, stars + chance.gauss(0, assumed_by.CSAT_NOISE)))


__all__ = ["CaseStudy", "Change", "CycleResult", "Passage", "changed", "study", "with_errors"]
