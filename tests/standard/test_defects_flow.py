"""The way of an order: every defect of flow, rework and exceptions is found at its place."""

import pytest

from standard.mutations import Mutation, assert_refused

PARALLEL = "- parallel: [[production], [purchasing]]"
END_OF_FLOW = "  - after_sales\n\nexceptions"
AFTER_FINISH = "evidence: {number: {en: Finished quantity, zh-Hans: 完工数量, zh-Hant: 完工數量}}\n"
AFTER_PHOTO = "        evidence: photo\n"


def gate(back_to: str) -> str:
    return f"    gate: {{criteria: [{{id: good, ask: Good}}], fail: {{back_to: {back_to}, at_most: 1, then: sales_manager}}}}\n"


MUTATIONS = [
    Mutation("stage-undefined", END_OF_FLOW, "  - after_sales\n  - inspection\n\nexceptions", "inspection\n\nexc", "names 'inspection'"),
    Mutation("stage-twice", END_OF_FLOW, "  - after_sales\n  - review\n\nexceptions", "review\n\nexc", "'review' stands twice"),
    Mutation(
        "stage-unreached",
        "  after_sales:\n    title",
        "  packing: {title: Packing, owner: warehouse, limit: 1h, steps: [{id: a, do: Pack, evidence: tick}]}\n  after_sales:\n    title",
        "packing: {",
        "never reaches it",
    ),
    Mutation(
        "branch-unconditional",
        PARALLEL,
        '- every: [{when: "order.total > 1", do: [production]}, {when: "order.total > 2", do: [purchasing]}]',
        "every: [",
        "no branch without a condition",
    ),
    Mutation(
        "branch-hidden",
        PARALLEL,
        '- choose: [{do: [production]}, {when: "order.total > 2", do: [purchasing]}]',
        "{do: [production]}",
        "hides every branch",
    ),
    Mutation(
        "each-word",
        "- each: delivery in",
        "- each: customer in",
        "each: customer in",
        "already the first word of facts",
        also=(("!delivery.lines", "!customer.lines"),),
    ),
    Mutation("rework-unknown", "{back_to: receipt,", "{back_to: reciept,", "reciept,", "Did you mean 'receipt'?"),
    Mutation("rework-not-earlier", "{back_to: review, at", "{back_to: after_sales, at", "after_sales, at", "does not come before it"),
    Mutation("rework-not-earlier", "{back_to: review, at", "{back_to: stock_check, at", "stock_check, at", "Name one of: receipt, review"),
    Mutation(
        "rework-other-branch", AFTER_FINISH, AFTER_FINISH + gate("purchasing"), "purchasing, at_most", "another branch. Nothing before it"
    ),
    Mutation("rework-other-branch", AFTER_PHOTO, AFTER_PHOTO + gate("production"), "production, at_most", "inside a block"),
    Mutation("rework-out-of-each", AFTER_PHOTO, AFTER_PHOTO + gate("review"), "review, at_most: 1", "outside the each"),
    Mutation("exception-stage", "until: delivery, reason", "until: deliverry, reason", "deliverry", "Did you mean 'delivery'?"),
    Mutation("exception-stage", "undo: [stock_check,", "undo: [stok,", "stok,", "cancel undo"),
    Mutation("exception-stage", "until: picking,", "until: shipping,", "shipping,", "change until"),
    Mutation("exception-stage", "{back_to: review}", "{back_to: reviewing}", "reviewing}", "change back_to"),
    Mutation("exception-stage", "after: delivery, do", "after: dispatch, do", "dispatch, do", "complaint after"),
    Mutation("exception-stage", "{open: after_sales}", "{open: aftersales}", "aftersales}", "complaint open"),
    Mutation("exception-stage", "{after: delivery, ask", "{after: dispatch, ask", "dispatch, ask", "feedback after"),
    Mutation("change-target", "{back_to: review}", "{back_to: picking}", "picking}}", "stands inside a block"),
    Mutation("change-target", "until: picking,", "until: receipt,", "review}}", "not before 'receipt'"),
    Mutation("complaint-target", "{open: after_sales}", "{open: delivery}", "delivery}", "belongs to one run"),
]


@pytest.mark.parametrize("mutation", MUTATIONS, ids=str)
def test_a_defect_of_the_flow_is_refused_with_its_line_and_reason(mutation):
    assert_refused(mutation)
