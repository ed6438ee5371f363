"""No rule can be made expensive: work is counted in Python calls, not by a clock, for the worst rules of 1 KB that we know."""

from __future__ import annotations

import sys
from collections.abc import Callable
from decimal import Decimal
from types import FrameType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderway.standard import conditions_evaluation
from orderway.standard.conditions import RuleError, Scope, Value, compile
from orderway.standard.document import FactType

MAX_CALLS = 100_000  # a call costs 0.1 to 0.3 microseconds on the 2-core machine: well below 50 ms

LINES = FactType("list", record=(("qty", FactType("number")),))
FACTS = {
    **{f"order.fact_number_{n}": FactType("number") for n in range(200)},
    "n.a": FactType("number"),
    "o.lines": LINES,
    "p.a": FactType("bool"),
}
SCOPE = Scope(facts=FACTS)
RECORDS = tuple({"qty": Decimal(n)} for n in range(10))


def value_of(name: str) -> Value:
    return RECORDS if name == "o.lines" else True if name == "p.a" else Decimal(7)


def calls(act: Callable[[], object]) -> int:
    counted = 0

    def count(frame: FrameType, event: str, argument: object) -> None:
        nonlocal counted
        counted += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        act()
    finally:
        sys.setprofile(before)
    return counted


def compiled_and_evaluated(source: str) -> None:
    try:
        compile(source, SCOPE).evaluate(value_of)
    except RuleError:
        return


NESTED = "o.lines.all(a, o.lines.all(b, o.lines.all(c, a.qty + b.qty + c.qty >= 0)))"
WORST = [
    "(" * 1000,
    "!" * 1000,
    "-" * 499 + "1",
    "n.a" + "+1" * 248,
    "n.a" + "*9999999999" * 45,
    "||".join(["p.a"] * 90),
    "p.a?" * 100 + "1" + ":1" * 100,
    "(p.a?1:" * 29 + "1" + ")" * 29 + " == 1",
    "a." * 249 + "a",
    "order.fact_number_x" * 26,
    "x" * 500,
    "x" * 64 + " > 1",
    "n.a in [" + "1," * 240 + "1]",
    "[" * 500,
    "'" + "\\" * 498 + "'",
    NESTED,
    NESTED + " && " + NESTED + " && " + NESTED,
    "o.lines.all(a, " * 33,
    "1<" * 250 + "1",
    " " * 500,
]


@pytest.mark.parametrize("source", WORST, ids=range(len(WORST)))
def test_the_worst_rules_of_1_kb_end_after_few_steps(source):
    assert calls(lambda: compiled_and_evaluated(source)) < MAX_CALLS


@given(
    st.lists(
        st.sampled_from(
            [
                "(",
                ")",
                "!",
                "-",
                "+",
                "*",
                "/",
                "%",
                "&&",
                "||",
                "==",
                "<",
                "?",
                ":",
                ",",
                ".",
                "[",
                "]",
                "n.a",
                "p.a",
                "o.lines",
                "all(",
                "exists(",
                "size()",
                "x",
                "'a'",
                "1",
                "in",
                "true",
            ]
        ),
        max_size=250,
    )
)
def test_any_rule_made_of_the_words_of_the_language_ends_after_few_steps(words):
    source = " ".join(words)[:1024]
    assert calls(lambda: compiled_and_evaluated(source)) < MAX_CALLS


@given(st.text(max_size=600))
def test_any_text_is_a_rule_or_refused(source):
    compiled_and_evaluated(source)


LIMITS = [
    ("1" + " " * 500, "too-long"),
    ("(" * 31 + "1" + ")" * 31, "too-deep"),
    ("!" * 31 + "p.a", "too-deep"),
    ("1" + "+1" * 220, "too-many-parts"),
    ("1" * 41, "bad-number"),
    ("o.lines.all(a, o.lines.all(b, o.lines.all(c, o.lines.all(d, true))))", "too-deep"),
]


@pytest.mark.parametrize(("source", "code"), LIMITS)
def test_length_depth_and_parts_are_bounded(source, code):
    with pytest.raises(RuleError) as caught:
        compile(source, SCOPE)
    assert caught.value.code == code


def test_rules_up_to_the_bounds_are_fine():
    assert compile("(" * 29 + "1" + ")" * 29, SCOPE).evaluate(value_of) == 1
    assert compile("!" * 28 + "p.a", SCOPE).evaluate(value_of) is True
    assert compile("1" + "+1" * 190, SCOPE).evaluate(value_of) == 191


def test_a_question_over_huge_lists_is_stopped_and_says_so(monkeypatch):
    monkeypatch.setattr(conditions_evaluation, "MAX_STEPS", 500)
    with pytest.raises(RuleError) as caught:
        compile(NESTED, SCOPE).evaluate(value_of)
    assert caught.value.code == "too-much-work"
