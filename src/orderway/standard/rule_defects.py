"""What is wrong with the rules: conditions and tables that mean nothing, or ask for a fact where nobody can know it yet.

Never evaluates a rule; `conditions` says whether it type-checks, `providers` whether a fact is known at its place.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from orderway.standard import tables
from orderway.standard.conditions import Compiled, RuleError, compile
from orderway.standard.document import Block, Each, Expression, FactType, Mark, Stage, StageId
from orderway.standard.draft import Draft, suggestion
from orderway.standard.flow import Position, passed_before, walk
from orderway.standard.problems import Problem
from orderway.standard.providers import missing_reason, providing_stages
from orderway.standard.sentences import Sentence, quoted


@dataclass(frozen=True, slots=True)
class RulePlace:
    """A condition with what holds where it stands: the stages passed, the runs that enclose it, the stage in whose gate it is asked.

    `at_any_time`: it is asked again and again, and what nobody can know yet has not come.
    """

    rule: Expression
    where: Sentence
    passed: frozenset[StageId]
    eaches: tuple[Each, ...]
    inside: StageId | None = None
    at_any_time: bool = False


def rule_defects(draft: Draft) -> Iterator[Problem]:
    """Every defect of the tables, of every condition, and of the lists that `each` goes through."""
    compiled_tables: dict[str, tables.CompiledTable] = {}
    for table in draft.standard.tables.values():
        reading = tables.compile_table(table, draft.scope)
        yield from reading.problems
        if reading.compiled is not None:
            compiled_tables[table.id] = reading.compiled
            yield from tables.problems(reading.compiled)
    for place in _places(draft):
        yield from _condition(draft, place, compiled_tables)
    yield from _lists(draft)
    yield from _approvals(draft, compiled_tables)


def list_type(draft: Draft, each: Each, enclosing: tuple[Each, ...]) -> FactType | None:
    """The type of the list that an `each` goes through: a fact, or a field of an enclosing run's record; None if it is no list."""
    word, _, rest = each.items.partition(".")
    outer = next((run for run in reversed(enclosing) if run.name == word), None)
    if outer is None:
        fact = draft.standard.facts.get(each.items)
        found = fact.type if fact else None
    else:
        record = list_type(draft, outer, enclosing[: enclosing.index(outer)])
        found = record.field_type(rest) if record else None
    return found if found is not None and found.kind == "list" else None


def fact_name(name: str, eaches: tuple[Each, ...]) -> str:
    """The name as the product knows it: inside `each: delivery in order.deliveries`, ``delivery.lines`` is ``order.deliveries.lines``."""
    word, dot, rest = name.partition(".")
    run = next((each for each in reversed(eaches) if each.name == word), None)
    if run is None:
        return name
    return fact_name(run.items, eaches[: eaches.index(run)]) + dot + rest


def _places(draft: Draft) -> Iterator[RulePlace]:
    for position in walk(draft.standard.flow):
        if isinstance(position.node, Block):
            for branch in position.node.branches:
                if branch.when is not None:
                    where = Sentence("A branch of '{kind}'", kind=position.node.kind)
                    yield RulePlace(branch.when, where, passed_before(position), position.eaches)
    for stage, position in draft.placed_stages():
        yield from _places_of_stage(stage, position)
    hold = draft.standard.exceptions.hold
    for kind in hold.types if hold is not None else ():
        if kind.lift_when is not None:
            yield RulePlace(kind.lift_when, Sentence("lift_when of hold '{kind}'", kind=kind.id), frozenset(), (), at_any_time=True)


def _places_of_stage(stage: Stage, position: Position) -> Iterator[RulePlace]:
    passed = passed_before(position)
    if stage.skip_when is not None:
        yield RulePlace(stage.skip_when, Sentence("skip_when of '{stage}'", stage=stage.id), passed, position.eaches)
    if stage.gate is not None:
        for criterion in stage.gate.criteria:
            if criterion.auto is not None:
                where = Sentence("Criterion '{criterion}' of '{stage}'", criterion=criterion.id, stage=stage.id)
                yield RulePlace(criterion.auto, where, passed, position.eaches, stage.id)


def _condition(draft: Draft, place: RulePlace, known_tables: dict[str, tables.CompiledTable]) -> Iterator[Problem]:
    try:
        compiled = _compile(draft, place)
    except RuleError as error:
        yield Problem(error.code, error.mark, Sentence("{where} means nothing: {reason}", where=place.where, reason=error.sentence))
        return
    outside = [run for run in compiled.runs if run not in {each.name for each in place.eaches}]
    if outside:
        lists = {each.name: each.items for each in draft.eaches}
        message = Sentence(
            "{where} uses '{run}' outside its each, where there is no single one. Ask over the list: {list}.exists(x, x...).",
            where=place.where,
            run=outside[0],
            list=lists[outside[0]],
        )
        yield Problem("run-fact-outside", place.rule.mark, message)
        return
    if compiled.type.kind != "bool":
        message = Sentence("{where} gives {kind}, not yes or no. Compare it with something.", where=place.where, kind=compiled.type.kind)
        yield Problem("rule-not-yes-no", place.rule.mark, message)
    if place.at_any_time:
        return
    names = [*compiled.names, *(name for table in compiled.tables if table in known_tables for name in known_tables[table].names)]
    yield from _too_early(draft, names, place)


def _compile(draft: Draft, place: RulePlace) -> Compiled:
    """With the run words of every `each` in scope, so that one used outside its block is told apart from one that does not exist."""
    runs: dict[str, FactType] = {}
    for position in walk(draft.standard.flow):
        if isinstance(position.node, Each):
            found = list_type(draft, position.node, position.eaches)
            if found is not None:
                runs.setdefault(position.node.name, found)
    for index, each in enumerate(place.eaches):
        found = list_type(draft, each, place.eaches[:index])
        if found is not None:
            runs[each.name] = found
    return compile(place.rule, replace(draft.scope, runs=runs), mark=place.rule.mark)


def _too_early(draft: Draft, names: list[str], place: RulePlace) -> Iterator[Problem]:
    reported: list[str] = []
    for name in sorted({fact_name(name, place.eaches) for name in names}):
        if any(name.startswith(f"{shorter}.") for shorter in reported):
            continue
        reason = _why_early(draft, name, place)
        if reason is not None:
            reported.append(name)
            yield Problem(
                "fact-early",
                place.rule.mark,
                Sentence("{where} asks for '{name}', but {reason}", where=place.where, name=name, reason=reason),
            )


def _why_early(draft: Draft, name: str, place: RulePlace) -> Sentence | None:
    """None too if nobody provides the fact anywhere: its declaration is refused for that already."""
    return missing_reason(draft, name, place.passed, place.inside) if providing_stages(draft, name) != () else None


def _lists(draft: Draft) -> Iterator[Problem]:
    for position in walk(draft.standard.flow):
        each = position.node
        if not isinstance(each, Each):
            continue
        if list_type(draft, each, position.eaches) is None:
            lists = [name for name, fact in draft.standard.facts.items() if fact.type.kind == "list"]
            hint = suggestion(each.items, lists)
            message = Sentence(
                "'{list}' is no list, so there is nothing to run once for each of.{hint} Declare it under facts as [{{...}}].",
                list=each.items,
                hint=hint,
            )
            yield Problem("each-no-list", each.mark, message)
            continue
        place = RulePlace(Expression("", each.mark), quoted("each"), passed_before(position), position.eaches)
        yield from _too_early(draft, [each.items], place)


def _approvals(draft: Draft, known_tables: dict[str, tables.CompiledTable]) -> Iterator[Problem]:
    for stage, position in draft.placed_stages():
        gate = stage.gate
        if gate is not None and gate.approve in known_tables:
            mark = draft.at("stages", stage.id, "gate", "approve", otherwise=gate.mark)
            place = _approval_place(mark, stage, position)
            yield from _too_early(draft, list(known_tables[gate.approve].names), place)


def _approval_place(mark: Mark, stage: Stage, position: Position) -> RulePlace:
    return RulePlace(
        Expression("", mark), Sentence("The approval of '{stage}'", stage=stage.id), passed_before(position), position.eaches, stage.id
    )
