"""What rules are worth: exact decimals, three-valued logic, explanations and the facts that are missing."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderway.standard.conditions import UNKNOWN, Scope, Value, compile, explain, unknown_facts, with_defaults
from orderway.standard.document import Fact, FactType

LINES = FactType("list", record=(("qty", FactType("number")), ("ok", FactType("bool"))))
FACTS = {
    **{f"n.{name}": FactType("number") for name in "abc"},
    **{f"p.{name}": FactType("bool") for name in "abc"},
    "m.total": FactType("money"),
    "m.rate": FactType("percent"),
    "d.day": FactType("date"),
    "t.word": FactType("text"),
    "o.lines": LINES,
    "o.parts": FactType("list", record=(("lines", LINES),)),
}
SCOPE = Scope(facts=FACTS, tables={"level": FactType("number")}, runs={"run": LINES})


def worth(source: str, table: Value = UNKNOWN, **facts: Value) -> Value:
    given = {name.replace("_", "."): value for name, value in facts.items()}
    return compile(source, SCOPE).evaluate(lambda name: given.get(name, UNKNOWN), lambda _: table)


EXACT = [
    ("0.1 + 0.2", "0.3"),
    ("n.a * n.a", "152415787532388367504953515625361987875.019051998750190521"),
    ("n.a - n.a + 0.000000001", "0.000000001"),
    ("1 / 4", "0.25"),
    ("1 / 3", "0.3333333333333333333333333333"),
    ("2 / 3", "0.6666666666666666666666666667"),
    ("7 % 3", "1"),
    ("-7 % 3", "-1"),
    ("2 + 3 * 4 - 6 / 2", "11"),
    ("(2 + 3) * 4", "20"),
    ("-(-3)", "3"),
    ("10 - 3 - 2", "5"),
]


@pytest.mark.parametrize(("source", "expected"), EXACT)
def test_numbers_are_exact_and_quotients_have_28_digits(source, expected):
    big = Decimal("12345678901234567890.123456789")
    assert worth(source, n_a=big) == Decimal(expected)


def test_five_as_a_percentage_is_five_percent_of_what_it_is_taken_of():
    assert worth("m.total * m.rate", m_total=Decimal("199.90"), m_rate=Decimal(5)) == Decimal("9.995")
    assert worth("m.rate * m.total", m_total=Decimal("199.90"), m_rate=Decimal(5)) == Decimal("9.995")
    assert worth("n.a * m.rate", n_a=Decimal(40), m_rate=Decimal("2.5")) == Decimal(1)
    assert worth("m.rate * 2", m_rate=Decimal(5)) == Decimal(10)
    assert worth("m.rate <= 5", m_rate=Decimal(5)) is True


def test_what_has_no_value_is_unknown():
    assert worth("n.a / n.b", n_a=Decimal(1), n_b=Decimal(0)) is UNKNOWN
    assert worth("n.a % n.b == 0", n_a=Decimal(1), n_b=Decimal(0)) is UNKNOWN
    assert worth("n.a * n.b", n_a=Decimal("1E+500000"), n_b=Decimal("1E+600000")) is UNKNOWN


def test_days_compare_with_days_as_written():
    assert worth("d.day >= '2026-03-01'", d_day=date(2026, 3, 1)) is True
    assert worth("'2026-03-02' <= d.day", d_day=date(2026, 3, 1)) is False
    assert worth("d.day in ['2026-03-01']", d_day=date(2026, 3, 1)) is True


def test_texts_keep_their_escapes_and_quotes():
    assert worth("t.word == 'it\\'s'", t_word="it's") is True
    assert worth('t.word == "say \\"hi\\"\\n"', t_word='say "hi"\n') is True


@pytest.mark.parametrize(("a", "b"), list(product([True, False, UNKNOWN], repeat=2)))
def test_logic_has_three_values(a, b):
    both = False if a is False or b is False else UNKNOWN if UNKNOWN in (a, b) else True
    either = True if a is True or b is True else UNKNOWN if UNKNOWN in (a, b) else False
    assert worth("p.a && p.b", p_a=a, p_b=b) is both
    assert worth("p.a || p.b", p_a=a, p_b=b) is either
    assert worth("!p.a", p_a=a) is (UNKNOWN if a is UNKNOWN else not a)


def test_an_unknown_fact_never_makes_a_comparison_false():
    assert worth("n.a > 1") is UNKNOWN
    assert worth("n.a != 1") is UNKNOWN
    assert worth("n.a == n.a") is UNKNOWN
    assert worth("n.a in [1, n.b]", n_a=Decimal(1)) is True
    assert worth("n.a in [2, n.b]", n_a=Decimal(1)) is UNKNOWN


def test_an_unknown_condition_decides_nothing_unless_both_ways_agree():
    assert worth("p.a ? 1 : 2") is UNKNOWN
    assert worth("p.a ? n.a : 1", n_a=Decimal("1.0")) == 1
    assert worth("p.a ? n.a : n.b") is UNKNOWN
    assert worth("p.a ? 1 : n.b", p_a=True) == 1


def record(qty: Value = UNKNOWN, ok: Value = UNKNOWN) -> dict[str, Value]:
    return {name: value for name, value in (("qty", qty), ("ok", ok)) if value is not UNKNOWN}


LISTS = [
    ((), True, False),
    ((record(ok=True), record(ok=True)), True, True),
    ((record(ok=True), record(ok=False)), False, True),
    ((record(), record(ok=False)), False, UNKNOWN),
    ((record(), record(ok=True)), UNKNOWN, True),
    ((record(),), UNKNOWN, UNKNOWN),
    (UNKNOWN, UNKNOWN, UNKNOWN),
]


@pytest.mark.parametrize(("records", "every", "some"), LISTS)
def test_all_and_exists_over_records_of_which_some_are_unknown(records, every, some):
    assert worth("o.lines.all(l, l.ok)", o_lines=records) is every
    assert worth("o.lines.exists(l, l.ok)", o_lines=records) is some


def test_lists_nest_and_have_a_size():
    parts = ({"lines": (record(qty=Decimal(1)),)}, {"lines": ()}, {})
    assert worth("o.parts.all(x, x.lines.size() < 2)", o_parts=parts[:2]) is True
    assert worth("o.parts.all(x, x.lines.size() < 2)", o_parts=parts) is UNKNOWN
    assert worth("o.parts.exists(x, x.lines.exists(l, l.qty == o.lines.size()))", o_parts=parts, o_lines=(record(),)) is True


def test_the_run_word_stands_for_its_own_record():
    assert worth("run.qty > 1", run=record(qty=Decimal(2))) is True
    assert worth("run.ok", run=record()) is UNKNOWN
    assert worth("run.ok") is UNKNOWN


def test_a_table_gives_its_value_and_is_unknown_without_one():
    assert worth("table.level == 2", table=Decimal(2)) is True
    assert compile("table.level == 2", SCOPE).evaluate(lambda _: UNKNOWN) is UNKNOWN


def test_a_fact_is_looked_up_once_per_evaluation():
    asked: list[str] = []

    def lookup(name: str) -> Value:
        asked.append(name)
        return Decimal(len(asked))

    assert compile("n.a == n.a && n.a + n.a == 2", SCOPE).evaluate(lookup) is True
    assert asked == ["n.a"]


def test_a_decided_rule_asks_for_no_further_fact():
    asked: list[str] = []

    def lookup(name: str) -> Value:
        asked.append(name)
        return True

    assert compile("p.a || p.b && p.c", SCOPE).evaluate(lookup) is True
    assert asked == ["p.a"]


def test_unknown_is_never_used_as_yes_or_no_by_accident():
    with pytest.raises(TypeError, match="neither true nor false"):
        bool(UNKNOWN)


def test_the_missing_facts_are_named_only_if_they_matter():
    rule = compile("p.a && (n.a > 1 || table.level == 1) && o.lines.all(l, l.ok || l.qty > 1)", SCOPE)
    lines = (record(ok=True), record(qty=Decimal(1)))

    facts: dict[str, Value] = {"p.a": True, "o.lines": lines}
    assert unknown_facts(rule, lambda name: facts.get(name, UNKNOWN)) == ("n.a", "table.level", "o.lines.ok")
    assert unknown_facts(rule, lambda name: False if name == "p.a" else UNKNOWN) == ()


def test_an_explanation_shows_every_part_as_written_with_its_value():
    rule = compile("n.a > 1 && o.lines.exists(l, l.ok)", SCOPE)

    why = explain(rule, lambda name: {"n.a": Decimal(1), "o.lines": (record(ok=True),)}.get(name, UNKNOWN))

    assert (why.part, why.value) == (rule.source, False)
    compared, asked = why.children
    assert [(part.part, part.value, part.name) for part in compared.children] == [("n.a", Decimal(1), "n.a"), ("1", Decimal(1), "")]
    assert (asked.part, asked.value) == ("o.lines.exists(l, l.ok)", True)
    assert [(part.part, part.value) for part in asked.children[1:]] == [("o.lines 1", True)]
    assert asked.children[1].children[0].name == "o.lines.ok"


BOOLS = st.sampled_from([True, False, UNKNOWN])
SOURCES = st.recursive(
    st.sampled_from(["p.a", "p.b", "p.c", "true", "false", "n.a > n.b", "n.a == 1"]),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["&&", "||"]), inner).map(lambda parts: f"({' '.join(parts)})"),
        inner.map(lambda part: f"!{part}" if part.startswith("(") else f"!({part})"),
        st.tuples(inner, inner, inner).map(lambda parts: f"({parts[0]} ? {parts[1]} : {parts[2]})"),
    ),
    max_leaves=8,
)


@given(SOURCES, st.tuples(BOOLS, BOOLS, BOOLS), st.tuples(*[st.sampled_from([Decimal(0), Decimal(1), UNKNOWN])] * 2))
def test_a_rule_is_known_only_if_no_way_of_filling_the_gaps_changes_it(source, bools, numbers):
    facts: dict[str, Value] = {**dict(zip(("p.a", "p.b", "p.c"), bools, strict=True)), **dict(zip(("n.a", "n.b"), numbers, strict=True))}
    rule = compile(source, SCOPE)

    value = rule.evaluate(facts.__getitem__)

    assert explain(rule, facts.__getitem__).value is value
    assert (value is UNKNOWN) == bool(unknown_facts(rule, facts.__getitem__))
    if value is not UNKNOWN:
        for filling in product([True, False], repeat=3):
            for amounts in product([Decimal(0), Decimal(1), Decimal(2)], repeat=2):
                filled = dict(zip(facts, (*filling, *amounts), strict=True))
                whole = {name: fact if fact is not UNKNOWN else filled[name] for name, fact in facts.items()}
                assert rule.evaluate(whole.__getitem__) is value


def test_a_default_stands_in_for_a_fact_that_nobody_recorded():
    facts = {
        "a.b": Fact("a.b", FactType("bool"), default=False, has_default=True),
        "a.d": Fact("a.d", FactType("date"), default="2026-03-01", has_default=True),
        "a.n": Fact("a.n", FactType("number")),
    }
    lookup = with_defaults(facts, lambda name: Decimal(1) if name == "a.x" else UNKNOWN)
    assert [lookup(name) for name in ("a.b", "a.d", "a.n", "a.x")] == [False, date(2026, 3, 1), UNKNOWN, Decimal(1)]
    assert with_defaults(facts, lambda _: True)("a.b") is True
