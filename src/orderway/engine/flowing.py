"""How a case goes through the flow: entering blocks, joining them, going back. Joins are derived from what is open, nothing is kept.

Works on a `Draft`. Evaluates conditions where a block or stage is entered and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterable

from orderway.engine.case import EachRun, OpenItem, Path
from orderway.engine.drafting import Draft
from orderway.engine.move import Entered, Skipped
from orderway.engine.program import Node, Rule
from orderway.engine.refusals import EmptyList, FactUnknown
from orderway.standard.values import UNKNOWN


def resume(draft: Draft, node: Node, path: Path) -> None:
    """Enter a node and, if nothing of it stays open, what follows it."""
    if enter(draft, node, path):
        leave(draft, node, path)


def enter(draft: Draft, node: Node, path: Path) -> bool:
    """Enter a node for the run at `path`; True if nothing inside it is open afterwards, so that the way goes on behind it."""
    match node.kind:
        case "stage":
            return _enter_stage(draft, node, path)
        case "sequence":
            return all(enter(draft, draft.program.nodes[child], path) for child in node.children)
        case "each":
            return _enter_each(draft, node, path)
        case _:
            return _enter_block(draft, node, path)


def leave(draft: Draft, node: Node, path: Path) -> None:
    """Everything of this node is done: join what encloses it and enter what follows, as far as that is open to go."""
    while node.parent >= 0:
        parent = draft.program.nodes[node.parent]
        if parent.kind == "sequence":
            if not all(enter(draft, draft.program.nodes[child], path) for child in parent.children[node.slot + 1 :]):
                return
        elif parent.kind == "each":
            draft.set_run(parent.name, path[:-1], path[-1], "finished")
            path = path[:-1]
            if not each_joins(draft, parent, path):
                return
        elif open_inside(draft, parent, path):
            return
        node = parent


def open_inside(draft: Draft, node: Node, path: Path) -> bool:
    """Whether an item of the flow is open inside this run of the node."""
    return any(item.path[: len(path)] == path for item in draft.items if item.kind == "stage" and item.stage in node.stages)


def each_joins(draft: Draft, node: Node, path: Path) -> bool:
    """Whether an `each` is done: no run is open, and nothing stands before it that will reach it again (after a change)."""
    if "open" in draft.runs_of(node.name, path).values():
        return False
    return not any(item.kind == "stage" and item.stage in node.before and _shared(draft, item, node, path) for item in draft.items)


def after_or_at(draft: Draft, target: str, path: Path) -> list[OpenItem]:
    """Open items of the flow at the target stage or behind it, within the run `path` of the target."""
    node = draft.program.node_of(target)
    return [
        item
        for item in draft.items
        if item.kind == "stage"
        and (item.stage == target or target in draft.program.node_of(item.stage).before)
        and _shared(draft, item, node, path)
    ]


def withdraw(draft: Draft, items: Iterable[OpenItem], depth: int) -> None:
    """Close items as withdrawn, and with them the open `each` runs that lie deeper than `depth` keys."""
    for item in items:
        draft.close_with_signatures(item, "withdrawn")
        _withdraw_runs(draft, item, depth)


def go_back(draft: Draft, target: str, path: Path, gate: str) -> None:
    """Withdraw everything between the target and the gate that sends back, in all branches, then enter the target again.

    What is open behind the gate are runs that had passed `until` before a change: they go on untouched, or goods would leave twice.
    """
    between = [item for item in after_or_at(draft, target, path) if gate not in draft.program.node_of(item.stage).before]
    withdraw(draft, between, len(path))
    resume(draft, draft.program.node_of(target), path)


def _withdraw_runs(draft: Draft, item: OpenItem, depth: int) -> None:
    eaches = draft.program.node_of(item.stage).eaches
    for level in range(depth, len(item.path)):
        name = draft.program.nodes[eaches[level]].name
        if draft.each_state(EachRun(name, item.path[:level], item.path[level])) == "open":
            draft.set_run(name, item.path[:level], item.path[level], "withdrawn")


def _shared(draft: Draft, item: OpenItem, node: Node, path: Path) -> bool:
    """Whether the item lies in the same runs as `path` of the node, as far as both are enclosed by the same `each`."""
    others = draft.program.node_of(item.stage).eaches
    common = 0
    while common < min(len(others), len(node.eaches), len(path)) and others[common] == node.eaches[common]:
        common += 1
    return item.path[:common] == path[:common]


def _enter_stage(draft: Draft, node: Node, path: Path) -> bool:
    if any(item.kind == "stage" and item.stage == node.stage and item.path == path for item in draft.items):
        return False
    skip = draft.program.skips.get(node.stage)
    if skip is not None and draft.answers.holds(skip, path) is True:
        draft.skipped.append(Skipped(node.stage, path, skip.compiled.source))
        return True
    draft.open(node.stage, path, "stage", draft.program.stage(node.stage).owner)
    return False


def _enter_block(draft: Draft, node: Node, path: Path) -> bool:
    taken = _branches(draft, node, path)
    if node.kind != "parallel":
        draft.entered.append(Entered(node.kind, node.number, path, taken))
    for slot in taken:
        enter(draft, draft.program.nodes[node.children[slot]], path)
    return not open_inside(draft, node, path)


def _branches(draft: Draft, node: Node, path: Path) -> tuple[int, ...]:
    if node.kind == "parallel":
        return tuple(range(len(node.children)))
    taken: list[int] = []
    for slot, rule in enumerate(node.when):
        if rule is None or _must_know(draft, rule, path):
            taken.append(slot)
            if node.kind == "choose":
                break
    return tuple(taken)


def _must_know(draft: Draft, rule: Rule, path: Path) -> bool:
    holds = draft.answers.holds(rule, path)
    if holds is UNKNOWN:
        raise unknown(draft, rule, path)
    return holds


def unknown(draft: Draft, rule: Rule, path: Path) -> FactUnknown:
    """The refusal that names the facts which leave a rule open, and the stages that record them."""
    facts = draft.answers.missing(rule, path)
    return FactUnknown(facts=facts, rule=rule.compiled.source, providers=_providers(draft, facts))


def _providers(draft: Draft, facts: tuple[str, ...]) -> tuple[str, ...]:
    found = {stage for fact in facts for stage in draft.program.providing(fact)}
    return tuple(sorted(found)) or ("outside of this process",)


def _enter_each(draft: Draft, node: Node, path: Path) -> bool:
    keys = draft.answers.keys(node.list, node.words, path)
    if keys is UNKNOWN:
        facts = (node.list,)
        raise FactUnknown(facts=facts, rule=f"each {node.name} in {node.list}", providers=_providers(draft, facts))
    if not keys:
        raise EmptyList(list=node.list, name=node.name)
    before = draft.runs_of(node.name, path)
    for key in keys:
        if before.get(key) not in ("open", "finished"):
            start_run(draft, node, path, key)
    return "open" not in draft.runs_of(node.name, path).values()


def start_run(draft: Draft, node: Node, path: Path, key: str) -> None:
    """Start one run of an `each`; a run whose every stage is skipped is finished at once."""
    draft.set_run(node.name, path, key, "open")
    if enter(draft, draft.program.nodes[node.children[0]], (*path, key)):
        draft.set_run(node.name, path, key, "finished")


def unknown_table(draft: Draft, table: str) -> FactUnknown:
    """The refusal that names the facts which leave a table open."""
    facts = draft.answers.missing_in_table(table)
    return FactUnknown(facts=facts, rule=f"table {table}", providers=_providers(draft, facts))
