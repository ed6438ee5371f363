"""Gaps, overlaps and dead rows are found exactly, each with a combination that shows it."""

from __future__ import annotations

from decimal import Decimal
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderway.standard import tables_boxes
from orderway.standard.conditions import Scope, scope_of
from orderway.standard.document import Expression, FactType, Mark, Row, Table
from orderway.standard.parse import parse
from orderway.standard.problems import Problem
from orderway.standard.tables import CompiledTable, compile_table, problems

SOURCE = Path(__file__).with_name("example.yaml").read_text(encoding="utf-8")
SCOPE = Scope(
    facts={
        **{f"n.{name}": FactType("number") for name in "abcdefgh"},
        "p.a": FactType("bool"),
        "t.a": FactType("text"),
        "d.a": FactType("date"),
        "w.a": FactType("one_of", choices=("x", "y", "z")),
    }
)


def compiled(inputs: str, hit: str, *rows: str) -> CompiledTable:
    """Rows are cells separated by ``|``; the output of each is its number."""
    read = tuple(Row(tuple(cell.strip() for cell in row.split("|")), (str(n),), Mark(n, 1)) for n, row in enumerate(rows, start=1))
    reading = compile_table(Table("t", tuple(Expression(source) for source in inputs.split()), "text", hit, read, Mark(99, 1)), SCOPE)
    assert reading.problems == ()
    return reading.compiled


def found(*table: str) -> list[tuple[str, int, str]]:
    return [(problem.code, problem.mark.line, problem.message) for problem in problems(compiled(*table))]


def proof_of(source: str) -> list[Problem]:
    standard = parse(source).standard
    return [problem for table in standard.tables.values() for problem in problems(compile_table(table, scope_of(standard)).compiled)]


def test_the_tables_of_the_example_have_neither_gap_nor_dead_row():
    assert proof_of(SOURCE) == []


def test_a_gap_names_a_combination_that_is_missing():
    (gap,) = proof_of(SOURCE.replace('["-",        "-",    "-",     [sales', '["-",        "-",    "false", [sales'))
    assert gap.code == "table-gap"
    assert "order.total = 500000, order.discount = 5, order.new_customer = true" in gap.message
    line = SOURCE.splitlines()[gap.mark.line - 1]
    assert line.strip().startswith("approval_level:")


COMPLETE = [
    ("n.a", "first", "< 5", ">= 5"),
    ("n.a", "unique", "< 5", "5", "> 5"),
    ("n.a", "unique", "(0..5]", "<= 0", "not(<= 5)"),
    ("n.a p.a", "unique", "< 5 | true", "< 5 | false", ">= 5 | -"),
    ("w.a", "unique", "x, y", "z"),
    ("t.a", "unique", "x", "not(x)"),
    ("d.a", "unique", "< 2026-03-01", ">= 2026-03-01"),
    ("n.a n.b", "first", "[0..1] | -", "- | [0..1]", "- | -"),
]


@pytest.mark.parametrize("table", COMPLETE)
def test_a_complete_table_has_no_problem(table):
    assert found(*table) == []


GAPS = [
    (("n.a", "first", "< 5", "> 5"), "n.a = 5."),
    (("n.a", "first", "< 5"), "n.a = 5."),
    (("n.a", "first", "<= 5"), "n.a = 6."),
    (("n.a", "first", "[0..5]"), "n.a = -1."),
    (("n.a", "first", "<= 1", ">= 2"), "n.a = 1.5."),
    (("p.a", "first", "false"), "p.a = true."),
    (("w.a", "first", "x, y"), "w.a = 'z'."),
    (("t.a", "first", "x, y"), "t.a = any other text."),
    (("d.a", "first", "<= 2026-03-01", ">= 2026-03-05"), "d.a = the day after 2026-03-01."),
    (("d.a", "first", "<= 2026-03-01"), "d.a = 2026-03-02."),
    (("n.a p.a", "first", "< 5 | true", ">= 5 | -"), "n.a = 4, p.a = false."),
]


@pytest.mark.parametrize(("table", "says"), GAPS)
def test_a_gap_is_shown_by_an_example(table, says):
    ((code, line, message),) = found(*table)
    assert (code, line) == ("table-gap", 99)
    assert says in message


def test_an_overlap_of_a_unique_table_names_both_rows_and_a_case():
    assert found("n.a", "first", "<= 5", ">= 5") == []
    ((code, line, message),) = found("n.a", "unique", "<= 5", ">= 5")
    assert (code, line) == ("table-overlap", 2)
    assert "Rows 1 and 2 of table 't' both hit n.a = 5." in message


def test_a_row_that_only_rows_above_together_cover_is_dead():
    ((code, line, message),) = found("n.a p.a", "first", "- | true", "< 5 | false", ">= 5 | -", "7 | -", "- | -")[:1]
    assert (code, line) == ("table-dead-row", 4)
    assert "Row 4" in message


def test_a_wide_table_is_proven_without_listing_all_combinations():
    """Ten cuts on each of eight axes are 21 to the power of 8 combinations."""
    rows = [" | ".join([f"[{n}..{n + 1})"] * 8) for n in range(10)]
    assert found(" ".join(f"n.{name}" for name in "abcdefgh"), "first", *rows, " | ".join(["-"] * 8)) == []


def test_a_table_that_is_too_intricate_says_so(monkeypatch):
    monkeypatch.setattr(tables_boxes, "MAX_CUTS", 3)
    ((code, line, _),) = found("n.a n.b", "first", "1 | 1", "2 | 2", "3 | 3", "- | -")
    assert (code, line) == ("table-too-complex", 99)


CELLS = st.sampled_from(["-", "1", "< 1", ">= 2", "[1..2]", "(0..2)", "not(1)", "0, 3", "!= 2", "<= 0"])
FLAGS = st.sampled_from(["-", "true", "false"])
KINDS = st.sampled_from(["-", "x", "not(x)", "y, z"])
ROWS = st.lists(st.tuples(CELLS, CELLS, FLAGS, KINDS).map(" | ".join), min_size=1, max_size=7)
HALVES = [Decimal(n) / 2 for n in range(-2, 9)]
EVERY_CASE = list(product(HALVES, HALVES, [True, False], ["x", "y", "z"]))


def holds(cell: str, value: Decimal | bool | str) -> bool:
    """What a cell means, said a second time and as plainly as possible."""
    if cell == "-":
        return True
    if cell.startswith("not("):
        return not holds(cell[4:-1], value)
    if isinstance(value, bool):
        return cell == ("true" if value else "false")
    if isinstance(value, str):
        return value in cell.split(", ")
    plain = {"[1..2]": 1 <= value <= 2, "(0..2)": 0 < value < 2, "0, 3": value in (0, 3)}
    if cell in plain:
        return plain[cell]
    sign, _, number = cell.rpartition(" ")
    limit = Decimal(number)
    return {"": value == limit, "<": value < limit, ">=": value >= limit, "!=": value != limit, "<=": value <= limit}[sign]


@given(ROWS, st.sampled_from(["first", "unique"]))
def test_the_proof_agrees_with_trying_every_case(rows, hit):
    cells = [tuple(row.split(" | ")) for row in rows]
    hits = [[n for n, row in enumerate(cells) if all(map(holds, row, case))] for case in EVERY_CASE]

    codes = {(problem.code, problem.mark.line) for problem in problems(compiled("n.a n.b p.a w.a", hit, *rows))}

    assert (("table-gap", 99) in codes) == ([] in hits)
    if hit == "first":
        fired = {case[0] for case in hits if case}
        assert {line for code, line in codes if code == "table-dead-row"} == {n + 1 for n in range(len(rows)) if n not in fired}
    else:
        later = {n for case in hits for n in case[1:]}
        assert {line for code, line in codes if code == "table-overlap"} == {n + 1 for n in later}


@given(ROWS)
def test_an_example_of_a_gap_is_really_missed_by_every_row(rows):
    table = compiled("n.a n.b p.a w.a", "first", *rows)
    for problem in problems(table):
        if problem.code == "table-gap":
            said = problem.message.split("no row for ")[1].split(". Add")[0]
            values = [part.split(" = ")[1] for part in said.split(", ")]
            number = [Decimal(0) if value == "any value" else Decimal(value) for value in values[:2]]
            case = (*number, values[2] == "true", values[3].strip("'"))
            assert not any(all(map(holds, row.split(" | "), case)) for row in rows)
