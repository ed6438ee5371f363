"""What the stock stage registers with the layers below: acts, facts, documents, consequences, undo, panels, invariants."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from orderway.journal.verify import register_invariant
from orderway.masterdata import keeping
from orderway.orders.stages import register_consequences, register_undo
from orderway.releases.catalogue import Shared, Value, register_act, register_check, register_fact
from orderway.stages.stock import actions, checks, leaving, queries, waking, web
from orderway.stages.stock.rules import Coverage
from orderway.standard.catalogue import CatalogueAct
from orderway.standard.document import FactType

NUMBER = FactType("number")
ROUTE = FactType("one_of", choices=("stock", "make", "buy"))
ACT = actions.ACT


def register() -> None:
    """Fill the registered lists."""
    register_act(CatalogueAct(ACT, needs=("order.lines.qty",), provides=waking.PROVIDES), run=actions.reserve)
    register_fact("order.lines.available", NUMBER, provided_by=(ACT,), load=_of_lines(lambda line: line.available))
    register_fact("order.lines.route", ROUTE, provided_by=(ACT,), load=_of_lines(lambda line: line.route))
    register_fact("order.lines.reserved", NUMBER, provided_by=(ACT,), load=_of_lines(lambda line: line.reserved))
    register_check(ACT, ())
    waking.register_waiter(ACT)
    register_undo(ACT, actions.undo)
    register_consequences(ACT, queries.consequences)
    register_invariant(1, "stock moves", checks.on_hand_equals_moves)
    register_invariant(2, "reservations of levels", checks.reserved_equals_reservations)
    register_invariant(2, "reservations of lines", checks.reservations_equal_ledger)
    keeping.register_closing(keeping.WAREHOUSE, leaving.of_warehouse)
    web.register()


def _of_lines(part: Callable[[Coverage], Value]) -> Shared[Mapping[int, Mapping[int, Coverage]]]:
    """A loader of one field of ``order.lines``; the records are keyed by the line's position. All fields come from one statement."""

    def of_field(covered: Mapping[int, Mapping[int, Coverage]]) -> Mapping[int, Value]:
        return {order: {str(position): part(line) for position, line in lines.items()} for order, lines in covered.items()}

    return Shared(queries.coverage_of, of_field)
