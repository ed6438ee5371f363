"""Reads the flow: sequences, every, choose, parallel, each. Never asks whether its stages exist or the blocks make sense."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from orderway.standard import reading
from orderway.standard.document import Block, Branch, Each, Node, Sequence, StageId, StageRef
from orderway.standard.reading import IDENTIFIER, RESERVED, Fields, Log
from orderway.standard.sentences import NOTHING, Sentence, quoted
from orderway.standard.yaml_tree import Entries, Items, Scalar, Tree

_BLOCKS = ("every", "choose", "parallel", "each")


def flow(log: Log, tree: Tree) -> Sequence:
    """The nodes of a list, one after the other; a single stage stands for a list of one."""
    if isinstance(tree, Items):
        nodes = tuple(node for part in tree.items if (node := _node(log, part)))
    else:
        node = _node(log, tree)
        nodes = (node,) if node else ()
    if isinstance(tree, Items) and not tree.items:
        log.hole("empty-flow", tree.mark, Sentence("This part of the flow is empty. Name at least one stage."))
    return Sequence(nodes, tree.mark)


def _node(log: Log, tree: Tree) -> Node | None:
    if isinstance(tree, Scalar):
        return StageRef(StageId(reading.word(log, tree, Sentence("A stage in the flow"))), tree.mark)
    if isinstance(tree, Items):
        return flow(log, tree)
    kinds = [key.text for key, _ in tree.entries if key.text in _BLOCKS]
    if len(kinds) != 1:
        log.hole("bad-block", tree.mark, Sentence("A block of the flow is one of {known}.{hint}", known=_BLOCKS, hint=_hint(tree)))
        return None
    readers: dict[str, Callable[[Log, Entries], Node]] = {"every": _every, "choose": _choose, "parallel": _parallel, "each": _each}
    return readers[kinds[0]](log, tree)


def _hint(tree: Entries) -> Sentence:
    return reading.did_you_mean(tree.entries[0][0].text, _BLOCKS) if tree.entries else NOTHING


def _every(log: Log, tree: Entries) -> Block:
    return _conditional(log, tree, "every")


def _choose(log: Log, tree: Entries) -> Block:
    return _conditional(log, tree, "choose")


def _conditional(log: Log, tree: Entries, kind: Literal["every", "choose"]) -> Block:
    body = Fields(log, tree, Sentence("a block '{kind}'", kind=kind), (kind,)).required(kind)
    parts = reading.items(log, body, quoted(kind)) if body else ()
    return Block(kind, tuple(_branch(log, part, kind) for part in parts), tree.mark)


def _branch(log: Log, tree: Tree, kind: str) -> Branch:
    fields = Fields(log, tree, Sentence("a branch of '{kind}'", kind=kind), ("when", "do"))
    body = fields.required("do")
    return Branch(fields.expression("when"), flow(log, body) if body else Sequence(()), tree.mark)


def _parallel(log: Log, tree: Entries) -> Block:
    body = Fields(log, tree, Sentence("a block 'parallel'"), ("parallel",)).required("parallel")
    parts = reading.items(log, body, quoted("parallel")) if body else ()
    return Block("parallel", tuple(Branch(None, flow(log, part), part.mark) for part in parts), tree.mark)


def _each(log: Log, tree: Entries) -> Each:
    fields = Fields(log, tree, Sentence("a block 'each'"), ("each", "do"))
    said = fields.line("each").split()
    body = fields.required("do")
    if len(said) != 3 or said[1] != "in" or not IDENTIFIER.fullmatch(said[0]) or said[0] in RESERVED:
        log.hole("bad-block", tree.mark, Sentence("Write 'each: NAME in LIST', for example 'each: delivery in order.deliveries'."))
        said = ["", "in", ""]
    return Each(said[0], said[2], flow(log, body) if body else Sequence(()), tree.mark)
