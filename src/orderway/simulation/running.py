"""Replications: the same world run again and again with other chance, and what they say together. One seed gives all of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from orderway.engine.calendars import Holidays
from orderway.engine.program import Program
from orderway.simulation.assumptions import signing_roles
from orderway.simulation.moves import Moves
from orderway.simulation.outcome import Outcome
from orderway.simulation.parameters import Parameters
from orderway.simulation.refusals import NobodyInRole, NotStable
from orderway.simulation.summary import Summary, summarised
from orderway.simulation.world import Start, World

BETWEEN_SEEDS = 1_000_003  # a prime, so that replications of neighbouring seeds share no stream
TOO_BUSY = 1.0

Progress = Callable[[int, int], None]


def simulate(
    program: Program,
    parameters: Parameters,
    *,
    orders: int,
    replications: int,
    seed: int,
    begin: datetime,
    holidays: Holidays | None = None,
    progress: Progress | None = None,
) -> Summary:
    """The figures of so many replications of so many orders. Raises NobodyInRole, NobodyMay or NotStable."""
    require_people(program, parameters)
    require_time(program, parameters)
    outcomes = runs(
        program, parameters, orders=orders, replications=replications, seed=seed, begin=begin, holidays=holidays, progress=progress
    )
    return summarised(outcomes)


def runs(
    program: Program,
    parameters: Parameters,
    *,
    orders: int,
    replications: int,
    seed: int,
    begin: datetime,
    holidays: Holidays | None = None,
    recording: bool = False,
    backlog: Sequence[Start] = (),
    until: float | None = None,
    progress: Progress | None = None,
) -> list[Outcome]:
    """One outcome per replication."""
    moves, known = Moves(program, parameters.kinds), holidays or Holidays()
    outcomes = []
    for number in range(replications):
        if progress is not None:
            progress(number, replications)
        world = World(moves, parameters, seed=seed * BETWEEN_SEEDS + number, begin=begin, holidays=known, recording=recording)
        outcomes.append(world.run(orders, backlog=backlog, until=until))
    return outcomes


def require_people(program: Program, parameters: Parameters) -> None:
    """Refuse a world in which work waits for a role that nobody has."""
    there = {role for worker in parameters.people for role in worker.roles}
    stages = program.standard.stages.values()
    for role in signing_roles(program):
        if role in there or role not in _working_roles(program, parameters):
            continue
        of_role = [str(stage.id) for stage in stages if stage.owner == role and stage.runs == "person"]
        raise NobodyInRole(role=role, stages=of_role or ["what it signs"])


def require_time(program: Program, parameters: Parameters) -> None:
    """Refuse a world in which more work arrives than people can do, by the stages that every order passes at least once."""
    for role, load in loads(program, parameters).items():
        if load > TOO_BUSY:
            raise NotStable(role=role, percent=round(load * 100))


def loads(program: Program, parameters: Parameters) -> dict[str, float]:
    """Work that certainly arrives / hours of the people of a role that has the stage and whose people have no other."""
    hours: dict[str, float] = {}
    for stage in program.standard.stages.values():
        if stage.runs == "person" and stage.skip_when is None and not program.node_of(stage.id).when and stage.id in always(program):
            work = parameters.of(str(stage.id)).work.mean / 3_600 * parameters.arrivals.per_week
            hours[stage.owner] = hours.get(stage.owner, 0.0) + work
    return {role: needed / there if (there := _hours_of(program, parameters, role)) else 0.0 for role, needed in hours.items()}


def always(program: Program) -> frozenset[str]:
    """The stages that no block can leave out."""
    optional = {stage for node in program.nodes if node.kind in ("every", "choose") for stage in node.stages}
    return frozenset(node.stage for node in program.nodes if node.stage and node.stage not in optional)


def _hours_of(program: Program, parameters: Parameters, role: str) -> float:
    standard = program.standard
    owned = (stage for stage in standard.stages.values() if stage.owner == role)
    calendar = next((standard.calendar_of(stage) for stage in owned), standard.calendars[standard.calendar])
    week = sum(end - begin for spans in calendar.hours for begin, end in spans) / 60
    return sum(week * worker.capacity / worker.pace * (1 - worker.away) for worker in parameters.people if role in worker.roles)


def _working_roles(program: Program, parameters: Parameters) -> frozenset[str]:
    owners = {str(stage.owner) for stage in program.standard.stages.values() if stage.runs == "person"}
    signers = {role for kind in parameters.kinds for roles in kind.signers.values() for role in roles}
    gates = (stage.gate for stage in program.standard.stages.values() if stage.gate is not None)
    return frozenset(owners | signers | {str(gate.fail.then) for gate in gates if gate.fail})
