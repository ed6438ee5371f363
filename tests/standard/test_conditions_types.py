"""Which rules mean something: names and types against what is declared, and what the message says when they do not."""

from __future__ import annotations

from pathlib import Path

import pytest

from orderway.standard.conditions import RuleError, Scope, compile, scope_of, type_of_table
from orderway.standard.document import Expression, FactType, Mark, Row, Table
from orderway.standard.parse import parse

LINE = (
    ("sku", FactType("text")),
    ("qty", FactType("number")),
    ("available", FactType("number")),
    ("route", FactType("one_of", choices=("stock", "make", "buy"))),
)
LINES = FactType("list", record=LINE)
DELIVERIES = FactType("list", record=(("damaged", FactType("bool")), ("lines", LINES)))
SCOPE = Scope(
    facts={
        "order.total": FactType("money"),
        "order.deposit": FactType("money"),
        "order.discount": FactType("percent"),
        "order.weight": FactType("number"),
        "order.rush": FactType("bool"),
        "order.note": FactType("text"),
        "order.wanted": FactType("date"),
        "order.kind": FactType("one_of", choices=("standard", "sample")),
        "order.lines": LINES,
        "order.deliveries": DELIVERIES,
        "delivery.zone": FactType("text"),
    },
    tables={"credit": FactType("one_of", choices=("ok", "blocked")), "days": FactType("number")},
    runs={"delivery": DELIVERIES},
)

TYPED = [
    ("order.total", "money"),
    ("order.total + order.deposit", "money"),
    ("order.total - 100", "money"),
    ("2 * 10000 + order.total", "money"),
    ("order.total * order.weight", "money"),
    ("order.total * order.discount", "money"),
    ("order.discount * order.total", "money"),
    ("order.total / order.deposit", "number"),
    ("order.total / 3", "money"),
    ("order.discount * 2", "percent"),
    ("2 * order.discount + 1", "percent"),
    ("order.weight * order.discount", "number"),
    ("order.weight % 7", "number"),
    ("-order.total", "money"),
    ("order.total > 5", "bool"),
    ("5 < order.total", "bool"),
    ("order.total >= order.deposit * 0.5", "bool"),
    ("order.discount <= 10", "bool"),
    ("order.wanted > '2026-03-01'", "bool"),
    ("'2026-03-01' == order.wanted", "bool"),
    ("order.kind == 'sample'", "bool"),
    ("order.note != 'x'", "bool"),
    ("order.note == order.kind", "bool"),
    ("order.rush == true", "bool"),
    ("order.kind in ['sample', 'standard']", "bool"),
    ("order.weight in [1, 2.5]", "bool"),
    ("order.lines.size()", "number"),
    ("size(order.lines) > 3", "bool"),
    ("order.lines.all(l, l.qty > 0)", "bool"),
    ("order.deliveries.exists(d, d.lines.exists(l, l.route == 'buy'))", "bool"),
    ("delivery.lines.exists(l, l.qty > order.weight)", "bool"),
    ("delivery.zone == 'north'", "bool"),
    ("table.credit == 'ok' && table.days < 3", "bool"),
    ("order.rush ? order.total : 0", "money"),
    ("order.rush ? 'a' : order.note", "text"),
    ("!order.rush || !(order.total > 1)", "bool"),
    ("order.lines", "list"),
]


@pytest.mark.parametrize(("source", "kind"), TYPED)
def test_a_rule_has_the_type_of_what_it_gives(source, kind):
    assert compile(source, SCOPE).type.kind == kind


# rule, code, the text at which the error points, a word of the message
MEANINGLESS = [
    ("order.totl > 5", "unknown-name", "order.totl", "Did you mean 'order.total'?"),
    ("order.total > 5 && ordr.rush", "unknown-name", "ordr.rush", "Did you mean 'order.rush'?"),
    ("table.credt == 'ok'", "unknown-table", "table.credt", "Did you mean 'credit'?"),
    ("table.credit == 'okay'", "bad-choice", "'okay'", "Did you mean 'ok'?"),
    ("order.kind == 'smaple'", "bad-choice", "'smaple'", "Did you mean 'sample'?"),
    ("'smaple' == order.kind", "bad-choice", "'smaple'", "Did you mean 'sample'?"),
    ("order.kind in ['sample', 'standrd']", "bad-choice", "'standrd'", "Did you mean 'standard'?"),
    ("table.credit == order.kind", "bad-choice", "order.kind", "no word in common"),
    ("order.total > order.weight", "wrong-type", "order.total", "an amount of money and 'order.weight' is a number"),
    ("order.total * order.deposit > 1", "wrong-type", "order.total", "'*'"),
    ("order.total + order.weight > 1", "wrong-type", "order.total", "'+'"),
    ("order.total + order.discount > 1", "wrong-type", "order.total", "'+'"),
    ("order.total / order.discount > 1", "wrong-type", "order.total", "'/'"),
    ("order.total > 'much'", "wrong-type", "order.total", "a text"),
    ("order.note < 'b'", "wrong-type", "order.note", "'<'"),
    ("order.rush > false", "wrong-type", "order.rush", "'>'"),
    ("order.rush && order.total", "wrong-type", "order.total", "needs a yes or no"),
    ("!order.total", "wrong-type", "order.total", "needs a yes or no"),
    ("-order.rush", "wrong-type", "-order.rush", "sign"),
    ("order.total ? 1 : 2", "wrong-type", "order.total", "'?'"),
    ("order.rush ? 1 : 'a'", "wrong-type", "1 :", "one type"),
    ("order.wanted > 'tomorrow'", "wrong-type", "'tomorrow'", "2026-03-01"),
    ("1 in [1]", "wrong-type", "1 in", "in front of 'in'"),
    ("order.lines.qty > 3", "list-needs-question", "order.lines.qty", ".all(x, ...)"),
    ("order.lines == order.lines", "wrong-type", "order.lines ==", "a list"),
    ("order.total.size() > 1", "wrong-type", "order.total", "Only a list"),
    ("order.lines.sum(l, l.qty) > 1", "unknown-function", "order.lines.sum", "all, exists, size"),
    ("order.lines.exist(l, true)", "unknown-function", "order.lines.exist", "Did you mean 'exists'?"),
    ("order.lines.all(l)", "syntax", "order.lines.all", "l.qty > 0"),
    ("order.lines.all(l.x, true)", "syntax", "l.x", "new word"),
    ("order.lines.all(order, order.qty > 1)", "syntax", "order, order.qty", "Choose another word"),
    ("order.lines.all(l, order.lines.all(l, true))", "syntax", "l, true", "Choose another word"),
    ("order.lines.all(l, l.quantity > 1)", "unknown-name", "l.quantity", "field 'quantity'"),
    ("order.lines.all(l, l > 1)", "unknown-name", "l > 1", "without a field"),
    ("delivery.line.exists(l, true)", "unknown-name", "delivery.line", "Did you mean 'lines'?"),
    ("l.qty > 1", "unknown-name", "l.qty", "There is no fact 'l.qty'"),
    ("order.total / 0 > 1", "division-by-zero", "0 >", "zero"),
    ("order.total > 5 and order.rush", "syntax", "and", "Write '&&'"),
    ("not order.rush", "syntax", "not", "Write '!'"),
    ("order.total = 5", "bad-character", "= 5", "'=='"),
    ("order.discount < 5%", "syntax", "%", "5 means 5 %"),
    ("1 < 2 < 3", "syntax", "< 3", "&&"),
    ("order.rush ? order.rush ? 1 : 2 : 3", "syntax", "? 1 : 2", "':'"),
    ("order.note == 'abc", "bad-character", "'abc", "not closed"),
    ("order.note == 'a\\qc'", "bad-character", "\\qc", "no meaning"),
    ("order.kind in []", "syntax", " in []", "empty"),
    ("(order.rush", "syntax", "", "')'"),
    ("order.rush)", "syntax", ")", "operator"),
    ("order. > 1", "syntax", "> 1", "a name"),
    ("", "syntax", "", "the rule ends"),
    ("order.total ≥ 5", "bad-character", "≥", "'>='"),
]


@pytest.mark.parametrize(("source", "code", "at", "says"), MEANINGLESS)
def test_a_rule_that_means_nothing_says_where_and_what_to_write(source, code, at, says):
    with pytest.raises(RuleError) as caught:
        compile(source, SCOPE)

    error = caught.value
    assert error.code == code
    assert source[error.offset :].startswith(at)
    assert says.lower() in error.message.lower()


def test_an_error_points_into_the_document():
    with pytest.raises(RuleError) as caught:
        compile(Expression("order.rush && order.totl > 5", Mark(12, 8)), SCOPE)
    assert caught.value.mark == Mark(12, 22)


def test_a_rule_says_which_facts_fields_tables_and_runs_it_uses():
    rule = compile("order.deliveries.all(d, d.lines.exists(l, l.qty > 1)) && delivery.damaged && table.credit == 'ok' && order.rush", SCOPE)

    assert rule.names == ("order.deliveries", "order.deliveries.lines", "order.deliveries.lines.qty", "delivery.damaged", "order.rush")
    assert rule.reads == ("order.deliveries", "delivery", "order.rush")
    assert rule.tables == ("credit",)
    assert rule.runs == ("delivery",)


def test_a_run_record_is_unknown_outside_its_each():
    with pytest.raises(RuleError) as caught:
        compile("delivery.damaged", Scope(facts=SCOPE.facts))
    assert caught.value.code == "unknown-name"


def test_a_text_table_gives_only_the_texts_of_its_rows():
    table = Table(
        "credit", (Expression("order.total"),), "text", "first", (Row(("0",), ("ok",)), Row(("-",), ("blocked",)), Row(("1",), ("ok",)))
    )
    assert type_of_table(table) == FactType("one_of", choices=("ok", "blocked"))
    assert type_of_table(Table("t", (), "bool", "first", ())).kind == "bool"


def test_the_scope_of_a_standard_holds_facts_tables_and_runs():
    standard = parse(Path(__file__).with_name("example.yaml").read_text(encoding="utf-8")).standard
    scope = scope_of(standard, {"delivery": "order.deliveries", "wrong": "order.total"})
    assert list(scope.tables) == ["credit"]
    assert list(scope.runs) == ["delivery"]
    for stage in standard.stages.values():
        rules = [stage.skip_when, *(criterion.auto for criterion in (stage.gate.criteria if stage.gate else ()))]
        assert all(compile(rule, scope).type.kind == "bool" for rule in rules if rule)
