"""The credit note as a paper: what its issued rows say, in the language asked for. Reads, never issues."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _

from orderway.pages.printing import Column, Paper, day, money, percent, pieces, renderer
from orderway.stages.aftersales import queries
from orderway.stages.aftersales.models import CreditNote, CreditNoteLine
from orderway.stages.invoicing.models import Allocation
from orderway.stages.invoicing.papers import parties


class CreditNoteGone(AssertionError):
    """A stored paper names a credit note that does not exist; issued ones are never deleted."""


def build(data: object) -> Paper:
    """The paper of ``{"credit_note": number}``."""
    number = data["credit_note"] if isinstance(data, Mapping) else ""
    note = queries.credit_note(number)
    if note is None:
        raise CreditNoteGone(number)
    seller, buyer = parties(note)
    corrected = Allocation.objects.filter(credit_note=note.number).order_by("id").values_list("invoice__number", flat=True)
    return Paper(
        title=_("Credit note"),
        number=note.number,
        seller=seller,
        party_title=_("Credit to"),
        party=buyer,
        facts=(
            (_("Date"), day(note.issued_on)),
            (_("Order"), note.order.number),
            (_("Reason"), note.get_reason_display()),
            *(((_("Corrects"), ", ".join(corrected)),) if corrected else ()),
        ),
        columns=[
            Column(_("Pos.")),
            Column(_("Item"), share=1),
            Column(_("Quantity"), numeric=True),
            Column(_("Tax"), numeric=True),
            Column(_("Amount"), numeric=True),
        ],
        rows=[_row(note, line) for line in note.lines.all()],
        totals=_totals(note),
        notes=[note.text] if note.text else [],
    )


def _row(note: CreditNote, line: CreditNoteLine) -> list[str]:
    came_back = pieces(line.quantity, line.unit) if line.quantity else ""
    return [str(line.position), f"{line.sku}  {line.description}", came_back, percent(line.tax_rate), money(line.amount, note.currency)]


def _totals(note: CreditNote) -> list[tuple[str, str]]:
    taxes = [
        (
            _("Tax %(rate)s on %(net)s") % {"rate": percent(tax.rate_percent), "net": money(tax.net, note.currency)},
            money(tax.tax, note.currency),
        )
        for tax in note.taxes.all()
    ]
    return [(_("Net"), money(note.net, note.currency)), *taxes, (_("Credited"), money(note.total, note.currency))]


render = renderer("orderway.stages.aftersales", "credit_note.typ", build)
