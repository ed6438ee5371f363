"""Parameters of a standard that nobody has measured yet: published assumptions, all with n = 0, so that a what-if can begin today.

The assumptions are few and say so: work takes a twentieth of a stage's limit, waiting without anybody busy another fifth, a gate sends
one order in twenty back, as many people as keep every role below 70 %. Whoever knows better sets it; a log replaces it.
"""

from __future__ import annotations

from math import ceil
from random import Random

from orderway.engine.assignment import MINUTES_PER_UNIT
from orderway.engine.gates import asks
from orderway.engine.program import Program
from orderway.simulation.parameters import HOURS_OF_WEEK, Arrivals, Kind, Parameters, StageWork, Worker
from orderway.simulation.spreads import NOTHING, Share, assumed
from orderway.standard.document import Stage

ORDERS_PER_WEEK = 60.0
WORK_SHARE, DELAY_SHARE = 1 / 20, 1 / 5  # of the stage's limit
LONGEST_WORK_SECONDS = 45 * 60.0
SIGNING_SECONDS = 10 * 60.0
GATE_FAILS, REFUSED, COMPLAINS = 0.05, 0.02, 0.02
HOLDS, SIGNED, SECOND_RUN = 0.5, 0.4, 0.2  # a skip or branch condition; a table that asks for a signature; an order in two deliveries
KINDS = 40
BUSIEST = 0.7


def parameters_of(program: Program, *, orders_per_week: float = ORDERS_PER_WEEK) -> Parameters:
    """Everything assumed."""
    stages = {str(stage.id): stage_work(stage) for stage in program.standard.stages.values()}
    arrivals = Arrivals(office_hours(program, orders_per_week))
    return Parameters(arrivals, stages, people_for(program, stages, orders_per_week), kinds_of(program), complains=Share(COMPLAINS))


def stage_work(stage: Stage) -> StageWork:
    """Work and waiting as shares of the limit; the system needs no hands."""
    limit = float(stage.limit.amount) * MINUTES_PER_UNIT[stage.limit.unit] * 60
    by_person = stage.runs == "person"
    fails = Share(GATE_FAILS) if stage.gate and stage.gate.fail and by_person and list(asks(stage.gate)) else Share(0.0)
    signed = stage.gate is not None and stage.gate.approve is not None
    return StageWork(
        work=assumed(min(limit * WORK_SHARE, LONGEST_WORK_SECONDS)) if by_person else NOTHING,
        delay=assumed(limit * DELAY_SHARE, 0.8) if by_person else NOTHING,
        fails=fails,
        signing=assumed(SIGNING_SECONDS) if signed else NOTHING,
        refused=Share(REFUSED) if signed else Share(0.0),
    )


def people_for(program: Program, stages: dict[str, StageWork], orders_per_week: float) -> tuple[Worker, ...]:
    """So many people per role that nobody is busier than `BUSIEST`; two where `not_by` needs a second pair of eyes."""
    hours: dict[str, float] = {}
    for stage in program.standard.stages.values():
        if stage.runs == "person":
            hours[stage.owner] = hours.get(stage.owner, 0.0) + stages[str(stage.id)].work.mean * orders_per_week / 3_600
    for role in signing_roles(program):
        hours.setdefault(role, 0.0)
    return tuple(
        Worker(f"{role}-{number + 1}", (role,))
        for role, needed in hours.items()
        for number in range(max(1, ceil(needed / _week_hours(program, role) / BUSIEST)))
    )


def kinds_of(program: Program) -> tuple[Kind, ...]:
    """Kinds of order drawn from the assumed shares, always the same ones."""
    random = Random(program.standard.id)  # noqa: S311  no secret
    return tuple(_kind(program, random) for _ in range(KINDS))


def signing_roles(program: Program) -> tuple[str, ...]:
    """Roles that only sign or take over: of role tables and of gates that failed too often."""
    gates = [stage.gate for stage in program.standard.stages.values() if stage.gate is not None]
    tables = {role for gate in gates if gate.approve for role in _outputs(program, gate.approve)}
    owners = [str(stage.owner) for stage in program.standard.stages.values()]
    return tuple(dict.fromkeys([*owners, *sorted(tables), *(str(gate.fail.then) for gate in gates if gate.fail)]))


def office_hours(program: Program, per_week: float) -> tuple[float, ...]:
    """Orders come evenly while the office is open."""
    hours = [0.0] * HOURS_OF_WEEK
    for weekday, spans in enumerate(program.standard.calendars[program.standard.calendar].hours):
        for begin, end in spans:
            for hour in range(begin // 60, -(-end // 60)):
                hours[(weekday * 24 + hour) % HOURS_OF_WEEK] = 1.0
    return tuple(per_week * open_ / sum(hours) for open_ in hours)


def _kind(program: Program, random: Random) -> Kind:
    rules = [rule.id for rule in program.skips.values()]
    rules += [rule.id for node in program.nodes for rule in node.when if rule is not None]
    gates = (stage.gate for stage in program.standard.stages.values() if stage.gate is not None)
    tables = {gate.approve: _outputs(program, gate.approve) for gate in gates if gate.approve}
    return Kind(
        holds={rule: (random.random() < HOLDS,) for rule in rules},
        runs={node.list: 1 + (random.random() < SECOND_RUN) for node in program.nodes if node.kind == "each"},
        signers={table: ((random.choice(roles),) if roles and random.random() < SIGNED else ()) for table, roles in tables.items()},
    )


def _outputs(program: Program, table: str) -> tuple[str, ...]:
    """The roles that a table can name, in the order of its rows."""
    found: dict[str, None] = {}
    for row in program.standard.tables[table].rows:
        values = row.output if isinstance(row.output, tuple) else (row.output,)
        found.update(dict.fromkeys(str(value) for value in values if str(value) in program.standard.roles))
    return tuple(found)


def _week_hours(program: Program, role: str) -> float:
    standard = program.standard
    owned = (stage for stage in standard.stages.values() if stage.owner == role)
    calendar = next((standard.calendar_of(stage) for stage in owned), standard.calendars[standard.calendar])
    return sum(end - begin for spans in calendar.hours for begin, end in spans) / 60
