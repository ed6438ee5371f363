"""Changes of an order as pages show them: what would be different, what that touches and costs, and what was changed before. Looks only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, cast

from django.utils.translation import gettext as _

from orderway.orders import amendments
from orderway.orders.blast_radius import Preview
from orderway.orders.difference_words import difference_text
from orderway.orders.models import Amendment, Order
from orderway.orders.ordered import Difference
from orderway.orders.stages import Consequence
from orderway.pages import refusing
from orderway.releases.publishing import program_of
from orderway.standard.document import Standard
from orderway.web.order_view import names_of
from orderway.web.standard_view import role, stage_title
from orderway.web.words import words_of_order

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Touched:
    """One thing that would be touched: the sentence, the line it belongs to (0 for none), the money, and who gets what is left over."""

    sentence: str
    line: int
    amount: Decimal | None
    owner: str


@dataclass(frozen=True, slots=True)
class Effects:
    """A preview in words. `by_stage`: what each stage says, in the sequence of the way, and what that comes to: stages do not add up."""

    differences: list[str]
    by_stage: list[tuple[str, list[Touched], Decimal]]
    leftovers: int
    total_before: Decimal
    total_after: Decimal
    gross_after: Decimal
    currency: str
    goes_back_to: str
    voided: int
    credit: str
    credit_exceeded: bool
    refused: str
    stamp: str


def effects_of(order: Order, preview: Preview) -> Effects:
    """What a preview says, in the language in use."""
    standard = program_of(order.version_id, order.version.content_hash).standard
    return Effects(
        differences=[difference_text(one) for one in preview.differences],
        by_stage=_by_stage(preview, standard),
        leftovers=len(preview.leftovers),
        total_before=preview.before.head.total,
        total_after=preview.after.total,
        gross_after=preview.after.gross,
        currency=order.currency,
        goes_back_to=_(", ").join(stage_title(standard, stage) for stage in preview.goes_back_to),
        voided=preview.voided,
        credit=_credit(preview),
        credit_exceeded=bool(preview.credit and preview.credit.exceeded),
        refused=refusing.sentence(preview.refusal, words_of_order(order)) if preview.refusal else "",
        stamp="" if preview.refusal else preview.stamp,
    )


def _by_stage(preview: Preview, standard: Standard) -> list[tuple[str, list[Touched], Decimal]]:
    titles = {stage.does: stage_title(standard, stage.id) for stage in standard.stages.values() if stage.does}
    positions = {line.line_id: line.position for line in preview.before.lines.values()}
    found: dict[str, list[Touched]] = {}
    for one in preview.consequences:
        found.setdefault(titles.get(one.act, one.act), []).append(_touched(one, positions, preview.owners or {}, standard))
    return [(stage, rows, sum((row.amount for row in rows if row.amount), ZERO)) for stage, rows in found.items()]


def _touched(one: Consequence, positions: Mapping[int, int], owners: Mapping[str, str], standard: Standard) -> Touched:
    owner = "" if one.reversible else role(standard, owners.get(one.act, ""))
    return Touched(one.text, positions.get(one.line_id or 0, 0), one.amount or None, owner)


def _credit(preview: Preview) -> str:
    credit = preview.credit
    if credit is None or credit.left is None:
        return ""
    words = {"gross": f"{credit.gross:.2f}", "left": f"{credit.left:.2f}"}
    if not credit.exceeded:
        return _("With tax it comes to %(gross)s; the customer has %(left)s of credit left for it.") % words
    if credit.judged:
        return _("With tax it comes to %(gross)s, more than the %(left)s of credit left: the review will decide.") % words
    return _("With tax it comes to %(gross)s, more than the %(left)s of credit left.") % words


# --- what was changed before ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Document:
    """A change that was made, or refused because it met another."""

    title: str
    revision: int
    differences: list[str]
    effects: list[str]
    reason: str
    requested_by: str
    who: str
    at: datetime
    refused: str
    met: str
    other: str
    total_before: Decimal
    total_after: Decimal


def documents_of(order: Order, *, most: int = 0) -> list[Document]:
    """The changes of an order, newest first; two statements. `most` 0 gives all."""
    rows = amendments.of_order(order.pk)[: most or None]
    names = names_of([row.made_by for row in rows])
    words = words_of_order(order)
    return [_document(row, names.get(row.made_by, row.made_by), refusing.retold(row.refused_because, words)) for row in rows]


def _document(row: Amendment, who: str, refused: str) -> Document:
    differences = cast("Iterable[Mapping[str, Any]]", row.differences)
    effects = cast("Iterable[Mapping[str, Any]]", row.effects)
    return Document(
        title=row.get_kind_display(),
        revision=row.revision or 0,
        differences=[difference_text(Difference(**one)) for one in differences],
        effects=[Consequence(0, one["act"], one["said"], params=one["params"]).text for one in effects],
        reason=row.reason,
        requested_by=row.requested_by,
        who=who,
        at=row.made_at,
        refused=refused if row.revision is None else "",
        met=row.met,
        other=row.other.number if row.other else "",
        total_before=row.total_before,
        total_after=row.total_after,
    )
