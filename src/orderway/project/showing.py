"""One order for the command line: where it stands, its lines, what happened. Reads only."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.table import Table

from orderway.journal import reading
from orderway.orders.models import Order, OrderLine, WorkItem


@dataclass(frozen=True, slots=True)
class Described:
    """An order with what belongs to it."""

    order: Order
    items: list[WorkItem]
    lines: list[OrderLine]
    entries: list[Any]

    def as_json(self) -> dict[str, object]:
        """The same for machines; numbers as exact strings."""
        order = self.order
        return {
            "number": order.number,
            "status": order.status,
            "standard": str(order.version),
            "customer": order.customer.key,
            "customer_po": order.customer_po,
            "total": str(order.total),
            "currency": order.currency,
            "ordered_at": order.ordered_at.isoformat(),
            "open": [
                {
                    "stage": item.stage,
                    "place": item.place,
                    "kind": item.kind,
                    "role": item.role,
                    "responsible": item.responsible.key if item.responsible else None,
                    "due_at": item.due_at.isoformat() if item.due_at else None,
                    "waiting": item.waiting,
                }
                for item in self.items
            ],
            "lines": [
                {"position": line.position, "item": line.item.sku, "quantity": str(line.quantity), "unit_price": str(line.unit_price)}
                for line in self.lines
            ],
            "journal": [
                {
                    "sequence": entry.sequence,
                    "at": entry.at.isoformat(),
                    "act": entry.act,
                    "actor": entry.actor,
                    "move": json.loads(entry.payload),
                }
                for entry in self.entries
            ],
        }

    def print(self, console: Console) -> None:
        """Print it for people."""
        order = self.order
        console.print(
            f"{order.number}  {order.customer.name}  {order.total} {order.currency}  {order.status}  {order.version}", style="bold"
        )
        table = Table("stage", "place", "responsible", "due", "waiting for")
        for item in self.items:
            due = f"{item.due_at:%Y-%m-%d %H:%M}" if item.due_at else "-"
            table.add_row(item.stage, item.place, item.responsible.name if item.responsible else f"({item.role})", due, item.waiting)
        console.print(table)
        lines = Table("line", "item", "quantity", "price")
        for line in self.lines:
            lines.add_row(str(line.position), line.item.sku, f"{line.quantity.normalize():f}", f"{line.unit_price.normalize():f}")
        console.print(lines)
        for entry in self.entries:
            console.print(f"{entry.sequence:>4}  {entry.at:%Y-%m-%d %H:%M}  {entry.act:<22} {entry.actor}")


def describe(number: str) -> Described | None:
    """Everything about the order of this number, or None."""
    order = Order.objects.select_related("customer", "version").filter(number=number).first()
    if order is None:
        return None
    return Described(
        order=order,
        items=list(order.work_items.filter(state=WorkItem.State.OPEN).select_related("responsible").order_by("due_at")),
        lines=list(order.lines.select_related("item").order_by("position")),
        entries=list(reading.of_subject("order", number)),
    )
