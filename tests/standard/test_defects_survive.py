"""Whatever is done to a standard, the check answers with findings and never falls over."""

from hypothesis import given
from hypothesis import strategies as st

from orderway.standard.defects import check_text, defects
from orderway.standard.diff import diff, roles_concerned
from orderway.standard.parse import parse
from orderway.standard.templates import shipped
from standard.catalogue_for_tests import a_catalogue
from standard.mutations import EXAMPLE, example

LINES = EXAMPLE.splitlines(keepends=True)
WORDS = [
    *(
        "receipt",
        "review",
        "stock_check",
        "delivery_planning",
        "production",
        "purchasing",
        "picking",
        "delivery",
        "invoicing",
        "after_sales",
    ),
    *("sales", "finance", "none", "order.deliveries", "order.lines", "order.total", "delivery.lines", "table.credit", "customer", "system"),
]


def without(numbers: set[int]) -> str:
    return "".join(line for number, line in enumerate(LINES) if number not in numbers)


@given(numbers=st.sets(st.integers(0, len(LINES) - 1), min_size=1, max_size=4))
def test_a_standard_with_lines_torn_out_is_judged_to_its_end(numbers):
    for problem in check_text(without(numbers), a_catalogue()):
        assert problem.message.endswith((".", "?"))
        assert 1 <= problem.mark.line <= len(LINES)


@given(word=st.sampled_from(WORDS), other=st.sampled_from(WORDS), count=st.integers(1, 4))
def test_a_standard_whose_words_are_mixed_up_is_judged_and_compared_to_its_end(word, other, count):
    mixed = EXAMPLE.replace(word, other, count)

    found = check_text(mixed, a_catalogue(), previous=example())
    standard = parse(mixed).standard

    assert all(problem.code and problem.message for problem in found)
    if standard is not None:
        assert bool(diff(example(), standard)) == (standard != example())
        assert set(roles_concerned(example(), standard)) <= set(standard.roles)


def test_a_shipped_standard_that_follows_another_is_judged_against_it():
    trade, made = parse(shipped()["trade"]).standard, parse(shipped()["make-to-order"]).standard

    assert {problem.code for problem in defects(made, a_catalogue(), previous=trade)} == {"change-missing", "version-step"}
