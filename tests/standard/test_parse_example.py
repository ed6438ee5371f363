"""The example standard is read completely: no problem, and every key of it arrives where the document keeps it."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from orderway.standard.document import (
    Block,
    CancelRule,
    ChangeRule,
    ComplaintRule,
    Duration,
    Each,
    Escalation,
    Expression,
    Fact,
    FactType,
    GateFailure,
    HoldType,
    Mark,
    Point,
    Row,
    Sequence,
    StageRef,
    Standard,
    Text,
)
from orderway.standard.parse import parse

SOURCE = Path(__file__).with_name("example.yaml").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def standard() -> Standard:
    parsed = parse(SOURCE)
    assert parsed.problems == ()
    assert parsed.standard is not None
    return parsed.standard


def test_the_head_says_who_answers_for_the_standard_and_since_when(standard):
    assert (standard.id, standard.version, standard.owner) == ("order-to-cash", "1.1.0", "process_owner")
    assert standard.approved_by == ("general_manager",)
    assert standard.effective == "2026-03-01"
    assert standard.review_every == Duration(Decimal(12), "mo")
    assert standard.languages == ("zh-Hans", "zh-Hant", "en")
    assert standard.calendar == "office"
    assert standard.title.in_language("zh-Hans") == "标准订单流程"


def test_the_history_says_why_and_what_happens_to_running_orders(standard):
    (change,) = standard.changes
    assert (change.version, change.pdca, change.running_orders, change.map) == ("1.1.0", "2026-004", "finish", ())
    assert change.reason.in_language("en") == "Credit check moved before stock reservation"


def test_calendars_become_minutes_per_weekday(standard):
    office, warehouse = standard.calendars["office"], standard.calendars["warehouse"]
    assert office.hours == (((540, 720), (780, 1080)),) * 5 + ((), ())
    assert warehouse.hours == (((480, 1200),),) * 6 + ((),)
    assert (office.zone, office.holidays) == ("Asia/Shanghai", "CN")


def test_roles_papers_and_errors_are_kept_in_their_order(standard):
    assert list(standard.roles)[:3] == ["sales", "sales_manager", "finance"]
    assert len(standard.roles) == 11
    assert list(standard.errors) == ["item", "quantity", "price", "date", "document"]
    customer_po, order_form = standard.documents["customer_po"], standard.documents["order_form"]
    assert (customer_po.source, customer_po.keep, customer_po.template) == ("customer", Duration(Decimal(10), "y"), None)
    assert (order_form.source, order_form.template) == (None, "order_form")


def test_facts_have_types_defaults_and_records(standard):
    route = FactType("one_of", choices=("stock", "make", "buy"))
    line = (("sku", FactType("text")), ("qty", FactType("number")), ("route", route))
    assert standard.facts["order.total"] == Fact("order.total", FactType("money"))
    assert standard.facts["feedback.low"] == Fact("feedback.low", FactType("bool"), default=False, has_default=True)
    deliveries = standard.facts["order.deliveries"].type
    assert deliveries.field_type("lines") == FactType("list", record=line)
    assert deliveries.field_type("damaged") == FactType("bool")


def test_tables_keep_cells_as_written_and_signatories_in_order(standard):
    approval = standard.tables["approval_level"]
    assert (approval.output, approval.hit) == ("role", "first")
    assert approval.inputs == (Expression("order.total"), Expression("order.discount"), Expression("order.new_customer"))
    assert approval.rows[0] == Row(("< 20000", "< 5", "false"), ())
    assert approval.rows[3] == Row(("-", "-", "-"), ("sales_manager", "general_manager"))
    assert standard.tables["credit"].inputs[1] == Expression("customer.credit_left - order.total")


def test_the_flow_nests_blocks(standard):
    each = standard.flow.nodes[4]
    assert isinstance(each, Each)
    assert (each.name, each.items) == ("delivery", "order.deliveries")
    parallel = each.do.nodes[0]
    assert isinstance(parallel, Block)
    assert [branch.do for branch in parallel.branches] == [Sequence((StageRef(name),)) for name in ("production", "purchasing")]
    assert list(standard.stages_in_flow()) == [
        *("receipt", "review", "stock_check", "delivery_planning", "production", "purchasing"),
        *("picking", "delivery", "invoicing", "after_sales"),
    ]


def test_exceptions_say_who_until_when_and_what_then(standard):
    undo = ("stock_check", "delivery_planning", "production", "purchasing", "picking")
    assert standard.exceptions.cancel == CancelRule(("sales_manager",), "delivery", undo)
    assert standard.exceptions.change == ChangeRule(("sales",), "picking", "review")
    assert standard.exceptions.complaint == ComplaintRule(("service", "customer"), "delivery", "after_sales")
    hold = standard.exceptions.hold
    assert hold is not None
    assert hold.reason_required
    assert hold.type("credit") == HoldType("credit", ("finance",), Duration(Decimal(5), "d"))
    assert hold.type("quality") == HoldType("quality", ("sales_manager",))


def test_a_stage_says_who_does_what_how_long_and_with_which_papers(standard):
    receipt, stock, picking = (standard.stages[name] for name in ("receipt", "stock_check", "picking"))
    assert (receipt.owner, receipt.does, receipt.runs, receipt.limit) == ("sales", "capture.enter", "person", Duration(Decimal(4), "h"))
    assert (receipt.needs, receipt.makes, receipt.warn, receipt.escalate) == (("customer_po",), ("order_form",), 75, ())
    assert (stock.runs, picking.calendar) == ("system", "warehouse")
    assert standard.calendar_of(picking).id == "warehouse"
    assert standard.stages["production"].skip_when == Expression("!delivery.lines.exists(l, l.route == 'make')")


def test_steps_carry_key_point_reason_and_evidence(standard):
    enter, confirm = standard.stages["receipt"].steps
    assert enter.key.in_language("en") == "Copy the customer's item number; never type from memory"
    assert enter.why.in_language("en") == "Wrong item numbers are the most frequent order error"
    assert (enter.evidence.kind, enter.evidence.document) == ("document", "customer_po")
    assert (confirm.key, confirm.why, confirm.evidence.kind) == (None, None, "tick")
    finish = standard.stages["production"].step("finish").evidence
    assert (finish.kind, finish.label.in_language("en"), finish.fact) == ("number", "Finished quantity", None)
    call = standard.stages["after_sales"].step("call").evidence
    assert call.choice_ids == ("product", "quantity", "damage", "late", "document", "other")


def test_a_gate_says_what_it_looks_at_who_is_barred_and_the_way_back(standard):
    review = standard.stages["review"]
    assert review.warn == 50
    assert review.escalate == (Escalation(100, "sales_manager"), Escalation(200, "general_manager"))
    assert review.gate.not_by == ("receipt",)
    assert [criterion.id for criterion in review.gate.criteria] == ["accuracy", "price_terms", "credit"]
    assert review.gate.criteria[2].auto == Expression("table.credit == 'ok'")
    assert review.gate.criteria[2].waive == ("general_manager",)
    assert review.gate.approve == "approval_level"
    assert review.gate.fail == GateFailure("receipt", 3, "sales_manager")


def test_a_quiz_knows_its_right_answer_and_step(standard):
    (question,) = standard.stages["receipt"].quiz
    assert question.step == "enter"
    assert [answer.right for answer in question.answers] == [False, True, False]
    assert question.answers[1].text.in_language("en") == "The customer's document"


def test_feedback_training_and_measures_are_read(standard):
    customer = standard.feedback.customer
    assert (customer.after, customer.ask, customer.remind, customer.low) == ("delivery", "csat", Duration(Decimal(3), "d"), "<= 3")
    assert (customer.opens, standard.feedback.staff_from, standard.feedback.staff_opens) == ("suggestion", "every_step", "suggestion")
    assert (standard.training.pass_mark, standard.training.gate) == (80, "warn")
    assert standard.training.generate == ("limits", "owners", "gate_criteria", "table_rows", "needed_documents")
    lead_time, error_rate, _, csat = standard.kpis
    assert (lead_time.start, lead_time.end) == (Point("receipt", "start"), Point("delivery", "end"))
    assert (lead_time.stat, lead_time.target, lead_time.baseline) == ("p80", "<= 6d", "8.6d")
    assert error_rate.of == ("gate_failed", "credit_note", "damaged")
    assert csat.of == ("feedback.csat",)


def test_every_part_knows_where_it_stands(standard):
    lines = SOURCE.splitlines()
    review = standard.stages["review"]
    assert lines[review.mark.line - 1][review.mark.column - 1 :].startswith("review:")
    auto = review.gate.criteria[2].auto
    assert lines[auto.mark.line - 1][auto.mark.column - 1 :].startswith("table.credit")
    quoted = standard.stages["production"].skip_when
    assert lines[quoted.mark.line - 1][quoted.mark.column - 1 :].startswith("!delivery")
    limit = standard.marks["stages", "review", "limit"]
    assert lines[limit.line - 1][limit.column - 1 :].startswith("4h")


def test_marks_take_no_part_in_comparison(standard):
    moved = parse("# a comment\n\n" + SOURCE).standard
    assert moved == standard
    assert moved.mark == Mark(standard.mark.line + 2, standard.mark.column)


def test_a_text_falls_back_to_its_first_language():
    text = Text((("en", "Order"), ("zh-Hans", "订单")))
    assert text.in_language("zh-Hans") == "订单"
    assert text.in_language("fr", ("zh-Hans",)) == "订单"
    assert text.in_language("fr") == "Order"
