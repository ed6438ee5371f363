"""One order as its page shows it: ribbon with used time of limit, what is open, lines, papers, history. Looks only."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.urls import reverse
from django.utils.translation import gettext as _

from orderway.engine.case import Case
from orderway.engine.program import Program
from orderway.journal import reading
from orderway.masterdata.models import Person
from orderway.orders import line_ledger
from orderway.orders.models import Delivery, Hold, Order, OrderLine, StoredDocument, WorkItem
from orderway.pages import fact_titles, languages
from orderway.pages.templatetags.ow import limit, said, share_of_limit
from orderway.releases import catalogue
from orderway.standard.document import Stage, StageId
from orderway.web import ribbon, sentences
from orderway.web.clocks import clock_of, day_minutes, used_minutes
from orderway.web.standard_view import criterion_text, document_title, stage_title

SHOWN_HISTORY = 25
TABLE = re.compile(r"\btable\.(\w+)")


@dataclass(frozen=True, slots=True)
class LineRow:
    """An order line with what happened to it. `own_day`: when it is wanted, if not with the order."""

    line: OrderLine
    name: str
    reserved: Decimal
    shipped: Decimal
    invoiced: Decimal
    own_day: date | None


@dataclass(frozen=True, slots=True)
class Paper:
    """A document of the standard: stored once or several times, or `where` it will come from."""

    title: str
    stored: StoredDocument | None
    where: str
    superseded: bool = False


def ribbon_of(order: Order, program: Program, items: Sequence[WorkItem], now: datetime, skipped: frozenset[str]) -> list[ribbon.Slot]:
    """The stages with used time of limit."""
    by_stage: dict[str, list[WorkItem]] = {}
    for item in items:
        by_stage.setdefault(item.stage, []).append(item)

    def knot(stage: Stage) -> ribbon.Knot:
        found = by_stage.get(stage.id, [])
        address = reverse("standard_stage", args=[order.version.standard_id, order.version.version, stage.id])
        if not found:
            left_out = stage.id in skipped
            note = _("skipped") if left_out else limit(stage.limit)
            return ribbon.Knot(stage.id, said(stage.title), address, note=note, state="skipped" if left_out else "")
        return _reached(order, program, stage, found, address, now)

    return ribbon.slots(program.standard, knot)


def _reached(order: Order, program: Program, stage: Stage, items: Sequence[WorkItem], address: str, now: datetime) -> ribbon.Knot:
    still_open = [item for item in items if item.state == WorkItem.State.OPEN]
    last = still_open[0] if still_open else items[-1]
    who = last.responsible.name.split()[0] if last.responsible else _("system") if last.by_system else ""
    used = sum(used_minutes(item, program, now) for item in items if item.kind == "stage")
    note = share_of_limit(used, stage.limit, day_minutes(program.standard.calendar_of(stage)))
    late = bool(still_open) and clock_of(last, program, now).band == "late"
    sign, sign_text = _sign(max(item.run for item in items), is_open=bool(still_open), late=late)
    if still_open:
        address = f"{reverse('order', args=[order.number])}?item={last.pk}#task"
    return ribbon.Knot(
        stage=stage.id,
        title=said(stage.title),
        address=address,
        note=" · ".join(part for part in (who, note) if part),
        state=("late" if late else "now") if still_open else "done",
        percent=min(100, used * 100 // last.work_minutes) if last.work_minutes else 0,
        sign=sign,
        sign_text=sign_text,
        current=bool(still_open),
    )


def _sign(runs: int, *, is_open: bool, late: bool) -> tuple[str, str]:
    """A sign and its words: late, came back, done."""
    if late:
        return "▲", _("late")
    if runs > 1:
        return f"↺{runs - 1}", _("came back %(times)d times") % {"times": runs - 1}
    return ("", "") if is_open else ("✓", _("done"))


def lines_of(order: Order) -> list[LineRow]:
    """The lines with the sums of their ledger; two statements."""
    lines = line_ledger.lines_of([order.pk])[order.pk]
    sums = line_ledger.sums_of_orders([order.pk])[order.pk]
    tag = languages.tag()
    return [
        LineRow(
            line,
            line.item.names.get(tag, line.item.name),
            known.quantity("reserved"),
            known.quantity("shipped"),
            known.quantity("invoiced"),
            line.requested_on if line.requested_on != order.requested_on else None,
        )
        for line in lines
        for known in [sums.get(line.pk, line_ledger.NOTHING)]
    ]


def papers_of(order: Order, program: Program) -> list[Paper]:
    """Every document of the standard that this order has or will need, in the order of the standard; one statement."""
    stored: dict[str, list[StoredDocument]] = {}
    for document in StoredDocument.objects.defer("body", "data").filter(order=order).order_by("id"):
        stored.setdefault(document.kind, []).append(document)
    papers = []
    for kind in program.standard.documents:
        title = document_title(program.standard, kind)
        if kind in stored:
            documents, replaced = stored.pop(kind), catalogue.replaces_older(program.standard.documents[kind].template)
            papers += [Paper(title, document, "", superseded=replaced and document is not documents[-1]) for document in documents]
        else:
            papers.append(Paper(title, None, _made_where(program, kind)))
    return papers + [Paper(document.name, document, "") for others in stored.values() for document in others]


def _made_where(program: Program, kind: str) -> str:
    for stage in program.standard.stages.values():
        if kind in stage.makes:
            return said(stage.title)
    source = program.standard.documents[kind].source
    return _("from the customer") if source == "customer" else _("from the supplier") if source == "supplier" else ""


def history_of(order: Order, program: Program, *, whole: bool) -> tuple[list[sentences.Told], bool]:
    """The journal, newest first, and whether there is more of it; two statements."""
    entries = list(reading.of_subject("order", order.number).reverse()[: None if whole else SHOWN_HISTORY + 1])
    more = not whole and len(entries) > SHOWN_HISTORY
    entries = entries if whole else entries[:SHOWN_HISTORY]
    names = names_of(key for entry in entries for key in (entry.actor, *sentences.people_in(entry)))
    return sentences.told(entries, program.standard, names, order.currency), more


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """A delivery with what it carries, each item once per source: (quantity, item number, where it comes from)."""

    delivery: Delivery
    carries: tuple[tuple[Decimal, str, str], ...]


def delivery_rows(found: Iterable[Delivery]) -> list[DeliveryRow]:
    """The deliveries of an order as a page lists them; what was taken out of one is left out."""
    rows = []
    for delivery in found:
        carried: dict[tuple[str, str], Decimal] = {}
        for line in delivery.lines.all():
            key = (line.line.item.sku, line.get_route_display())
            carried[key] = carried.get(key, Decimal(0)) + line.quantity
        rows.append(DeliveryRow(delivery, tuple((quantity, *key) for key, quantity in carried.items() if quantity)))
    return rows


def names_of(keys: Iterable[str]) -> Mapping[str, str]:
    """The names of people by their keys."""
    wanted = {key.partition(":")[0] for key in keys}
    return dict(Person.objects.filter(key__in=wanted).values_list("key", "name")) if wanted else {}


@dataclass(frozen=True, slots=True)
class WaiverRow:
    """A criterion that was let pass: where, by whom, when and why."""

    criterion: str
    stage: str
    who: str
    at: datetime
    reason: str


def waivers_of(order: Order, program: Program) -> list[WaiverRow]:
    """Every waiver of the order's whole life; two statements, none where nothing was waived."""
    waivers = Case.from_text(order.case_text).waivers
    if not waivers:
        return []
    entries = {
        entry.sequence: entry for entry in reading.of_subject("order", order.number).filter(sequence__in={one[-1] for one in waivers})
    }
    names = names_of(entry.actor for entry in entries.values())
    rows = []
    for waiver in waivers:
        entry, stage = entries[waiver[-1]], program.standard.stages.get(StageId(waiver.stage))
        gate = stage.gate if stage else None  # the order may have come from a version that had it
        criterion = next((one for one in gate.criteria if one.id == waiver.criterion), None) if gate else None
        title = criterion_text(criterion) if criterion else waiver.criterion
        reason = str(json.loads(entry.payload).get("reason", ""))
        rows.append(WaiverRow(title, stage_title(program.standard, waiver.stage), names.get(entry.actor, entry.actor), entry.at, reason))
    return rows


@dataclass(frozen=True, slots=True)
class HoldRow:
    """A hold that stands: who placed it, and the rule that lifts it, with facts and tables by what they are called."""

    hold: Hold
    who: str
    waits_for: str


def holds_of(order: Order) -> list[HoldRow]:
    """The holds that stand; one statement, another for names where there are any."""
    found = list(order.holds.filter(lifted_at__isnull=True).order_by("sequence"))
    names = names_of(hold.placed_by for hold in found)
    return [HoldRow(hold, names.get(hold.placed_by.partition(":")[0], hold.placed_by), _waits_for(hold.lifts_when)) for hold in found]


def _waits_for(rule: str) -> str:
    """A rule for its reader: ``table.credit == 'ok'`` asks what the table “credit” says."""
    named = TABLE.sub(lambda found: _("table “%(name)s”") % {"name": found[1]}, rule)
    return fact_titles.expression(named, fact_titles.TITLES)


def skipped_stages(order: Order, program: Program, items: Sequence[WorkItem]) -> frozenset[str]:
    """Stages that the order went past without opening them: a later one of its flow was reached; nothing of an ended order comes."""
    seen = {item.stage for item in items}
    reached = max((program.order_of.get(stage, 0) for stage in seen), default=-1)
    over = order.status != Order.Status.OPEN
    return frozenset(stage for stage, at in program.order_of.items() if stage not in seen and (at < reached or over))
