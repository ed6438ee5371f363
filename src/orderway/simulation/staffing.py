"""How many people per role keep the limits, and where one who learns a second role helps most: a search over the simulation.

Counts what a plan costs per week; never decides who is hired. Adds a person where limits are missed most, then takes away whoever is not
missed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from math import ceil
from statistics import fmean
from typing import NamedTuple

from orderway.engine.calendars import Holidays
from orderway.engine.program import Program
from orderway.engine.refusals import Refusal
from orderway.simulation.crew import calendar_of
from orderway.simulation.outcome import Outcome
from orderway.simulation.parameters import Parameters, Worker
from orderway.simulation.running import loads, require_people, require_time, runs
from orderway.simulation.settings import staffed
from orderway.simulation.summary import Figure, Summary, figure, summarised

KEPT_SHARE = 0.9  # of the passages of every stage within its limit
MOST_STEPS = 40

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Question:
    """What is simulated for every plan: the same orders by the same seed, so that plans differ by their people only."""

    program: Program
    parameters: Parameters
    orders: int
    replications: int
    seed: int
    begin: datetime
    holidays: Holidays

    def asked(self, parameters: Parameters) -> Summary:
        """The figures of a plan."""
        return summarised(self.runs(parameters))

    def runs(self, parameters: Parameters) -> list[Outcome]:
        """The replications of a plan. Raises NobodyInRole, NobodyMay or NotStable."""
        require_people(self.program, parameters)
        require_time(self.program, parameters)
        return runs(
            self.program, parameters, orders=self.orders, replications=self.replications,
            seed=self.seed, begin=self.begin, holidays=self.holidays,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Plan:
    """People per role. `missed`: stages that still miss their limits too often, and how often they keep them. `cost`: per week."""

    people: Mapping[str, int]
    missed: tuple[tuple[str, float], ...]
    cost: float
    simulated: int


class Training(NamedTuple):
    """A person who learns a second role: the relative change of the mean lead time, replication by replication."""

    person: str
    role: str
    change: Figure

    @property
    def helps(self) -> bool:
        """Whether its interval lies wholly below nothing."""
        return self.change.high is not None and self.change.high < 0


def people_needed(question: Question, *, share: float = KEPT_SHARE, progress: Progress | None = None) -> Plan:
    """The smallest numbers found by which every stage keeps its limit in so large a share of its passages."""
    search = _Search(question, share, progress or (lambda done, total: None))
    people = search.enough(_fewest(question))
    return search.plan(search.lean(people))


def best_trainings(question: Question, *, most: int = 3, progress: Progress | None = None) -> tuple[Training, ...]:
    """Who should learn what: one person per role tried in each of the other roles that do stages, the largest gain first.

    A training after which orders would wait for ever (who takes in may not check, and there is nobody else) is none.
    """
    now = [_mean_lead(outcome) for outcome in question.runs(question.parameters)]
    tried, found = list(_learned(question)), []
    for number, (person, role, learned) in enumerate(tried):
        if progress is not None:
            progress(number, len(tried))
        with suppress(Refusal):
            then = (_mean_lead(outcome) for outcome in question.runs(learned))
            found.append(Training(person, role, figure(new / old - 1 for new, old in zip(then, now, strict=True))))
    return tuple(sorted(found, key=lambda training: training.change.value)[:most])


def weekly_cost(program: Program, parameters: Parameters) -> float:
    """What everybody's hours of a week cost."""
    return sum(weekly_hours(program, worker) * worker.cost_per_hour for worker in parameters.people)


def weekly_hours(program: Program, worker: Worker) -> float:
    """Hours of the person's calendar in a week without days off."""
    return sum(end - begin for spans in calendar_of(program, worker).hours for begin, end in spans) / 60


class _Search:
    def __init__(self, question: Question, share: float, progress: Progress) -> None:
        self._question, self._share, self._progress = question, share, progress
        self._simulated = 0

    def enough(self, people: dict[str, int]) -> dict[str, int]:
        """Add people where limits are missed most until all are kept, or adding helps no more."""
        for _ in range(MOST_STEPS):
            missed = self.missed(people)
            if not missed:
                break
            stage = min(missed, key=lambda one: one[1])[0]
            role = str(self._question.program.stage(stage).owner)
            more = {**people, role: people[role] + 1}
            if people[role] > 3 * max(1, _fewest(self._question)[role]):
                break  # it is not for want of people: the limit is shorter than the work and its delay
            people = more
        return people

    def lean(self, people: dict[str, int]) -> dict[str, int]:
        """Take away whoever is not missed."""
        kept = len(self.missed(people))
        for role in sorted(people, key=lambda one: -people[one]):
            while people[role] > 1 and len(self.missed(fewer := {**people, role: people[role] - 1})) <= kept:
                people = fewer
        return people

    def plan(self, people: dict[str, int]) -> Plan:
        """The plan with what it costs."""
        parameters = _with(self._question.parameters, people)
        return Plan(people, self.missed(people), weekly_cost(self._question.program, parameters), self._simulated)

    def missed(self, people: Mapping[str, int]) -> tuple[tuple[str, float], ...]:
        """The stages that keep their limit too seldom; all of them if the plan cannot even be simulated."""
        self._simulated += 1
        self._progress(self._simulated, MOST_STEPS)
        try:
            summary = self._question.asked(_with(self._question.parameters, people))
        except Refusal:
            return tuple((stage, 0.0) for stage in self._question.program.order_of)
        kept = ((stage.stage, 1 - stage.late.value) for stage in summary.stages if stage.passages)
        return tuple(one for one in kept if one[1] < self._share)


def _fewest(question: Question) -> dict[str, int]:
    """As many as the certain work needs; one for every other role that somebody has."""
    there: dict[str, int] = {}
    for worker in question.parameters.people:
        for role in worker.roles:
            there[role] = there.get(role, 0) + 1
    needed = loads(question.program, question.parameters)
    return {role: max(1, ceil(needed[role] * count)) if role in needed else 1 for role, count in there.items()}


def _with(parameters: Parameters, people: Mapping[str, int]) -> Parameters:
    for role, count in people.items():
        parameters = replace(parameters, people=staffed(parameters.people, role, count))
    return parameters


def _mean_lead(outcome: Outcome) -> float:
    return fmean(order.lead for order in outcome.orders if order.counted and order.ended >= 0)


def _learned(question: Question) -> Iterator[tuple[str, str, Parameters]]:
    people = question.parameters.people
    first = {worker.roles: worker for worker in reversed(people)}
    for worker in first.values():
        for role in dict.fromkeys(str(stage.owner) for stage in question.program.standard.stages.values() if stage.runs == "person"):
            if role not in worker.roles:
                both = replace(worker, roles=(*worker.roles, role))
                learned = tuple(both if one is worker else one for one in people)
                yield worker.key, role, replace(question.parameters, people=learned)
