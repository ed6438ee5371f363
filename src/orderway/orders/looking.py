"""An order and its open item as the door sees them, without a lock: for pages and programs that look. Acts ask everything again."""

from __future__ import annotations

from orderway.engine.case import PLACE_SEPARATOR, Case, OpenItem
from orderway.orders.locking import LockedOrder, Opened
from orderway.orders.models import Order, WorkItem
from orderway.releases.publishing import program_of


def opened_of(order: Order, item: WorkItem | None) -> Opened | None:
    """The order and its open item as the door sees them, unlocked; None if the item is no longer open in the case."""
    program = program_of(order.version_id, order.version.content_hash)
    case = Case.from_text(order.case_text)
    row = LockedOrder(
        *(order.pk, order.number, order.version_id, order.version.content_hash, order.customer_id, order.owner_id, order.status),
        *(order.case_text, order.journal_sequence, order.journal_hash, order.created_by, order.edited_by, order.as_history, order.ended_at),
    )
    if item is None:
        return Opened(order.number, row, case, program)
    found = _open_item(case, item)
    return Opened(item.place, row, case, program, found) if found else None


def _open_item(case: Case, item: WorkItem) -> OpenItem | None:
    path = tuple(item.path.split(PLACE_SEPARATOR)) if item.path else ()
    return next(
        (
            found
            for found in case.items
            if (found.stage, found.path, found.kind, found.opened) == (item.stage, path, item.kind, item.opened_sequence)
        ),
        None,
    )
