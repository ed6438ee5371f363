"""Documents and roles: every defect is found at its place."""

import pytest

from standard.mutations import Mutation, assert_refused

ORPHAN = "  packing_slip: {title: Packing slip, keep: 1y}\n"

PAPERS = [
    Mutation(
        "document-unknown",
        "needs: [customer_po]",
        "needs: [customer_pa]",
        "customer_pa]",
        "Did you mean 'customer_po'?",
        also=(("makes: [order_form]", "makes: [order_form, customer_po]"),),
    ),
    Mutation("document-unknown", "makes: [invoice]", "makes: [invoice, receipts]", "receipts]", "makes of"),
    Mutation("document-unknown", "{document: delivery_note}", "{document: delivery_notes}", "delivery_notes}", "evidence of step 'sign'"),
    Mutation("document-late", "needs: [customer_po]", "needs: [customer_po, invoice]", "invoice]\n    makes: [order", "'invoicing' makes"),
    Mutation("document-late", "{from: customer, title", "{title", "customer_po]\n", "which nobody makes"),
    Mutation("document-orphan", "documents:\n", "documents:\n" + ORPHAN, "packing_slip:", "No stage needs or makes"),
    Mutation("template-unknown", "template: pick_list", "template: picklist", "picklist", "Did you mean 'pick_list'?"),
]

ROLES = [
    Mutation(
        "role-unknown",
        "owner: process_owner ",
        "owner: boss  ",
        "boss",
        "The owner of the document",
        also=(("approved_by: [", "approved_by: [process_owner, "),),
    ),
    Mutation("role-unknown", "approved_by: [general_manager]", "approved_by: [board]", "board]", "An approver of the document"),
    Mutation(
        "role-unknown",
        "owner: planner",
        "owner: planer",
        "planer",
        "The owner of 'stock_check'",
        also=(("by: [sales_manager], until", "by: [planner], until"),),
    ),
    Mutation("role-unknown", "{after: 200%, to: general_manager}", "{after: 200%, to: chief}", "chief", "Who is told"),
    Mutation("role-unknown", "waive: [general_manager]", "waive: [cfo]", "cfo]", "Who may waive 'credit'"),
    Mutation("role-unknown", "at_most: 2, then: sales_manager", "at_most: 2, then: salesmanager", "salesmanager", "failed too often"),
    Mutation("role-unknown", "by: [sales_manager], until", "by: [cfo], until", "cfo]", "Who may call 'cancel'"),
    Mutation("role-unknown", "change: {by: [sales]", "change: {by: [vendor]", "vendor]", "Who may call 'change'"),
    Mutation(
        "role-unknown", "complaint: {by: [service, customer]", "complaint: {by: [service, client]", "client]", "Who may call 'complaint'"
    ),
    Mutation("role-unknown", "quality: {by: [sales_manager]}", "quality: {by: [inspector]}", "inspector]", "('quality')"),
    Mutation("role-unknown", '"-",     sales_manager]', '"-",     salesmanager]', '["< 100000"', "A signatory in table 'approval_level'"),
    Mutation("role-reserved", "roles:     ", "roles:\n  customer: Customer\n  # ", "customer: Customer", "a meaning of its own"),
    Mutation("role-idle", "roles:     ", "roles:\n  auditor: Auditor\n  # ", "auditor: Auditor", "has no duty"),
    Mutation("owner-approves", "approved_by: [general_manager]", "approved_by: [process_owner]", "process_owner]", "approves it too"),
]

MUTATIONS = [*PAPERS, *ROLES]


@pytest.mark.parametrize("mutation", PAPERS, ids=str)
def test_a_defect_of_the_documents_is_refused_with_its_line_and_reason(mutation):
    assert_refused(mutation)


@pytest.mark.parametrize("mutation", ROLES, ids=str)
def test_a_defect_of_the_roles_is_refused_with_its_line_and_reason(mutation):
    assert_refused(mutation)
