"""Why a criterion came out as it did: its conditions with the facts in them, the row of the table, and what would change it."""

from __future__ import annotations

from decimal import Decimal

from orderway.engine.answers import FactAnswers
from orderway.engine.explaining import FactSeen, PartSeen, Why, parts_of
from orderway.engine.program import compile_standard
from orderway.standard.conditions import Scope, compile, explain
from orderway.standard.document import FactType
from orderway.standard.parse import parse
from orderway.standard.values import UNKNOWN, Value
from standard.test_remedies import FACTS, STANDING

D = Decimal


def parts(source: str, **changed: Value) -> list[PartSeen]:
    standing = {**STANDING, **{name.replace("_", ".", 1): value for name, value in changed.items()}}
    return list(parts_of(explain(compile(source, Scope(facts=FACTS, tables={"level": FactType("text")})), standing.__getitem__)))


def test_each_condition_stands_alone_with_its_facts():
    assert parts("!customer.blocked && order.total < 45200 || order.kind in ['stock', 'buy']") == [
        PartSeen("!customer.blocked", True, (FactSeen("customer.blocked", False),)),
        PartSeen("order.total < 45200", False, (FactSeen("order.total", D(62000)),)),
        PartSeen("order.kind in ['stock', 'buy']", False, (FactSeen("order.kind", "make"),)),
    ]


def test_of_a_list_only_the_records_that_decided_are_shown():
    shown = parts("order.lines.all(l, l.available >= l.qty || l.route != 'stock')")
    assert {part.record for part in shown} == {1}
    assert shown[0].facts == (FactSeen("order.lines.available", D(4)), FactSeen("order.lines.qty", D(10)))


def test_an_amount_that_is_not_known_leaves_its_condition_open_and_is_named():
    [part] = parts("customer.credit_left - order.total >= 0", customer_credit_left=UNKNOWN)
    assert part.holds is UNKNOWN
    assert part.facts == (FactSeen("customer.credit_left", UNKNOWN), FactSeen("order.total", D(62000)))


def test_a_list_that_is_not_known_is_named_whole():
    [part] = parts("order.lines.all(l, l.qty > 0)", order_lines=UNKNOWN)
    assert (part.text, part.holds) == ("order.lines.all(l, l.qty > 0)", UNKNOWN)
    assert part.facts == (FactSeen("order.lines", UNKNOWN),)


def test_a_criterion_over_a_table_tells_the_row_and_what_would_change_it():
    from pathlib import Path

    text = Path(__file__).parents[1].joinpath("standard", "example.yaml").read_text(encoding="utf-8")
    program = compile_standard(parse(text).standard)
    facts = {"customer.overdue": D(0), "customer.credit_left": D(45200), "order.total": D(62000)}
    answers = FactAnswers(program, lambda name: facts.get(name, UNKNOWN))

    why: Why = answers.why(program.criteria["review", "credit"], ())

    assert [(fired.table, fired.decision.row, fired.decision.value) for fired in why.tables] == [("credit", 1, "blocked")]
    assert [[(need.fact, need.operator, need.values) for need in way] for way in why.remedies] == [
        [("customer.credit_left", ">=", (D(62000),))],
        [("order.total", "<=", (D(45200),))],
    ]
