"""The check as a whole: the example is clean, every code has its mutation, what cannot be read is refused like a defect."""

import ast
from pathlib import Path

import pytest

from orderway.standard import defects as defects_module
from orderway.standard.defects import check_text, defects
from standard import test_defects_document, test_defects_flow, test_defects_papers_roles, test_defects_rules, test_defects_stages
from standard.catalogue_for_tests import a_catalogue
from standard.mutations import EXAMPLE, Mutation, assert_refused, example

CHECKED = [
    *test_defects_document.MUTATIONS,
    *test_defects_flow.MUTATIONS,
    *test_defects_papers_roles.MUTATIONS,
    *test_defects_rules.MUTATIONS,
    *test_defects_stages.MUTATIONS,
]

UNREADABLE = [
    Mutation("missing-key", "    owner: planner\n", "", "title: {en: Stock check", "'owner'"),
    Mutation("missing-key", "    limit: 7d\n", "", "title: {en: Purchasing", "'limit'"),
    Mutation("missing-key", "at_most: 2, ", "", "{back_to: review, then", "'at_most'"),
    Mutation("bad-limit", "limit: 7d", "limit: soon", "soon", "working time"),
    Mutation("bad-limit", "limit: 7d", "limit: 0d", "0d", "working time above zero"),
    Mutation("unknown-key", "limit: 7d", "limits: 7d\n    limit: 7d", "limits: 7d", "Did you mean 'limit'?"),
    Mutation(
        "no-language",
        '{en: "Call the customer, solve the problem, record its cause"',
        "{en: Call the customer, solve the problem, zh-Hans: x",
        "solve the problem,",
        "A comma ends a text",
    ),
]


def _codes_in_source() -> set[str]:
    """Every word with a hyphen that stands as a string in a module of checks: only codes are written so."""
    found = set()
    for path in Path(defects_module.__file__).parent.glob("*_defects.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and node.value.replace("-", "").isalpha()
                and "-" in node.value
            ):
                found.add(node.value)
    return found


def test_the_example_standard_has_no_defect_and_no_warning():
    assert check_text(EXAMPLE, a_catalogue()) == ()


def test_every_defect_that_the_checks_know_is_shown_by_a_mutation_of_the_example():
    codes = _codes_in_source()

    assert len(codes) > 50
    assert codes - {mutation.code for mutation in CHECKED} == set()
    assert {mutation.code for mutation in CHECKED} - codes == {
        *("table-gap", "table-overlap", "table-dead-row", "table-input", "table-cell", "table-output"),
        "unknown-name",
    }, "these come from tables and conditions; anything else is a code that no check has"


@pytest.mark.parametrize("mutation", UNREADABLE, ids=str)
def test_what_a_release_refuses_and_parsing_finds_first_has_line_and_reason_too(mutation):
    found = mutation.found()

    assert mutation.code in {problem.code for problem in found}
    problem = next(problem for problem in found if problem.code == mutation.code)
    assert problem.mark == mutation.place()
    assert mutation.says in problem.message


def test_several_defects_come_in_the_order_of_their_lines():
    text = EXAMPLE.replace("pass_mark: 80%", "pass_mark: 0%").replace("warn: 50%", "warn: 0%").replace("at_most: 2", "at_most: 0")

    found = check_text(text, a_catalogue())

    assert [problem.code for problem in found] == ["stage-warn", "gate-maximum", "training-pass-mark"]
    assert [problem.mark for problem in found] == sorted(problem.mark for problem in found)


def test_the_version_before_is_asked_only_when_it_is_given():
    assert defects(example(), a_catalogue()) == ()
    assert [problem.code for problem in defects(example(), a_catalogue(), previous=example())] == ["version-step"]


def test_a_file_that_is_no_standard_is_refused_and_not_judged():
    assert [problem.code for problem in check_text("hello", a_catalogue())] == ["wrong-type"]


def test_a_mutation_that_goes_unnoticed_would_fail_the_helper():
    unnoticed = Mutation("stage-twice", "title: {en: Purchasing,", "title: {en: Buying,", "{en: Buying,", "twice")

    with pytest.raises(AssertionError):
        assert_refused(unnoticed)
