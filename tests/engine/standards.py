"""Standards for the tests of the engine: a short way to write one down, and a strategy that draws random sound ones."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import strategies as st

from orderway.engine.program import Program, compile_standard
from orderway.standard import flow as flow_questions
from orderway.standard.document import (
    Block,
    Branch,
    Calendar,
    CancelRule,
    ChangeRule,
    ComplaintRule,
    Criterion,
    DocumentKind,
    Duration,
    Each,
    Evidence,
    Exceptions,
    Expression,
    Fact,
    FactType,
    Gate,
    GateFailure,
    HoldRule,
    HoldType,
    Role,
    RoleId,
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

OFFICE = Calendar("office", "Asia/Shanghai", (((540, 720), (780, 1080)),) * 5 + ((), ()), "CN")
RECORD = FactType("list", record=(("number", FactType("text")), ("flag", FactType("bool"))))
FLAGS = tuple(f"order.flag_{letter}" for letter in "abcdef")
LISTS = ("order.deliveries", "order.parcels")
FACTS = {
    **{name: Fact(name, FactType("bool")) for name in FLAGS},
    **{name: Fact(name, RECORD) for name in LISTS},
    "order.total": Fact("order.total", FactType("money")),
}
ROLES = ("clerk", "reviewer", "chief", "director", "owner")
SIGNATURES = Table(
    "signatures",
    (Expression("order.total"),),
    "role",
    "first",
    (
        Row(("< 100",), ()),
        Row(("< 1000",), ("chief",)),
        Row(("-",), ("chief", "director")),
    ),
)


def text(value: str) -> Text:
    return Text((("", value),))


def sequence(*nodes: object) -> Sequence:
    return Sequence(tuple(StageRef(StageId(node)) if isinstance(node, str) else node for node in nodes))  # type: ignore[misc]


def parallel(*branches: tuple[object, ...]) -> Block:
    return Block("parallel", tuple(Branch(None, sequence(*branch)) for branch in branches))


def every(*branches: tuple[str | None, tuple[object, ...]]) -> Block:
    return Block("every", tuple(Branch(Expression(when) if when else None, sequence(*do)) for when, do in branches))


def choose(*branches: tuple[str | None, tuple[object, ...]]) -> Block:
    return Block("choose", tuple(Branch(Expression(when) if when else None, sequence(*do)) for when, do in branches))


def each(word: str, *nodes: object, of: str = "order.deliveries") -> Each:
    return Each(word, of, sequence(*nodes))


def a_stage(name: str, **given: object) -> Stage:
    parts: dict[str, object] = {
        "title": text(name),
        "owner": RoleId("clerk"),
        "limit": Duration(Decimal(4), "h"),
        "steps": (Step("do", text("Do it"), evidence=Evidence("tick")),),
        **given,
    }
    if isinstance(parts.get("skip_when"), str):
        parts["skip_when"] = Expression(str(parts["skip_when"]))
    return Stage(StageId(name), **parts)  # type: ignore[arg-type]


def a_gate(back_to: str, *, ask: tuple[str, ...] = ("right",), at_most: int = 2, **given: object) -> Gate:
    auto = given.pop("auto", {})
    assert isinstance(auto, dict)
    criteria = [Criterion(name, ask=text(name)) for name in ask]
    criteria += [Criterion(name, auto=Expression(source), waive=(RoleId("director"),)) for name, source in auto.items()]
    return Gate(tuple(criteria), fail=GateFailure(StageId(back_to), at_most, RoleId("chief")), **given)  # type: ignore[arg-type]


def a_standard(*nodes: object, exceptions: Exceptions | None = None, **stages: dict[str, object]) -> Standard:
    """A standard over this flow; `stages` say what is special about some of them."""
    whole = sequence(*nodes)
    names = list(flow_questions.positions(whole))
    return Standard(
        id="test",
        version="1.0.0",
        title=text("Test"),
        owner=RoleId("owner"),
        languages=("en",),
        calendar="office",
        calendars={"office": OFFICE},
        roles={RoleId(role): Role(RoleId(role), text(role)) for role in ROLES},
        documents={"paper": DocumentKind("paper", text("Paper"))},
        facts=FACTS,
        flow=whole,
        stages={name: a_stage(name, **stages.get(name, {})) for name in names},
        tables={"signatures": SIGNATURES},
        exceptions=exceptions or some_exceptions(),
    )


def some_exceptions(
    *, back_to: str | None = None, until: str | None = None, undo: tuple[str, ...] = (), after: str | None = None, opens: str | None = None
) -> Exceptions:
    clerk = (RoleId("clerk"),)
    return Exceptions(
        cancel=CancelRule(clerk, StageId(until) if until else None, tuple(StageId(stage) for stage in undo)),
        change=ChangeRule(clerk, StageId(until) if until else None, StageId(back_to)) if back_to else None,
        hold=HoldRule((HoldType("credit", clerk, Duration(Decimal(5), "d")), HoldType("quality", clerk))),
        complaint=ComplaintRule(("clerk",), StageId(after) if after else None, StageId(opens)) if opens else None,
    )


_numbered = 0


def program_of(standard: Standard) -> Program:
    """The program of a test standard; each gets a hash of its own, so that no test sees what another remembered."""
    global _numbered
    _numbered += 1
    return compile_standard(standard, f"test-{_numbered}")


# --- random sound standards -----------------------------------------------------------------------------------------


@st.composite
def sound_standards(draw: st.DrawFn) -> Standard:
    """Any standard that a release would accept, as far as the engine looks at it: at most ten stages, blocks two deep."""
    names = iter("abcdefghij")
    words = iter((("delivery", LISTS[0]), ("parcel", LISTS[1])))
    first = StageRef(StageId(next(names)))
    rest = draw(_nodes(names, words, 2, (), min_size=2, max_size=4))
    flow = Sequence((first, *rest))
    positions = flow_questions.positions(flow)
    stages = {name: draw(_stages(name, position)) for name, position in positions.items()}
    return a_standard_of(flow, stages, draw(_exceptions(positions)))


def a_standard_of(flow: Sequence, stages: dict[StageId, Stage], exceptions: Exceptions) -> Standard:
    plain = a_standard(*flow.nodes, exceptions=exceptions)
    return Standard(**{**{name: getattr(plain, name) for name in plain.__slots__}, "stages": stages})


@st.composite
def _nodes(draw, names, words, depth, scope, *, min_size, max_size):  # type: ignore[no-untyped-def]
    nodes = []
    for _ in range(draw(st.integers(min_size, max_size))):
        kinds = ["stage"] + (["each", "every", "choose", "parallel", "stage"] if depth else [])
        node = draw(_node(draw(st.sampled_from(kinds)), names, words, depth, scope))
        if node is not None:
            nodes.append(node)
    return nodes


@st.composite
def _node(draw, kind, names, words, depth, scope):  # type: ignore[no-untyped-def]
    if kind == "stage":
        name = next(names, None)
        return None if name is None else StageRef(StageId(name))
    if kind == "each":
        word = next(words, None)
        if word is None:
            return None
        inside = draw(_nodes(names, words, depth - 1, (*scope, word[0]), min_size=1, max_size=3))
        return Each(word[0], word[1], Sequence(tuple(inside))) if inside else None
    bodies = [draw(_nodes(names, words, depth - 1, scope, min_size=1, max_size=2)) for _ in range(2)]
    bodies = [body for body in bodies if body]
    if not bodies:
        return None
    last = len(bodies) - 1
    conditions = st.sampled_from([*FLAGS, *(f"{word}.flag" for word in scope)])
    return Block(
        kind,
        tuple(
            Branch(None if kind == "parallel" or slot == last else Expression(draw(conditions)), Sequence(tuple(body)))
            for slot, body in enumerate(bodies)
        ),
    )


@st.composite
def _stages(draw: st.DrawFn, name: StageId, position: flow_questions.Position) -> Stage:
    words = tuple(node.name for node in position.eaches)
    conditions = st.sampled_from([*FLAGS, *(f"{word}.flag" for word in words)])
    targets = flow_questions.rework_targets(position)
    earlier = sorted(flow_questions.possibly_before(position))
    gate = None
    by_system = draw(st.booleans())
    if targets and draw(st.integers(0, 3)):
        gate = a_gate(
            draw(st.sampled_from(targets)),
            ask=("right",) if not by_system and draw(st.integers(0, 2)) else (),
            auto={"holds": draw(conditions)} if draw(st.booleans()) else {"total": "order.total >= 0"},
            at_most=draw(st.integers(1, 2)),
            not_by=tuple(StageId(stage) for stage in draw(st.lists(st.sampled_from(earlier), max_size=1))),
            approve="signatures" if draw(st.booleans()) else None,
        )
    return a_stage(
        name,
        gate=gate,
        owner=RoleId(draw(st.sampled_from(["clerk", "reviewer"]))),
        runs="system" if by_system else "person",
        does="some.act" if by_system else None,
        skip_when=draw(conditions) if earlier and not draw(st.integers(0, 2)) else None,
        needs=("paper",) if draw(st.integers(0, 5)) == 0 else (),
        limit=Duration(Decimal(draw(st.sampled_from([1, 2, 4]))), draw(st.sampled_from(["h", "d"]))),
    )


@st.composite
def _exceptions(draw: st.DrawFn, positions: dict[StageId, flow_questions.Position]) -> Exceptions:
    names = list(positions)
    main = [name for name, position in positions.items() if not position.blocks]
    until = draw(st.one_of(st.none(), st.sampled_from(names)))
    possible = [stage for stage in main if until is None or stage == until or stage in flow_questions.possibly_before(positions[until])]
    return some_exceptions(
        back_to=draw(st.sampled_from(possible)) if possible else None,
        until=until,
        undo=tuple(draw(st.lists(st.sampled_from(names), max_size=3, unique=True))),
        after=draw(st.one_of(st.none(), st.sampled_from(names))),
        opens=draw(st.sampled_from(main)),
    )
