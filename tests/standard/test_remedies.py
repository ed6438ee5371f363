"""What would change a rule: named facts with thresholds, each of them true when it is put into the rule again."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderway.standard.conditions import UNKNOWN, Scope, Value, compile
from orderway.standard.document import Expression, FactType, Mark, Row, Table
from orderway.standard.remedies import Need, Remedy, remedies
from orderway.standard.tables import CompiledTable, compile_table

D = Decimal
LINES = FactType("list", record=(("qty", FactType("number")), ("available", FactType("number")), ("route", FactType("text"))))
FACTS = {
    "order.total": FactType("money"),
    "order.discount": FactType("percent"),
    "customer.credit_left": FactType("money"),
    "customer.blocked": FactType("bool"),
    "order.day": FactType("date"),
    "order.kind": FactType("one_of", choices=("stock", "make", "buy")),
    "order.lines": LINES,
}
CREDIT = (
    ("customer.blocked", "customer.credit_left - order.total"),
    (("true", "-", "blocked"), ("-", "< 0", "over_limit"), ("-", "-", "ok")),
)
LEVEL = (("order.total", "order.discount"), (("< 1000", "< 5", "low"), ("< 5000", "< 10", "middle"), ("-", "-", "high")))
STANDING = {
    "order.total": D("62000"),
    "order.discount": D(12),
    "customer.credit_left": D("45200"),
    "customer.blocked": False,
    "order.day": date(2026, 3, 2),
    "order.kind": "make",
    "order.lines": (
        {"qty": D(10), "available": D(4), "route": "stock"},
        {"qty": D(5), "available": D(5), "route": "stock"},
        {"qty": D(9), "available": D(0), "route": "buy"},
    ),
}


def table(name: str, inputs: tuple[str, ...], rows: tuple[tuple[str, ...], ...]) -> CompiledTable:
    read = tuple(Row(row[:-1], (row[-1],), Mark(1, 1)) for row in rows)
    reading = compile_table(Table(name, tuple(map(Expression, inputs)), "text", "first", read), Scope(facts=FACTS))
    assert reading.compiled is not None
    return reading.compiled


TABLES = {"credit": table("credit", *CREDIT), "level": table("level", *LEVEL)}
SCOPE = Scope(facts=FACTS, tables={name: FactType("text") for name in TABLES})


def told(source: str, *, wanted: bool = True, **facts: Value) -> list[str]:
    """The ways as short sentences."""
    standing = {**STANDING, **{name.replace("_", ".", 1): value for name, value in facts.items()}}
    found = remedies(compile(source, SCOPE), lambda name: standing.get(name, UNKNOWN), TABLES, wanted=wanted)
    return [" and ".join(map(_said, remedy)) for remedy in found]


def _said(need: Need) -> str:
    values = ", ".join(str(value) for value in need.values)
    return f"{need.fact}{f' {need.record}' if need.record else ''} {need.operator} {values}"


@pytest.mark.parametrize(
    ("rule", "ways"),
    [
        ("order.total <= 45200", ["order.total <= 45200"]),
        ("45200 > order.total", ["order.total < 45200"]),
        ("customer.credit_left >= order.total", ["customer.credit_left >= 62000", "order.total <= 45200"]),
        ("customer.credit_left - order.total >= 0", ["customer.credit_left >= 62000", "order.total <= 45200"]),
        ("order.total * 2 - 1000 < 100000", ["order.total < 50500"]),
        ("order.total / 3 <= 15000", ["order.total <= 45000.00"]),
        ("-order.total > -50000", ["order.total < 50000"]),
        ("order.total * order.discount <= 6200", ["order.total <= 51666.66", "order.discount <= 10"]),
        ("customer.blocked", ["customer.blocked == True"]),
        ("!(order.kind == 'make')", ["order.kind != make"]),
        ("order.kind == 'stock'", ["order.kind == stock"]),
        ("order.kind in ['stock', 'buy']", ["order.kind in stock, buy"]),
        ("order.total < 50000 || order.discount < 5", ["order.total < 50000", "order.discount < 5"]),
        ("order.total < 50000 && order.discount < 5", ["order.total < 50000 and order.discount < 5"]),
        ("order.total < 50000 && order.total < 40000", ["order.total < 40000"]),
        ("customer.blocked ? order.total < 1 : order.total < 50000", ["order.total < 50000"]),
        ("order.lines.all(l, l.available >= l.qty || l.route != 'stock')", None),
        ("table.credit == 'ok'", ["customer.credit_left >= 62000", "order.total <= 45200"]),
        ("table.level == 'low'", ["order.total < 1000 and order.discount < 5"]),
        ("table.level != 'high'", ["order.total < 5000 and order.discount < 10"]),
    ],
)
def test_what_would_make_a_rule_hold_is_said_with_the_value_from_which_on(rule, ways):
    if ways is None:
        ways = ["order.lines.available 1 >= 10", "order.lines.qty 1 <= 4", "order.lines.route 1 != stock"]
    assert told(rule) == ways


def test_a_table_that_one_input_alone_would_turn_names_each_of_them():
    assert told("table.level == 'middle'", order_total=D(900)) == ["order.discount < 10"]
    assert told("table.credit == 'ok'", customer_blocked=True, order_total=D(1)) == ["customer.blocked == False"]


def test_what_would_make_a_rule_that_holds_fail_is_told_too():
    assert told("order.total <= 70000", wanted=False) == ["order.total > 70000"]


@pytest.mark.parametrize("rule", ["order.total > 1", "customer.blocked || true"])
def test_a_rule_that_holds_needs_nothing(rule):
    assert told(rule) == []


def test_while_a_fact_is_unknown_nobody_says_what_would_help():
    assert told("order.total < 50000 && order.discount < 5", order_total=UNKNOWN) == []


def test_what_no_single_fact_can_turn_is_not_told():
    assert told("false") == []
    assert told("order.total < order.total") == []


def numbers() -> st.SearchStrategy[str]:
    return st.integers(-50, 50).map(str)


def amounts() -> st.SearchStrategy[str]:
    leaf = st.sampled_from(["order.total", "customer.credit_left"])
    scaled = st.tuples(numbers(), leaf).map(lambda t: f"({t[0]}) * {t[1]}")
    joined = lambda inner: st.tuples(inner, st.sampled_from("+-"), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})")  # noqa: E731
    return st.recursive(st.one_of(leaf, scaled), joined, max_leaves=4)


def conditions() -> st.SearchStrategy[str]:
    compared = st.tuples(amounts(), st.sampled_from(["<", "<=", ">", ">=", "==", "!="]), amounts()).map(" ".join)
    leaf = st.one_of(
        compared, st.sampled_from(["customer.blocked", "order.kind == 'make'", "table.credit == 'ok'", "table.level == 'low'"])
    )
    leaf = st.one_of(leaf, st.just("order.lines.all(l, l.available >= l.qty)"), st.just("order.lines.exists(l, l.route == 'buy')"))
    joined = lambda inner: st.tuples(inner, st.sampled_from(["&&", "||"]), inner).map(lambda t: f"({t[0]}) {t[1]} ({t[2]})")  # noqa: E731
    return st.recursive(leaf, lambda inner: st.one_of(joined(inner), inner.map(lambda text: f"!({text})")), max_leaves=4)


@given(conditions(), st.booleans(), st.integers(-60, 60), st.integers(-60, 60), st.booleans())
def test_whatever_is_said_makes_the_rule_hold_when_it_comes_true(rule, wanted, total, left, blocked):
    standing = {**STANDING, "order.total": D(total), "customer.credit_left": D(left), "customer.blocked": blocked}
    compiled = compile(rule, SCOPE)
    for remedy in remedies(compiled, standing.__getitem__, TABLES, wanted=wanted):
        assert worth(compiled, with_(standing, remedy)) is wanted, (rule, remedy)


def with_(standing: dict[str, Value], remedy: Remedy) -> dict[str, Value]:
    changed = dict(standing)
    for need in remedy:
        if need.record:
            name, _, field = need.fact.rpartition(".")
            records = list(changed[name])
            records[need.record - 1] = {**records[need.record - 1], field: need.supposed}
            changed[name] = tuple(records)
        else:
            changed[need.fact] = need.supposed
    return changed


def worth(compiled, facts) -> Value:
    from orderway.standard.tables import decide

    return compiled.evaluate(facts.__getitem__, lambda name: decide(TABLES[name], facts.__getitem__).value)
