"""Changes as an editor makes them: move, insert, put in parallel, take out, write a text, fill a table. Each gives a new standard.

Judges nothing: what a change breaks, the defects say. Never reads or writes YAML.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from decimal import Decimal
from typing import Any, cast

from orderway.standard.document import (
    Block,
    Branch,
    Duration,
    Each,
    Evidence,
    Expression,
    Node,
    Row,
    Sequence,
    Stage,
    StageId,
    StageRef,
    Standard,
    Step,
    Table,
    Text,
)

Path = tuple[str | int, ...]
_Change = Callable[[Any], Any]
UNTOLD = ("marks", "mark")


# --- the flow ---------------------------------------------------------------------------------------------------------


def move(standard: Standard, stage: StageId, target: StageId, *, after: bool) -> Standard:
    """Put a stage directly before or after another one, in the other's sequence; blocks that become empty go."""
    if stage == target:
        return standard
    return replace(standard, flow=_placed(_without(standard.flow, stage), StageRef(stage), target, after=after))


def earlier(standard: Standard, stage: StageId) -> Standard:
    """One place towards the start: past the neighbour, or out of the block in which it stands first."""
    return replace(standard, flow=_shifted(standard.flow, stage, -1))


def later(standard: Standard, stage: StageId) -> Standard:
    """One place towards the end: past the neighbour, or out of the block in which it stands last."""
    return replace(standard, flow=_shifted(standard.flow, stage, 1))


def beside(standard: Standard, stage: StageId, target: StageId) -> Standard:
    """Let a stage run in parallel with another one: a further branch of its block, or a new block around both."""
    if stage == target:
        return standard
    return replace(standard, flow=_joined(_without(standard.flow, stage), StageRef(stage), target))


def insert(standard: Standard, stage: StageId, title: Text, target: StageId) -> Standard:
    """A new stage of plain work after another one, with that one's owner, a day's limit and a first step to be worded."""
    step = Step("step1", title, evidence=Evidence("tick"))
    made = Stage(stage, title, standard.stages[target].owner, Duration(Decimal(1), "d"), (step,))
    stages = {**standard.stages, stage: made}
    return replace(standard, stages=stages, flow=_placed(standard.flow, StageRef(stage), target, after=True))


def take_out(standard: Standard, stage: StageId) -> Standard:
    """Without a stage; what still names it becomes a defect."""
    stages = {known: one for known, one in standard.stages.items() if known != stage}
    return replace(standard, stages=stages, flow=_without(standard.flow, stage))


def _without(flow: Sequence, stage: StageId) -> Sequence:
    return Sequence(tuple(node for child in flow.nodes for node in _cut(child, stage)))


def _cut(node: Node, stage: StageId) -> Iterator[Node]:
    match node:
        case StageRef(stage=found):
            if found != stage:
                yield node
        case Sequence():
            yield from _without(node, stage).nodes
        case Each(do=do):
            left = _without(do, stage)
            if left.nodes:
                yield replace(node, do=left)
        case Block(branches=branches):
            kept = [(replace(branch, do=_without(branch.do, stage)), branch) for branch in branches]
            left_over = tuple(new for new, old in kept if new.do.nodes or not old.do.nodes)
            if len(left_over) > 1 or (left_over and node.kind != "parallel"):
                yield replace(node, branches=left_over)
            elif left_over:
                yield from left_over[0].do.nodes


def _placed(flow: Sequence, new: Node, target: StageId, *, after: bool) -> Sequence:
    nodes: list[Node] = []
    for node in flow.nodes:
        if isinstance(node, StageRef) and node.stage == target:
            nodes += [node, new] if after else [new, node]
        else:
            nodes.append(_inside(node, lambda do: _placed(do, new, target, after=after)))
    return replace(flow, nodes=tuple(nodes))


def _joined(flow: Sequence, new: Node, target: StageId) -> Sequence:
    nodes: list[Node] = []
    for node in flow.nodes:
        if isinstance(node, StageRef) and node.stage == target:
            nodes.append(Block("parallel", (Branch(None, Sequence((node,))), Branch(None, Sequence((new,))))))
        elif isinstance(node, Block) and node.kind == "parallel" and any(_only(branch, target) for branch in node.branches):
            nodes.append(replace(node, branches=(*node.branches, Branch(None, Sequence((new,))))))
        else:
            nodes.append(_inside(node, lambda do: _joined(do, new, target)))
    return replace(flow, nodes=tuple(nodes))


def _only(branch: Branch, stage: StageId) -> bool:
    return branch.do.nodes == (StageRef(stage),)


def _inside(node: Node, change: _Change) -> Node:
    match node:
        case Each(do=do):
            return replace(node, do=change(do))
        case Block(branches=branches):
            return replace(node, branches=tuple(replace(branch, do=change(branch.do)) for branch in branches))
        case Sequence():
            return cast(Node, change(node))
        case _:
            return node


def _shifted(flow: Sequence, stage: StageId, step: int) -> Sequence:
    nodes = list(flow.nodes)
    for at, node in enumerate(nodes):
        if isinstance(node, StageRef) and node.stage == stage:
            if 0 <= at + step < len(nodes):
                nodes[at], nodes[at + step] = nodes[at + step], nodes[at]
            return replace(flow, nodes=tuple(nodes))
        if _at_edge(node, stage, step):
            rest = list(_cut(node, stage))
            pair: list[Node] = [StageRef(stage), *rest] if step < 0 else [*rest, StageRef(stage)]
            return replace(flow, nodes=(*nodes[:at], *pair, *nodes[at + 1 :]))
        nodes[at] = _inside(node, lambda do: _shifted(do, stage, step))
    return replace(flow, nodes=tuple(nodes))


def _at_edge(node: Node, stage: StageId, step: int) -> bool:
    """Whether the stage stands first (last) in a sequence directly inside this block."""
    doings = [node.do] if isinstance(node, Each) else [branch.do for branch in node.branches] if isinstance(node, Block) else []
    return any(do.nodes and do.nodes[0 if step < 0 else -1] == StageRef(stage) for do in doings)


# --- texts ------------------------------------------------------------------------------------------------------------


def texts(standard: Standard) -> Iterator[tuple[Path, Text]]:
    """Every text of the standard with the path of fields, keys and indices that leads to it, in the order of the document."""
    yield from _texts(standard, ())


def with_text(standard: Standard, path: Path, language: str, words: str) -> Standard:
    """The text at a path in one language; no words take the language out. A path that leads to no text changes nothing."""
    return _changed(standard, path, lambda text: worded(text, language, words, standard.languages))  # type: ignore[return-value]


def _texts(part: object, path: Path) -> Iterator[tuple[Path, Text]]:
    if isinstance(part, Text):
        yield path, part
    elif is_dataclass(part):
        for field in fields(part):
            if field.name not in UNTOLD:
                yield from _texts(getattr(part, field.name), (*path, field.name))
    elif isinstance(part, Mapping):
        for key, value in part.items():
            yield from _texts(value, (*path, key))
    elif isinstance(part, tuple):
        for index, value in enumerate(part):
            yield from _texts(value, (*path, index))


def _changed(part: object, path: Path, change: _Change) -> object:
    if not path:
        return change(part) if isinstance(part, Text) else part
    head, rest = path[0], path[1:]
    if is_dataclass(part) and isinstance(head, str) and head not in UNTOLD and hasattr(part, head):
        return replace(part, **{head: _changed(getattr(part, head), rest, change)})  # type: ignore[type-var]
    if isinstance(part, Mapping) and head in part:
        return {key: _changed(value, rest, change) if key == head else value for key, value in part.items()}
    if isinstance(part, tuple) and isinstance(head, int) and 0 <= head < len(part):
        return (*part[:head], _changed(part[head], rest, change), *part[head + 1 :])
    return part


def worded(text: Text, language: str, words: str, languages: tuple[str, ...]) -> Text:
    """The text with these words in one language; no words take the language out."""
    known = {**dict(text.values), language: words}
    order = [*languages, *(one for one in known if one not in languages)]
    return Text(tuple((one, known[one]) for one in order if known.get(one)))


# --- stages and tables ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class StepForm:
    """A step as a form sends it, its words in one language."""

    id: str
    do: str
    key: str
    why: str
    evidence: str


def with_stage(standard: Standard, stage: Stage) -> Standard:
    """With this stage in the place of the one of the same id."""
    return replace(standard, stages={known: stage if known == stage.id else one for known, one in standard.stages.items()})


def with_steps(standard: Standard, stage: Stage, forms: tuple[StepForm, ...], language: str) -> Stage:
    """The steps of a form; what a step says in other languages stays, an id that is new is given."""
    steps, used = [], {form.id for form in forms}
    for form in forms:
        old = stage.step(form.id)
        id_ = form.id or next(f"step{n}" for n in range(1, len(forms) + len(stage.steps) + 2) if f"step{n}" not in used)
        used.add(id_)
        words = [_optional(getattr(old, name, None), language, getattr(form, name), standard.languages) for name in ("do", "key", "why")]
        steps.append(Step(id_, words[0] or Text(()), words[1], words[2], _evidence(old, form.evidence)))
    return replace(stage, steps=tuple(steps))


def with_rows(standard: Standard, table: str, rows: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]) -> Standard:
    """A table with these rows (tests, output)."""
    old: Table = standard.tables[table]
    new = replace(old, rows=tuple(Row(tests, output) for tests, output in rows))
    return replace(standard, tables={**standard.tables, table: new})


def with_condition(source: str) -> Expression | None:
    """A condition as written; None for nothing."""
    return Expression(source.strip()) if source.strip() else None


def _optional(text: Text | None, language: str, words: str, languages: tuple[str, ...]) -> Text | None:
    made = worded(text or Text(()), language, words.strip(), languages)
    return made if made.values else None


def _evidence(old: Step | None, kind: str) -> Evidence | None:
    """Evidence of another kind; of the same kind it keeps its choices, label and fact."""
    if old and old.evidence and kind in (old.evidence.kind, ""):
        return old.evidence if kind else None
    plain = {
        "tick": Evidence("tick"),
        "photo": Evidence("photo"),
        "scan": Evidence("scan"),
        "file": Evidence("file"),
        "system": Evidence("system"),
    }
    return plain.get(kind) or (old.evidence if old else None)
