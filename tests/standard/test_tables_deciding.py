"""Which row of a decision table applies, also while some of its inputs are unknown."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from orderway.standard.conditions import UNKNOWN, Scope, Value, scope_of
from orderway.standard.document import Expression, FactType, Mark, Row, Table
from orderway.standard.parse import parse
from orderway.standard.tables import CompiledTable, Decision, compile_table, decide

STANDARD = parse(Path(__file__).with_name("example.yaml").read_text(encoding="utf-8")).standard
SCOPE = Scope(
    facts={
        "m.total": FactType("money"),
        "p.rush": FactType("bool"),
        "d.day": FactType("date"),
        "t.land": FactType("text"),
        "w.kind": FactType("one_of", choices=("stock", "make", "buy")),
        "o.lines": FactType("list", record=(("qty", FactType("number")),)),
    }
)


def table(*rows: tuple[str, ...], inputs: tuple[str, ...] = ("m.total",), output: str = "text", hit: str = "first") -> Table:
    read = tuple(Row(row[:-1], () if row[-1] == "none" else tuple(row[-1].split("+")), Mark(10 + n, 9)) for n, row in enumerate(rows))
    return Table("t", tuple(Expression(source) for source in inputs), output, hit, read, Mark(5, 3))


def compiled(*rows: tuple[str, ...], **how: object) -> CompiledTable:
    reading = compile_table(table(*rows, **how), SCOPE)
    assert reading.problems == ()
    return reading.compiled


def decided(of: CompiledTable, **facts: Value) -> Decision:
    given = {name.replace("_", ".", 1): value for name, value in facts.items()}
    return decide(of, lambda name: given.get(name, UNKNOWN))


@pytest.fixture
def approval() -> CompiledTable:
    return compile_table(STANDARD.tables["approval_level"], scope_of(STANDARD)).compiled


APPROVALS = [
    ("19999.99", "4.99", False, 0, ()),
    ("19999.99", "4.99", True, 1, ("sales_manager",)),
    ("20000", "4.99", False, 1, ("sales_manager",)),
    ("0", "10", False, 2, ("general_manager",)),
    ("499999.99", "19.99", True, 2, ("general_manager",)),
    ("500000", "0", False, 3, ("sales_manager", "general_manager")),
    ("0", "20", False, 3, ("sales_manager", "general_manager")),
    ("-5", "0", False, 0, ()),
]


@pytest.mark.parametrize(("total", "discount", "new", "row", "signatories"), APPROVALS)
def test_the_first_row_whose_cells_all_hold_applies(approval, total, discount, new, row, signatories):
    decision = decided(approval, order_total=Decimal(total), order_discount=Decimal(discount), order_new_customer=new)

    assert (decision.row, decision.output, decision.missing) == (row, signatories, ())
    assert decision.inputs == (("order.total", Decimal(total)), ("order.discount", Decimal(discount)), ("order.new_customer", new))


def test_an_unknown_input_does_not_matter_if_every_possible_row_says_the_same(approval):
    large = decided(approval, order_total=Decimal(600_000))
    assert (large.row, large.output) == (3, ("sales_manager", "general_manager"))
    middle = decided(approval, order_total=Decimal(50_000), order_discount=Decimal(6))
    assert (middle.row, middle.output) == (1, ("sales_manager",))


def test_an_unknown_input_that_matters_is_named(approval):
    decision = decided(approval, order_total=Decimal(1000), order_discount=Decimal(1))
    assert (decision.row, decision.output, decision.value, decision.missing) == (None, UNKNOWN, UNKNOWN, ("order.new_customer",))


def test_several_possible_rows_with_the_same_outcome_leave_only_the_row_open():
    of = compiled(("< 5", "same"), (">= 5", "same"))
    assert decided(of) == Decision(None, ("same",), "same", (("m.total", UNKNOWN),))


def test_a_row_hidden_behind_an_unknown_one_does_not_count():
    of = compiled(("true", "< 5", "a"), ("false", "< 5", "a"), ("-", "< 5", "never"), ("-", "-", "b"), inputs=("p.rush", "m.total"))
    assert decided(of, m_total=Decimal(1)).value == "a"


def test_what_no_row_covers_is_unknown():
    of = compiled(("< 5", "a"))
    assert decided(of, m_total=Decimal(5)).output is UNKNOWN
    assert decided(of).output is UNKNOWN


def test_an_expression_is_one_input():
    credit = compile_table(STANDARD.tables["credit"], scope_of(STANDARD)).compiled
    assert credit.names == ("customer.overdue", "customer.credit_left", "order.total")
    facts = {"customer_overdue": Decimal(0), "customer_credit_left": Decimal(100)}
    assert decided(credit, **facts, order_total=Decimal(100)).value == "ok"
    assert decided(credit, **facts, order_total=Decimal("100.01")).value == "blocked"
    assert decided(credit, customer_overdue=Decimal(1)).value == "blocked"
    assert decided(credit, customer_overdue=Decimal(0)).missing == ("customer.credit_left", "order.total")


NUMBERS = [
    ("-", "0 1 2 3 4"),
    ("2", "2"),
    ("= 2", "2"),
    ("== 2", "2"),
    ("!= 2", "0 1 3 4"),
    ("< 2", "0 1"),
    ("<= 2", "0 1 2"),
    ("> 2", "3 4"),
    (">=2", "2 3 4"),
    ("[1..3]", "1 2 3"),
    ("(1..3)", "2"),
    ("(1..3]", "2 3"),
    ("[1 .. 3)", "1 2"),
    ("[2..2]", "2"),
    ("1, 3", "1 3"),
    ("< 1, [3..4]", "0 3 4"),
    ("not(1, 3)", "0 2 4"),
    ("not([1..3])", "0 4"),
    ("not(< 3)", "3 4"),
    ("!= 1, != 2", "0 1 2 3 4"),
]


@pytest.mark.parametrize(("cell", "through"), NUMBERS)
def test_a_number_cell_lets_through_what_it_says(cell, through):
    of = compiled((cell, "yes"), ("-", "no"))
    assert [str(n) for n in range(5) if decided(of, m_total=Decimal(n)).value == "yes"] == through.split()


WORDS = [
    ("stock", "stock"),
    ("'stock'", "stock"),
    ('"stock", buy', "stock buy"),
    ("not(stock, buy)", "make"),
    ("!= make", "stock buy"),
    ("-", "stock make buy"),
]


@pytest.mark.parametrize(("cell", "through"), WORDS)
def test_a_word_cell_lets_through_what_it_says(cell, through):
    of = compiled((cell, "yes"), ("-", "no"), inputs=("w.kind",))
    assert [word for word in ("stock", "make", "buy") if decided(of, w_kind=word).value == "yes"] == through.split()


def test_texts_that_no_cell_names_fall_to_the_open_rows():
    of = compiled(("CN, 'HK'", "near"), ("not(US)", "far"), ("-", "very far"), inputs=("t.land",))
    assert [decided(of, t_land=land).value for land in ("CN", "HK", "DE", "US")] == ["near", "near", "far", "very far"]


def test_yes_or_no_and_days_are_inputs_too():
    of = compiled(
        ("true", "< 2026-03-01", "a"), ("not(true)", "-", "b"), ("-", "[2026-03-01..2026-03-31]", "c"), inputs=("p.rush", "d.day")
    )
    assert decided(of, p_rush=True, d_day=date(2026, 2, 28)).value == "a"
    assert decided(of, p_rush=False, d_day=date(2026, 2, 28)).value == "b"
    assert decided(of, p_rush=True, d_day=date(2026, 3, 31)).value == "c"
    assert decided(of, p_rush=True, d_day=date(2026, 4, 1)).output is UNKNOWN


def test_outputs_have_the_type_of_the_table():
    assert decided(compiled(("-", "2.50"), output="number"), m_total=Decimal(1)).value == Decimal("2.5")
    assert decided(compiled(("-", "false"), output="bool"), m_total=Decimal(1)).value is False
    assert decided(compiled(("-", "none"), output="role"), m_total=Decimal(1)).output == ()


# input, cell, output type, output, code, a word of the message
MEANINGLESS = [
    ("m.totl", "-", "text", "a", "table-input", "Did you mean 'm.total'?"),
    ("o.lines", "-", "text", "a", "table-input", "is a list"),
    ("table.t == 'a'", "-", "text", "a", "table-input", "no table"),
    ("m.total", "cheap", "text", "a", "table-cell", "'cheap' is no number"),
    ("m.total", "< 5 %", "text", "a", "table-cell", "no number"),
    ("m.total", "1,000", "text", "a", "table-cell", "thousands separators"),
    ("m.total", "[5..1]", "text", "a", "table-cell", "holds nothing"),
    ("m.total", "(5..5)", "text", "a", "table-cell", "holds nothing"),
    ("m.total", "[1..", "text", "a", "table-cell", "write"),
    ("m.total", "1,", "text", "a", "table-cell", "write"),
    ("m.total", "<", "text", "a", "table-cell", ""),
    ("m.total", " ", "text", "a", "table-cell", "write"),
    ("m.total", "1" * 201, "text", "a", "table-cell", "200 characters"),
    ("w.kind", "mkae", "text", "a", "table-cell", "Did you mean 'make'?"),
    ("w.kind", "< make", "text", "a", "table-cell", "order"),
    ("p.rush", "yes", "text", "a", "table-cell", "neither true nor false"),
    ("d.day", "< soon", "text", "a", "table-cell", "2026-03-01"),
    ("m.total", "-", "number", "a lot", "table-output", "no number"),
    ("m.total", "-", "number", "NaN", "table-output", "no number"),
    ("m.total", "-", "bool", "yes", "table-output", "neither true nor false"),
]


@pytest.mark.parametrize(("source", "cell", "output", "gives", "code", "says"), MEANINGLESS)
def test_what_means_nothing_in_a_table_is_named_with_its_row(source, cell, output, gives, code, says):
    reading = compile_table(table((cell, gives), inputs=(source,), output=output), SCOPE)

    assert reading.compiled is None
    assert [problem.code for problem in reading.problems] == [code]
    assert says in reading.problems[0].message
    assert reading.problems[0].mark == (Mark() if code == "table-input" else Mark(10, 9))


def test_all_problems_of_a_table_are_found_at_once():
    found = compile_table(table(("x", "-", "1"), ("-", "y", "z"), inputs=("m.total", "p.rush"), output="number"), SCOPE).problems
    assert sorted((problem.code, problem.mark.line) for problem in found) == [("table-cell", 10), ("table-cell", 11), ("table-output", 11)]


def test_a_table_without_rows_or_with_too_many_is_refused():
    assert [problem.code for problem in compile_table(table(), SCOPE).problems] == ["table-rows"]
    assert [problem.code for problem in compile_table(table(*[("-", "a")] * 501), SCOPE).problems] == ["table-rows"]
