"""Where a stage stands in the flow: what encloses it, what every path to it has passed, where rework may lead.

Pure questions about the block tree, shared by the checks of a release and by the engine; never decides anything about one order.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from orderway.standard.document import Block, Each, Node, Sequence, StageId, StageRef


@dataclass(frozen=True, slots=True)
class Frame:
    """One step down the tree: `child` is the index of the node in a sequence, of the branch in a block, 0 in an `each`."""

    node: Sequence | Block | Each
    child: int


@dataclass(frozen=True, slots=True)
class Position:
    """A node of the flow with everything that encloses it, outermost first."""

    node: Node
    frames: tuple[Frame, ...]

    @property
    def eaches(self) -> tuple[Each, ...]:
        """The `each` blocks that enclose the node, outermost first."""
        return tuple(frame.node for frame in self.frames if isinstance(frame.node, Each))

    @property
    def blocks(self) -> tuple[Frame, ...]:
        """Blocks and `each` that enclose the node, without the plain sequences between them, outermost first."""
        return tuple(frame for frame in self.frames if not isinstance(frame.node, Sequence))

    def enclosure(self) -> tuple[str, ...]:
        """The enclosing blocks in words, so that positions in two versions can be compared: ``each delivery in order.deliveries``."""
        return tuple(_in_words(frame) for frame in self.blocks)


def walk(node: Node, frames: tuple[Frame, ...] = ()) -> Iterator[Position]:
    """Every node of the tree with its enclosing frames, in the order of the document, a container before its contents."""
    yield Position(node, frames)
    if not isinstance(node, StageRef):
        for index, child in enumerate(children(node)):
            yield from walk(child, (*frames, Frame(node, index)))


def children(node: Node) -> tuple[Node, ...]:
    """The nodes directly inside; the `do` of each branch for a block."""
    match node:
        case Sequence(nodes=nodes):
            return nodes
        case Block(branches=branches):
            return tuple(branch.do for branch in branches)
        case Each(do=do):
            return (do,)
        case StageRef():
            return ()


def positions(flow: Sequence) -> Mapping[StageId, Position]:
    """The position of every stage of the flow, in its order; of a stage that stands twice the first one."""
    found: dict[StageId, Position] = {}
    for position in walk(flow):
        if isinstance(position.node, StageRef):
            found.setdefault(position.node.stage, position)
    return found


def always_passed(node: Node) -> frozenset[StageId]:
    """The stages that every traversal of the node passes (a stage that its own `skip_when` skips counts as passed).

    An `each` always has at least one run (an empty list refuses the act that would enter); of `choose` only one branch is taken.
    """
    match node:
        case StageRef(stage=stage):
            return frozenset({stage})
        case Block(kind="parallel"):
            return _union(children(node))
        case Block(kind="every", branches=branches):
            return _union(tuple(branch.do for branch in branches if branch.when is None))
        case Block(branches=branches):
            taken = [always_passed(branch.do) for branch in branches]
            return frozenset.intersection(*taken) if taken else frozenset()
        case _:
            return _union(children(node))


def possibly_passed(node: Node) -> frozenset[StageId]:
    """Every stage inside the node."""
    return frozenset(position.node.stage for position in walk(node) if isinstance(position.node, StageRef))


def passed_before(position: Position) -> frozenset[StageId]:
    """The stages that every path to this position has passed."""
    return frozenset().union(*(always_passed(node) for node in _before(position)))


def possibly_before(position: Position) -> frozenset[StageId]:
    """The stages that some path to this position has passed; stages of another branch of the same block are not among them."""
    return frozenset().union(*(possibly_passed(node) for node in _before(position)))


def rework_targets(position: Position) -> tuple[StageId, ...]:
    """Where a gate at this position may send back to: before it in its sequence or before a block that encloses it, never out of an `each`.

    Nearest enclosure first; inside one sequence in the order of the flow.
    """
    targets: list[StageId] = []
    for frame in reversed(position.frames):
        if isinstance(frame.node, Each):
            break
        if isinstance(frame.node, Sequence):
            targets.extend(_direct_stages(frame.node.nodes[: frame.child]))
    return tuple(targets)


def numbers(flow: Sequence) -> Mapping[StageId, str]:
    """The manual's number of every stage: 1, 2, 3.1; a block takes one number, its stages count below it across its branches."""
    return dict(_numbered(flow.nodes, ""))


def _in_words(frame: Frame) -> str:
    match frame.node:
        case Each(name=name, items=items):
            return f"each {name} in {items}"
        case Block(kind=kind, branches=branches):
            when = branches[frame.child].when
            return f"{kind} when {when.source}" if when else f"{kind} branch {frame.child + 1}"
        case _:
            return ""


def _before(position: Position) -> Iterator[Node]:
    for frame in position.frames:
        if isinstance(frame.node, Sequence):
            yield from frame.node.nodes[: frame.child]


def _union(nodes: tuple[Node, ...]) -> frozenset[StageId]:
    return frozenset().union(*(always_passed(node) for node in nodes))


def _direct_stages(nodes: tuple[Node, ...]) -> Iterator[StageId]:
    for node in nodes:
        if isinstance(node, StageRef):
            yield node.stage
        elif isinstance(node, Sequence):
            yield from _direct_stages(node.nodes)


def _numbered(nodes: tuple[Node, ...], prefix: str) -> Iterator[tuple[StageId, str]]:
    for number, node in enumerate(_flattened(nodes), start=1):
        if isinstance(node, StageRef):
            yield node.stage, f"{prefix}{number}"
        else:
            yield from _numbered(children(node), f"{prefix}{number}.")


def _flattened(nodes: tuple[Node, ...]) -> Iterator[Node]:
    for node in nodes:
        if isinstance(node, Sequence):
            yield from _flattened(node.nodes)
        else:
            yield node
