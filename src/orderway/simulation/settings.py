"""`key=value`: one change to the world that is simulated, for what-if questions. A wrong key or value is refused in words.

Limits and calendars belong to the standard, everything else to the parameters, so a setting gives back both.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from difflib import get_close_matches

from orderway.simulation import shifts
from orderway.simulation.parameters import Kind, Parameters, StageWork, Worker
from orderway.simulation.refusals import BadSetting, UnknownSetting
from orderway.simulation.spreads import Share, Spread, assumed
from orderway.standard.document import Duration, Standard

SECONDS = {"m": 60.0, "h": 3_600.0, "d": 28_800.0}  # a day of work has eight hours
DURATION = re.compile(r"^(\d+(?:\.\d+)?)([mhd])$")
FACTOR = re.compile(r"^x(\d+(?:\.\d+)?)$")
Value = tuple[str, str]


def apply(standard: Standard, parameters: Parameters, settings: Mapping[str, str]) -> tuple[Standard, Parameters]:
    """Standard and parameters with these settings. Raises UnknownSetting or BadSetting."""
    for key, value in settings.items():
        what, _, name = key.partition(".")
        if key not in keys(standard):
            raise UnknownSetting(field="set", key=key, hint=_hint(key, keys(standard)))
        if what in _OF_STANDARD:
            standard = _OF_STANDARD[what](standard, name, (key, value))
        else:
            parameters = _CHANGES[what](parameters, name, (key, value))
    return standard, parameters


def keys(standard: Standard) -> tuple[str, ...]:
    """Every key that this standard understands."""
    stages = standard.stages.values()
    per_stage = [f"{what}.{stage.id}" for what in ("work", "delay", "defects", "limit") for stage in stages]
    per_stage += [f"{what}.{stage.id}" for what in ("fails", "detects") for stage in stages if stage.gate and stage.gate.fail]
    per_stage += [f"skip.{stage.id}" for stage in stages if stage.skip_when is not None]
    per_role = [f"{what}.{role}" for what in ("people", "capacity", "cost") for role in standard.roles]
    calendars = [f"calendar.{calendar}" for calendar in standard.calendars]
    return ("arrivals.per_week", "urgent", "complains", "absence", "helps", *per_stage, *per_role, *calendars)


def _hint(key: str, known: tuple[str, ...]) -> str:
    near = get_close_matches(key, known, 1, 0.5)
    if near:
        return f"Did you mean {near[0]}?"
    kinds = dict.fromkeys(one if "." not in one or one == known[0] else f"{one.partition('.')[0]}.NAME" for one in known)
    return f"There are {', '.join(kinds)}, NAME being a stage or role."


def _arrivals(parameters: Parameters, name: str, value: Value) -> Parameters:
    return replace(parameters, arrivals=parameters.arrivals.at_rate(_number(value, above=0.0, example="arrivals.per_week=60")))


def _urgent(parameters: Parameters, name: str, value: Value) -> Parameters:
    return replace(parameters, urgent=_share(value))


def _complains(parameters: Parameters, name: str, value: Value) -> Parameters:
    return replace(parameters, complains=_share(value))


def _absence(parameters: Parameters, name: str, value: Value) -> Parameters:
    away = _share(value).value
    if away > 0.9:
        raise BadSetting(field="set", key=value[0], value=value[1], expected="nobody would be there", example="absence=0.05")
    return replace(parameters, people=tuple(replace(worker, away=away) for worker in parameters.people))


def _helps(parameters: Parameters, name: str, value: Value) -> Parameters:
    if value[1] not in ("yes", "no"):
        raise BadSetting(field="set", key=value[0], value=value[1], expected="it is yes or no", example="helps=no")
    return replace(parameters, helps=value[1] == "yes")


def _work(parameters: Parameters, name: str, value: Value) -> Parameters:
    return _of_stage(parameters, name, lambda stage: replace(stage, work=_spread(stage.work, value)))


def _delay(parameters: Parameters, name: str, value: Value) -> Parameters:
    return _of_stage(parameters, name, lambda stage: replace(stage, delay=_spread(stage.delay, value)))


def _fails(parameters: Parameters, name: str, value: Value) -> Parameters:
    return _of_stage(parameters, name, lambda stage: replace(stage, fails=_share(value)))


def _defects(parameters: Parameters, name: str, value: Value) -> Parameters:
    return _of_stage(parameters, name, lambda stage: replace(stage, defects=_share(value)))


def _detects(parameters: Parameters, name: str, value: Value) -> Parameters:
    return _of_stage(parameters, name, lambda stage: replace(stage, detects=_share(value)))


def _skip(parameters: Parameters, name: str, value: Value) -> Parameters:
    """So large a share of the kinds skips the stage: the first ones, weighed."""
    share, rule = _share(value).value, f"skip:{name}"
    total, before, kinds = sum(kind.weight for kind in parameters.kinds), 0.0, []
    for kind in parameters.kinds:
        skipped = max(0.0, min(kind.weight, share * total - before))
        kinds += [_answering(kind, rule, True, skipped), _answering(kind, rule, False, kind.weight - skipped)]
        before += kind.weight
    return replace(parameters, kinds=tuple(kind for kind in kinds if kind.weight > 0))


def _people(parameters: Parameters, name: str, value: Value) -> Parameters:
    wanted = _whole(value, "people.sales=3")
    return replace(parameters, people=staffed(parameters.people, name, wanted))


def staffed(people: tuple[Worker, ...], role: str, wanted: int) -> tuple[Worker, ...]:
    """The people with so many in the role: the first ones stay, further ones are like the last, without certificates missing."""
    there = [worker for worker in people if role in worker.roles]
    model = there[-1] if there else Worker(role, (role,))
    extra = tuple(
        replace(model, key=f"{role}+{number}", roles=(role,), absences=(), unqualified=frozenset()) for number in range(len(there), wanted)
    )
    leaving = {worker.key for worker in there[wanted:]}
    kept = (
        replace(worker, roles=tuple(one for one in worker.roles if one != role)) if worker.key in leaving else worker for worker in people
    )
    return (*(worker for worker in kept if worker.roles), *extra)


def _capacity(parameters: Parameters, name: str, value: Value) -> Parameters:
    wanted = _whole(value, "capacity.sales=2")
    if not wanted:
        raise BadSetting(field="set", key=value[0], value=value[1], expected="at least one item is in hand", example="capacity.sales=2")
    changed = (replace(worker, capacity=wanted) if name in worker.roles else worker for worker in parameters.people)
    return replace(parameters, people=tuple(changed))


def _cost(parameters: Parameters, name: str, value: Value) -> Parameters:
    """What an hour of somebody in the role costs; who has several roles costs what was said last."""
    cost = _number(value, above=-1e-9, example=f"cost.{name}=35")
    changed = (replace(worker, cost_per_hour=cost) if name in worker.roles else worker for worker in parameters.people)
    return replace(parameters, people=tuple(changed))


_CHANGES: Mapping[str, Callable[[Parameters, str, Value], Parameters]] = {
    "arrivals": _arrivals, "urgent": _urgent, "complains": _complains, "absence": _absence, "helps": _helps, "work": _work,
    "delay": _delay, "fails": _fails, "defects": _defects, "detects": _detects, "skip": _skip, "people": _people, "capacity": _capacity,
    "cost": _cost,
}  # fmt: skip


def _answering(kind: Kind, rule: str, answer: bool, weight: float) -> Kind:
    return replace(kind, holds={**kind.holds, rule: (answer,)}, weight=weight)


def _of_stage(parameters: Parameters, stage: str, change: Callable[[StageWork], StageWork]) -> Parameters:
    return replace(parameters, stages={**parameters.stages, stage: change(parameters.of(stage))})


def _with_limit(standard: Standard, name: str, given: Value) -> Standard:
    key, value = given
    found = DURATION.match(value)
    if not found:
        raise BadSetting(field="set", key=key, value=value, expected="a limit is a number with m, h or d", example=f"{key}=4h")
    limit = Duration(Decimal(found[1]), found[2])  # type: ignore[arg-type]  # the pattern admits only m, h, d
    stages = {stage.id: replace(stage, limit=limit) if stage.id == name else stage for stage in standard.stages.values()}
    return replace(standard, stages=stages)


def _with_calendar(standard: Standard, name: str, given: Value) -> Standard:
    key, value = given
    week = shifts.read(value)
    if week is None:
        example = f"{key}=mon-fri 08:00-12:00 13:00-17:00; sat 08:00-12:00"
        raise BadSetting(field="set", key=key, value=value, expected="working hours are days and spans", example=example)
    hours = {one.id: replace(one, hours=week) if one.id == name else one for one in standard.calendars.values()}
    return replace(standard, calendars=hours)


_OF_STANDARD: Mapping[str, Callable[[Standard, str, Value], Standard]] = {"limit": _with_limit, "calendar": _with_calendar}


def _spread(spread: Spread, value: Value) -> Spread:
    """A duration (assumed, with the usual variation) or a factor of what was measured."""
    factor, duration = FACTOR.match(value[1]), DURATION.match(value[1])
    if factor:
        return spread.times(float(factor[1]))
    if duration:
        return assumed(float(duration[1]) * SECONDS[duration[2]])
    expected = "a duration is a number with m, h or d (a day has eight hours), a factor is x and a number"
    raise BadSetting(field="set", key=value[0], value=value[1], expected=expected, example=f"{value[0]}=20m or {value[0]}=x0.7")


def _share(value: Value) -> Share:
    text = value[1].rstrip("%")
    number = _number((value[0], text), above=-1.0, example=f"{value[0]}=5% or {value[0]}=0.05")
    number = number / 100 if value[1].endswith("%") else number
    if not 0 <= number <= 1:
        raise BadSetting(field="set", key=value[0], value=value[1], expected="a share is between 0 and 100 %", example=f"{value[0]}=5%")
    return Share(number)


def _whole(value: Value, example: str) -> int:
    if not value[1].isdigit() or int(value[1]) > 10_000:
        raise BadSetting(field="set", key=value[0], value=value[1], expected="it is a whole number", example=example)
    return int(value[1])


def _number(value: Value, *, above: float, example: str) -> float:
    try:
        number = float(value[1])
    except ValueError:
        number = float("nan")
    if not above < number < 1e9:
        raise BadSetting(field="set", key=value[0], value=value[1], expected="it is a number of a possible size", example=example)
    return number
