"""Every figure with its definition: numerator, denominator, which promise date, which orders. A figure without one is not shown.

English; pages translate the texts. The standard's own measures stand beside these, with its words and targets.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

noop: Callable[[str], str] = str  # marks nothing at run time; the catalogue of messages finds the calls by the name below
gettext_noop = noop

Unit = Literal["percent", "minutes", "work_minutes", "days", "score", "count", "working_days"]


@dataclass(frozen=True, slots=True)
class Definition:
    """One figure. `unit`: in which its amounts are kept (a percent is a count of a count); `scale`: parts of the unit in one.

    `product`: the figures whose shares are multiplied. `by_stage`: whether it is counted per stage. `quantiles`: whether single values
    are kept, so that percentiles are exact.
    """

    id: str
    title: str
    numerator: str
    denominator: str
    scope: str
    unit: Unit = "percent"
    promise: str = ""
    less_is_better: bool = False
    by_stage: bool = False
    quantiles: bool = False
    scale: int = 1
    product: tuple[str, ...] = ()
    note: str = ""
    group: Literal["time", "quality", "flow", "customer", "conformance"] = "quality"


_ENDED = gettext_noop("Orders that ended for the first time in the period; cancelled ones are left out.")
_PASSED = gettext_noop("Passages of stages that were done in the period.")
_REQUESTED = gettext_noop("the date that the customer asked for, as it stood in the end")
_CONFIRMED = gettext_noop("the date that was confirmed to the customer, as it stood in the end")
_PROMISED = gettext_noop("the confirmed date, where there is none the requested one, as it stood in the end")
_ORDERS = gettext_noop("orders")

DEFINITIONS: tuple[Definition, ...] = (
    Definition(
        "lead_time", gettext_noop("Lead time, gross"),
        gettext_noop("time on the wall clock from receipt to customer acceptance: the last hand-over, else the end"),
        _ORDERS, _ENDED, "minutes", less_is_better=True, quantiles=True, note="SCOR RS.1.1", group="time",
    ),
    Definition(
        "lead_time_net", gettext_noop("Lead time, net"),
        gettext_noop("the same without the time for which the order was on hold at the customer's wish (hold of type customer)"),
        _ORDERS, _ENDED, "minutes", less_is_better=True, quantiles=True, note="SCOR RS.1.1", group="time",
    ),
    Definition(
        "waiting", gettext_noop("Waiting per stage"),
        gettext_noop("working time from the opening of a stage until somebody first did something at it"),
        gettext_noop("passages"), _PASSED, "work_minutes", less_is_better=True, by_stage=True, group="time",
    ),
    Definition(
        "working", gettext_noop("Work per stage"),
        gettext_noop("working time from the first act at a stage to its completion; a stage done in one act counts as nothing"),
        gettext_noop("passages"), _PASSED, "work_minutes", less_is_better=True, by_stage=True, group="time",
    ),
    Definition(
        "work_per_order", gettext_noop("Work per order"), gettext_noop("the working time of all stages of the order"), _ORDERS, _ENDED,
        "work_minutes", less_is_better=True, group="time",
        note=gettext_noop("The cost per order is this times what an hour costs, which the system does not know."),
    ),
    Definition(
        "work_per_line", gettext_noop("Work per line"), gettext_noop("the working time of all stages of the order"),
        gettext_noop("order lines"), _ENDED, "work_minutes", less_is_better=True, group="time",
        note=gettext_noop("The cost per line is this times what an hour costs, which the system does not know."),
    ),
    Definition(
        "stages_in_limit", gettext_noop("Stages on time"), gettext_noop("passages done before they were due"), gettext_noop("passages"),
        _PASSED, by_stage=True, group="time",
    ),
    Definition(
        "error_rate", gettext_noop("Error rate"),
        gettext_noop("orders with a failed gate, a correction, a credit note, a return, damage or a complaint"), _ORDERS, _ENDED,
        less_is_better=True,
    ),
    Definition(
        "perfect_order", gettext_noop("Perfect orders (SCOR)"),
        gettext_noop("orders in full, on time, undamaged and with right documents, all on the same order"), _ORDERS, _ENDED,
        promise=_PROMISED, note="SCOR RL.1.1; APQC 2016: median 90 %",
    ),
    Definition(
        "perfect_order_rates", gettext_noop("Perfect orders (APQC)"),
        gettext_noop("the product of four shares: in full, on time, undamaged, documents right"), gettext_noop("no orders: shares"), _ENDED,
        product=("in_full", "on_time", "undamaged", "documents_right"), promise=_PROMISED,
        note=gettext_noop("Differs from the one above where faults meet on the same order."),
    ),
    Definition(
        "in_full", gettext_noop("In full"), gettext_noop("orders of which everything that was wanted left"), _ORDERS, _ENDED
    ),
    Definition(
        "on_time", gettext_noop("On time"), gettext_noop("orders accepted on the promised day or before"),
        gettext_noop("orders with a promised day"), _ENDED, promise=_PROMISED,
    ),
    Definition(
        "undamaged", gettext_noop("Undamaged"), gettext_noop("orders without damage at a hand-over and without a return"), _ORDERS, _ENDED
    ),
    Definition(
        "documents_right", gettext_noop("Documents right"),
        gettext_noop("orders without a credit note and without a correction of a document"), _ORDERS, _ENDED,
    ),
    Definition(
        "otif_requested", gettext_noop("On time in full, as requested"),
        gettext_noop("orders in full, accepted on the requested day or before"), gettext_noop("orders with a requested day"), _ENDED,
        promise=_REQUESTED, group="customer",
    ),
    Definition(
        "otif_confirmed", gettext_noop("On time in full, as confirmed"),
        gettext_noop("orders in full, accepted on the confirmed day or before"), gettext_noop("orders with a confirmed day"), _ENDED,
        promise=_CONFIRMED, group="customer",
    ),
    Definition(
        "fill_rate", gettext_noop("Fill rate"), gettext_noop("lines that left in full with their first delivery"),
        gettext_noop("order lines"), _ENDED, group="customer",
    ),
    Definition(
        "backorder_rate", gettext_noop("Orders with a backorder"), gettext_noop("orders with a line that needed more than one delivery"),
        _ORDERS, _ENDED, less_is_better=True, group="customer",
    ),
    Definition(
        "first_pass_yield", gettext_noop("First-pass yield"), gettext_noop("orders that passed every gate at the first time"),
        _ORDERS, _ENDED,
    ),
    Definition(
        "rework_rate", gettext_noop("Rework"), gettext_noop("passages that repeat a stage"), gettext_noop("passages"), _PASSED,
        less_is_better=True, by_stage=True,
    ),
    Definition(
        "failed_gates", gettext_noop("Failed gates"), gettext_noop("passages that their gate sent back"), gettext_noop("passages"), _PASSED,
        less_is_better=True, by_stage=True,
    ),
    Definition(
        "touchless", gettext_noop("Touchless orders"), gettext_noop("orders that no person touched between receipt and posting"), _ORDERS,
        _ENDED, group="flow", note=gettext_noop("Ranges published by vendors: 40 to 75 %."),
    ),
    Definition(
        "touched_again", gettext_noop("Touched again by the same role"),
        gettext_noop("orders at which a role had to take up a stage more than once"), _ORDERS, _ENDED, less_is_better=True, group="flow",
    ),
    Definition(
        "messages", gettext_noop("Messages per order"), gettext_noop("comments on the order"), _ORDERS, _ENDED, "count",
        less_is_better=True, group="flow",
    ),
    Definition(
        "return_rate", gettext_noop("Orders with a return"), gettext_noop("orders of which something came back"), _ORDERS, _ENDED,
        less_is_better=True, group="customer",
    ),
    Definition(
        "satisfaction", gettext_noop("Customer satisfaction"), gettext_noop("sum of the scores that customers gave"),
        gettext_noop("answers"), _ENDED, "score", scale=1_000, group="customer",
    ),
    Definition(
        "days_to_payment", gettext_noop("Days sales outstanding"),
        gettext_noop("days from invoice to payment, weighted by the amount paid"), gettext_noop("amounts paid, in hundredths"),
        gettext_noop("Orders paid in full, by the day on which they ended."), "days", less_is_better=True, group="customer",
    ),
    Definition(
        "repeat_orders", gettext_noop("Orders of known customers"), gettext_noop("orders of customers who had ordered before"), _ORDERS,
        gettext_noop("Orders received in the period."), group="customer",
    ),
    Definition(
        "repeat_interval", gettext_noop("Days between orders"), gettext_noop("days since the customer's order before"),
        gettext_noop("orders of customers who had ordered before"), gettext_noop("Orders received in the period."), "days",
        less_is_better=True, group="customer",
    ),
    Definition(
        "conforming", gettext_noop("Orders that kept to their standard"),
        gettext_noop("orders with every step proven and nothing sent back, waived, overridden, changed or reopened; time is counted apart"),
        _ORDERS, _ENDED, group="conformance",
    ),
    Definition(
        "adherence", gettext_noop("Adherence to the standard"), gettext_noop("steps that were proven"),
        gettext_noop("steps that asked for proof in passages that were done"), _PASSED, by_stage=True, group="conformance",
    ),
    Definition(
        "waived", gettext_noop("Orders with a waiver"), gettext_noop("orders for which a criterion was waived"), _ORDERS, _ENDED,
        less_is_better=True, group="conformance",
    ),
    Definition(
        "overridden", gettext_noop("Orders decided past their gate"),
        gettext_noop("orders that somebody let pass after their gate had failed too often"), _ORDERS, _ENDED, less_is_better=True,
        group="conformance",
    ),
    Definition(
        "outside", gettext_noop("Orders changed or reopened"),
        gettext_noop("orders that left the way: changed, or opened again after their end"),
        _ORDERS, _ENDED, less_is_better=True, group="conformance",
    ),
)  # fmt: skip

BY_ID: Mapping[str, Definition] = {definition.id: definition for definition in DEFINITIONS}
EDITION = zlib.crc32("\n".join(f"{one.id} {one.numerator} {one.denominator} {one.scope}" for one in DEFINITIONS).encode())
"""Changes with what is counted: orders that were measured by another edition are measured again."""
OWN = ":"  # separates standard, measure and unit in the id of a standard's own measure


@dataclass(frozen=True, slots=True)
class Dimensions:
    """By what an order's figures can be told apart."""

    customer_group: str = ""
    channel: str = ""
    item_groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """What an order adds to a figure on a day; `stage` and `person_group` where it belongs to one."""

    figure: str
    day: str
    numerator: int
    denominator: int
    stage: str = ""
    person_group: str = ""


@dataclass(frozen=True, slots=True)
class Measured:
    """One order's contributions: parts for the roll-ups, and single values of the figures with percentiles, by figure."""

    day: str
    parts: tuple[Part, ...] = ()
    values: Mapping[str, int] = field(default_factory=dict)


Cell = tuple[str, str, str, str]  # figure, dimension, value, day


def cells(measured: Measured, dimensions: Dimensions) -> dict[Cell, tuple[int, int]]:
    """What the order adds to every cell of the roll-ups."""
    found: dict[Cell, tuple[int, int]] = {}
    for part in measured.parts:
        for dimension, value in _places(part, dimensions):
            cell = (part.figure, dimension, value, part.day)
            numerator, denominator = found.get(cell, (0, 0))
            found[cell] = (numerator + part.numerator, denominator + part.denominator)
    return found


def _places(part: Part, dimensions: Dimensions) -> list[tuple[str, str]]:
    places = [("", "")]
    alone = (
        ("customer_group", dimensions.customer_group),
        ("channel", dimensions.channel),
        ("stage", part.stage),
        ("person_group", part.person_group),
    )
    places += [(dimension, value) for dimension, value in alone if value]
    return places + [("item_group", value) for value in dimensions.item_groups]
