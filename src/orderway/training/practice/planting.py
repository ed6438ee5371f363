"""What is wrong with a practice order: faults planted where the learner's role looks, each found by whoever does what the standard says.

The same seed plants the same. A fault is always one that the page shows: a paper that differs, a document of another order, a criterion
that the facts do not meet.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from orderway.demo import names
from orderway.engine import gates
from orderway.engine.answers import FactAnswers
from orderway.engine.case import OpenItem
from orderway.engine.program import Program, Rule
from orderway.engine.refusals import Refusal
from orderway.standard.document import Stage
from orderway.standard.values import UNKNOWN, Value
from orderway.standard.vocabulary import Text
from orderway.training.practice.fields import Field, fields_of
from orderway.training.practice.paper import Line, Paper
from orderway.training.practice.playing import Play, brought
from orderway.training.practice.scene import TERMS_DAYS, Fault, Scene, Where, candidates, made_up, other_goods, place_of
from orderway.training.refusals import NothingToPractise, PracticeStuck

DIFFERENCES = ("item", "quantity", "price", "date", "address", "terms")
OF_GOODS = ("item", "quantity", "address")  # what somebody sees who has no paper of the customer to compare
TRIES = 24  # scenes; the one that leads the learner to most of their tasks is taken
CHANCE = 0.6  # that something is wrong with a task; else there is nothing to find, and finding something is a mistake
ON_PAPER = frozenset({"order.total", "order.total_with_tax", "order.total_with_siblings", "order.discount"})  # what the page shows beside

Visits = dict[Where, OpenItem]


def compose(program: Program, role: str, seed: str, today: date) -> Scene:
    """A scene with faults for this role. Refused with NothingToPractise or PracticeStuck."""
    best: tuple[Scene, Visits] | None = None
    stuck = 0
    for tried in range(TRIES):
        scene = made_up(program, Random(f"{seed}/{tried}"), today)  # noqa: S311  practice, no secret
        visits = _visits(program, scene, role)
        stuck += visits is None
        if visits and (best is None or len(visits) > len(best[1])):
            best = scene, visits
            if len(visits) == _possible(program, role):
                break
    if stuck == TRIES:
        raise PracticeStuck
    planted = _planted(program, *best, Random(f"{seed}/faults")) if best else None  # noqa: S311
    if planted is None:
        standard = program.standard
        raise NothingToPractise(role=role, version=f"{standard.id} {standard.version}")
    readings = dict(_readings(program, planted, role, Random(f"{seed}/readings")))  # noqa: S311
    return replace(planted, readings=readings, fields=dict(_fields(program, planted, role, Random(f"{seed}/fields"))))  # noqa: S311


def practised(program: Program, role: str) -> bool:
    """Whether there is anything by hand for this role: a stage of its own that a person does or that a gate may stop, or a signature."""
    return _possible(program, role) > 0


# --- where the learner comes to -----------------------------------------------------------------------------------------


def _visits(program: Program, scene: Scene, role: str) -> Visits | None:
    """The first task of the role at each of its places, if everybody does everything rightly; None if the order gets stuck."""
    play = Play(program, scene, "")
    try:
        play.start()
    except Refusal:
        return None
    found: Visits = {}
    for item in (item for step in play.steps if step.move for item in step.move.opened if item.role == role):
        kind = "approval" if item.kind == "approval" else "stage"
        if item.kind in ("stage", "approval") and _by_hand(program.stage(item.stage), kind):
            found.setdefault((item.stage, kind), item)
    return found


def _by_hand(stage: Stage, kind: str) -> bool:
    return kind == "approval" or stage.runs == "person" or any(gates.autos(stage.gate))


def _possible(program: Program, role: str) -> int:
    stages = program.standard.stages.values()
    own = sum(1 for stage in stages if stage.owner == role and _by_hand(stage, "stage"))
    signing = {id for id, table in program.standard.tables.items() if any(role in row.output for row in table.rows)}
    return own + sum(1 for stage in stages if stage.gate and stage.gate.approve in signing)


# --- faults -------------------------------------------------------------------------------------------------------------


def _planted(program: Program, scene: Scene, visits: Visits, random: Random) -> Scene | None:
    """The scene with faults, at least one; None if the system would do all of it."""
    options = {where: list(_options(program, scene, item, random)) for where, item in visits.items()}
    options = {where: faults for where, faults in options.items() if faults}
    if not options:
        return None
    only_then = {where for where in options if where[1] == "stage" and program.stage(where[0]).runs == "system"}
    taken = [random.choice(faults) for where, faults in options.items() if where in only_then or random.random() < CHANCE]
    return replace(scene, faults=tuple(taken or [random.choice(random.choice(list(options.values())))]))


def _options(program: Program, scene: Scene, item: OpenItem, random: Random) -> Iterator[Fault]:
    """What could be wrong at a task, one of each kind."""
    stage = program.stage(item.stage)
    where: Where = (stage.id, "approval" if item.kind == "approval" else "stage")
    if where[1] == "approval" or stage.runs == "person":
        compares = where[1] == "approval" or any(gates.asks(stage.gate)) or stage.id == next(program.standard.stages_in_flow())
        what = random.choice(DIFFERENCES if compares else OF_GOODS)
        yield Fault(where, "difference", what, paper=_altered(scene.order, what, random))
    if where[1] == "approval":
        return
    papers = [kind for kind in brought(stage) if kind not in _made_before(program, stage)] if stage.runs == "person" else []
    if papers:
        yield Fault(where, "document", random.choice(papers), paper=replace(scene.order, number=f"PO-{random.randint(10_000, 99_999)}"))
    for criterion in gates.autos(stage.gate):
        facts = _falsified(program, scene, program.criteria[stage.id, criterion.id], item, random)
        if facts:
            yield Fault(where, "criterion", criterion.id, facts=facts)


def _made_before(program: Program, stage: Stage) -> set[str]:
    """The documents that stand in the way of being brought: others make them before."""
    order = list(program.standard.stages_in_flow())
    before = order[: order.index(stage.id)]
    return {kind for one in before for kind in (*program.stage(one).makes, *program.stage(one).needs)}


def _altered(order: Paper, what: str, random: Random) -> Paper:
    """The paper with one thing that is different from the order."""
    if what == "date":
        return replace(order, wished_on=order.wished_on + timedelta(days=random.choice((-5, -2, 3, 7))))
    if what == "address":
        cities = [city for city in names.CITIES if city[1] != order.place.in_language("en")]
        return replace(order, place=place_of(random.choice(cities)))
    if what == "terms":
        return replace(order, terms_days=random.choice([days for days in TERMS_DAYS if days != order.terms_days]))
    at = random.randrange(len(order.lines))
    lines = [_altered_line(line, what, random) if number == at else line for number, line in enumerate(order.lines)]
    return replace(order, lines=tuple(lines))


def _altered_line(line: Line, what: str, random: Random) -> Line:
    if what == "quantity":
        return replace(line, quantity=line.quantity + random.choice((1, 2, 10, line.quantity)))
    if what == "price":
        return replace(
            line, price=(line.price * random.choice((Decimal("0.92"), Decimal("1.08"), Decimal("1.15")))).quantize(Decimal("0.01"))
        )
    other = other_goods(line.sku, random)
    return replace(line, sku=other.sku, name=Text(other.names))


def _falsified(program: Program, scene: Scene, rule: Rule, item: OpenItem, random: Random) -> Mapping[str, Value]:
    """One fact changed so that the criterion does not hold; nothing if no single change does it."""
    ways = [
        {name: value}
        for name in _facts_of(program, rule)
        for value in _bent(program, name, scene.facts.get(name, UNKNOWN))
        if _holds_not(program, {**scene.facts, name: value}, rule, item)
    ]
    return random.choice(ways) if ways else {}


def _holds_not(program: Program, facts: Mapping[str, Value], rule: Rule, item: OpenItem) -> bool:
    return FactAnswers(program, lambda name: facts.get(name, UNKNOWN)).holds(rule, item.path) is False


def _facts_of(program: Program, rule: Rule) -> list[str]:
    """The declared facts behind a rule that may be otherwise without the papers showing it."""
    listed = dict(rule.words)
    reads = [listed.get(name, name) for name in rule.compiled.reads]
    reads += [name for table in rule.compiled.tables for name in program.tables[table].reads]
    return [name for name in dict.fromkeys(reads) if name in program.standard.facts and name not in ON_PAPER]


def _bent(program: Program, name: str, value: Value) -> Iterator[Value]:
    """Other values of a fact, the likeliest in an office first."""
    fact = program.standard.facts[name]
    if isinstance(value, tuple):
        yield tuple({**record, **_short(record)} for record in value)
        yield tuple({**record, **{name: not one for name, one in record.items() if isinstance(one, bool)}} for record in value)
    elif isinstance(value, bool):
        yield not value
    else:
        yield from (one for one in candidates(program, fact) if one != value)


def _short(record: Mapping[str, Value]) -> Mapping[str, Value]:
    """The goods are promised from stock and are not there."""
    return {"available": Decimal(0), "route": "stock"} if {"available", "route"} <= record.keys() else {}


# --- what is entered ----------------------------------------------------------------------------------------------------


def _fields(program: Program, scene: Scene, role: str, random: Random) -> Iterator[tuple[str, tuple[Field, ...]]]:
    """What the forms of the learner's acts ask for."""
    for stage in program.standard.stages.values():
        if stage.owner == role and stage.runs == "person":
            found = fields_of(stage.does, scene.order, random)
            if found:
                yield stage.id, found


# --- what is read off ---------------------------------------------------------------------------------------------------


def _readings(program: Program, scene: Scene, role: str, random: Random) -> Iterator[tuple[tuple[str, str], str]]:
    """What the learner counts, scans or hears: known to the page, typed by hand."""
    for stage in program.standard.stages.values():
        if stage.owner != role or stage.runs != "person":
            continue
        for step in stage.steps:
            evidence = step.evidence
            if evidence is None:
                continue
            if evidence.kind == "number":
                known = scene.facts.get(evidence.fact or "")
                counted = known if isinstance(known, Decimal) else Decimal(sum(line.quantity for line in scene.order.lines))
                yield (stage.id, step.id), f"{counted.normalize():f}"
            elif evidence.kind == "scan":
                yield (stage.id, step.id), random.choice(scene.order.lines).sku
            elif evidence.kind == "choice":
                yield (stage.id, step.id), random.choice(evidence.choice_ids)
