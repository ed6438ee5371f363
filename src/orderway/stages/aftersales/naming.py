"""Who may do after-sales work on an order by its standard, and which lines somebody means. Grants nothing; the door does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from orderway.orders.locking import Opened
from orderway.stages.aftersales import rules
from orderway.stages.aftersales.queries import Line
from orderway.stages.aftersales.refusals import UnknownLine

ACT = "aftersales.resolve"


def resolvers(opened: Opened) -> Sequence[str]:
    """The roles whose work after-sales is in this order's standard."""
    return [stage.owner for stage in opened.program.standard.stages.values() if stage.does == ACT]


def wanted_lines(lines: Sequence[Line], quantities: Mapping[int, Decimal]) -> list[tuple[Line, Decimal]]:
    """The lines at these positions with their quantities; refused if a position does not exist or none is named."""
    at = {line.position: line for line in lines}
    strange = sorted(quantities.keys() - at.keys())
    if strange:
        raise UnknownLine(field="lines", positions=strange)
    if not quantities:
        raise rules.ReturnEmpty(field="lines")
    return [(at[position], quantity) for position, quantity in sorted(quantities.items())]


def complainers(opened: Opened) -> Sequence[str]:
    """Who may complain in this order's standard."""
    rule = opened.program.standard.exceptions.complaint
    return rule.by if rule else ()


def announcers(opened: Opened) -> Sequence[str]:
    """Who may announce a return: whose work after-sales is, and who may complain."""
    return [*resolvers(opened), *complainers(opened)]
