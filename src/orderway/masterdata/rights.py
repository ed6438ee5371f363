"""Who may do what: one declarative table, duty x act x object, default deny. Finds nobody's duties (`orders.work` does) and checks no gate.

A duty is the relation in which somebody stands to an object. The list of duties is closed: a company words its roles in its standard,
and the standard's roles become duties on each order (owner, named); nothing else grants anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType


class Duty(StrEnum):
    """The closed list of duties."""

    HOLDER = "holder"  # has the work item, also as deputy
    OWNER = "owner"  # has the role that owns the stage in the order's pinned standard
    NAMED = "named"  # stands in `by`, `waive`, `then`, or is the signatory whose turn it is
    ORDER_OWNER = "order_owner"  # answers for the whole order
    LEAD = "lead"  # leads a group whose people have the item's role
    STANDARD_OWNER = "standard_owner"  # has the role that owns the standard
    READER = "reader"  # works here: is signed in and active
    ADMINISTRATOR = "administrator"  # keeps the installation: people, masters, tokens; judges no order
    CUSTOMER = "customer"  # the customer's own page
    TOKEN = "token"  # noqa: S105  a program with an API token, besides the duties of the person it belongs to


H, O, N, OO, SO = Duty.HOLDER, Duty.OWNER, Duty.NAMED, Duty.ORDER_OWNER, Duty.STANDARD_OWNER  # noqa: E741
L = Duty.LEAD
R, A, C, T = Duty.READER, Duty.ADMINISTRATOR, Duty.CUSTOMER, Duty.TOKEN

STAGE_WORK = "stage.work"

# act -> (object, the duties of which one is needed). An act that is missing here is refused to everybody.
RIGHTS: Mapping[str, tuple[str, frozenset[Duty]]] = MappingProxyType(
    {
        # orders
        "order.list": ("order", frozenset({R, T})),
        "order.read": ("order", frozenset({R, T})),
        "order.place": ("order", frozenset({R, T})),
        "order.edit": ("order", frozenset({H, O, OO})),
        "order.cancel": ("order", frozenset({N})),
        "order.change": ("order", frozenset({N})),
        "order.hold": ("order", frozenset({N})),
        "order.lift": ("order", frozenset({N})),
        "order.complain": ("order", frozenset({N, C})),
        "order.comment": ("order", frozenset({R, T})),
        "order.import": ("order", frozenset({R, A, T})),
        # work items
        "item.list": ("work item", frozenset({R, T})),
        STAGE_WORK: ("work item", frozenset({H, O})),  # every act that a stage may name in `does`, plain work and evidence
        "item.claim": ("work item", frozenset({O, N})),
        "item.release": ("work item", frozenset({H, L})),
        "item.delegate": ("work item", frozenset({H, OO, L})),
        "item.sign": ("work item", frozenset({N})),
        "item.decide": ("work item", frozenset({N})),  # pass, cancel or hold after too many failures
        "item.waive": ("work item", frozenset({N})),
        "item.send_back": ("work item", frozenset({H, O})),
        # stock, supply, documents
        "stock.read": ("stock", frozenset({R, T})),
        "stock.book": ("stock", frozenset({A, H, O})),
        "supply.read": ("supply order", frozenset({R, T})),
        "supply.receive": ("supply order", frozenset({H, O})),
        "delivery.read": ("delivery", frozenset({R, T})),
        "invoice.read": ("invoice", frozenset({R, T})),
        "invoice.pay": ("invoice", frozenset({H, O, N})),
        "return.announce": ("return", frozenset({H, O, N, OO})),
        "return.receive": ("return", frozenset({H, O, N})),
        "credit.issue": ("credit note", frozenset({H, O, N})),
        "document.read": ("document", frozenset({R, T})),
        "document.attach": ("document", frozenset({H, O, OO})),
        # standards, journal, masters
        "standard.read": ("standard", frozenset({R, T})),
        "standard.suggest": ("standard", frozenset({R})),
        "standard.draft": ("standard", frozenset({R})),
        "standard.approve": ("standard", frozenset({N, A})),
        "measures.read": ("measures", frozenset({R})),
        "review.make": ("management review", frozenset({SO, N, A})),
        "review.decide": ("management review", frozenset({SO, N, A})),
        "review.settle": ("management review", frozenset({H, SO, N, A})),
        # diagnoses hold foreign logs. holder: whoever asked for it; named: a reader whom the holder named
        "diagnosis.list": ("diagnosis", frozenset({R})),  # those one may read; administrators: all, without what is in them
        "diagnosis.ask": ("diagnosis", frozenset({R})),
        "diagnosis.read": ("diagnosis", frozenset({H, N})),
        "diagnosis.share": ("diagnosis", frozenset({H})),
        "diagnosis.erase": ("diagnosis", frozenset({H, A})),
        "standard.release": ("standard", frozenset({SO, N, A})),
        "standard.migrate": ("standard", frozenset({SO})),
        "standard.try": ("standard", frozenset({SO, N, A})),
        "standard.review": ("standard", frozenset({SO, A})),
        "standard.copy": ("standard", frozenset({SO, N, A})),
        "standard.acknowledge": ("standard", frozenset({R})),
        "suggestion.read": ("suggestion", frozenset({R})),
        "suggestion.answer": ("suggestion", frozenset({SO, N, A})),
        "cycle.read": ("cycle", frozenset({R})),
        "cycle.lead": ("cycle", frozenset({SO, N, A})),
        "introduction.read": ("introduction", frozenset({R})),
        "introduction.plan": ("introduction", frozenset({SO, N, A})),
        "outlook.read": ("simulation", frozenset({R})),
        "what_if.read": ("simulation", frozenset({R})),
        "what_if.ask": ("simulation", frozenset({R})),
        "feedback.ask": ("feedback", frozenset({OO, N, A})),
        "training.read": ("training", frozenset({R})),
        "training.take": ("training", frozenset({R})),
        "training.supervise": ("training", frozenset({N, SO})),  # named: certified for the stage
        "training.attest": ("training", frozenset({SO})),
        "scorecard.read": ("scorecard", frozenset({R})),  # one's own, and a page that says whose others are open to one
        "scorecard.see": ("scorecard", frozenset({H, L})),  # of one person; lead: after the days of grace or once it is released
        "scorecard.object": ("scorecard", frozenset({H})),
        "scorecard.release": ("scorecard", frozenset({H})),
        "milestone.share": ("scorecard", frozenset({H})),
        "objection.decide": ("objection", frozenset({L, SO, N})),  # never who made it, nor who wrote the entry that it is about
        "journal.read": ("journal", frozenset({R, T})),
        "absence.record": ("absence", frozenset({H, L, A})),  # holder: one's own
        "message.read": ("message", frozenset({R})),  # one's own
        "person.edit": ("person", frozenset({A})),
        "master.read": ("master", frozenset({R, T})),
        "master.edit": ("master", frozenset({A})),
        # owner: has a role that owns a stage entering orders (customer.edit) or reviewing them (customer.credit) in a standard in force
        "customer.edit": ("customer", frozenset({A, O})),
        "customer.credit": ("customer", frozenset({A, O})),
        "token.make": ("token", frozenset({A})),
        "health.read": ("installation", frozenset({A})),
    }
)


def allows(duties: Iterable[str], act: str) -> bool:
    """Whether one of these duties allows the act. Acts of stages (`stock.reserve`) not listed by name count as stage work."""
    row = RIGHTS.get(act)
    return row is not None and not row[1].isdisjoint(duties)


def needed(act: str) -> frozenset[Duty]:
    """The duties of which one is needed; empty for an act nobody may do."""
    row = RIGHTS.get(act)
    return row[1] if row else frozenset()
