"""On boolean and whole-number rules the rule language agrees with a full implementation of CEL."""

from __future__ import annotations

from decimal import Decimal

import cel
from hypothesis import given
from hypothesis import strategies as st

from orderway.standard.conditions import Scope, compile
from orderway.standard.document import FactType

LINES = FactType("list", record=(("qty", FactType("number")), ("ok", FactType("bool")), ("route", FactType("text"))))
SCOPE = Scope(
    facts={
        **{f"n.{name}": FactType("number") for name in "abc"},
        **{f"p.{name}": FactType("bool") for name in "abc"},
        "o.lines": LINES,
    }
)

ATOMS = st.sampled_from(["n.a", "n.b", "n.c", "0", "1", "7", "-2", "o.lines.size()", "size(o.lines)"])


def joined(parts: st.SearchStrategy[str], operators: str, most: int) -> st.SearchStrategy[str]:
    """Parts with operators between them and no parentheses, so that precedence and associativity are tested too."""
    tail = st.lists(st.tuples(st.sampled_from(operators.split()), parts), max_size=most)
    return st.tuples(parts, tail).map(lambda drawn: " ".join([drawn[0], *(f"{operator} {part}" for operator, part in drawn[1])]))


NUMBERS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        joined(st.one_of(inner.map(lambda part: f"({part})"), ATOMS), "+ - *", 3),
        inner.map(lambda part: f"({part}) % 3"),
        inner.map(lambda part: f"-({part})"),
    ),
    max_leaves=5,
)
COMPARED = st.tuples(NUMBERS, st.sampled_from(["==", "!=", "<", "<=", ">", ">="]), NUMBERS).map(" ".join)
LISTED = st.sampled_from(
    [
        "o.lines.all(l, l.ok)",
        "o.lines.exists(l, l.ok && l.qty > n.a)",
        "o.lines.all(l, l.route == 'make' || l.route in ['buy', \"stock\"])",
        "o.lines.exists(l, o.lines.all(k, k.qty <= l.qty))",
        "n.a in [1, 2, n.b + 1]",
    ]
)
FACTS = st.sampled_from(["p.a", "p.b", "p.c", "true", "false"])
CONDITIONS = st.recursive(
    st.one_of(FACTS, COMPARED, LISTED),
    lambda inner: st.one_of(
        joined(st.one_of(inner.map(lambda part: f"({part})"), FACTS, COMPARED), "&& ||", 3),
        inner.map(lambda part: f"!({part})"),
        st.tuples(FACTS, inner, inner).map(lambda parts: f"{parts[0]} ? ({parts[1]}) : {parts[2]}"),
    ),
    max_leaves=6,
)
RECORD = st.fixed_dictionaries({"qty": st.integers(-3, 9), "ok": st.booleans(), "route": st.sampled_from(["stock", "make", "buy", "none"])})


@given(
    st.one_of(CONDITIONS, NUMBERS),
    st.tuples(*[st.integers(-20, 20)] * 3),
    st.tuples(*[st.booleans()] * 3),
    st.lists(RECORD, max_size=4),
)
def test_rules_mean_what_they_mean_in_cel(source, numbers, bools, lines):
    facts = {
        **{f"n.{name}": Decimal(number) for name, number in zip("abc", numbers, strict=True)},
        **{f"p.{name}": bool_ for name, bool_ in zip("abc", bools, strict=True)},
        "o.lines": tuple({**line, "qty": Decimal(line["qty"])} for line in lines),
    }
    context = {"n": dict(zip("abc", numbers, strict=True)), "p": dict(zip("abc", bools, strict=True)), "o": {"lines": lines}}

    ours = compile(source, SCOPE).evaluate(facts.__getitem__)

    theirs = cel.evaluate(source, context)
    assert type(theirs) is (bool if isinstance(ours, bool) else int)
    assert ours == theirs
