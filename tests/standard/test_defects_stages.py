"""Inside the stages: every defect of limits, steps, bindings and gates is found at its place."""

from dataclasses import replace

import pytest

from orderway.standard.catalogue import Catalogue
from orderway.standard.defects import check_text
from standard.catalogue_for_tests import a_catalogue
from standard.mutations import EXAMPLE, Mutation, assert_refused

ISSUE = "    steps:\n      - id: issue\n        do: {en: Issue the invoice for the delivered quantity, zh-Hans: 按实际签收数量开票, zh-Hant: 按實際簽收數量開票}\n        evidence: system\n"  # noqa: E501
CONFIRM = "与客户确认交期和地址, zh-Hant: 與客戶確認交期和地址}\n        evidence: tick\n"
COVERED = "      criteria:\n        - id: covered\n          auto: order.lines.all(l, l.available >= l.qty || l.route != 'stock')\n"
LONG = (
    "Hand over and obtain the signature of the person who is named on the order, on each page of the delivery note, and on the second copy"
)

STAGES = [
    Mutation("calendar-unknown", "\ncalendar: office", "\ncalendar: offices", "offices", "Did you mean 'office'?"),
    Mutation("calendar-unknown", "calendar: warehouse\n    limit: 4h", "calendar: night\n    limit: 4h", "night", "of stage 'picking'"),
    Mutation("stage-warn", "warn: 50%", "warn: 150%", "150%", "between 1 % and 99 %"),
    Mutation(
        "escalation-order",
        "[{after: 100%, to: sales_manager}, {after: 200%, to",
        "[{after: 200%, to: sales_manager}, {after: 100%, to",
        "{after: 100%",
        "rising order",
    ),
    Mutation("stage-steps", ISSUE, "", "invoicing:\n    title", "has no steps"),
    Mutation("stage-steps", ISSUE, "    steps: []\n", "[]\n", "has no steps"),
    Mutation("step-twice", "- id: photo", "- id: scan", "scan\n        do: {en: Photograph", "two steps with the id 'scan'"),
    Mutation("step-evidence", CONFIRM, CONFIRM.replace("        evidence: tick\n", ""), "id: confirm", "nobody can prove it", "warning"),
    Mutation(
        "step-long",
        "{en: Hand over and obtain the signature,",
        f'{{en: "{LONG}",',
        f'{{en: "{LONG}"',
        f"{len(LONG)} characters",
        "warning",
    ),
    Mutation("act-unknown", "does: aftersales.resolve", "does: aftersales.solve", "aftersales.solve", "Did you mean 'aftersales.resolve'?"),
    Mutation("system-act", "    does: invoicing.issue\n", "", "system\n    limit: 1d", "it names no act"),
    Mutation("system-evidence", ISSUE, ISSUE.replace("system", "photo"), "photo\n\n  after_sales", "only a person can give (photo)"),
    Mutation("act-needs", "does: capture.enter", "does: delivery.pick", "delivery.pick\n    limit: 4h\n    needs", "'order.deliveries'"),
]

GATES = [
    Mutation("not-by-unknown", "not_by: [receipt]", "not_by: [reciept]", "reciept]", "Did you mean 'receipt'?"),
    Mutation("not-by-later", "not_by: [receipt]", "not_by: [picking]", "picking]  ", "it bars nobody"),
    Mutation("not-by-later", "not_by: [receipt]", "not_by: [review]", "review]  ", "it bars nobody"),
    Mutation("gate-criteria", COVERED, "      criteria: []\n", "[]\n      fail", "let everything pass"),
    Mutation("gate-criteria", COVERED, "", "fail: {back_to: review, at", "let everything pass"),
    Mutation(
        "criterion-kind",
        "          auto: table.credit == 'ok' #",
        "          ask: Solvent?\n          auto: table.credit == 'ok' #",
        "id: credit\n",
        "exactly one of ask and auto",
    ),
    Mutation(
        "criterion-kind",
        "          auto: order.lines.all(l, l.available >= l.qty || l.route != 'stock')\n",
        "",
        "id: covered",
        "exactly one of ask and auto",
    ),
    Mutation("criterion-twice", "- id: price_terms", "- id: accuracy", "id: accuracy\n          ask: {en: Price", "two criteria"),
    Mutation("approval-table", "approve: approval_level", "approve: approval", "approval  ", "Did you mean 'approval_level'?"),
    Mutation("approval-table", "approve: approval_level", "approve: credit", "credit       ", "which gives text"),
    Mutation(
        "gate-no-way-out",
        "      fail: {back_to: review, at_most: 2, then: sales_manager}\n",
        "",
        "criteria:\n        - id: cov",
        "no way out",
    ),
    Mutation("gate-maximum", "at_most: 2", "at_most: 0", "0, then", "a number of 1 or more"),
]

MUTATIONS = [*STAGES, *GATES]


@pytest.mark.parametrize("mutation", STAGES, ids=str)
def test_a_defect_of_a_stage_is_refused_with_its_line_and_reason(mutation):
    assert_refused(mutation)


@pytest.mark.parametrize("mutation", GATES, ids=str)
def test_a_defect_of_a_gate_is_refused_with_its_line_and_reason(mutation):
    assert_refused(mutation)


def test_an_act_that_needs_a_person_cannot_be_run_by_the_system():
    catalogue = a_catalogue()
    acts = {**catalogue.acts, "invoicing.issue": replace(catalogue.acts["invoicing.issue"], by_system=False)}

    found = check_text(EXAMPLE, Catalogue(acts, catalogue.facts, catalogue.templates))

    assert [problem.code for problem in found] == ["system-act"]
    assert "act 'invoicing.issue' needs a person" in found[0].message


def test_a_document_that_the_act_makes_itself_is_evidence_that_the_system_can_give():
    by_act = EXAMPLE.replace("keep: 2y, template: pick_list", "keep: 2y, template: pick_list").replace(
        "does: delivery.pick\n    calendar: warehouse", "does: delivery.pick\n    runs: system\n    calendar: warehouse"
    )
    scan, photo = "        evidence: scan\n", "        evidence: photo\n"
    made = by_act.replace(scan, "        evidence: {document: pick_list}\n").replace(photo, "        evidence: {document: pick_list}\n")

    assert [problem.code for problem in check_text(by_act, a_catalogue())] == ["system-evidence", "system-evidence"]
    assert check_text(made, a_catalogue()) == ()
