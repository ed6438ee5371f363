"""Rules, tables and facts: every defect is found at its place, also a fact that nobody can know yet where it is asked for."""

import pytest

from orderway.standard.defects import check_text, defects
from orderway.standard.document import Sequence
from standard.catalogue_for_tests import a_catalogue
from standard.mutations import EXAMPLE, Mutation, assert_refused, example

CREDIT = "auto: table.credit == 'ok' #"
AFTER_SALES_SKIP = 'skip_when: "!order.deliveries.exists(d, d.damaged) && !feedback.low"'
FINISHED = "{number: {en: Finished quantity, zh-Hans: 完工数量, zh-Hant: 完工數量}}"
RECORDING = FINISHED.replace("完工數量}}", "完工數量}, fact: order.finished}")
LOW = "  feedback.low: {type: bool, default: false}\n"
CREDIT_ROWS = '      - ["0", ">= 0", ok]\n      - ["-", "-",    blocked]\n'
SKIPS = (
    ("    skip_when: \"!delivery.lines.exists(l, l.route == 'make')\"\n", ""),
    ("    skip_when: \"!delivery.lines.exists(l, l.route == 'buy')\"\n", ""),
)


def credit_rows(*rows: str) -> str:
    return "".join(f"      - {row}\n" for row in rows)


RULES = [
    Mutation("rule-not-yes-no", CREDIT, "auto: order.total + 1 #", "order.total + 1", "gives money, not yes or no"),
    Mutation(
        "run-fact-outside", AFTER_SALES_SKIP, 'skip_when: "delivery.damaged"', 'delivery.damaged"', "Ask over the list: order.deliveries"
    ),
    Mutation("unknown-name", CREDIT, "auto: order.totl > 0 #", "order.totl", "Criterion 'credit' of 'review' means nothing"),
    Mutation(
        "fact-early",
        CREDIT,
        "auto: order.lines.all(l, l.available > 0) #",
        "order.lines.all(l, l.available > 0)",
        "'stock_check' provides it",
    ),
    Mutation(
        "fact-early", CREDIT, "auto: order.deliveries.all(d, !d.damaged) #", "order.deliveries.all(d, !d", "'delivery_planning' provides it"
    ),
    Mutation(
        "fact-early",
        "    skip_when: \"!delivery.lines.exists(l, l.route == 'make')\"\n",
        "    skip_when: delivery.damaged\n",
        "delivery.damaged\n",
        "asks for 'order.deliveries.damaged'",
    ),
    Mutation(
        "fact-early",
        "    runs: system                     # default",
        '    skip_when: "order.lines.exists(l, l.available > 0)"\n    runs: system  # default',
        "order.lines.exists(l, l.available > 0)",
        "skip_when",
    ),
    Mutation("rule-not-yes-no", "expires: 5d", "expires: 5d, lift_when: order.total + 1", "order.total + 1}", "lift_when of hold 'credit'"),
    Mutation("unknown-name", "expires: 5d", "expires: 5d, lift_when: order.totl > 0", "order.totl", "lift_when of hold 'credit'"),
    Mutation("each-no-list", "delivery in order.deliveries", "delivery in order.total", "each: delivery in", "is no list", also=SKIPS),
    Mutation("each-no-list", "delivery in order.deliveries", "delivery in order.delivery", "each: delivery in", "Did you mean", also=SKIPS),
]

TABLES = [
    Mutation("table-gap", CREDIT_ROWS, credit_rows('["0", ">= 0", ok]', '["> 0", "-", blocked]'), "credit:\n    inputs", ""),
    Mutation("table-dead-row", CREDIT_ROWS, credit_rows('["-", "-", ok]', '["-", "-", blocked]'), '["-", "-", blocked]', ""),
    Mutation("table-input", "customer.overdue, customer.credit_left -", "customer.overdu, customer.credit_left -", "customer.overdu,", ""),
    Mutation("table-cell", '["0", ">= 0", ok]', '["yes", ">= 0", ok]', '["yes", ">= 0", ok]', ""),
    Mutation(
        "table-overlap",
        "    inputs: [customer.overdue, customer.credit_left - order.total]\n    output: text\n    hit: first\n    rows:\n" + CREDIT_ROWS,
        "    inputs: [customer.overdue]\n    output: text\n    hit: unique\n    rows:\n" + credit_rows('["<= 5", ok]', '[">= 5", blocked]'),
        '[">= 5", blocked]',
        "",
    ),
    Mutation(
        "table-output",
        "    output: text\n    hit: first\n    rows:\n" + CREDIT_ROWS,
        "    output: bool\n    hit: first\n    rows:\n" + credit_rows('["0", ">= 0", true]', '["-", "-", never]'),
        '["-", "-", never]',
        "",
        also=(("auto: table.credit == 'ok' #", "auto: order.total > 0 #"),),
    ),
]

FACTS = [
    Mutation("fact-type", "order.discount: percent  ", "order.discount: number  ", "number  ", "in the product it is percent"),
    Mutation(
        "fact-type",
        "available: number, route: {one_of: [stock, make, buy]}}]   #",
        "available: number, route: {one_of: [stock, make, buy, rent]}}]   #",
        "[{sku: text, qty: number, available: number, route",
        "the product knows stock, make, buy",
    ),
    Mutation(
        "fact-type",
        "[{number: text, damaged: bool,",
        "[{number: text, colour: text, damaged: bool,",
        "[{number: text, colour",
        "has no field 'colour'",
    ),
    Mutation("fact-unprovided", LOW, LOW + "  order.finished: number\n", "order.finished: number", "Let a step record it"),
    Mutation(
        "fact-source",
        LOW,
        LOW + "  order.finished: {type: number, from: picking}\n",
        "picking}\n",
        "no step there records it",
        also=((FINISHED, RECORDING),),
    ),
    Mutation("fact-undeclared", FINISHED, RECORDING, "order.finished}", "Declare it under facts"),
    Mutation("fact-of-product", FINISHED, RECORDING.replace("finished", "total"), "order.total}\n", "Choose a name of your own"),
    Mutation("fact-evidence", FINISHED, RECORDING, "order.finished}", "cannot record", also=((LOW, LOW + "  order.finished: text\n"),)),
]

MUTATIONS = [*RULES, *TABLES, *FACTS]


@pytest.mark.parametrize("mutation", RULES, ids=str)
def test_a_defect_of_a_rule_is_refused_with_its_line_and_reason(mutation):
    assert_refused(mutation)


@pytest.mark.parametrize("mutation", TABLES, ids=str)
def test_a_defect_of_a_table_is_refused_with_its_line_and_reason(mutation):
    assert_refused(mutation)


@pytest.mark.parametrize("mutation", FACTS, ids=str)
def test_a_defect_of_a_fact_is_refused_with_its_line_and_reason(mutation):
    assert_refused(mutation)


def test_a_fact_with_a_default_may_be_asked_for_before_anybody_has_recorded_it():
    early = EXAMPLE.replace(CREDIT, "auto: '!feedback.low' #").replace("feedback.low: {type: bool, default: false}", "feedback.low: bool")

    assert check_text(early, a_catalogue()) == ()


def test_a_company_fact_is_known_once_its_step_is_behind_every_path():
    recorded = EXAMPLE.replace(LOW, LOW + "  order.checked: bool\n")
    recorded = recorded.replace(
        "zh-Hant: 與客戶確認交期和地址}\n        evidence: tick",
        "zh-Hant: 與客戶確認交期和地址}\n        evidence: {tick: true, fact: order.checked}",
    )
    asked_behind = recorded.replace(CREDIT, "auto: order.checked #")
    asked_before = recorded.replace("    does: capture.enter\n", "    does: capture.enter\n    skip_when: order.checked\n")

    assert check_text(asked_behind, a_catalogue()) == ()
    assert [problem.code for problem in check_text(asked_before, a_catalogue())] == ["fact-early"]


def test_a_provider_that_may_be_skipped_is_no_provider():
    skippable = EXAMPLE.replace("    does: delivery.plan\n", "    does: delivery.plan\n    skip_when: feedback.low\n")

    found = check_text(skippable, a_catalogue())

    assert {problem.code for problem in found} == {"fact-early", "act-needs"}
    assert all("may be skipped" in problem.message for problem in found)


def test_a_field_in_the_record_of_a_list_may_be_provided_later_than_the_list():
    shipped = EXAMPLE.replace("[{number: text, damaged: bool,", "[{number: text, shipped: bool, damaged: bool,")
    early = shipped.replace("skip_when: \"!delivery.lines.exists(l, l.route == 'make')\"", "skip_when: delivery.shipped")
    late = shipped.replace('skip_when: "!order.deliveries', 'skip_when: "order.deliveries.all(d, d.shipped) && !order.deliveries')

    assert [problem.code for problem in check_text(early, a_catalogue())] == ["fact-early"]
    assert check_text(late, a_catalogue()) == ()


def test_a_product_fact_without_the_stage_that_provides_it_is_refused_once_at_its_declaration():
    unplanned = EXAMPLE.replace("    does: delivery.plan\n", "")

    found = check_text(unplanned, a_catalogue())

    assert [problem.code for problem in found if problem.code.startswith("fact-")] == ["fact-unprovided"]
    assert "order.deliveries" in found[0].message
    assert {problem.code for problem in found} == {"fact-unprovided", "act-needs"}


def test_the_other_branch_of_a_choice_is_no_provider():
    branch = "  - choose: [{when: feedback.low, do: [stock_check]}, {do: [count]}]\n"
    stage = "  count: {title: Count, owner: planner, limit: 1h, steps: [{id: count, do: Count, evidence: tick}]}\n"
    chosen = EXAMPLE.replace("  - stock_check                      # gate\n", branch).replace(
        "  production:\n    title", stage + "  production:\n    title"
    )
    asking = chosen.replace('skip_when: "!delivery', 'skip_when: "order.lines.all(l, l.available > 0) && !delivery')

    found = [problem for problem in check_text(asking, a_catalogue()) if problem.code == "fact-early"]

    assert len(found) == 2
    assert all("not every path has passed that" in problem.message for problem in found)


def test_a_standard_without_marks_is_judged_all_the_same():
    standard = example()
    emptied = type(standard)(**{**_fields(standard), "flow": Sequence(standard.flow.nodes[:-1]), "marks": {}})

    assert {problem.code for problem in defects(emptied, a_catalogue())} == {"stage-unreached", "exception-stage"}


def _fields(standard):
    return {name: getattr(standard, name) for name in standard.__dataclass_fields__}
