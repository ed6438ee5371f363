"""What the invoicing stage registers with the layers below: its act, facts, paper, consequences, undo, invariants and job."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.utils.translation import gettext_noop

from orderway import sets
from orderway.orders import jobs, stages
from orderway.orders.actor import Actor
from orderway.orders.stages import Consequence, Leftover, LineChange
from orderway.releases import catalogue
from orderway.releases.catalogue import Value
from orderway.sets.numbers import exact
from orderway.standard.catalogue import CatalogueAct
from orderway.standard.vocabulary import FactType


def register() -> None:
    """Fill the registered lists."""
    from orderway.stages.invoicing import actions, invariants, papers, payments

    provides = ("order.invoiced", "order.paid")
    catalogue.register_act(CatalogueAct(actions.ACT, provides=provides, templates=("invoice",)), run=actions.issue)
    catalogue.register_fact("order.invoiced", FactType("money"), provided_by=(actions.ACT,), load=invoiced)
    catalogue.register_fact("order.paid", FactType("bool"), provided_by=(actions.ACT,), load=paid)
    catalogue.register_fact("customer.overdue", FactType("money"), load=overdue)
    catalogue.register_document("invoice", papers.render)
    stages.register_consequences(actions.ACT, consequences)
    stages.register_undo(actions.ACT, undo)
    invariants.register()
    jobs.register_job("overdue invoices", payments.note_overdue, every=timedelta(hours=1))


def invoiced(order_ids: Sequence[int]) -> Mapping[int, Value]:
    """What was invoiced on each order, tax included; unknown before the first invoice."""
    from orderway.stages.invoicing.queries import AMOUNT_PLACES

    return {order: exact(total, AMOUNT_PLACES) for order, total, _ in _settled(order_ids)}


def paid(order_ids: Sequence[int]) -> Mapping[int, Value]:
    """Whether all invoices of each order are settled; unknown before the first invoice."""
    from orderway.stages.invoicing.queries import AMOUNT_PLACES

    return {order: exact(total, AMOUNT_PLACES) <= exact(settled, AMOUNT_PLACES) for order, total, settled in _settled(order_ids)}


def _settled(order_ids: Sequence[int]) -> list[tuple[int, object, object]]:
    rows = sets.select("invoicing.settled", orders=sets.Many("int8", order_ids))
    return [(row[0], row[1], row[2]) for row in rows]


def overdue(order_ids: Sequence[int]) -> Mapping[int, Value]:
    """What each order's customer owes on overdue invoices."""
    from orderway.stages.invoicing.queries import AMOUNT_PLACES

    return {order: exact(owed, AMOUNT_PLACES) for order, owed in sets.select("invoicing.overdue", orders=sets.Many("int8", order_ids))}


def consequences(order_ids: Sequence[int], changes: Mapping[int, Sequence[LineChange]]) -> Sequence[Consequence]:
    """Invoices stand whatever changes: what was delivered was billed. Each is told with what it bills; its owner corrects it if need be."""
    from orderway.stages.invoicing.actions import ACT
    from orderway.stages.invoicing.models import Invoice
    from orderway.stages.invoicing.queries import overbilled

    concerned = [order for order in order_ids if changes.get(order)]
    invoices = list(Invoice.objects.filter(order_id__in=concerned).order_by("id").values_list("order_id", "number", "net"))
    beyond = {order for order, _, _ in overbilled(concerned)} if invoices else set()
    stays = gettext_noop("Invoice {number} was issued and stays: it bills what was delivered.")
    corrected = gettext_noop("Invoice {number} was issued and stays; a credit note corrects it.")
    return [
        Consequence(
            order,
            ACT,
            corrected if order in beyond else stays,
            reference=number,
            amount=net,
            reversible=order not in beyond,
            params={"number": number},
        )
        for order, number, net in invoices
    ]


def undo(order_ids: Sequence[int], lines: Mapping[int, Sequence[LineChange]], *, actor: Actor, now: datetime) -> Sequence[Leftover]:
    """Nothing that was billed is taken back here; orders with an invoice leave it to their owner to credit what was billed too much."""
    from orderway.stages.invoicing.actions import ACT
    from orderway.stages.invoicing.queries import overbilled

    return [
        Leftover(order, ACT, f"{quantity} pieces of line {position} are invoiced beyond what was delivered. Credit them.")
        for order, position, quantity in overbilled(order_ids)
    ]
